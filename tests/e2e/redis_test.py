"""The service and its Redis: it starts and is ready without one, says how it is, comes back by itself, and stays in its sandbox."""
import json
import os
import subprocess
import unittest

import redis_server
import support
from redis_server import RedisServer
from service import Service


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class Redis(support.TestCase):
    def state(self, service):
        answer = service.get("/readyz")
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body)["redis"]

    def wait_for(self, service, state):
        service.wait_until(lambda: self.state(service) == state, f"redis: {state}")

    def no_violation(self, service):
        self.assertNotIn("sandbox_violation", service.read_log())

    def test_without_the_setting_it_is_off(self):
        with Service() as s:
            self.assertEqual(self.state(s), "off")
            self.assertEqual(s.metrics()["stagematch_redis_up"], 0)

    def test_it_may_come_go_and_hang(self):
        with RedisServer() as redis, Service(settings={"redis": redis.address}) as s:
            self.wait_for(s, "up")
            s.wait_until(lambda: s.metrics()["stagematch_redis_up"] == 1, "the number")
            redis.kill()
            self.wait_for(s, "down")
            self.assertEqual(s.call("AuthService/Login", email="x@example.nl", password="wrong wrong wrong").code,
                             "unauthenticated")
            redis.start()
            self.wait_for(s, "up")
            redis.pause()
            s.log_in_operator()
            s.log_in("operator")
            redis.resume()
            self.wait_for(s, "up")
            numbers = s.metrics()
            self.assertGreaterEqual(numbers['stagematch_redis_connections_total{what="connected"}'], 2)
            self.assertGreaterEqual(numbers['stagematch_redis_connections_total{what="lost"}'], 1)
            self.no_violation(s)

    def test_it_starts_before_its_redis(self):
        redis = RedisServer()
        try:
            with Service(settings={"redis": redis.address}) as s:
                self.assertEqual(self.state(s), "down")
                redis.start()
                self.wait_for(s, "up")
        finally:
            redis.__exit__()

    def test_each_way_there_is_possible_in_the_sandbox(self):
        key, certificate = self.path("key"), self.path("certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        password = self.path("password")
        support.write_bytes(password, b"a secret/word\n")
        plain, tls, sentinel = (redis_server.free_port() for _ in range(3))
        with RedisServer("--port", str(plain), "--requirepass", "a secret/word", "--tls-port", str(tls), "--tls-key-file", key,
                         "--tls-cert-file", certificate, "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no",
                         config=False), RedisServer(sentinel_port=sentinel) as asked:
            ways = [f"redis://127.0.0.1:{plain}/4", f"redis://localhost:{plain}", f"rediss://localhost:{tls}",
                    f"sentinel://localhost:{sentinel}/m"]
            self.assertIn("+OK", asked.tell(f"SENTINEL MONITOR m 127.0.0.1 {plain} 1"))
            for way in ways:
                with self.subTest(way=way), Service(settings={"redis": way, "redis_ca": certificate,
                                                              "redis_password_file": password}) as s:
                    self.wait_for(s, "up")
                    self.no_violation(s)
                    self.assertNotIn("secret", s.read_log())

    def test_an_address_that_is_none_is_refused_before_the_start(self):
        for value, said in (("cluster://a:1", "Cluster"), ("redis://a:1,b:2", "Cluster"), ("http://a", "unix:/path")):
            with self.subTest(value=value), Service() as s:
                s.stop()
                s.settings["redis"] = value
                s.write_config()
                done = subprocess.run([support.STAGEMATCH, "serve", "--config", s.config], capture_output=True, text=True, timeout=60)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("redis: not a valid value", done.stderr)
                self.assertIn(said, done.stderr)

    def test_a_password_file_that_cannot_be_read_ends_the_start(self):
        with Service() as s:
            s.stop()
            s.settings.update({"redis": "redis://127.0.0.1", "redis_password_file": os.path.join(s.folder, "nothing")})
            s.write_config()
            done = subprocess.run([support.STAGEMATCH, "serve", "--config", s.config], capture_output=True, text=True, timeout=60)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("redis_password_file", done.stderr)


if __name__ == "__main__":
    unittest.main()

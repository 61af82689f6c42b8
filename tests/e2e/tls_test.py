"""The service over TLS: what it agrees on and what not, that it never answers in the clear, certificates that are replaced while
connections go on, and what a wrong certificate, a slow handshake or a cut connection come to."""
import base64
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import warnings

import support
from certificates import Certificates, openssl
from market import COMPANY, Market
from service import Service

PROMISES = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Strict-Transport-Security": "max-age=31536000"}


FRONTS = 2
SETTINGS = {"fronts": str(FRONTS), "redirect_listen": "127.0.0.1:0", "tls_handshake_timeout_ms": "1500"}


def name_of(connection):
    return dict(pair for part in connection.getpeercert()["subject"] for pair in part)["commonName"]


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="stagematch-tls-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.certificates = Certificates(cls.folder)
        for name in ("first", "second", "third"):
            cls.certificates.make(name)
        cls.certificates.make("soon", days=5)
        cls.certificates.make("expired", days=-1)
        cls.certificates.use("first")
        cls.reasons = os.path.join(cls.folder, "reasons.csv")
        shutil.copyfile(os.path.join(support.CONFIG, "reasons.csv"), cls.reasons)
        service = Service(settings={**cls.certificates.settings, **SETTINGS, "reasons": cls.reasons})
        service.tls = cls.certificates.context("first", "second", "third", "soon")
        cls.service = cls.enterClassContext(service)
        cls.market = Market(cls.service)

    def setUp(self):
        if self.served() != {"first"}:
            self.replace("first")

    # -- helpers ------------------------------------------------------------------------------------------------------

    def dial(self, context=None, timeout=30):
        plain = socket.create_connection((self.service.host, int(self.service.port)), timeout)
        try:
            return (context or self.service.tls).wrap_socket(plain, server_hostname="127.0.0.1")
        except OSError:
            plain.close()
            raise

    def served(self):
        """Whose certificates new connections get, from whichever front takes them."""
        names = set()
        for _ in range(6):
            with self.dial() as connection:
                names.add(name_of(connection))
        return names

    def ask(self, connection, path="/healthz"):
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.headers, answer.read()

    def hangup(self, event, times=1):
        """SIGHUP, until the log says `event` so often."""
        before = self.service.read_log().count(f"event={event}")
        self.service.process.send_signal(signal.SIGHUP)
        self.service.wait_until(lambda: self.service.read_log().count(f"event={event}") >= before + times, event)

    def replace(self, name):
        self.certificates.use(name)
        self.hangup("certificate_taken", FRONTS)

    def metric(self, name):
        host, port = self.service.metrics_address.rsplit(":", 1)
        with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=30)) as connection:
            connection.request("GET", "/metrics")
            for line in connection.getresponse().read().decode().splitlines():
                if line.startswith(name + " "):
                    return float(line.split(" ")[1])
        raise AssertionError(f"no {name}")

    def failed(self, why):
        return self.metric(f'stagematch_tls_handshakes_failed_total{{why="{why}"}}')

    def until_failed(self, why, more_than):
        self.service.wait_until(lambda: self.failed(why) > more_than, f"a handshake that failed: {why}")

    # -- what is agreed on --------------------------------------------------------------------------------------------

    def client(self, least, most, ciphers="ALL:@SECLEVEL=0"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers(ciphers)
        context.minimum_version, context.maximum_version = least, most
        return context

    def test_tls_1_2_and_1_3_are_spoken(self):
        before = self.metric("stagematch_tls_handshakes_total")
        for version, name in ((ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")):
            context = self.certificates.context("first")
            context.minimum_version = context.maximum_version = version
            context.set_alpn_protocols(["h2", "http/1.1"])
            with self.dial(context) as connection:
                self.assertEqual((connection.version(), connection.selected_alpn_protocol()), (name, "http/1.1"))
                self.assertRegex(connection.cipher()[0], "GCM|CHACHA20")
                self.assertIsNone(connection.compression())
                self.assertEqual(self.ask(connection)[2], b"ok\n")
                self.assertFalse(connection.session.has_ticket)
        self.service.wait_until(lambda: self.metric("stagematch_tls_handshakes_total") >= before + 2, "both counted")

    def test_nothing_older_or_weaker_is(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            older = [self.client(version, version) for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)]
        before = self.failed("version")
        for context in older:
            with self.assertRaises(OSError):
                self.dial(context)
        self.until_failed("version", before + 1)
        before = self.failed("nothing_shared")
        weak = self.client(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA256:AES128-SHA")
        only_h2 = self.certificates.context("first")
        only_h2.set_alpn_protocols(["h2"])
        for context in (weak, only_h2):
            with self.assertRaises(OSError):
                self.dial(context)
        self.until_failed("nothing_shared", before + 1)

    def test_nothing_is_said_in_the_clear(self):
        before = self.failed("not_tls")
        for said in (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.0\r\n\r\n", b"\0" * 64):
            with socket.create_connection((self.service.host, int(self.service.port)), 30) as plain:
                plain.sendall(said)
                heard = b""
                with contextlib.suppress(ConnectionError):
                    while piece := plain.recv(4096):
                        heard += piece
            self.assertLessEqual(len(heard), 7, heard)  # an alert of TLS at most
            self.assertNotIn(b"HTTP", heard)
        self.until_failed("not_tls", before + 1)

    def test_a_handshake_that_takes_too_long_is_cut(self):
        late = 'stagematch_http_cut_total{why="handshake_late"}'
        before = self.metric(late)
        for begun in (b"", b"\x16\x03\x01\x02\x00\x01"):
            with socket.create_connection((self.service.host, int(self.service.port)), 60) as slow:
                slow.sendall(begun)
                self.assertEqual(slow.recv(100), b"")
        self.service.wait_until(lambda: self.metric(late) >= before + 2, "both counted")

    def test_the_plain_port_sends_on_and_does_nothing_else(self):
        host, port = support.read_bytes(os.path.join(self.service.data, "redirect_address")).decode().strip().rsplit(":", 1)

        def ask(verb, path, body=None):
            with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=30)) as connection:
                connection.request(verb, path, body)
                answer = connection.getresponse()
                self.assertEqual(answer.read(), b"")
                self.assertNotIn("Strict-Transport-Security", answer.headers)  # means nothing in the clear (RFC 6797)
                return answer.status, answer.headers["Location"]
        for path in ("/", "/readyz", "/uitnodiging?code=a%20b", "//elders.example/", "/stagematch.v1.AuthService/Login?x"):
            self.assertEqual(ask("GET", path), (308, "https://stage.example.nl" + path))
        self.assertEqual(ask("HEAD", "/readyz"), (308, "https://stage.example.nl/readyz"))
        for verb in ("POST", "PUT", "OPTIONS"):
            self.assertEqual(ask(verb, "/stagematch.v1.AuthService/Login", "{}"), (405, None))
        self.assertEqual(ask("GET", "/" + "a" * 3000), (414, None))

    # -- answers ------------------------------------------------------------------------------------------------------

    def test_every_answer_has_the_promises_of_a_browser(self):
        for verb, path in (("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/"), ("GET", "/nothing"), ("DELETE", "/"),
                           ("GET", "/stagematch.v1.AuthService/Login"), ("POST", "/stagematch.v1.AuthService/GetSession")):
            answer = self.service.request(verb, path, b"{}" if verb == "POST" else None, {"Content-Type": "application/json"})
            for name, value in PROMISES.items():
                self.assertEqual(answer.headers.get_all(name), [value], (verb, path))
            self.assertEqual(answer.headers["Cache-Control"], "no-store", (verb, path))
        with self.dial() as connection:
            connection.sendall(b"no request\r\n\r\n")
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            self.assertEqual(answer.status, 400)
            for name, value in PROMISES.items():
                self.assertEqual(answer.headers.get_all(name), [value])

    def test_requests_in_a_row_are_answered_in_order(self):
        with self.dial() as connection:
            connection.sendall(b"".join(b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in (b"/healthz", b"/nothing", b"/")))
            statuses = []
            reader = connection.makefile("rb")
            for _ in range(3):
                statuses.append(int(reader.readline().split(b" ")[1]))
                headers = http.client.parse_headers(reader)
                reader.read(int(headers["Content-Length"]))
            self.assertEqual(statuses, [200, 404, 200])

    def test_large_files_come_in_and_long_lists_go_out(self):
        s = self.service
        columns = "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;omschrijving"
        rows = [f"T{i:04};{COMPANY};Zorg;90000001;3511;25656;BOL;1;2027-02-01;2027-07-02;36;{'Lang verhaal. ' * 60}"
                for i in range(1000)]
        s.change("PlacementService/ImportPlacements", "coordinator",
                 csv=base64.b64encode("\n".join([columns, *rows]).encode()).decode())
        body = json.dumps({"pageSize": 1000}).encode()
        with self.dial() as connection:
            connection.sendall(b"POST /stagematch.v1.PlacementService/ListPlacements HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n"
                               b"Authorization: Bearer %s\r\n\r\n" % (len(body), s.tokens["coordinator"].encode()) + body)
            got = b""
            while piece := connection.recv(65536):
                got += piece
        self.assertTrue(got.startswith(b"HTTP/1.1 200"))
        self.assertGreaterEqual(len(json.loads(got.partition(b"\r\n\r\n")[2])["placements"]), 500)

    def test_a_connection_that_is_cut_leaves_nothing_behind(self):
        with self.dial() as connection:
            connection.sendall(b"POST /stagematch.v1.AuthService/Login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                               b"Content-Length: 500\r\n\r\n{\"email\"")
            connection.shutdown(socket.SHUT_WR)  # without a word of TLS
            heard = b""  # as it is on the wire, since Python's end of TLS is gone
            while piece := connection.recv(4096):
                heard += piece
            self.assertLess(len(heard), 40, "more than an alert of TLS: half a request got an answer")
        self.service.wait_until(lambda: self.metric("stagematch_http_body_bytes") == 0, "the memory of the body back")

    # -- certificates -------------------------------------------------------------------------------------------------

    def test_a_new_certificate_is_for_new_connections(self):
        pids = [self.service.role_pid(role) for role in ("front", "engine", "vault")]
        with self.dial() as old:
            self.assertEqual((name_of(old), self.ask(old)[0]), ("first", 200))
            self.replace("second")
            self.assertEqual(self.served(), {"second"})
            self.assertEqual(self.ask(old)[0], 200, "a connection that was there goes on")
        self.assertEqual([self.service.role_pid(role) for role in ("front", "engine", "vault")], pids, "nobody was started anew")
        expiry = self.metric("stagematch_tls_certificate_expiry_timestamp_seconds")
        with self.dial() as connection:
            self.assertEqual(expiry, ssl.cert_time_to_seconds(connection.getpeercert()["notAfter"]))

    def test_a_front_that_starts_again_has_the_newest(self):
        self.replace("third")
        pid = self.service.role_pid("front")
        os.kill(pid, signal.SIGKILL)
        self.service.wait_until(lambda: self.service.role_pid("front") not in (None, pid), "another front")
        self.service.wait_ready()
        self.assertEqual(self.served(), {"third"})

    def test_what_changed_beside_the_certificate_is_taken_over_too(self):
        pids = [self.service.role_pid(role) for role in ("front", "engine", "vault")]
        self.certificates.use("second")
        os.utime(self.reasons)
        self.hangup("reloaded")
        self.service.wait_ready()
        self.assertEqual(self.served(), {"second"})
        self.assertFalse(set(pids) & {self.service.role_pid(role) for role in ("front", "engine", "vault")})

    def test_a_pair_that_cannot_serve_is_refused_and_the_old_one_stays(self):
        s = self.service

        def damage(name, content, mode=0o600):
            support.write_bytes(self.certificates.path(name), content)
            os.chmod(self.certificates.path(name), mode)
        whole = support.read_bytes(self.certificates.path("second.crt"))
        cases = (
            ("tls_key", "does not belong to the certificate", lambda: self.certificates.use("second", "third")),
            ("tls_certificate", "is no certificate", lambda: damage("served.crt", whole[:len(whole) // 2])),
            ("tls_certificate", "has expired", lambda: self.certificates.use("expired")),
            ("tls_key", "is no private key", lambda: damage("served.key", b"")),
            ("tls_key", "chmod o=", lambda: os.chmod(self.certificates.path("served.key"), 0o604)),
            ("tls_certificate", "cannot be read", lambda: os.unlink(self.certificates.path("served.crt"))))
        for setting, why, spoil in cases:
            self.certificates.use("second")
            before = len(s.read_log())
            spoil()
            self.hangup("reload_refused")
            complaints = [line for line in s.read_log()[before:].splitlines() if line.startswith(setting)]
            self.assertTrue(complaints and why in complaints[0], s.read_log()[before:])
            self.assertEqual(self.served(), {"first"})
            checked = support.run("check-config", "--config", s.config)
            self.assertEqual(checked.returncode, 1)
            self.assertRegex(checked.stderr, f"(?m)^{setting}: .*{why}")
        self.certificates.use("second")
        self.assertEqual(support.run("check-config", "--config", s.config).returncode, 0)

    def test_a_certificate_that_expires_soon_is_warned_of(self):
        self.certificates.use("soon")
        self.hangup("certificate_expires", FRONTS)
        self.assertRegex(self.service.read_log(), r"level=warn event=certificate_expires days_left=[45]\b")

    def test_settings_that_do_not_fit_together(self):
        s = self.service
        for changes, complaint in (({"tls_key": ""}, "tls_key: is not set"), ({"tls_certificate": "", "redirect_listen": ""}, "tls_certificate: is not set"),
                                   ({"public_url": "http://stage.example.nl"}, "public_url: expected https://"),
                                   ({"tls_key": "", "tls_certificate": ""}, "redirect_listen: there is nothing")):
            config = os.path.join(self.folder, "other.conf")
            with open(config, "w") as file:
                file.writelines(f"{name} = {value}\n" for name, value in {**s.settings, **changes}.items() if value)
            for command in ("check-config", "serve"):
                done = support.run(command, "--config", config)
                self.assertNotEqual(done.returncode, 0, command)
                self.assertIn(complaint, done.stderr, command)

    def test_the_key_is_nowhere(self):
        secret = "".join(support.read_bytes(self.certificates.path("first.key")).decode().splitlines()[1:-1])
        self.assertNotIn(secret[:40], self.service.read_log())
        for folder, _, names in os.walk(self.service.data):
            for name in names:
                self.assertNotIn(secret[:40].encode(), support.read_bytes(os.path.join(folder, name)))


@unittest.skipUnless(os.getuid() == 0, "only root can give a role another user")
class AnotherUser(unittest.TestCase):
    def test_the_front_needs_no_file_of_the_key(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            certificates = Certificates(folder)
            certificates.make("first")
            certificates.use("first")
            pc4 = os.path.join(folder, "pc4.csv")
            shutil.copyfile(support.COARSE_PC4, pc4)
            service = Service(settings={**certificates.settings, **SETTINGS, "fronts": "1", "user_front": "nobody", "pc4": pc4})
            service.tls = certificates.context("first")
            with service as s:
                self.assertEqual(s.get("/readyz").status, 200)
                status = support.read_bytes(f"/proc/{s.role_pid('front')}/status").decode()
                self.assertNotIn("Uid:\t0\t", status)


class Demo(support.TestCase):
    def test_it_makes_a_certificate_and_says_how_to_call(self):
        data = self.path("data")
        with open(self.path("out"), "w+") as out, open(self.path("err"), "w+") as err:
            process = subprocess.Popen([support.STAGEMATCH, "demo", "--tls", "--listen", "127.0.0.1:0", "--data", data],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=support.environment())
            try:
                end = time.monotonic() + 120
                while "Ctrl-C" not in (said := support.read_bytes(self.path("out")).decode()):
                    self.assertIsNone(process.poll(), support.read_bytes(self.path("err")))
                    self.assertLess(time.monotonic(), end, said)
                    time.sleep(0.05)
                certificate, url = re.search(r"curl --cacert (\S+) (https://\S+)/readyz", said).groups()
                address = url.removeprefix("https://")
                context = ssl.create_default_context(cafile=certificate)
                with contextlib.closing(http.client.HTTPSConnection(address, timeout=30, context=context)) as connection:
                    connection.request("GET", "/readyz")
                    self.assertEqual(connection.getresponse().status, 200)
                self.assertEqual(os.stat(os.path.join(data, "tls.key")).st_mode & 0o777, 0o600)
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(60)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

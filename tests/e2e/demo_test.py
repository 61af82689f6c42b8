"""`stagematch demo`: it starts, prints logins that work, and leaves nothing behind however it is ended."""
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import time
import unittest

import support

LOGINS = ("operator", "coordinator", "vertrouwenspersoon", "behandelaar", "company", "student")


class Demo(support.TestCase):
    def setUp(self):
        super().setUp()
        self.temporary = self.path("tmp")
        os.mkdir(self.temporary)

    @contextlib.contextmanager
    def demo(self, *more):
        """A demo that has printed what it prints; ended by the test, or at the end."""
        with open(self.path("out"), "w+") as out, open(self.path("err"), "w+") as err:
            process = subprocess.Popen([support.STAGEMATCH, "demo", "--listen", "127.0.0.1:0", *more], stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err, env=support.environment(TMPDIR=self.temporary))
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(30)

    def said(self, name="out"):
        return support.read_bytes(self.path(name)).decode()

    def printed(self, process):
        end = time.monotonic() + 60
        while not re.search("(?m)^try:", self.said()):
            self.assertIsNone(process.poll(), self.said("err"))
            self.assertLess(time.monotonic(), end, self.said("err"))
            time.sleep(0.05)
        return self.said()

    def descendants(self, pid):
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError):
                    if int(support.read_bytes(f"/proc/{name}/stat").rsplit(b")", 1)[1].split()[1]) == pid:
                        found += [int(name), *self.descendants(int(name))]
        return found

    def call(self, address, method, token=None, **fields):
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        connection.request("POST", f"/stagematch.v1.{method}", json.dumps(fields), headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        self.assertEqual(answer.status, 200, body)
        return body

    def ended(self, process, pids, number, status=0):
        process.send_signal(number)
        self.assertEqual(process.wait(30), status, self.said("err"))
        end = time.monotonic() + 10
        while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual([pid for pid in pids if os.path.exists(f"/proc/{pid}")], [], "processes are left")
        for word in support.SANITIZER_WORDS:
            self.assertNotIn(word, self.said("err"))

    def test_the_logins_that_it_prints_work(self):
        with self.demo() as process:
            text = self.printed(process)
            address = re.search(r"(?m)^address: +(http://\S+)$", text).group(1)
            password = re.search(r"(?m)^password: +(\S.*)$", text).group(1)
            emails = dict(re.findall(r"(?m)^ *([a-z]+) +(\S+@\S+)", text))
            self.assertEqual(set(emails), set(LOGINS))
            tokens = {}
            for who in LOGINS:
                answer = self.call(address, "AuthService/Login", email=emails[who], password=password)
                self.assertEqual(answer["session"]["role"], f"ROLE_{who.upper()}")
                tokens[who] = answer["token"]
            mine = self.call(address, "StudentService/ListMyStagevragen", tokens["student"])["stagevragen"]
            self.assertEqual(len(mine), 1)
            self.assertTrue(self.call(address, "StudentService/ListOffers", tokens["student"],
                                      stagevraagId=mine[0]["stagevraagId"])["offers"])
            self.assertGreater(len(self.call(address, "StudentService/ListStagevragen", tokens["coordinator"],
                                             pageSize=500)["stagevragen"]), 50)
            self.assertTrue(self.call(address, "PlacementService/ListPlacements", tokens["company"])["placements"])

    def test_nothing_is_left_behind(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number), self.demo() as process:
                self.printed(process)
                self.assertEqual(len(os.listdir(self.temporary)), 1)
                pids = self.descendants(process.pid)
                self.assertGreaterEqual(len(pids), 3)
                self.ended(process, pids, number)
                self.assertEqual(os.listdir(self.temporary), [])

    def test_ended_at_any_moment_of_its_start(self):
        for wait_ms in (20, 100, 300, 600, 1000, 1500):
            with self.subTest(wait_ms), self.demo() as process:
                time.sleep(wait_ms / 1000)
                process.terminate()
                status = process.wait(30)
                self.assertIn(status, (0, -signal.SIGTERM) if wait_ms < 100 else (0,), self.said("err"))
                self.assertEqual(os.listdir(self.temporary), [])

    def test_a_folder_that_is_named_is_kept_and_can_be_served(self):
        data = self.path("kept")
        with self.demo("--data", data) as process:
            self.printed(process)
            self.ended(process, self.descendants(process.pid), signal.SIGTERM)
        self.assertEqual(os.listdir(self.temporary), [])
        self.assertEqual(os.stat(data).st_mode & 0o777, 0o700)
        self.assert_done(support.run("ledger", "verify", "--data", data))
        again = support.run("demo", "--listen", "127.0.0.1:0", "--data", data)
        self.assertEqual(again.returncode, 1)
        self.assertIn("not there yet", again.stderr)

    def test_a_port_in_use_is_said_and_leaves_nothing(self):
        with self.demo() as process:
            address = re.search(r"(?m)^address: +http://(\S+)$", self.printed(process)).group(1)
            result = support.run("demo", "--listen", address, env={"TMPDIR": self.temporary})
            self.assertEqual(result.returncode, 1)
            self.assertIn("Address already in use", result.stderr)
            self.assertEqual(len(os.listdir(self.temporary)), 1, "the second left its folder")


if __name__ == "__main__":
    support.main()

"""A bad machine under a running service: full and broken disks, slow ones, clocks that jump, too few descriptors, too little memory.

What each does is stated here: no answer says more than what is stored, the cause is in /readyz, in the metrics and in the
log, and when the cause is gone the service goes on without hands, with everything that it acknowledged.
"""
import errno
import http.client
import os
import resource
import socket
import sqlite3
import tempfile
import threading
import time
import unittest
import uuid

import support
from fault_control import PRELOAD, Control
from market import Market, SCHOOL, new_qualification
from service import Service, student


class Faults(support.TestCase):
    env = {}

    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(env=cls.env))
        cls.market = Market(cls.service)

    def submit(self, count=1):
        rows = [student(uuid.uuid4().hex[:10], qualification=new_qualification()) for _ in range(count)]
        return self.service.try_change("StudentService/SubmitStudents", "coordinator", students=rows)

    def works(self, within=60):
        """A write is taken again, and both databases and ledgers are right."""
        s = self.service
        s.wait_until(lambda: self.submit().status == 200, "a write", within)
        s.wait_ready()
        self.assertEqual(self.submit(3).status, 200)

        def agree():
            with sqlite3.connect(f"file:{s.data}/engine/engine.sqlite?mode=ro", uri=True) as engine, \
                    sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
                return {row[0] for row in engine.execute("SELECT key FROM stagevraag")} == \
                    {row[0] for row in vault.execute("SELECT key FROM stagevraag")}
        s.wait_until(agree, "both databases agreeing", within)
        done = support.run("ledger", "verify", "--data", s.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        with sqlite3.connect(f"file:{s.data}/engine/engine.sqlite?mode=ro", uri=True) as engine:
            times = [row[0] for row in engine.execute("SELECT time_ms FROM ledger ORDER BY seq")]
        self.assertEqual(times, sorted(times))

    def metric(self, name):
        """The sum over all series of this name."""
        host, port = self.service.metrics_address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), 10) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            text = b"".join(iter(lambda: s.recv(65536), b"")).decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.split("\n") if line.startswith((name + " ", name + "{")))

    def failures(self):
        return self.metric("stagematch_engine_commits_failed_total") + self.metric("stagematch_vault_commits_failed_total")

    def pids(self):
        return {role: self.service.role_pid(role) for role in ("front", "engine", "vault")}


@unittest.skipIf(not PRELOAD or support.is_sanitized(), "the library for bad disks is not built, or the sanitizers are in the way")
class Disk(Faults):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="stagematch-faults-"))
        cls.control = Control(os.path.join(folder, "control"))
        cls.env = {"LD_PRELOAD": PRELOAD, "STAGEMATCH_FAULT_CONTROL": cls.control.path}
        super().setUpClass()

    def setUp(self):
        self.addCleanup(self.control.reset)

    def broken(self, **fields):
        """While the disk is bad: writes are refused and nothing of them is kept, reads go on, and everybody is told."""
        s, before = self.service, self.pids()
        self.assertEqual(self.submit().status, 200)
        known = s.ok("StudentService/ListStagevragen", "coordinator", pageSize=1000)
        failures = self.failures()
        self.control.set(**fields)
        answer = self.submit()
        self.assertEqual(answer.code, "unavailable", answer)
        s.wait_until(lambda: s.get("/readyz").status == 503, "a word in /readyz")
        self.assertGreater(self.failures(), failures)
        self.assertGreater(self.control.hits, 0)
        self.assertEqual(s.ok("StudentService/ListStagevragen", "coordinator", pageSize=1000), known)
        self.assertEqual(s.get("/healthz").status, 200)  # a restart would not help
        self.control.reset()
        self.works()
        self.assertEqual(self.pids(), before)  # nobody had to die for it
        self.assertRegex(s.read_log(), "engine_turn_failed|vault_commit_failed")

    def test_a_full_disk(self):
        self.broken(write_errno=errno.ENOSPC)

    def test_a_disk_that_became_read_only(self):
        self.broken(write_errno=errno.EROFS)

    def test_a_disk_that_cannot_sync(self):
        self.broken(sync_errno=errno.EIO)

    def test_a_disk_over_quota(self):
        self.broken(write_errno=errno.EDQUOT)

    def test_a_slow_disk_is_slow_and_no_more(self):
        s = self.service
        self.control.set(sync_delay_ms=400)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.submit())) for _ in range(8)]
        for thread in threads:
            thread.start()
        # Whoever needs no disk is not held up: the loops do not wait for it.
        for _ in range(5):
            self.assertEqual(s.get("/healthz").status, 200)
        for thread in threads:
            thread.join()
        self.assertEqual({a.status for a in answers}, {200})
        self.control.reset()
        self.works()

    def test_faults_under_load_lose_nothing(self):
        """The disk fails and recovers again and again under imports; what was acknowledged is there."""
        s, stop, acked, wrong = self.service, threading.Event(), [], []

        def imports():
            while not stop.is_set():
                answer = self.submit(5)
                if answer.status == 200:
                    acked.extend(answer.json["stagevraagIds"])
                elif answer.code not in ("unavailable", "deadline_exceeded"):
                    wrong.append(answer)
        threads = [threading.Thread(target=imports) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(6):
            self.control.set(**[{"write_errno": errno.ENOSPC}, {"sync_errno": errno.EIO}, {"sync_delay_ms": 100}][number % 3])
            time.sleep(0.4)
            self.control.reset()
            time.sleep(1.2)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        self.works()
        for at in range(0, len(acked), 500):
            found = s.ok("IdentityService/GetIdentities", "coordinator", stagevraagIds=acked[at:at + 500])["students"]
            self.assertEqual(len(found), len(acked[at:at + 500]))

    # -- clocks -------------------------------------------------------------------------------------------------------

    def jump(self, seconds):
        s, before = self.service, self.pids()
        self.control.set(clock_offset_ms=seconds * 1000)
        self.works()
        self.assertEqual(self.pids(), before)
        self.control.reset()
        self.works()

    def test_a_clock_that_goes_back(self):
        """Ledger times never go back; sessions hold; nothing is due twice."""
        self.jump(-3600)
        self.assertRegex(self.service.read_log(), "engine_clock_behind")

    def test_a_clock_that_goes_forward_and_back(self):
        self.jump(120)


class Limits(Faults):
    def test_too_few_descriptors(self):
        """Connections wait or are turned away, those that are there go on; afterwards new ones come in again."""
        s, pid = self.service, self.pids()["front"]
        old = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        host, port = s.metrics_address.rsplit(":", 1)
        kept, metrics = s.connection(), http.client.HTTPConnection(host, int(port), timeout=30)

        def ask(connection, path):
            connection.request("GET", path)
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            return answer.read().decode()
        ask(kept, "/healthz")
        paused = [line for line in ask(metrics, "/metrics").split("\n") if "accept_paused" in line]
        self.assertEqual(len(paused), 1)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 4, old[1]))
        many = []
        try:
            for _ in range(60):
                many.append(socket.create_connection((s.host, int(s.port)), 5))
            s.wait_until(lambda: paused[0] not in ask(metrics, "/metrics"), "a count of the pause in accepting")
            ask(kept, "/healthz")
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, old)
            for connection in many:
                connection.close()
        s.wait_until(lambda: s.get("/healthz").status == 200, "new connections")
        kept.close()
        metrics.close()
        self.works()
        self.assertEqual(self.pids()["front"], pid)

    @unittest.skipIf(support.is_sanitized(), "the sanitizers need memory of their own")
    def test_too_little_memory(self):
        """A call that does not fit is refused or its role starts anew; what was acknowledged stays."""
        s = self.service
        for role in ("engine", "vault", "front"):
            with self.subTest(role):
                self.assertEqual(self.submit().status, 200)
                pid = self.pids()[role]
                size = int(support.read_bytes(f"/proc/{pid}/statm").split()[0]) * os.sysconf("SC_PAGE_SIZE")
                resource.prlimit(pid, resource.RLIMIT_AS, (size + (1 << 20), -1))
                for _ in range(4):
                    try:
                        answer = self.submit(900)
                        self.assertIn(answer.code, ("ok", "resource_exhausted", "unavailable", "internal", "deadline_exceeded"))
                    except (OSError, ValueError, http.client.HTTPException):
                        pass  # the front itself had no memory for an answer
                try:
                    resource.prlimit(pid, resource.RLIMIT_AS, (-1, -1))
                except ProcessLookupError:
                    pass
                self.works()


if __name__ == "__main__":
    unittest.main()

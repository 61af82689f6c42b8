"""Another program takes over without a connection that is refused: in place (SIGUSR2), and with a listening socket that a service
manager holds, as systemd does. What the manager is told. A new one that cannot start leaves the old one serving."""
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import threading
import time
import unittest

import lifecycle_test
import support
from lifecycle_test import Writers
from market import Market
from service import Service, read

PR_SET_CHILD_SUBREAPER = 36


class Process:
    """A service's parent process that another started; this process adopts it when that one ends."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return None if os.path.exists(f"/proc/{self.pid}") else -1  # not adopted yet
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout=30):
        end = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("stagematch", timeout)
            time.sleep(0.02)
        return self.returncode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


class Callers:
    """Clients without patience: each call on a connection of its own, nothing is tried again."""

    def __init__(self, service, count=3):
        self.s, self.codes, self.cut, self.stopping = service, [], [], threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        while not self.stopping.is_set():
            try:
                self.codes.append(self.s.call("AuthService/GetSession", "company", timeout=60).code)
            except (OSError, http.client.HTTPException) as fault:
                self.cut.append(repr(fault))
            time.sleep(0.005)


class Activated(Service):
    """A service whose listening sockets are this process's own, as they are systemd's with a .socket unit."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sockets, self.names = [], ["api", "metrics"]
        for _ in self.names:
            listening = socket.create_server(("127.0.0.1", 0), backlog=512)
            self.sockets.append(listening)

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        for each in self.sockets:
            each.close()

    def start(self, wait=True):
        self.host, self.port = self.sockets[0].getsockname()
        if len(self.sockets) > 1:
            self.metrics_address = "%s:%d" % self.sockets[1].getsockname()
        words = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"', support.STAGEMATCH, "serve", "--config", self.config]
        given = support.environment(LISTEN_FDS=str(len(self.sockets)), LISTEN_FDNAMES=":".join(self.names), **self.env)

        def place():
            high = [os.dup2(each.fileno(), 100 + i) for i, each in enumerate(self.sockets)]
            for i, fd in enumerate(high):
                os.dup2(fd, 3 + i, inheritable=True)

        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=given,
                                            pass_fds=range(3, 3 + len(self.sockets)), preexec_fn=place)
        if wait:
            self.wait_ready()


def upgrade(service):
    """SIGUSR2, until the new parent serves and the old one is gone."""
    old, done = service.process, service.read_log().count("event=upgrade_done")
    old.send_signal(signal.SIGUSR2)
    service.wait_until(lambda: service.read_log().count("event=upgrade_prepared") > done, "a prepared successor", 60)
    end = time.monotonic() + 60
    while service.read_log().count("event=upgrade_done") == done:
        assert time.monotonic() < end and old.poll() is None or service.read_log().count("event=upgrade_done") > done, \
            service.read_log()[-3000:]
        time.sleep(0.02)
    new = int(service.read_log().rsplit("event=upgrade_done pid=", 1)[1].split()[0])
    assert old.wait(30) == 0, old.returncode
    service.process = Process(new)
    return new


class Case(lifecycle_test.Case):
    @classmethod
    def setUpClass(cls):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # a new parent becomes a child of this process

    def agree_on(self, service, writers):
        self.service = service
        self.agree(writers)


class InPlace(Case):
    def test_five_upgrades_refuse_and_lose_nothing(self):
        with Service(settings={"fronts": 2}) as s:
            Market(s)
            first = s.process.pid
            with Writers(s, 4) as writers, Callers(s) as callers:
                for _ in range(5):
                    done = len(callers.codes)
                    upgrade(s)
                    s.wait_until(lambda: len(callers.codes) > done + 20, "more calls")
            self.assertNotEqual(s.process.pid, first)
            self.assertEqual(callers.cut, [], "a connection was refused or cut")
            self.assertEqual(set(callers.codes), {"ok"})
            self.agree_on(s, writers)
            self.assertEqual(int(read(os.path.join(s.data, "lock"))), s.process.pid)
            self.assertEqual(s.stop(), 0)
            self.assertFalse(os.path.exists(os.path.join(s.data, "address")))
            s.start()  # an ordinary start on what is left behind
            self.agree_on(s, writers)

    def test_a_new_configuration_comes_with_it(self):
        with Service() as s:
            s.settings.update(fronts=3)
            s.write_config()
            upgrade(s)
            self.assertEqual(sorted(s.role_pids("front")), [0, 1, 2])
            s.settings["listen"] = "127.0.0.1:1"
            s.write_config()
            self.refused(s, "ended", "listen: cannot change in an upgrade")

    def refused(self, s, why, said):
        """SIGUSR2 with what cannot work: the same parent serves on."""
        before = s.read_log().count("event=upgrade_failed")
        s.process.send_signal(signal.SIGUSR2)
        s.wait_until(lambda: s.read_log().count("event=upgrade_failed") > before, "a failed upgrade", 60)
        self.assertIn(f"event=upgrade_failed why={why}", s.read_log())
        self.assertIn(said, s.read_log())
        self.assertIsNone(s.process.poll())
        s.wait_ready()
        self.assertTrue(os.path.exists(os.path.join(s.data, "address")))

    def test_a_bad_configuration_leaves_the_old_one_serving(self):
        with Service() as s:
            Market(s)
            roles = {role: s.role_pid(role) for role in ("front", "engine", "vault")}
            good = dict(s.settings)
            with Callers(s) as callers:
                s.settings["bogus"] = 1
                s.write_config()
                self.refused(s, "ended", "bogus")
                s.settings = {**good, "master_key": os.path.join(s.folder, "nothing")}
                s.write_config()
                self.refused(s, "ended", "cannot open the master key")
            self.assertEqual({role: s.role_pid(role) for role in roles}, roles, "a role was touched")
            self.assertEqual((callers.cut, set(callers.codes)), ([], {"ok"}))
            s.settings = good
            s.write_config()
            upgrade(s)
            s.ok("AuthService/GetSession", "company")

    def test_one_that_fails_after_it_took_over_gives_back(self):
        with Service() as s:
            Market(s)
            kept = s.settings["master_key"]
            s.settings["master_key"] = os.path.join(s.folder, "another.key")  # only the vault knows that it is the wrong one
            support.write_bytes(s.settings["master_key"], os.urandom(32))
            os.chmod(s.settings["master_key"], 0o600)
            s.write_config()
            with Callers(s) as callers:
                self.refused(s, "ended", "the vault could not start")
                s.ok("AuthService/GetSession", "company")
            self.assertIn("event=upgrade_handed_over", s.read_log())
            self.assertEqual((callers.cut, set(callers.codes) - {"unavailable"}), ([], {"ok"}))
            s.settings["master_key"] = kept
            s.write_config()
            upgrade(s)
            s.ok("AuthService/GetSession", "company")

    def test_end_during_an_upgrade_ends_both(self):
        with Service() as s:
            os.kill(s.role_pid("front"), signal.SIGSTOP)  # it does not end by itself: the upgrade waits for it
            front = s.role_pid("front")
            s.process.send_signal(signal.SIGUSR2)
            s.wait_until(lambda: "event=upgrade_prepared" in s.read_log(), "a prepared successor")
            new = int(s.read_log().rsplit("event=upgrade_prepared pid=", 1)[1].split()[0])
            s.process.send_signal(signal.SIGTERM)
            os.kill(front, signal.SIGCONT)
            s.process.wait(60)
            successor = Process(new)
            successor.wait(30)
            s.start()


class Manager(Case):
    """What systemd does, played."""

    def setUp(self):
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.notices.close)
        self.notices.settimeout(60)
        self.name = "\0stagematch-test-" + os.urandom(8).hex()
        self.notices.bind(self.name)
        self.env = {"NOTIFY_SOCKET": "@" + self.name[1:]}

    def told(self, what):
        """Reads until a datagram has this line; returns it."""
        while True:
            lines = self.notices.recv(4096).decode().split("\n")
            if any(line == what or (what.endswith("=") and line.startswith(what)) for line in lines):
                return lines

    def test_restarts_with_its_socket_refuse_nobody(self):
        with Activated() as s:
            Market(s)
            self.assertEqual(read(os.path.join(s.data, "address")).strip(), f"{s.host}:{s.port}")
            with Writers(s, 4) as writers, Callers(s) as callers:
                for _ in range(3):
                    done = len(callers.codes)
                    self.assertEqual(s.stop(), 0)
                    s.start()
                    s.wait_until(lambda: len(callers.codes) > done + 10, "more calls")
            self.assertEqual((callers.cut, set(callers.codes)), ([], {"ok"}))
            self.agree_on(s, writers)
            self.assertIn("stagematch_engine_turns_total", s.metrics())
            upgrade(s)
            self.assertEqual(s.call("AuthService/GetSession", "company").code, "ok")

    def test_one_socket_of_any_name_is_the_api(self):
        s = Activated()
        s.sockets.pop().close()
        s.names = ["stagematch.socket"]
        with s:
            self.assertEqual(s.get("/healthz").status, 200)
            self.assertNotEqual(read(os.path.join(s.data, "metrics_address")).strip(), "")

    def refuses_to_start(self, s, said):
        with self.assertRaises(AssertionError) as caught:
            s.__enter__()
        self.assertIn(said, str(caught.exception))
        self.assertEqual(s.process.wait(10), 1)
        s.__exit__(None)

    def test_what_cannot_be_is_said(self):
        s = Activated()
        s.names = ["api", "web"]
        self.refuses_to_start(s, "two sockets came for one purpose (api)")
        s = Activated()
        s.sockets[0].close()
        s.sockets[0] = socket.socket()
        s.sockets[0].bind(("127.0.0.1", 0))
        self.refuses_to_start(s, "no listening socket")

    def test_it_is_told_of_every_step(self):
        with Service(env={**self.env, "WATCHDOG_USEC": "400000"}) as s:
            self.assertIn("STATUS=Serving on http://", "\n".join(self.told("READY=1")))
            self.told("WATCHDOG=1")
            self.told("WATCHDOG=1")
            s.process.send_signal(signal.SIGHUP)
            self.assertIn("MONOTONIC_USEC=", "\n".join(self.told("RELOADING=1")))
            self.told("READY=1")
            s.settings["bogus"] = 1
            s.write_config()
            s.process.send_signal(signal.SIGHUP)
            self.told("RELOADING=1")
            self.assertIn("refused", "\n".join(self.told("READY=1")))
            del s.settings["bogus"]
            s.write_config()
            new = upgrade(s)
            self.assertEqual(self.told("MAINPID="), [f"MAINPID={new}"])
            self.told("READY=1")
            self.told("WATCHDOG=1")
            self.assertEqual(s.stop(), 0)
            self.told("STOPPING=1")

    def test_roles_and_the_notify_command_do_not_learn_of_it(self):
        with Service(env=self.env) as s:
            self.told("READY=1")
            for pid in [s.role_pid(role) for role in ("front", "engine", "vault")]:
                try:
                    environment = support.read_bytes(f"/proc/{pid}/environ")
                except PermissionError:
                    self.skipTest("reading another process's environment needs more rights than this test has")
                self.assertNotIn(b"NOTIFY_SOCKET", environment)
                self.assertIn(b"PATH=", environment)


if __name__ == "__main__":
    unittest.main(verbosity=2)

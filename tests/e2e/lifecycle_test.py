"""The life of a service on real processes: roles and parent killed under calls, a solver's child killed, ends and new starts, the
configuration read again. Nothing acknowledged is lost, nothing is done twice."""
import concurrent.futures
import contextlib
import http.client
import os
import signal
import socket
import threading
import time
import unittest
import uuid

import support
from market import Market
from service import Service, placement, student

ROLES = ("front", "engine", "vault")
RETRIED = ("unavailable", "deadline_exceeded", "aborted", "internal", "canceled")


class Writers:
    """Clients that hand in placements and students without end, and try each again with its request_id until it is answered."""

    def __init__(self, service, count=4):
        self.s, self.stopping, self.acknowledged, self.wrong, self.failures = service, threading.Event(), [], [], 0
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self, number):
        for i in range(10**6):
            name = f"W{number}-{i}"
            if number % 2:
                call = ("PlacementService/SubmitPlacement", "company", {"placement": placement(name)})
            else:
                call = ("StudentService/SubmitStudents", "coordinator", {"students": [student(name)]})
            if not self.insist(name, *call):
                return

    def insist(self, name, method, who, fields):
        rid = str(uuid.uuid4())
        while True:
            try:
                answer = self.s.call(method, who, timeout=20, requestId=rid, **fields)
            except (OSError, http.client.HTTPException):
                answer = None
            if answer is not None and answer.status == 200:
                self.acknowledged.append(name)
                return not self.stopping.is_set()
            if answer is not None and answer.code not in RETRIED:
                self.wrong.append((name, answer))
                return False
            self.failures += 1
            if self.stopping.is_set():
                return False
            time.sleep(0.02)


class Case(unittest.TestCase):
    """A service with a school and a company."""

    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"call_timeout_ms": 5000}))
        cls.market = Market(cls.service)

    def stored(self):
        """Names of all placements and student numbers, each as often as it is there."""
        names, token = [], ""
        while True:
            page = self.service.ok("PlacementService/ListPlacements", "company", pageSize=1000, pageToken=token)
            names += [p["leerplaats"] for p in page.get("placements", [])]
            token = page.get("nextPageToken", "")
            if not token:
                break
        ids, token = [], ""
        while True:
            page = self.service.ok("StudentService/ListStagevragen", "coordinator", pageSize=500, pageToken=token)
            ids += [v["stagevraagId"] for v in page.get("stagevragen", [])]
            token = page.get("nextPageToken", "")
            if not token:
                break
        for at in range(0, len(ids), 100):
            people = self.service.ok("IdentityService/GetIdentities", "coordinator", stagevraagIds=ids[at:at + 100])
            names += [p["studentNumber"] for p in people.get("students", [])]
        return names

    def agree(self, writers):
        """All that was acknowledged is there, once."""
        self.assertEqual(writers.wrong, [])
        self.assertGreater(len(writers.acknowledged), 0)
        names = self.stored()
        self.assertEqual(len(names), len(set(names)), "something is there twice")
        self.assertEqual(set(writers.acknowledged) - set(names), set(), "something acknowledged is lost")
        self.assertEqual(support.run("ledger", "verify", "--data", self.service.data).returncode, 0)

    def wait_for_more(self, writers, count=8):
        goal = len(writers.acknowledged) + count
        self.service.wait_until(lambda: len(writers.acknowledged) >= goal or writers.wrong, f"{count} more answers")


class Kills(Case):
    def setUp(self):
        self.service.wait_ready()

    def kill(self, role):
        pid = self.service.wait_until(lambda: self.service.role_pid(role), role)
        os.kill(pid, signal.SIGKILL)
        return pid

    def test_each_role_killed_under_calls(self):
        for role in ROLES:
            with self.subTest(role), Writers(self.service) as writers:
                self.wait_for_more(writers)
                for _ in range(3):
                    killed = self.kill(role)
                    began = time.monotonic()
                    self.service.wait_until(lambda: self.service.role_pid(role) not in (None, killed), f"a new {role}")
                    self.service.wait_ready(10)
                    self.assertLess(time.monotonic() - began, 8)
                    self.wait_for_more(writers)
            self.agree(writers)

    def test_readyz_says_which_role_is_missing(self):
        s = self.service
        for role in ("engine", "vault"):
            with self.subTest(role):
                end, seen = time.monotonic() + 20, None
                while not seen and time.monotonic() < end:
                    if s.role_pid(role):
                        self.kill(role)
                    answer = s.get("/readyz")
                    seen = answer.json if answer.status == 503 else None
                self.assertEqual((seen["ready"], seen["reasons"].pop(role)), (False, "it is not there"))
                self.assertLessEqual(set(seen["reasons"].values()), {"engine_missing"})  # the vault misses it too
                self.assertEqual(s.get("/healthz").status, 200)
                method = "PlacementService/ListPlacements" if role == "engine" else "AuthService/GetSession"
                while not s.role_pid(role):
                    answer = s.call(method, "company")
                    self.assertIn(answer.code, ("ok", "unavailable"))
                    time.sleep(0.05)
                s.wait_ready()

    def test_a_stopped_role_is_said_too_and_calls_end_in_time(self):
        s = self.service
        pid = s.role_pid("engine")
        os.kill(pid, signal.SIGSTOP)
        try:
            answer = s.wait_until(lambda: (a := s.get("/readyz")).status == 503 and a, "unreadiness", 10)
            self.assertIn("in time", answer.json["reasons"]["engine"])
            answer = s.call("PlacementService/ListPlacements", "company", headers={"Connect-Timeout-Ms": "300"})
            self.assertEqual(answer.code, "deadline_exceeded")
        finally:
            os.kill(pid, signal.SIGCONT)
        s.wait_ready()
        self.assertEqual(s.role_pid("engine"), pid)

    def test_parent_killed(self):
        s = self.service
        pids = [s.role_pid(role) for role in ROLES]
        with Writers(s) as writers:
            self.wait_for_more(writers)
            s.process.kill()
            s.process.wait()
            s.start()
            self.wait_for_more(writers)
        deadline = time.monotonic() + 25
        while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid in pids:
            self.assertFalse(os.path.exists(f"/proc/{pid}"), "a role went on without its parent")
        self.agree(writers)

    def test_end_under_load(self):
        s = self.service
        for number in (signal.SIGTERM, signal.SIGINT):
            with Writers(s, 6) as writers:
                self.wait_for_more(writers, 20)
                began = time.monotonic()
                self.assertEqual(s.stop(number), 0)
                self.assertLess(time.monotonic() - began, 15)
                self.assertFalse(os.path.exists(os.path.join(s.data, "address")))
                s.start()
                self.wait_for_more(writers)
            self.agree(writers)

    def test_restart_keeps_sessions_tasks_and_answers(self):
        s, m = self.service, self.market
        m.to_state("APPROVED")
        rid = str(uuid.uuid4())
        first = s.call("PlacementService/SubmitPlacement", "company", requestId=rid, placement=placement("kept"))
        tasks = m.tasks("coordinator"), m.tasks("company")
        self.assertEqual(s.stop(), 0)
        s.start()
        self.assertEqual(s.ok("AuthService/GetSession", "coordinator")["session"]["role"], "ROLE_COORDINATOR")
        self.assertEqual((m.tasks("coordinator"), m.tasks("company")), tasks)
        again = s.call("PlacementService/SubmitPlacement", "company", requestId=rid, placement=placement("kept"))
        self.assertEqual((again.status, again.body), (200, first.body))
        self.assertNotIn("sanitizer", s.read_log().lower())


class Solver(Case):
    """A child that solves a round is killed."""

    def children(self, pid):
        try:
            return support.read_bytes(f"/proc/{pid}/task/{pid}/children").split()
        except OSError:
            return []

    def solve_and_kill(self, rid, most):
        """Starts the round and kills at most so many of its children; how many were."""
        engine, killed = self.service.role_pid("engine"), set()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            started = pool.submit(self.market.move, rid, "SolveRound")
            end = time.monotonic() + 20
            while len(killed) < most and time.monotonic() < end:
                for child in self.children(engine):
                    if child not in killed:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(int(child), signal.SIGKILL)
                        killed.add(child)
                if started.done() and len(killed) < most and self.market.round(rid)["state"] != "ROUND_STATE_SOLVING":
                    break
            started.result()
        return len(killed)

    def test_one_killed_child_is_begun_again(self):
        rid = self.market.sealed(self.market.fill(students=900, seats=50)[0])
        self.assertEqual(self.solve_and_kill(rid, 1), 1)
        self.market.until(rid, "VERIFIED")
        self.assertRegex(self.service.read_log(), "solver_(failed|again|child)")
        self.market.move(rid, "PublishRound")
        self.market.until(rid, "PUBLISHED")

    def test_a_child_that_always_dies_fails_the_round_with_a_reason(self):
        qualification, _, _ = self.market.fill(students=900, seats=50)
        rid = self.market.sealed(qualification)
        self.assertEqual(self.solve_and_kill(rid, 3), 3)
        failed = self.market.until(rid, "FAILED")
        self.assertTrue(failed["failure"])
        again = self.market.published(qualification)  # its students and placements are free for another round
        self.assertEqual(len(self.market.proposals(again)), 50)


class Reload(Case):
    def tearDown(self):
        self.service.settings.update(log_level="info", connections_per_address="256")
        self.service.settings.pop("bogus", None)

    def hangup(self, event):
        """SIGHUP, until the log says `event` once more."""
        before = self.service.read_log().count(f"event={event}")
        self.service.write_config()
        self.service.process.send_signal(signal.SIGHUP)
        self.service.wait_until(lambda: self.service.read_log().count(f"event={event}") > before, event)

    def test_a_good_configuration_is_taken_over_without_refusing_anybody(self):
        s = self.service
        refused, codes, stopping = [], [], threading.Event()

        def ask():
            while not stopping.is_set():
                try:
                    codes.append(s.call("AuthService/GetSession", "company", timeout=20).code)
                except (OSError, http.client.HTTPException) as fault:
                    refused.append(repr(fault))
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        pids = [s.role_pid(role) for role in ROLES]
        self.assertNotIn("level=debug", s.read_log())
        s.settings["log_level"] = "debug"
        self.hangup("reloaded")
        s.wait_ready()
        stopping.set()
        for thread in threads:
            thread.join()
        self.assertEqual(refused, [], "a connection was refused or cut")
        self.assertLessEqual(set(codes), {"ok", "unavailable"})
        self.assertGreater(codes.count("ok"), 5)
        for role, pid in zip(ROLES, pids):
            self.assertNotEqual(s.role_pid(role), pid, role)
        self.assertEqual(s.ok("AuthService/GetSession", "coordinator")["session"]["role"], "ROLE_COORDINATOR")
        s.settings["log_level"] = "info"
        self.hangup("reloaded")

    def test_new_limits_hold(self):
        s = self.service
        s.settings["connections_per_address"] = "3"
        self.hangup("reloaded")
        s.wait_ready()
        with contextlib.ExitStack() as stack:
            for _ in range(3):
                stack.enter_context(socket.create_connection((s.host, int(s.port))))
            self.assertEqual(s.get("/healthz").status, 503)
        s.settings["connections_per_address"] = "256"
        s.wait_until(lambda: s.get("/healthz").status == 200, "room")
        self.hangup("reloaded")

    def test_a_bad_configuration_is_refused_with_file_and_line(self):
        s = self.service
        pids = [s.role_pid(role) for role in ROLES]
        for name, value in (("bogus", "1"), ("log_level", "loud"), ("connections_per_address", "0")):
            good = s.settings.get(name)
            s.settings[name] = value
            self.hangup("reload_refused")
            line = list(s.settings).index(name) + 1
            self.assertIn(f"{s.config}:{line}", s.read_log().replace(": line ", ":").replace(" line ", ""))
            s.settings.pop(name)
            if good is not None:
                s.settings[name] = good
        s.settings["listen"], kept = "127.0.0.1:1", s.settings["listen"]
        self.hangup("reload_refused")
        self.assertIn("listen: cannot change while the service runs", s.read_log())
        s.settings["listen"] = kept
        self.assertEqual([s.role_pid(role) for role in ROLES], pids)
        s.wait_ready()
        s.ok("AuthService/GetSession", "coordinator")
        s.write_config()

    def test_a_bad_list_is_refused_too(self):
        s = self.service
        path, kept = os.path.join(s.folder, "terms.csv"), s.settings["terms"]
        support.write_bytes(path, b"task;working_days;reminder\napprove;x;3\n")
        s.settings["terms"] = path
        self.hangup("reload_refused")
        self.assertRegex(s.read_log(), r"terms\.csv: (line|regel) 2")
        s.settings["terms"] = kept
        self.hangup("reloaded")
        s.wait_ready()


if __name__ == "__main__":
    unittest.main(verbosity=2)

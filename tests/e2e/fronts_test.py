"""Two fronts on one machine: they share the listening sockets and one service behind them. One that is killed or stands still costs
nobody but those whose calls it had; what was written through one is seen through the other; one scrape answers for both."""
import contextlib
import os
import re
import signal
import time
import unittest
import uuid

from lifecycle_test import Case, Writers
from market import Market
from service import Service, placement


class Fronts(Case):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"fronts": 2, "call_timeout_ms": 5000}))
        cls.market = Market(cls.service)

    def front(self, index):
        """The process of one front, once it is there."""
        return self.service.wait_until(lambda: self.service.role_pid("front", index), f"front {index}")

    @contextlib.contextmanager
    def only(self, index):
        """Everything in here goes through one front: the other stands still and accepts nothing."""
        pid = self.front(1 - index)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def wait_alive(self):
        self.service.wait_until(lambda: all(self.service.get("/readyz").json["roles"].values()), "all roles")

    def test_both_are_there_and_named(self):
        s = self.service
        self.assertEqual(sorted(s.role_pids("front")), [0, 1])
        self.wait_alive()
        answer = s.get("/readyz").json
        self.assertIs(answer["ready"], True)
        self.assertEqual(answer["roles"], {"front.0": True, "front.1": True, "engine": True, "vault": True})
        for index in (0, 1):
            with self.only(index):
                s.ok("AuthService/GetSession", "company")
            line = re.compile(rf"event=request method=stagematch.v1.AuthService/GetSession .* process=front\.{index} ")
            s.wait_until(lambda found=line: found.search(s.read_log()), f"the line of front {index}")  # written after the answer

    def test_one_killed_under_calls_comes_back_alone(self):
        s = self.service
        with Writers(s) as writers:
            for index in (0, 1, 0):
                done, other, killed = len(writers.acknowledged), self.front(1 - index), self.front(index)
                os.kill(killed, signal.SIGKILL)
                s.wait_until(lambda: s.role_pid("front", index) not in (None, killed), f"front {index} again")
                s.wait_until(lambda: len(writers.acknowledged) > done + 5, "more that is acknowledged")
                self.assertEqual(self.front(1 - index), other, "the other front was touched")
        self.wait_alive()
        self.agree(writers)
        for index in (0, 1):  # with channels of its own to both
            with self.only(index):
                s.ok("PlacementService/ListPlacements", "company", pageSize=1)
                s.ok("AuthService/GetSession", "company")

    def test_one_that_stands_still_holds_up_nobody(self):
        s = self.service
        self.wait_alive()
        for index in (0, 1):
            with self.only(index):
                for _ in range(20):
                    self.assertEqual(s.call("AuthService/GetSession", "company", timeout=10).code, "ok")
                answer = s.wait_until(lambda: (a := s.get("/readyz")).json["roles"][f"front.{1 - index}"] is False and a,
                                      "a front that is missed")
                self.assertEqual((answer.status, answer.json["ready"]), (200, True))
                self.assertEqual(s.metrics()[f'stagematch_front_alive{{front="{1 - index}"}}'], 0)
            self.wait_alive()

    def test_a_write_through_one_is_seen_and_not_repeated_through_the_other(self):
        s = self.service
        for index in (0, 1):
            name, rid = f"shared-{index}-{uuid.uuid4().hex[:6]}", str(uuid.uuid4())
            with self.only(index):
                first = s.call("PlacementService/SubmitPlacement", "company", requestId=rid, placement=placement(name))
                self.assertEqual(first.code, "ok")
            with self.only(1 - index):
                self.assertEqual(self.stored().count(name), 1)
                again = s.call("PlacementService/SubmitPlacement", "company", requestId=rid, placement=placement(name))
                self.assertEqual((again.status, again.body), (200, first.body))
                self.assertEqual(self.stored().count(name), 1)

    def test_one_scrape_has_the_numbers_of_both(self):
        s = self.service
        calls = 'stagematch_front_calls_total{method="stagematch.v1.CatalogService/ListReasons",code="ok"}'
        requests = [f'stagematch_front_requests_total{{front="{i}"}}' for i in (0, 1)]
        before = s.metrics()
        for index, times in ((0, 4), (1, 7)):
            with self.only(index):
                for _ in range(times):
                    s.ok("CatalogService/ListReasons")
                time.sleep(0.6)  # it publishes a few times a second
        for index in (0, 1):
            with self.only(index):
                after = s.metrics()
            self.assertEqual(after[calls] - before.get(calls, 0), 11)
            self.assertGreaterEqual(after[requests[0]] - before[requests[0]], 4)
            self.assertGreaterEqual(after[requests[1]] - before[requests[1]], 7)
            self.assertGreaterEqual(after["stagematch_http_requests_total"], sum(after[r] for r in requests))
        killed = self.front(0)
        os.kill(killed, signal.SIGKILL)
        s.wait_until(lambda: s.role_pid("front", 0) not in (None, killed), "front 0 again")
        self.wait_alive()
        later = s.metrics()
        backwards = [name for name, value in after.items() if name.startswith(("stagematch_front_calls", "stagematch_http_req"))
                     and later[name] < value]
        self.assertEqual(backwards, [], "a counter went backwards")


if __name__ == "__main__":
    unittest.main(verbosity=2)

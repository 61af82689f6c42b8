"""Streams of the running service: what somebody watches comes by itself, goes on where it was cut off, and ends with a reason."""
import base64
import os
import signal
import time
import unittest
import uuid

import support
from market import SCHOOL, Market, new_qualification
from service import Service, placement
from watcher import Watcher

SETTINGS = {"stream_heartbeat_ms": 300, "stream_interval_ms": 20, "streams_per_account": 6}


def seqs(watcher):
    return [int(message["seq"]) for message in list(watcher.all)]


class Watching(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings=SETTINGS))
        cls.market = Market(cls.service)

    def watch(self, method, who, **fields):
        watcher = Watcher(self.service, method, who, **fields)
        self.addCleanup(watcher.close)
        return watcher

    def test_a_round_is_followed_up_to_its_end(self):
        m = self.market
        qualification, _, _ = m.fill()
        rid = m.sealed(qualification)
        watcher = self.watch("RoundService/WatchRound", "coordinator", roundId=rid)
        self.assertEqual(watcher.first()["round"]["state"], "ROUND_STATE_REVEALED")
        m.move(rid, "SolveRound")
        watcher.event(lambda e: e["round"]["state"] == "ROUND_STATE_VERIFIED", "a verified round")
        m.move(rid, "PublishRound")
        published = watcher.event(lambda e: e["round"]["state"] == "ROUND_STATE_PUBLISHED", "a published round")
        self.assertEqual(published["round"], m.round(rid))
        self.end_round(rid)
        self.assertEqual(watcher.ended(), {})
        self.assertEqual(watcher.events[-1]["round"]["state"], "ROUND_STATE_CLOSED")
        self.assertEqual(seqs(watcher), sorted(seqs(watcher)))

    def end_round(self, rid):
        proposal = self.market.proposals(rid)[0]
        self.market.act("VetoProposal", "coordinator", proposal["proposalId"], reason="reistijd")
        self.service.wait_until(lambda: self.service.try_change("RoundService/CloseRound", "coordinator", roundId=rid,
                                                                version=self.market.round(rid)["version"]).status == 200,
                                "a closed round")

    def test_an_import_is_followed_until_it_is_done(self):
        qualification = new_qualification()
        rows = [f"{SCHOOL};{uuid.uuid4().hex[:10]};Sanne;Voorbeeld;1012 AB;{qualification};BOL;2;2027-02-01;2027-07-02;32"
                for _ in range(4000)]
        csv = "school;studentnummer;voornaam;achternaam;postcode;opleiding;leerweg;leerjaar;van;tot;uren\n" + "\n".join(rows)
        made = self.service.change("StudentService/ImportStudents", "coordinator",
                                   csv=base64.b64encode(csv.encode()).decode())
        watcher = self.watch("StudentService/WatchImport", "coordinator", importId=made["importId"])
        self.assertEqual(watcher.ended(), {})
        last = watcher.events[-1]["import"]
        self.assertEqual((last["state"], last["rowCount"], last["newCount"]), ("IMPORT_STATE_DONE", "4000", "4000"))
        done = [int(e["import"].get("doneCount", 0)) for e in watcher.events]
        self.assertEqual(done, sorted(done))

    def test_a_task_comes_to_the_company_when_the_school_approves(self):
        m = self.market
        qualification, placement_id, _ = m.fill()
        company = self.watch("TaskService/WatchTasks", "company", pageSize=1000)
        school = self.watch("TaskService/WatchTasks", "coordinator", pageSize=1000)
        company.first()
        rid = m.published(qualification)
        pid = m.proposals(rid)[0]["proposalId"]

        def has(kind, key, value):
            return lambda e: any(t["kind"] == f"TASK_KIND_{kind}" and t.get(key) == value for t in e.get("tasks", []))
        school.event(has("APPROVE", "proposalId", pid), "the school's task")
        decide = has("DECIDE", "placementId", placement_id)
        self.assertFalse(any(decide(e) for e in company.events), "a task before the school approved")
        m.act("ApproveProposal", "coordinator", pid)
        event = company.event(decide, "the company's task")
        self.assertEqual(event["tasks"], m.tasks("company"))
        self.assertTrue(all("proposalId" not in t and "stagevraagId" not in t for t in event["tasks"]))
        school.event(lambda e: e["seq"] > school.events[0]["seq"] and not has("APPROVE", "proposalId", pid)(e), "a task that went")

    def test_it_goes_on_where_it_was_cut_off(self):
        m = self.market
        qualification, _, _ = m.fill()
        rid = m.sealed(qualification)
        watcher = self.watch("RoundService/WatchRound", "coordinator", roundId=rid)
        seq = watcher.first()["seq"]
        watcher.close()
        again = self.watch("RoundService/WatchRound", "coordinator", roundId=rid, afterSeq=seq)
        self.assertEqual(again.first(), {"seq": seq, "heartbeat": True})
        again.close()
        m.move(rid, "SolveRound")
        m.until(rid, "VERIFIED")
        missed = self.watch("RoundService/WatchRound", "coordinator", roundId=rid, afterSeq=seq)
        self.assertEqual(missed.first()["round"]["state"], "ROUND_STATE_VERIFIED")
        seq = missed.all[-1]["seq"]
        missed.close()
        invented = self.watch("RoundService/WatchRound", "coordinator", roundId=rid, afterSeq="9000000000000000000")
        self.assertEqual(invented.first()["round"]["state"], "ROUND_STATE_VERIFIED")
        self.assertGreaterEqual(int(invented.first()["seq"]), int(seq))

    def test_an_engine_that_starts_again_ends_no_stream(self):
        s, m = self.service, self.market
        qualification, _, _ = m.fill()
        rid = m.sealed(qualification)
        watcher = self.watch("RoundService/WatchRound", "coordinator", roundId=rid)
        before = int(watcher.first()["seq"])
        old = s.role_pid("engine")
        os.kill(old, signal.SIGKILL)
        s.wait_until(lambda: s.role_pid("engine") not in (None, old), "another engine")
        s.wait_ready()
        m.move(rid, "SolveRound")
        event = watcher.event(lambda e: e["round"]["state"] == "ROUND_STATE_VERIFIED", "an event of the new engine")
        self.assertGreater(int(event["seq"]), before)
        self.assertEqual(seqs(watcher), sorted(seqs(watcher)))
        self.assertIsNone(watcher.end)

    def test_signs_of_life_come_while_nothing_happens(self):
        watcher = self.watch("TaskService/WatchTasks", "company")
        watcher.until(lambda: sum(bool(e.get("heartbeat")) for e in watcher.all) >= 3, "three heartbeats")
        self.assertEqual([set(e) for e in watcher.all if e.get("heartbeat")][0], {"seq", "heartbeat"})

    def test_who_may_not_is_told_so(self):
        rid = self.market.sealed(self.market.fill()[0])
        for who, method, fields, code in [
                (None, "RoundService/WatchRound", {"roundId": rid}, "unauthenticated"),
                ("no such token", "RoundService/WatchRound", {"roundId": rid}, "unauthenticated"),
                ("company", "RoundService/WatchRound", {"roundId": rid}, "permission_denied"),
                ("coordinator", "RoundService/WatchRound", {"roundId": "0" * 32}, "not_found"),
                ("coordinator", "RoundService/WatchRound", {"roundId": "no id"}, "not_found"),
                ("coordinator", "StudentService/WatchImport", {"importId": rid}, "not_found"),
                ("company", "StudentService/WatchImport", {"importId": rid}, "permission_denied")]:
            with self.subTest(f"{method} by {who}"):
                watcher = self.watch(method, who, **fields)
                self.assertEqual(watcher.ended().get("code"), code)
                self.assertEqual((watcher.status, watcher.all), (200, []))

    def test_a_session_that_is_over_ends_its_streams(self):
        s = self.service
        s.log_in("company")
        s.tokens["once"] = s.tokens["company"]
        s.log_in("company")
        watcher, other = (self.watch("TaskService/WatchTasks", who) for who in ("once", "company"))
        watcher.first(), other.first()
        s.ok("AuthService/Logout", "once")
        self.assertEqual(watcher.ended(within=65)["code"], "unauthenticated")
        count = len(other.all)
        other.until(lambda: len(other.all) > count + 1, "more for the session that lasts")

    def test_an_account_has_so_many_streams(self):
        watchers = [self.watch("TaskService/WatchTasks", "coordinator") for _ in range(SETTINGS["streams_per_account"])]
        for watcher in watchers:
            watcher.first()
        refused = self.watch("TaskService/WatchTasks", "coordinator")
        self.assertEqual(refused.ended()["code"], "resource_exhausted")
        self.assertEqual(refused.end["metadata"], {"retry-after": ["1"]})
        self.watch("TaskService/WatchTasks", "company").first()
        for watcher in watchers:
            watcher.close()
        self.service.wait_until(lambda: self.service.metrics()["stagematch_streams"] <= 1, "streams that ended")
        self.watch("TaskService/WatchTasks", "coordinator").first()

    def test_a_time_that_the_client_names_is_kept(self):
        watcher = self.watch("TaskService/WatchTasks", "company", headers={"Connect-Timeout-Ms": "700"})
        self.assertEqual(watcher.ended()["code"], "deadline_exceeded")
        self.assertTrue(watcher.all)

    def test_it_is_counted(self):
        before = self.service.metrics()
        watcher = self.watch("TaskService/WatchTasks", "company")
        watcher.until(lambda: len(watcher.all) > 2, "heartbeats")
        after = self.service.metrics()
        self.assertGreaterEqual(after["stagematch_streams"], 1)
        for name in ("streams_total", "stream_events_total", "stream_heartbeats_total", "stream_questions_total"):
            self.assertGreater(after["stagematch_" + name], before["stagematch_" + name], name)


class SlowReader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={**SETTINGS, "stream_heartbeat_ms": 60000}))
        cls.market = Market(cls.service)

    def front_kib(self):
        with open(f"/proc/{self.service.role_pid('front')}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))

    def test_it_holds_up_nobody_and_takes_no_memory(self):
        """Each event is far larger than what the sockets hold, so the slow one has one of them waiting from the beginning."""
        s = self.service
        for at in range(300):
            s.change("PlacementService/SubmitPlacement", "company",
                     placement=placement(f"S-{at}", title="titel " * 10, description="tekst " * 20))
        slow = Watcher(s, "TaskService/WatchTasks", "company", reads=False, receive_bytes=4096, pageSize=1000)
        self.addCleanup(slow.close)
        fast = Watcher(s, "TaskService/WatchTasks", "company", pageSize=1000)
        self.addCleanup(fast.close)
        fast.first()
        before = self.front_kib()
        for at in range(60):
            s.change("PlacementService/SubmitPlacement", "company", placement=placement(f"T-{at}"))
            fast.event(lambda e: len(e.get("tasks", [])) == 301 + at, f"task {301 + at}")
        slack_kib = (320 if support.is_sanitized() else 16) << 10  # a sanitizer keeps 256 MiB of what was freed
        self.assertLess(self.front_kib() - before, slack_kib)
        slow.start_reading()
        slow.event(lambda e: len(e.get("tasks", [])) == 360, "the newest state")
        self.assertLess(len(slow.events), len(fast.events), "what was not read in time is told once")
        self.assertEqual(seqs(slow), sorted(seqs(slow)))


class Stopping(unittest.TestCase):
    def test_a_stop_says_so(self):
        with Service(settings=SETTINGS) as service:
            market = Market(service)
            watchers = [Watcher(service, "TaskService/WatchTasks", who) for who in ("company", "coordinator")]
            for watcher in watchers:
                self.addCleanup(watcher.close)
                watcher.first()
            begun = time.monotonic()
            self.assertEqual(service.stop(), 0)
            self.assertLess(time.monotonic() - begun, 30)
            for watcher in watchers:
                self.assertEqual(watcher.ended()["code"], "unavailable")
                self.assertEqual(watcher.end["metadata"], {"retry-after": ["1"]})


if __name__ == "__main__":
    unittest.main(verbosity=2)

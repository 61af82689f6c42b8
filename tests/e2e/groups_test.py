"""Group statistics on real processes: a student is asked, answers and takes it back; and of what students said nothing leaves but a
status. Two services are played alike, in which all students say the one, or all the other: everybody gets the same from both."""
import glob
import os
import sqlite3
import subprocess
import time
import unittest

import noninterference_test as other
import redis_server
import support
from market import SCHOOL, Market
from service import Service

STUDENTS = 6
HALF_YEAR_MS = 184 * 24 * 3600 * 1000
DPIA = "DPIA 2026-14"


class Played:
    """One service in which every student says `origin`, brought past the end of a half-year."""
    def __init__(self, service, redis, origin):
        self.s, self.redis, self.origin, self.seen = service, redis, origin, []
        self.m = Market(service)
        for who, role in (("handler", "behandelaar"), ("listener", "vertrouwenspersoon")):
            service.invite(who, "coordinator", role, [SCHOOL])
        service.change("GroupService/SetGroupStatistics", "handler", school=SCHOOL, enabled=True, dpiaReference=DPIA)
        self.play()
        self.look()
        self.keys = self.redis_keys()
        self.close()
        self.look()

    def note(self, method, who, **fields):
        answer = self.s.call(method, who, **fields)
        self.seen.append((method, who, answer.status, sorted(str(other.without_chance(x)) for x in answer.json.items())))
        return answer

    def play(self):
        s, m = self.s, self.m
        qualification, _, ids = m.fill(STUDENTS, STUDENTS)
        self.students = {}
        for i, stagevraag in enumerate(ids):
            who = f"student{i}"
            s.invite_student(who, "coordinator", stagevraag, f"s{m.numbers[stagevraag]}@student.example")
            self.students[stagevraag] = who
            s.change("GroupService/SetMyOrigin", who, origin=self.origin, consent=True)
        rid = m.published(qualification)
        for i, proposal in enumerate(sorted(m.proposals(rid), key=lambda p: ids.index(p["stagevraagId"]))):
            pid, student = proposal["proposalId"], self.students[proposal["stagevraagId"]]
            for who, method in (("coordinator", "ApproveProposal"), ("company", "AgreeToCandidate"), (student, "ConfirmProposal"),
                                ("coordinator", "ReleaseProposal")):
                m.act(method, who, pid)
            if i % 2:
                m.act("PlaceCandidate", "company", pid)
            else:
                m.act("DropCandidate", "company", pid, reason="geen-vog")
        s.wait_until(lambda: self.rows("group_decision") == 2 * STUDENTS, "decisions in the vault")

    def rows(self, table):
        return len(self.lengths(table))

    def lengths(self, table):
        """How long each row's value is; read beside the running vault, without a lock."""
        path = glob.glob(os.path.join(self.s.data, "vault", "vault.sqlite"))[0]
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            return sorted(n for n, in database.execute(f"SELECT length(value) FROM {table}"))  # names are ours

    def look(self):
        s = self.s
        for who in ("coordinator", "company", "handler", "listener", "operator"):
            self.note("GroupService/GetMyOrigin", who)
            self.note("GroupService/GetGroupStatistics", who, school=SCHOOL)
            self.note("GroupService/ListGroupStatuses", who, school=SCHOOL)
            for method in ("TaskService/ListTasks", "ProposalService/ListProposals", "CandidateService/ListCandidates"):
                self.seen.append((method, who, len(s.call(method, who, pageSize=1000).body)))
        listed = s.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000)["entries"]
        self.seen.append(("ledger", sorted((e["kind"], e.get("code", "")) for e in listed if e["kind"] != "rematch")))  # comes when it comes
        self.metrics = other.Market.numbers(self)[1]
        self.kinds = set(other.Market.lines(self))

    def redis_keys(self):
        """What lies in Redis, by length: names and contents are under keys of this start."""
        if not self.redis:
            return set()
        count = "return (function() local n = {} for _, k in ipairs(redis.call('KEYS', '*')) do n[#n + 1] = #k end return n end)()"
        said = subprocess.run(["redis-cli", "-s", self.redis.socket, "EVAL", count, "0"], capture_output=True, text=True, check=True).stdout
        return set(said.split())

    def close(self):
        """A start after the half-year: its decisions become blocks, and are judged."""
        s = self.s
        self.origins = self.lengths("origin")
        self.decisions = self.lengths("group_decision")
        s.stop()
        s.env["STAGEMATCH_CLOCK_OFFSET_MS"] = str(HALF_YEAR_MS)
        s.start()
        for who in ("operator", "coordinator", "company", "handler", "listener"):
            s.log_in(who)
        s.wait_until(lambda: self.rows("group_decision") == 0, "the end of the half-year")
        self.blocks = self.lengths("group_block")


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Leak(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.played = []
        for origin in ("ORIGIN_NETHERLANDS", "ORIGIN_OUTSIDE_EUROPE"):
            redis = cls.enterClassContext(redis_server.RedisServer()) if redis_server.is_there() else None
            settings = {"log_level": "debug", "session_hours": 720, **({"redis": redis.address} if redis else {})}
            cls.played.append(Played(cls.enterClassContext(Service(settings)), redis, origin))

    def test_everybody_gets_the_same(self):
        one, two = (p.seen for p in self.played)
        self.assertEqual(len(one), len(two))
        for a, b in zip(one, two):
            self.assertEqual(a, b)

    def test_logs_and_metrics_say_the_same(self):
        one, two = self.played
        for kinds in (one.kinds ^ two.kinds,):
            self.assertEqual({k for k in kinds if "origin" in k.lower() or "group" in k.lower()}, set())
        self.assertEqual(set(one.metrics), set(two.metrics))
        for played in self.played:
            log = played.s.read_log()
            for word in ("ORIGIN_", "NETHERLANDS", "OUTSIDE", "EUROPE"):
                self.assertNotIn(word, log)

    def test_what_is_stored_has_the_same_size(self):
        one, two = self.played
        self.assertEqual(len(one.origins), STUDENTS)
        self.assertEqual((one.origins, one.keys), (two.origins, two.keys))
        self.assertEqual(len(one.blocks), len(two.blocks))
        self.assertGreater(len(one.blocks), 0)

    def test_too_few_are_told_to_be_too_few_and_asking_again_changes_nothing(self):
        for played in self.played:
            first = played.s.call("GroupService/ListGroupStatuses", "handler", school=SCHOOL)
            again = played.s.call("GroupService/ListGroupStatuses", "listener", school=SCHOOL)
            self.assertEqual(first.body, again.body)
            self.assertEqual(first.json.get("findings", []), [])
            self.assertTrue(first.json["asOf"])

    def test_others_get_nothing(self):
        s = self.played[1].s
        for who, code in (("coordinator", "permission_denied"), ("company", "permission_denied"), ("operator", "permission_denied")):
            self.assertEqual(s.call("GroupService/ListGroupStatuses", who, school=SCHOOL).code, code)
            self.assertEqual(s.call("GroupService/GetMyOrigin", who).code, code)
        self.assertEqual(s.call("GroupService/ListGroupStatuses", "handler", school="00XX").code, "not_found")
        self.assertEqual(s.call("GroupService/ListGroupStatuses").code, "unauthenticated")


class Asking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service())
        m = cls.market = Market(s)
        s.invite("handler", "coordinator", "behandelaar", [SCHOOL])
        _, _, ids = m.fill(1, 1)
        s.invite_student("student", "coordinator", ids[0], f"s{m.numbers[ids[0]]}@student.example")

    def mine(self):
        return self.service.ok("GroupService/GetMyOrigin", "student")

    def switch(self, enabled):
        self.service.change("GroupService/SetGroupStatistics", "handler", school=SCHOOL, enabled=enabled, dpiaReference=DPIA)

    def test_off_on_answered_taken_back_off(self):
        s = self.service
        self.assertEqual(self.mine(), {})
        self.assertEqual(s.try_change("GroupService/SetMyOrigin", "student", origin="ORIGIN_EUROPE", consent=True).refusal["code"], "not_asked")
        self.assertEqual(s.try_change("GroupService/SetGroupStatistics", "handler", school=SCHOOL, enabled=True).refusal["code"], "dpia_needed")
        self.assertEqual(s.try_change("GroupService/SetGroupStatistics", "coordinator", school=SCHOOL, enabled=True, dpiaReference=DPIA).code,
                         "permission_denied")
        self.switch(True)
        self.assertEqual(self.mine(), {"asked": True})
        self.assertEqual(s.try_change("GroupService/SetMyOrigin", "student", origin="ORIGIN_EUROPE").refusal["code"], "consent_needed")
        s.change("GroupService/SetMyOrigin", "student", origin="ORIGIN_EUROPE", consent=True)
        self.assertEqual(self.mine(), {"asked": True, "origin": "ORIGIN_EUROPE"})
        s.change("GroupService/WithdrawMyOrigin", "student")
        self.assertEqual(self.mine(), {"asked": True})
        s.change("GroupService/SetMyOrigin", "student", origin="ORIGIN_EUROPE", consent=True)
        self.switch(False)
        self.assertEqual(self.mine(), {})
        time.sleep(0.01)
        self.switch(True)
        self.assertEqual(self.mine(), {"asked": True})


if __name__ == "__main__":
    unittest.main(verbosity=2)

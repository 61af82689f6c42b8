"""Answers that are kept: the same as the engine's whatever Redis does, new at once for who changed something, and never for who may
not see them."""
import gzip
import os
import re
import signal
import socket
import unittest
import uuid

import redis_server
import support
from market import COMPANY, SCHOOL, Market
from redis_server import RedisServer
from service import Service, placement
from watcher import Watcher

FROM = 'stagematch_answers_total{from="%s"}'


class Clients:
    """What the tests ask, in both codecs; the market of a test."""

    def ask(self, who, method, json_codec=True, headers=None, **fields):
        if json_codec:
            return self.service.call(method, who, headers=headers, **fields)
        sent = {"Content-Type": "application/proto", "Authorization": "Bearer " + self.service.tokens[who], **(headers or {})}
        return self.service.request("POST", "/stagematch.v1." + method, b"", sent)

    def counted(self, kind):
        return self.service.metrics()[FROM % kind]

    def grows(self, kind, act):
        """How many answers came from there meanwhile."""
        before = self.counted(kind)
        act()
        return self.counted(kind) - before

    def lists(self):
        return [("company", "PlacementService/ListPlacements"), ("coordinator", "PlacementService/ListPlacements"),
                ("company", "CandidateService/ListCandidates"), ("company", "TaskService/ListTasks"),
                ("coordinator", "TaskService/ListTasks"), ("coordinator", "ProposalService/ListProposals"),
                ("coordinator", "RoundService/ListRounds")]

    def check_story(self):
        """Every step of a proposal is seen by everybody in the very next answer, kept or not."""
        m, s = self.market, self.service
        qualification, placement_id, _ = m.fill()
        rid = m.published(qualification)
        proposal = m.proposals(rid)[0]
        pid, label = proposal["proposalId"], proposal["candidate"]
        self.assertNotIn(label, str(s.ok("CandidateService/ListCandidates", "company", placementId=placement_id)))
        m.act("ApproveProposal", "coordinator", pid)
        listed = s.ok("CandidateService/ListCandidates", "company", placementId=placement_id)["candidates"]
        self.assertEqual([(c["candidate"], c["state"]) for c in listed], [(label, "PROPOSAL_STATE_APPROVED")])
        for _ in range(3):
            seen = s.ok("CandidateService/GetCandidate", "company", candidate=label)["view"]
            self.assertEqual(seen["state"], "PROPOSAL_STATE_APPROVED")
        self.assertTrue(any(t.get("candidate") == label for t in m.tasks("company", "DECIDE")))
        m.act("AgreeToCandidate", "company", pid)
        self.assertEqual(m.proposal(pid)["state"], "PROPOSAL_STATE_ACCEPTED")
        self.assertEqual(s.ok("CandidateService/GetCandidate", "company", candidate=label)["view"]["state"],
                         "PROPOSAL_STATE_ACCEPTED")
        self.assertFalse(any(t.get("candidate") == label for t in m.tasks("company", "DECIDE")))
        self.assertEqual(m.round(rid)["state"], "ROUND_STATE_PUBLISHED")

    def check_writes_are_seen(self, count=20):
        s = self.service
        for _ in range(count):
            name = "W-" + uuid.uuid4().hex[:8]
            made = s.change("PlacementService/SubmitPlacement", "company", placement=placement(name))["placement"]
            before = s.ok("PlacementService/ListPlacements", "company", pageSize=1000)["placements"]
            self.assertIn(name, [p["leerplaats"] for p in before])
            s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
            for who in ("company", "coordinator"):
                seen = s.ok("PlacementService/GetPlacement", who, placementId=made["placementId"])["placement"]
                self.assertEqual(seen["state"], "PLACEMENT_STATE_PUBLISHED")


class InMemory(Clients, support.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.market = Market(cls.service)
        cls.market.to_state("APPROVED")

    def test_the_second_answer_is_the_first(self):
        for who, method in self.lists():
            for json_codec in (True, False):
                with self.subTest(f"{method} by {who}, json {json_codec}"):
                    first = self.ask(who, method, json_codec)
                    self.assertEqual(first.status, 200)
                    again = []
                    hits = self.grows("memory", lambda: again.append(self.ask(who, method, json_codec)))
                    self.assertEqual(hits, 1)
                    self.assertEqual(again[0].body, first.body)
                    self.assertEqual(again[0].headers["Cache-Control"], "no-store")
                    self.assertEqual(again[0].headers["Content-Type"], first.headers["Content-Type"])

    def test_gzip_and_plain_are_two_answers(self):
        for at in range(30):
            self.service.change("PlacementService/SubmitPlacement", "company", placement=placement(f"G-{at}"))
        zipped = [self.ask("company", "PlacementService/ListPlacements", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
        plain = [self.ask("company", "PlacementService/ListPlacements") for _ in range(2)]
        self.assertEqual([a.headers["Content-Encoding"] for a in zipped], ["gzip", "gzip"])
        self.assertEqual([a.headers["Content-Encoding"] for a in plain], [None, None])
        self.assertEqual(gzip.decompress(zipped[1].body), plain[1].body)

    def test_who_changed_something_sees_it(self):
        self.check_writes_are_seen()
        self.check_story()

    def test_a_release_that_the_vault_led_is_seen(self):
        place = self.market.to_state("CONFIRMED")
        for _ in range(2):
            self.assertEqual(self.market.proposal(place["proposal"])["state"], "PROPOSAL_STATE_CONFIRMED")
        self.market.act("ReleaseProposal", "coordinator", place["proposal"])
        self.assertEqual(self.market.proposal(place["proposal"])["state"], "PROPOSAL_STATE_RELEASED")

    def test_no_two_rights_share_an_answer(self):
        """Each asks what the other has just been told: nobody is given another's answer."""
        s, m = self.service, self.market
        s.invite("other-school", "operator", "coordinator", ["99AB"])
        s.invite("other-company", "other-school", "company", ["990000077"])
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        place = m.to_state("APPROVED")
        questions = [("CandidateService/GetCandidate", {"candidate": place["candidate"]}),
                     ("ProposalService/GetProposal", {"proposalId": place["proposal"]}),
                     ("RoundService/GetRound", {"roundId": place["round"]}),
                     ("CandidateService/ListCandidates", {}), ("TaskService/ListTasks", {}),
                     ("PlacementService/ListPlacements", {}), ("ProposalService/ListProposals", {})]
        people = ["company", "other-company", "coordinator", "other-school", "reviewer"]
        alone = {}
        for who in people:
            for method, fields in questions:
                answer = s.call(method, who, **fields)
                alone[who, method] = (answer.status, answer.body)
        for _ in range(3):
            for method, fields in questions:
                for who in people:
                    answer = s.call(method, who, **fields)
                    self.assertEqual((answer.status, answer.body), alone[who, method], f"{method} by {who}")
        self.assertEqual(alone["other-company", "CandidateService/GetCandidate"][0], 404)
        self.assertEqual(alone["other-school", "ProposalService/GetProposal"][0], 404)
        self.assertEqual(alone["reviewer", "CandidateService/GetCandidate"][0], 403)

    def test_two_with_the_same_rights_share_it(self):
        s = self.service
        s.invite("colleague", "coordinator", "company", [COMPANY])
        s.ok("CandidateService/ListCandidates", "company")
        self.assertEqual(self.grows("memory", lambda: s.ok("CandidateService/ListCandidates", "colleague")), 1)

    def test_what_is_over_is_not_given(self):
        s = self.service
        s.log_in("company")
        s.tokens["leaving"] = s.tokens["company"]
        s.log_in("company")
        s.ok("TaskService/ListTasks", "leaving")
        s.ok("AuthService/Logout", "leaving")
        self.assertEqual(s.call("TaskService/ListTasks", "leaving").code, "unauthenticated")

    def test_nothing_of_the_vault_is_kept(self):
        place = self.market.to_state("CONFIRMED")

        def total():
            return sum(self.counted(kind) for kind in ("memory", "redis", "engine"))
        before = total()
        for _ in range(2):
            self.service.ok("IdentityService/GetIdentities", "coordinator", stagevraagIds=[place["stagevraag"]])
            self.service.ok("AccountService/ListAccounts", "coordinator")
            self.service.ok("AuthService/GetSession", "coordinator")
        self.assertEqual(total(), before)

    def test_public_pages_are_kept_too(self):
        s = self.service
        first = s.get("/stagematch.v1.CatalogService/ListReasons?encoding=json&message=%7B%7D&connect=v1")
        self.assertEqual(first.status, 200)
        hits = self.grows("memory", lambda: self.assertEqual(
            s.get("/stagematch.v1.CatalogService/ListReasons?encoding=json&message=%7B%7D&connect=v1").body, first.body))
        self.assertEqual(hits, 1)


class SwitchedOff(Clients, support.TestCase):
    def test_everything_comes_from_the_engine(self):
        with Service(settings={"answer_cache_mb": 0}) as self.service:
            self.market = Market(self.service)
            self.check_writes_are_seen(3)
            self.assertEqual([self.counted(kind) for kind in ("memory", "redis")], [0, 0])


@unittest.skipUnless(redis_server.is_there(), "redis-server is not installed")
class InRedis(Clients, support.TestCase):
    def setUp(self):
        self.redis = self.enterContext(RedisServer("--user", "intruder", "on", ">word", "~*", "&*", "+@all"))
        self.service = self.enterContext(Service(settings={"redis": self.redis.address, "fronts": 2}))
        self.service.wait_until(lambda: self.service.metrics()["stagematch_redis_up"] == 2, "both fronts connected")
        self.market = Market(self.service)

    def intrude(self, *words):
        """A command by somebody who has all of Redis, which the front's own user has not; the answer's bytes, of about 1 MiB at most."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(self.redis.socket)
            for command in (["AUTH", "intruder", "word"], words, ["QUIT"]):
                parts = [word if isinstance(word, bytes) else str(word).encode() for word in command]
                connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            answer = b""
            while (more := connection.recv(1 << 20)):
                answer += more
        self.assertTrue(answer.startswith(b"+OK\r\n") and answer.endswith(b"+OK\r\n"), answer[:200])
        self.assertNotIn(b"-ERR", answer)
        return answer[5:-5]

    def keys(self):
        return re.findall(r"sm:[^\r\n]+", self.intrude("KEYS", "*").decode())

    def value(self, name):
        answer = self.intrude("GET", name)
        return answer.split(b"\r\n", 1)[1][:-2] if answer[:1] == b"$" and answer[:3] != b"$-1" else None

    def read_until(self, kind):
        """Reads until one answer came from there: which front takes a connection is chance."""
        before = self.counted(kind)

        def came():
            for who, method in self.lists():
                self.assertEqual(self.ask(who, method).status, 200)
            return self.counted(kind) > before
        self.service.wait_until(came, f"an answer from {kind}")

    def test_one_front_finds_what_the_other_kept(self):
        self.market.to_state("APPROVED")
        self.read_until("redis")
        self.read_until("memory")
        names = [key for key in self.keys() if key.startswith("sm:answer:")]
        self.assertTrue(names)
        for name in names:
            self.assertRegex(name, r"^sm:answer:[0-9a-f]{16}:[0-9a-f]{8}:[0-9]+:[0-9a-f]{32}$")
            ttl = int(self.intrude("PTTL", name).decode().strip(":\r\n"))
            self.assertTrue(0 < ttl <= 60000 or ttl == -2, ttl)

    def test_nothing_in_it_can_be_read(self):
        """Not a token, not an answer: no word of either stands in any value or name."""
        self.market.to_state("APPROVED")
        self.read_until("redis")
        words = [token.encode() for token in self.service.tokens.values()] + \
            [b"Zorg Voorbeeld", COMPANY.encode(), SCHOOL.encode(), b"candidate", b"placementId", b"Sanne"]
        for name in self.keys():
            value = self.value(name) or b""
            for word in words:
                self.assertNotIn(word, value + name.encode())

    def test_the_story_holds_while_redis_does_what_it_likes(self):
        self.check_story()
        self.intrude("FLUSHALL")
        self.check_story()
        self.redis.kill()
        self.check_story()
        self.check_writes_are_seen(5)
        self.redis.start()
        self.service.wait_until(lambda: self.service.metrics()["stagematch_redis_up"] == 2, "both fronts again")
        self.check_story()
        self.redis.pause()
        self.check_writes_are_seen(3)
        self.redis.resume()
        self.check_story()

    def test_garbage_and_exchanged_values_are_not_given(self):
        s = self.service
        self.market.to_state("APPROVED")
        self.read_until("redis")
        truth = {who_method: self.ask(*who_method).json for who_method in self.lists()}
        values = {name: self.value(name) for name in self.keys() if not name.startswith("sm:rate:")}  # which are numbers
        self.assertGreater(len(values), 5)
        others = list(values.values())
        for at, (name, value) in enumerate(values.items()):
            damaged = [b"garbage", b"", value[:-1], value[:40] + bytes([value[40] ^ 1]) + value[41:], others[at - 1]][at % 5]
            self.intrude("SET", name, damaged, "KEEPTTL")
        front = s.role_pid("front", 0)
        os.kill(front, signal.SIGKILL)  # it has nothing in memory when it comes back
        s.wait_until(lambda: s.role_pid("front", 0) not in (None, front), "front 0 again")
        s.wait_until(lambda: s.metrics()["stagematch_redis_up"] == 2, "both fronts connected")
        s.wait_until(lambda: self.reads_the_same(truth) and s.metrics()["stagematch_redis_refused_values_total"] > 0,
                     "a value that was refused")

    def reads_the_same(self, truth):
        for who_method, answer in truth.items():
            self.assertEqual(self.ask(*who_method).json, answer)
        return True

    def test_an_engine_that_starts_again_makes_all_of_it_old(self):
        s = self.service
        self.market.to_state("APPROVED")
        self.read_until("redis")
        epochs = {key.split(":")[2] for key in self.keys() if key.startswith("sm:answer:")}
        old = s.role_pid("engine")
        os.kill(old, signal.SIGKILL)
        s.wait_until(lambda: s.role_pid("engine") not in (None, old), "another engine")
        s.wait_ready()
        self.read_until("redis")
        self.assertTrue({key.split(":")[2] for key in self.keys() if key.startswith("sm:answer:")} - epochs)
        self.check_writes_are_seen(3)

    def test_a_caller_is_known_to_the_other_front_until_the_session_ends(self):
        s = self.service
        shared = "stagematch_front_actors_shared_total"
        before = s.metrics()[shared]

        def another_front_knew():
            s.log_in("company")
            for _ in range(8):
                s.ok("TaskService/ListTasks", "company")
            return s.metrics()[shared] > before
        s.wait_until(another_front_knew, "a caller that the other front had asked about")
        s.tokens["leaving"] = s.tokens["company"]
        s.log_in("company")
        s.ok("AuthService/Logout", "leaving")
        s.wait_until(lambda: all(s.call("TaskService/ListTasks", "leaving").code == "unauthenticated" for _ in range(10)),
                     "every front to know that the session is over", within=10)

    def test_streams_of_every_front_are_woken(self):
        s, m = self.service, self.market
        watchers = [Watcher(s, "TaskService/WatchTasks", "company", pageSize=1000) for _ in range(8)]
        for watcher in watchers:
            self.addCleanup(watcher.close)
            watcher.first()
        for made_up in (b"garbage", b"", b"\x09" + b"\xff" * 8 + b"\x10\xff\xff\xff\xff\x0f"):
            self.intrude("PUBLISH", "sm:wake", made_up)
            self.intrude("PUBLISH", "sm:forget", made_up)
        m.to_state("APPROVED")
        truth = m.tasks("company")
        for watcher in watchers:
            watcher.event(lambda e: e.get("tasks") == truth, "the newest list")
        self.assertGreater(s.metrics()['stagematch_redis_messages_total'], 0)

    def test_a_session_that_ended_is_over_at_the_front_that_ended_it(self):
        s = self.service
        s.log_in("company")
        s.tokens["leaving"] = s.tokens["company"]
        s.log_in("company")
        connection = s.connection()
        try:
            def call(method):
                connection.request("POST", "/stagematch.v1." + method, "{}", {
                    "Content-Type": "application/json", "Authorization": "Bearer " + s.tokens["leaving"]})
                answer = connection.getresponse()
                return answer.status, answer.read()
            self.assertEqual(call("TaskService/ListTasks")[0], 200)
            self.assertEqual(call("AuthService/Logout")[0], 200)
            self.assertEqual(call("TaskService/ListTasks")[0], 401)
        finally:
            connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)

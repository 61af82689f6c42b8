"""A participant checks with nothing but SHA-256 that their own entry is in the input that everybody saw sealed; what is another's is
not there. And a student reads what the company was shown of them."""
import base64
import concurrent.futures
import hashlib
import unittest
import uuid

from market import COMPANY, SCHOOL, Market
from service import Service

OTHER_SCHOOL, OTHER_COMPANY = "99AB", "990000002"


def root_of(proof):
    """The root that a proof leads to, by the words of the API's manual."""
    own = hashlib.sha256(b"\0" + base64.b64decode(proof["row"])).digest()
    at, last = proof.get("index", 0), proof["count"] - 1
    for beside in map(base64.b64decode, proof.get("path", [])):
        while at % 2 == 0 and at == last:
            if last == 0:
                raise AssertionError("the path is too long")
            at, last = at // 2, last // 2
        own = hashlib.sha256(b"\1" + (beside + own if at % 2 else own + beside)).digest()
        at, last = at // 2, last // 2
    if last:
        raise AssertionError("the path is too short")
    return own.hex()


def root_of_rows(rows):
    """By the definition."""
    if len(rows) == 1:
        return hashlib.sha256(b"\0" + rows[0]).digest()
    split = 1
    while split * 2 < len(rows):
        split *= 2
    return hashlib.sha256(b"\1" + root_of_rows(rows[:split]) + root_of_rows(rows[split:])).digest()


class Proof(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = cls.enterClassContext(Service())
        cls.market = Market(cls.s)
        cls.s.invite("stranger", "operator", "coordinator", [OTHER_SCHOOL])
        cls.s.invite("rival", "stranger", "company", [OTHER_COMPANY])
        cls.at = cls.market.to_state("ACCEPTED", students=5)
        cls.other = next(i for i in cls.at["all"] if i != cls.at["stagevraag"])
        cls.s.invite_student("other", "coordinator", cls.other, f"s{cls.market.numbers[cls.other]}@student.example")

    def prove(self, who, at=None, **of):
        return self.s.call("RoundService/GetEntryProof", who, roundId=(at or self.at)["round"], **of)

    def shown(self, who, at=None):
        return self.s.call("ProposalService/GetShownView", who, proposalId=(at or self.at)["proposal"])

    def check(self, answer, at=None):
        """The row, once it is proved against what everybody can read."""
        self.assertEqual(answer.code, "ok", answer)
        proof = answer.json
        published = self.s.ok("RoundService/GetPublicRound", roundId=(at or self.at)["round"])["entriesRoot"]
        self.assertEqual(root_of(proof), published)
        self.assertEqual(proof["entriesRoot"], published)
        forged = {**proof, "row": base64.b64encode(base64.b64decode(proof["row"]) + b"0").decode()}
        self.assertNotEqual(root_of(forged), published)
        return base64.b64decode(proof["row"])

    def rows(self):
        export = self.s.ok("RoundService/ExportRound", "coordinator", roundId=self.at["round"])
        return [line for key in ("studentsCsv", "placementsCsv") for line in base64.b64decode(export[key]).split(b"\n")[1:-1]]

    def test_everybody_proves_their_own(self):
        rows = self.rows()
        self.assertEqual(len(rows), 6)
        self.assertEqual(root_of_rows(rows).hex(), self.market.round(self.at["round"])["entriesRoot"])
        mine = self.check(self.prove(self.at["student"], stagevraagId=self.at["stagevraag"]))
        self.assertEqual(mine, self.check(self.prove("coordinator", stagevraagId=self.at["stagevraag"])))
        place = self.check(self.prove("company", placementId=self.at["placement"]))
        others = {self.check(self.prove("coordinator", stagevraagId=i)) for i in self.at["all"]}
        self.assertEqual(others | {place}, set(rows))
        self.assertIn(mine, others)
        self.assertTrue(place.startswith(b"P-"), place)

    def test_a_large_round_is_proved_while_others_are_served(self):
        """Its tree is made by a child of the engine, once for all who ask; they wait for it, and nobody else does."""
        at = self.market.to_state("PROPOSED", students=1000)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(self.prove, "coordinator", at, stagevraagId=i) for i in at["all"][:4]]
            self.market.round(at["round"])
            answers = [one.result() for one in asked]
        self.assertEqual(len({self.check(answer, at) for answer in answers}), 4)
        self.check(self.prove("company", at, placementId=at["placement"]), at)
        # One child sealed the round, one solved it, one made the tree; small rounds are sealed without.
        rounds = len(self.s.ok("RoundService/ListRounds", "coordinator")["rounds"])
        self.s.wait_until(lambda: self.s.metrics()["stagematch_engine_solver_runs_total"] >= rounds + 2, "a child that made the tree")
        self.s.change("StudentService/EraseStudent", "coordinator", stagevraagId=at["all"][0])
        answer = self.prove("coordinator", at, stagevraagId=at["all"][1])
        self.assertEqual((answer.code, answer.refusal.get("code")), ("failed_precondition", "input_not_whole"))

    def test_what_is_anothers_is_not_found(self):
        nowhere = self.prove("other", stagevraagId=uuid.uuid4().hex)
        self.assertEqual(nowhere.code, "not_found")
        for who, of in (("other", {"stagevraagId": self.at["stagevraag"]}), (self.at["student"], {"stagevraagId": self.other}),
                        ("company", {"stagevraagId": self.at["stagevraag"]}), ("other", {"placementId": self.at["placement"]}),
                        ("rival", {"placementId": self.at["placement"]}), ("coordinator", {"placementId": self.at["placement"]}),
                        ("stranger", {"stagevraagId": self.at["stagevraag"]})):
            answer = self.prove(who, **of)
            self.assertEqual((answer.status, answer.body), (nowhere.status, nowhere.body), (who, of))
        for who in ("other", "stranger"):
            self.assertEqual(self.shown(who).code, "not_found")
        for who in ("company", "rival"):
            self.assertEqual(self.shown(who).code, "permission_denied")

    def test_a_student_reads_what_the_company_reads(self):
        seen = self.s.ok("CandidateService/GetCandidate", "company", candidate=self.at["candidate"])["view"]
        mine = self.shown(self.at["student"]).json
        self.assertTrue(mine["shown"])
        self.assertNotIn("identityReleased", mine)
        self.assertEqual(mine["view"], {key: value for key, value in seen.items() if key != "candidate"})
        self.assertEqual(self.shown("coordinator").json["view"], seen)
        self.assertEqual(mine["hardCriteria"], [{"skill": "verzorging", "level": 2}])
        self.assertEqual(mine["weightedCriteria"], [{"skill": "rapporteren", "weight": 3, "minimumLevel": 3}])

    def test_nothing_was_shown_before_the_school_approved_and_the_name_is_told_once_released(self):
        at = self.market.to_state("PROPOSED")
        before = self.shown("coordinator", at).json
        self.assertNotIn("view", before)
        self.assertNotIn("shown", before)
        at = self.market.to_state("RELEASED")
        self.assertTrue(self.shown(at["student"], at).json["identityReleased"])
        self.market.act("WithdrawProposal", "coordinator", at["proposal"], reason="gestopt-met-opleiding")
        after = self.shown(at["student"], at).json
        self.assertEqual(after["view"]["state"], "PROPOSAL_STATE_WITHDRAWN_STUDENT")
        self.assertTrue(after["identityReleased"])

    def test_zz_after_an_erasure_and_after_the_end_no_proof_is_given(self):
        s = self.s
        kept = [i for i in self.at["all"] if i not in (self.at["stagevraag"], self.other)]
        s.change("StudentService/EraseStudent", "coordinator", stagevraagId=kept[0])
        for who, of in (("other", {"stagevraagId": self.other}), ("company", {"placementId": self.at["placement"]})):
            answer = self.prove(who, **of)
            self.assertEqual((answer.code, answer.refusal.get("code")), ("failed_precondition", "input_not_whole"))
        at = self.market.to_state("PROPOSED")
        self.market.move(at["round"], "CancelRound")
        self.market.until(at["round"], "CANCELLED")
        answer = self.prove("coordinator", at, stagevraagId=at["stagevraag"])
        self.assertEqual((answer.code, answer.refusal.get("code")), ("failed_precondition", "wrong_state"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Kills the front, the engine or the vault at every arrow of every saga, lets the client try again with the same request_id, and
holds both databases against each other afterwards. Needs a build with fault points; skips, saying so, without."""
import os
import sqlite3
import subprocess
import unittest
import uuid

import support
from service import Service, commitment, placement, student

# The arrows, in the order in which a call crosses them. Points of the store lie in engine and vault alike.
COMMIT = ["store.before_commit", "store.after_commit", "engine.applied", "engine.committed", "engine.answered"]
FRONT_LED = ["front.staged", *COMMIT, "front.committed", "vault.ending", "vault.finalised", "front.finalised"]
VAULT_LED = ["vault.led_staged", *COMMIT, "vault.led_committed"]


def points_of_the_program():
    found = subprocess.run(["grep", "-rhoE", "--include=*.c", r'FAULT_POINT\("[a-z_.]+"\)', os.path.join(support.SOURCE, "matcher")],
                           capture_output=True, text=True).stdout.split()
    return {point.split('"')[1] for point in found}


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Sagas(unittest.TestCase):
    def kill_at(self, point, play):
        """A service that dies once at `point` while `play(service, attempt)` is tried until it is answered."""
        flag = os.path.join("/tmp", "fault-" + uuid.uuid4().hex)
        service = Service(env={"STAGEMATCH_FAULT": f"{point}:{flag}"})
        with service as s:
            s.log_in_operator()
            s.invite("coordinator", "operator", "coordinator", ["99AA"])
            s.invite("company", "coordinator", "company", ["990000001"])
            result = play(s, flag)
            os.unlink(flag)
            s.wait_until(lambda: "by=signal number=9" in s.read_log(), f"a death at {point}", 5)
            s.wait_ready()
            self.agree(s)
            return result

    def insist(self, s, method, who, **fields):
        """The same call, the same request_id, until there is an answer."""
        rid = str(uuid.uuid4())

        def once():
            answer = s.call(method, who, requestId=rid, **fields)
            self.assertIn(answer.code, ("ok", "unavailable", "deadline_exceeded", "aborted", "internal"), answer)
            return answer if answer.code == "ok" else None
        return s.wait_until(once, f"an answer to {method}", 60).json

    def agree(self, s):
        """What the engine has, the vault has, and the other way round; nothing is left staged."""
        def settled():
            with sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
                return vault.execute("select count(*) from stage").fetchone()[0] == 0
        s.wait_until(settled, "an empty stage", 40)
        with sqlite3.connect(f"file:{s.data}/engine/engine.sqlite?mode=ro", uri=True) as engine, \
                sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
            there = {row[0] for row in engine.execute("select key from stagevraag")}
            here = {row[0] for row in vault.execute("select key from stagevraag")}
            reports_there = {row[0] for row in engine.execute("select key from report")}
            reports_here = {row[0] for row in vault.execute("select key from report")}
        self.assertEqual(there, here)
        self.assertEqual(reports_there, reports_here)
        done = support.run("ledger", "verify", "--data", s.data)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_import_and_change(self):
        for point in FRONT_LED:
            with self.subTest(point):
                def play(s, flag):
                    open(flag, "w").close()
                    first = self.insist(s, "StudentService/SubmitStudents", "coordinator",
                                        students=[student("1"), student("2")])
                    changed = self.insist(s, "StudentService/SubmitStudents", "coordinator",
                                          students=[student("1", hoursPerWeek=24), student("3")])
                    self.assertEqual(first["stagevraagIds"][0], changed["stagevraagIds"][0])
                    listed = s.ok("StudentService/ListStagevragen", "coordinator")["stagevragen"]
                    self.assertEqual(len(listed), 3)
                    named = s.ok("IdentityService/GetIdentities", "coordinator",
                                 stagevraagIds=[v["stagevraagId"] for v in listed])["students"]
                    self.assertEqual(len(named), 3)
                self.kill_at(point, play)

    def test_report(self):
        """One report, in both databases, whose code leads back to it; closed once."""
        for point in VAULT_LED:
            with self.subTest(point):
                def play(s, flag):
                    s.invite("listener", "coordinator", "vertrouwenspersoon", ["99AA"])
                    open(flag, "w").close()
                    draft = {"phase": "REPORT_PHASE_ZOEKEN", "grounds": ["ras"], "nature": "REPORT_NATURE_TREATMENT", "text": "Zo was het.",
                             "wish": "REPORT_WISH_HEARD", "desk": "REPORT_DESK_VERTROUWENSPERSOON"}
                    code = self.insist(s, "ReportService/SendReport", None, school="99AA", report=draft)["comeBackCode"]
                    rows = s.ok("ReportService/ListReports", "listener")["reports"]
                    self.assertEqual(len(rows), 1)
                    self.insist(s, "ReportService/CloseReport", "listener", reportId=rows[0]["reportId"], outcome="REPORT_OUTCOME_HEARD",
                                text="Dank je.")
                    own = s.ok("ReportService/GetOwnReport", None, comeBackCode=code)["report"]
                    self.assertEqual((own["state"], len(own["messages"])), ("REPORT_STATE_CLOSED", 1))
                self.kill_at(point, play)

    def round_of_one(self, s):
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=[student("1")])["stagevraagIds"]
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement("P"))["placement"]
        s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
        rid = s.change("RoundService/CreateRound", "coordinator", name="R", schools=["99AA"],
                       qualifications=["25656"])["round"]["roundId"]

        def now():
            return s.ok("RoundService/GetRound", "coordinator", roundId=rid)["round"]

        def move(method):
            s.change(f"RoundService/{method}", "coordinator", roundId=rid, version=now()["version"])
        move("OpenRound")
        s.change("RoundService/CommitNonce", "coordinator", roundId=rid, school="99AA", commitment=commitment("99AA", "33" * 32))
        move("SealRound")
        s.change("RoundService/RevealNonce", "coordinator", roundId=rid, school="99AA", nonce="33" * 32)
        move("SolveRound")
        s.wait_until(lambda: now()["state"] == "ROUND_STATE_VERIFIED", "verified")
        move("PublishRound")
        s.wait_until(lambda: now()["state"] == "ROUND_STATE_PUBLISHED", "published")
        return ids[0], s.ok("ProposalService/ListProposals", "coordinator", roundId=rid)["proposals"][0]["proposalId"]

    def proposal(self, s, proposal_id):
        return s.ok("ProposalService/GetProposal", "coordinator", proposalId=proposal_id)["proposal"]

    def test_text(self):
        for point in FRONT_LED:
            with self.subTest(point):
                def play(s, flag):
                    _, pid = self.round_of_one(s)
                    s.invite("reviewer", "coordinator", "vertrouwenspersoon", ["99AA"])
                    open(flag, "w").close()
                    version = self.proposal(s, pid)["version"]
                    ended = self.insist(s, "ProposalService/VetoProposal", "coordinator", proposalId=pid, version=version,
                                        reason="anders", text="Een geheim motief.")["proposal"]
                    self.assertEqual(ended["state"], "PROPOSAL_STATE_VETOED")
                    s.wait_until(lambda: s.call("IdentityService/GetText", "reviewer", proposalId=pid, kind="reason").status == 200,
                                 "the text")
                    self.assertEqual(s.ok("IdentityService/GetText", "reviewer", proposalId=pid, kind="reason")["text"],
                                     "Een geheim motief.")
                self.kill_at(point, play)

    def test_every_point_of_the_program_is_tried(self):
        self.assertEqual(points_of_the_program(), {*FRONT_LED, *VAULT_LED})

    def confirmed(self, s):
        """A round of one whose proposal waits for its release."""
        stagevraag, pid = self.round_of_one(s)
        s.invite_student("student", "coordinator", stagevraag, "s1@student.example")
        s.change("ProposalService/ApproveProposal", "coordinator", proposalId=pid, version=self.proposal(s, pid)["version"])
        now = self.proposal(s, pid)
        s.change("CandidateService/AgreeToCandidate", "company", candidate=now["candidate"], version=now["version"])
        s.change("ProposalService/ConfirmProposal", "student", proposalId=pid, version=self.proposal(s, pid)["version"])
        return stagevraag, pid, now["candidate"]

    def test_release(self):
        for point in VAULT_LED:
            with self.subTest(point):
                def play(s, flag):
                    _, pid, candidate = self.confirmed(s)
                    version = self.proposal(s, pid)["version"]
                    open(flag, "w").close()
                    self.insist(s, "ProposalService/ReleaseProposal", "coordinator", proposalId=pid, version=version)
                    self.assertEqual(self.proposal(s, pid)["state"], "PROPOSAL_STATE_RELEASED")
                    seen = s.wait_until(lambda: s.call("IdentityService/GetCandidateIdentity", "company", candidate=candidate),
                                        "the grant")
                    self.assertEqual(seen.json["identity"]["firstName"], "Sanne")
                self.kill_at(point, play)

    def test_erasure(self):
        for point in VAULT_LED:
            with self.subTest(point):
                def play(s, flag):
                    stagevraag, pid, candidate = self.confirmed(s)
                    version = self.proposal(s, pid)["version"]
                    s.change("ProposalService/ReleaseProposal", "coordinator", proposalId=pid, version=version)
                    open(flag, "w").close()
                    self.insist(s, "StudentService/EraseStudent", "coordinator", stagevraagId=stagevraag)
                    self.assertEqual(s.call("StudentService/GetStagevraag", "coordinator", stagevraagId=stagevraag).code,
                                     "not_found")
                    self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "company", candidate=candidate).code,
                                     "not_found")
                self.kill_at(point, play)


if __name__ == "__main__":
    unittest.main(verbosity=2)

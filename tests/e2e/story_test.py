"""The whole story through the API of real processes: from two schools' files to a student at work, each step by the right role
and refused to every other; then every other way that it can go."""
import unittest
import uuid

import support
from market import new_qualification
from service import Service, commitment, placement, student

NONCE = "11" * 32
SCHOOL, OTHER_SCHOOL = "99AA", "99AB"
COMPANY, OTHER_COMPANY = "990000001", "990000002"


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        s = cls.service
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])
        s.invite("stranger", "operator", "coordinator", [OTHER_SCHOOL])
        s.invite("company", "coordinator", "company", [COMPANY])
        s.invite("rival", "coordinator", "company", [OTHER_COMPANY])
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        s.invite("handler", "coordinator", "behandelaar", [SCHOOL])
        cls.others = {"operator", "coordinator", "stranger", "company", "rival", "reviewer", "handler"}

    # -- helpers ------------------------------------------------------------------------------------------------------

    def refused(self, method, allowed, **fields):
        """Every role but the allowed ones is refused, and hears no more than that: not theirs, or not there."""
        before = self.service.ok("LedgerService/GetLedgerHead").get("seq", "0")
        for who in sorted(set(self.service.tokens) - set(allowed)):
            answer = self.service.try_change(method, who, **fields)
            self.assertIn(answer.code, ("permission_denied", "not_found"), (method, who, answer))
        answer = self.service.try_change(method, None, **fields)
        self.assertEqual(answer.code, "unauthenticated", (method, answer))
        later = self.service.ok("LedgerService/ListLedgerEntries", "coordinator", afterSeq=before, pageSize=1000).get("entries", [])
        self.assertEqual([e for e in later if e["actor"] != "service"], [])  # a re-match may be under way by itself

    def settled_head(self):
        """The ledger's head, once nothing that goes on by itself (a re-match) adds to it."""
        heads = []

        def still():
            heads.append(self.service.call("LedgerService/GetLedgerHead").body)
            return len(heads) > 10 and len(set(heads[-10:])) == 1
        self.service.wait_until(still, "a ledger at rest")
        return heads[-1]

    def step(self, method, who, allowed=(), **fields):
        """By the right role, after it was refused to every other."""
        self.refused(method, {who, *allowed}, **fields)
        return self.service.change(method, who, **fields)

    def market(self, students=1, seats=1, **profile):
        """New students and one published placement of their own qualification; returns ids."""
        s = self.service
        qualification = new_qualification()
        numbers = [uuid.uuid4().hex[:10] for _ in range(students)]
        answer = s.change("StudentService/SubmitStudents", "coordinator",
                          students=[student(n, qualification=qualification, **profile) for n in numbers])
        made = s.change("PlacementService/SubmitPlacement", "company",
                        placement=placement(f"P-{qualification}", qualifications=[qualification], capacity=seats))
        placed = s.change("PlacementService/PublishPlacement", "company",
                          placementId=made["placement"]["placementId"], version=made["placement"]["version"])["placement"]
        return qualification, numbers, answer["stagevraagIds"], placed

    def played(self, qualification, **fields):
        """A round over one qualification, up to published."""
        s = self.service
        made = s.change("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=[SCHOOL],
                        qualifications=[qualification], **fields)["round"]
        self.move(made["roundId"], "OpenRound")
        s.change("RoundService/CommitNonce", "coordinator", roundId=made["roundId"], school=SCHOOL,
                 commitment=commitment(SCHOOL, NONCE))
        self.move(made["roundId"], "SealRound")
        s.change("RoundService/RevealNonce", "coordinator", roundId=made["roundId"], school=SCHOOL, nonce=NONCE)
        self.move(made["roundId"], "SolveRound")
        self.until(made["roundId"], "ROUND_STATE_VERIFIED")
        self.move(made["roundId"], "PublishRound")
        self.until(made["roundId"], "ROUND_STATE_PUBLISHED")
        return made["roundId"]

    def round(self, round_id):
        return self.service.ok("RoundService/GetRound", "coordinator", roundId=round_id)["round"]

    def move(self, round_id, method):
        return self.service.change(f"RoundService/{method}", "coordinator", roundId=round_id,
                                   version=self.round(round_id)["version"])["round"]

    def until(self, round_id, state):
        return self.service.wait_until(lambda: self.round(round_id)["state"] == state and self.round(round_id), state)

    def proposals(self, round_id, **fields):
        return self.service.ok("ProposalService/ListProposals", "coordinator", roundId=round_id, **fields).get("proposals", [])

    def proposal(self, proposal_id):
        return self.service.ok("ProposalService/GetProposal", "coordinator", proposalId=proposal_id)["proposal"]

    def act(self, method, who, proposal_id, **fields):
        return self.service.change(f"ProposalService/{method}", who, proposalId=proposal_id,
                                   version=self.proposal(proposal_id)["version"], **fields)["proposal"]

    def company(self, method, proposal_id, who="company", **fields):
        now = self.proposal(proposal_id)
        return self.service.change(f"CandidateService/{method}", who, candidate=now["candidate"], version=now["version"],
                                   **fields)["view"]

    def tasks(self, who):
        return self.service.ok("TaskService/ListTasks", who, pageSize=1000).get("tasks", [])

    def has_task(self, who, kind, **about):
        return any(t["kind"] == f"TASK_KIND_{kind}" and about.items() <= t.items() for t in self.tasks(who))

    def asked(self, round_id):
        """What the round itself, not a proposal in it, asks of the coördinator now."""
        return [t["kind"].removeprefix("TASK_KIND_") for t in self.tasks("coordinator")
                if t.get("roundId") == round_id and not t.get("proposalId")]

    def to_state(self, state, students=1, seats=1, **fields):
        """A fresh market whose one proposal has come as far as `state`."""
        qualification, numbers, ids, placed = self.market(students, seats)
        round_id = self.played(qualification, **fields)
        proposal = self.proposals(round_id)[0]
        pid = proposal["proposalId"]
        who = "student-" + uuid.uuid4().hex[:6]
        owner = next(n for n, i in zip(numbers, ids) if i == proposal["stagevraagId"])
        self.service.invite_student(who, "coordinator", proposal["stagevraagId"], f"s{owner}@student.example")
        steps = [("APPROVED", lambda: self.act("ApproveProposal", "coordinator", pid)),
                 ("ACCEPTED", lambda: self.company("AgreeToCandidate", pid)),
                 ("CONFIRMED", lambda: self.act("ConfirmProposal", who, pid)),
                 ("RELEASED", lambda: self.act("ReleaseProposal", "coordinator", pid)),
                 ("PLACED", lambda: self.company("PlaceCandidate", pid)),
                 ("STARTED", lambda: self.act("StartProposal", "coordinator", pid))]
        for name, step in steps:
            if self.proposal(pid)["state"] == f"PROPOSAL_STATE_{state}":
                break
            step()
        self.assertEqual(self.proposal(pid)["state"], f"PROPOSAL_STATE_{state}")
        return {"round": round_id, "proposal": pid, "student": who, "placement": placed["placementId"],
                "stagevraag": proposal["stagevraagId"], "candidate": proposal["candidate"], "all": ids}

    def placement_now(self, placement_id):
        return self.service.ok("PlacementService/GetPlacement", "company", placementId=placement_id)["placement"]

    def stagevraag(self, stagevraag_id):
        return self.service.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=stagevraag_id)["stagevraag"]

    # -- the story ----------------------------------------------------------------------------------------------------

    def test_from_two_files_to_a_completed_stage(self):
        s = self.service
        fields = {"students": [student("100001")]}
        self.refused("StudentService/SubmitStudents", {"coordinator", "stranger"}, **fields)
        self.assertIn(s.try_change("StudentService/SubmitStudents", "stranger", **fields).code,
                      ("permission_denied", "not_found", "invalid_argument"))
        answer = s.change("StudentService/SubmitStudents", "coordinator", **fields)
        stagevraag_id = answer["stagevraagIds"][0]
        again = s.change("StudentService/SubmitStudents", "coordinator", **fields)
        self.assertEqual(again["stagevraagIds"], [stagevraag_id])
        self.assertEqual(again.get("sameCount"), "1")
        for who in ("stranger", "company", "operator", "reviewer"):
            self.assertIn(s.call("StudentService/GetStagevraag", who, stagevraagId=stagevraag_id).code,
                          ("not_found", "permission_denied"))
        s.invite_student("student", "coordinator", stagevraag_id, "s100001@student.example")
        own = s.ok("StudentService/ListMyStagevragen", "student")["stagevragen"]
        self.assertEqual([v["stagevraagId"] for v in own], [stagevraag_id])

        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement("VIG-1"))["placement"]
        self.assertEqual(made["state"], "PLACEMENT_STATE_DRAFT")
        self.assertTrue(self.has_task("company", "PUBLISH_PLACEMENT", placementId=made["placementId"]))
        self.assertIn(s.try_change("PlacementService/SubmitPlacement", "rival", placement=placement("VIG-1")).code,
                      ("permission_denied", "not_found"))
        made = self.step("PlacementService/PublishPlacement", "company", placementId=made["placementId"],
                         version=made["version"])["placement"]
        self.assertFalse(self.has_task("company", "PUBLISH_PLACEMENT", placementId=made["placementId"]))
        offers = s.ok("StudentService/ListOffers", "student", stagevraagId=stagevraag_id)
        self.assertIn(made["placementId"], [o["placementId"] for o in offers["offers"]])
        wished = s.change("StudentService/SetPreferences", "student", stagevraagId=stagevraag_id, version=own[0]["version"],
                          preferred=[f"{COMPANY}/VIG-1"])["stagevraag"]
        self.assertEqual(wished["profile"]["preferred"], [f"{COMPANY}/VIG-1"])

        made_round = s.change("RoundService/CreateRound", "coordinator", name="Voorjaar 2027", schools=[SCHOOL],
                              qualifications=["25656"])["round"]
        rid = made_round["roundId"]
        self.assertEqual(self.asked(rid), ["OPEN_ROUND"])
        self.assertEqual(s.try_change("RoundService/SealRound", "coordinator", roundId=rid, version=made_round["version"]).code,
                         "failed_precondition")
        self.step("RoundService/OpenRound", "coordinator", roundId=rid, version=made_round["version"])
        self.assertEqual(self.asked(rid), ["NONCE"])
        self.step("RoundService/CommitNonce", "coordinator", roundId=rid, school=SCHOOL,
                  commitment=commitment(SCHOOL, NONCE))
        self.assertEqual(self.asked(rid), ["SEAL_ROUND"])
        sealed = self.step("RoundService/SealRound", "coordinator", roundId=rid, version=self.round(rid)["version"])["round"]
        self.assertEqual(len(sealed["inputDigest"]), 64)
        self.assertEqual((sealed["studentCount"], sealed["placementCount"]), ("1", "1"))
        self.assertEqual(s.try_change("RoundService/RevealNonce", "coordinator", roundId=rid, school=SCHOOL,
                                      nonce="22" * 32).status, 400)
        self.assertEqual(self.asked(rid), ["NONCE"])
        self.step("RoundService/RevealNonce", "coordinator", roundId=rid, school=SCHOOL, nonce=NONCE)
        self.assertEqual(self.asked(rid), ["SOLVE_ROUND"])
        self.step("RoundService/SolveRound", "coordinator", roundId=rid, version=self.round(rid)["version"])
        self.until(rid, "ROUND_STATE_VERIFIED")
        self.assertEqual(self.asked(rid), ["PUBLISH_ROUND"])
        self.step("RoundService/PublishRound", "coordinator", roundId=rid, version=self.round(rid)["version"])
        published = self.until(rid, "ROUND_STATE_PUBLISHED")
        self.assertEqual(published["matchedCount"], "1")
        self.assertEqual(self.asked(rid), ["CLOSE_ROUND"])

        proposal = self.proposals(rid)[0]
        pid, label = proposal["proposalId"], proposal["candidate"]
        self.assertEqual(proposal["state"], "PROPOSAL_STATE_PROPOSED")
        self.assertTrue(self.has_task("coordinator", "APPROVE", proposalId=pid))
        mine = {"placementId": made["placementId"]}
        self.assertEqual(s.ok("CandidateService/ListCandidates", "company", **mine).get("candidates", []), [])
        self.step("ProposalService/ApproveProposal", "coordinator", proposalId=pid, version=proposal["version"])
        self.assertFalse(self.has_task("coordinator", "APPROVE", proposalId=pid))
        self.assertTrue(self.has_task("company", "DECIDE", candidate=label))

        view = s.ok("CandidateService/GetCandidate", "company", candidate=label)["view"]
        whole = str(view)
        for secret in ("Sanne", "Voorbeeld", "100001", SCHOOL, "3511", stagevraag_id, pid, proposal["studentRef"]):
            self.assertNotIn(secret, whole)
        self.assertTrue(view["hardCriteriaMet"])
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "company", candidate=label).code, "not_found")
        self.assertEqual(s.call("CandidateService/GetCandidate", "rival", candidate=label).code, "not_found")
        now = self.proposal(pid)
        self.step("CandidateService/AgreeToCandidate", "company", allowed={"coordinator"}, candidate=label,
                  version=now["version"])
        self.step("ProposalService/ConfirmProposal", "student", allowed={"coordinator"}, proposalId=pid, version=self.proposal(pid)["version"])
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "company", candidate=label).code, "not_found")
        self.step("ProposalService/ReleaseProposal", "coordinator", proposalId=pid, version=self.proposal(pid)["version"])
        self.step("ProposalService/PlanIntroduction", "coordinator", proposalId=pid, version=self.proposal(pid)["version"],
                  date="2027-01-18", text="Sanne leert graag en is rustig.")
        seen = s.ok("IdentityService/GetCandidateIdentity", "company", candidate=label)
        self.assertEqual(seen["identity"]["firstName"], "Sanne")
        self.assertNotIn("introduction", seen)
        self.assertEqual(set(seen["identity"]) - {"firstName", "infix", "lastName", "email", "phone"}, set())
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "rival", candidate=label).code, "not_found")
        self.assertEqual(s.ok("IdentityService/GetText", "student", proposalId=pid, kind="introduction")["text"],
                         "Sanne leert graag en is rustig.")
        self.step("ProposalService/AgreeIntroduction", "student", proposalId=pid, version=self.proposal(pid)["version"])
        self.assertEqual(s.ok("IdentityService/GetCandidateIdentity", "company", candidate=label)["introduction"],
                         "Sanne leert graag en is rustig.")
        self.step("CandidateService/PlaceCandidate", "company", allowed={"coordinator"}, candidate=label,
                  version=self.proposal(pid)["version"])
        self.step("ProposalService/StartProposal", "coordinator", proposalId=pid, version=self.proposal(pid)["version"])
        green = ["CHECK_IN_ANSWER_GREEN"] * 3
        for moment in ("CHECK_IN_MOMENT_WEEK_2", "CHECK_IN_MOMENT_WEEK_6", "CHECK_IN_MOMENT_END"):
            self.step("ProposalService/AnswerCheckIn", "student", proposalId=pid, moment=moment, answers=green)
            red = green[:2] + ["CHECK_IN_ANSWER_RED"] if moment.endswith("6") else green
            self.step("CandidateService/AnswerCompanyCheckIn", "company", allowed={"coordinator"}, candidate=label, moment=moment,
                      answers=red)
        red = [t for t in self.tasks("coordinator") if t["kind"] == "TASK_KIND_RED_ANSWER" and t.get("proposalId") == pid]
        self.assertEqual(len(red), 1)
        self.step("TaskService/CompleteTask", "coordinator", taskId=red[0]["taskId"])
        self.assertFalse(self.has_task("coordinator", "RED_ANSWER", proposalId=pid))
        done = self.step("ProposalService/CompleteProposal", "coordinator", proposalId=pid,
                         version=self.proposal(pid)["version"])["proposal"]
        self.assertEqual(done["state"], "PROPOSAL_STATE_COMPLETED")
        self.assertEqual(len(done["checkIns"]), 6)
        rows = s.ok("RoundService/ExportResults", "coordinator", roundId=rid)
        import base64
        text = base64.b64decode(rows["csv"]).decode()
        self.assertIn("100001", text)
        self.assertIn("Sanne", text)
        self.assertIn(s.call("RoundService/ExportResults", "stranger", roundId=rid).code, ("not_found",))
        self.assertEqual(self.stagevraag(stagevraag_id)["state"], "STAGEVRAAG_STATE_COMPLETED")
        self.step("RoundService/CloseRound", "coordinator", roundId=rid, version=self.round(rid)["version"])
        self.assertEqual(self.asked(rid), [])

    # -- the other ways -----------------------------------------------------------------------------------------------

    def test_veto_frees_both_and_is_not_proposed_again(self):
        m = self.to_state("PROPOSED")
        self.refused("ProposalService/VetoProposal", {"coordinator"}, proposalId=m["proposal"], version=1,
                     reason="anders", text="x")
        ended = self.act("VetoProposal", "coordinator", m["proposal"], reason="anders", text="Past niet bij het leerdoel.")
        self.assertEqual(ended["state"], "PROPOSAL_STATE_VETOED")
        self.assertEqual(self.stagevraag(m["stagevraag"])["state"], "STAGEVRAAG_STATE_FREE")
        self.assertEqual(self.placement_now(m["placement"]).get("seatsTaken", 0), 0)
        self.assertTrue(self.has_task("reviewer", "REVIEW_REASON", proposalId=m["proposal"]))
        self.assertEqual(self.service.ok("IdentityService/GetText", "reviewer", proposalId=m["proposal"], kind="reason")["text"],
                         "Past niet bij het leerdoel.")
        for who in ("company", "stranger", "operator", m["student"]):
            self.assertIn(self.service.call("IdentityService/GetText", who, proposalId=m["proposal"], kind="reason").code,
                          ("not_found", "permission_denied"))
        self.assertEqual(len(self.proposals(m["round"])), 1)

    def test_objection_on_a_criterion_passes_the_seat_on(self):
        few = self.to_state("APPROVED", students=2)
        now = self.proposal(few["proposal"])
        hidden = self.service.try_change("CandidateService/ObjectToCandidate", "company", candidate=now["candidate"],
                                         version=now["version"], reason="onder-minimum", criterion="rapporteren")
        self.assertEqual(hidden.refusal.get("code"), "criterion_not_shown")
        m = self.to_state("APPROVED", students=6)
        s = self.service
        now = self.proposal(m["proposal"])
        for fields in ({"reason": "geen-klik"}, {"reason": "niveau-betwist"}, {"reason": "anders"}, {},
                       {"reason": "onder-minimum"}, {"reason": "onder-minimum", "criterion": "verzorging"},
                       {"reason": "onder-minimum", "criterion": "nergens"}):
            answer = s.try_change("CandidateService/ObjectToCandidate", "company", candidate=now["candidate"],
                                  version=now["version"], **fields)
            self.assertIn(answer.code, ("invalid_argument", "failed_precondition"), (fields, answer))
        reasons = s.ok("CatalogService/ListReasons", event="company_objects")["reasons"]
        criterion = next(r["code"] for r in reasons if r["reasonClass"] == "criterion" and r["code"] != "niveau-betwist")
        ended = self.company("ObjectToCandidate", m["proposal"], reason=criterion, criterion="rapporteren")
        self.assertEqual(ended["state"], "PROPOSAL_STATE_REJECTED")
        later = s.wait_until(lambda: [p for p in self.proposals(m["round"]) if p["state"] == "PROPOSAL_STATE_PROPOSED"],
                             "a re-match")
        self.assertEqual(len(later), 1)
        self.assertNotEqual(later[0]["stagevraagId"], m["stagevraag"])
        kinds = [e["kind"] for e in s.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000)["entries"]]
        self.assertIn("rematch", kinds)
        self.assertIn("decision", kinds)

    def test_objection_about_the_place_suspends_the_seat(self):
        m = self.to_state("APPROVED", students=2)
        self.company("ObjectToCandidate", m["proposal"], reason="geen-begeleider")
        now = self.placement_now(m["placement"])
        self.assertEqual(now["seatsSuspended"], 1)
        self.assertEqual(len(self.proposals(m["round"])), 1)
        self.step("PlacementService/ReopenPlacement", "company", allowed={"coordinator"}, placementId=m["placement"],
                  version=now["version"])
        self.service.wait_until(lambda: len(self.proposals(m["round"])) == 2, "a re-match after reopening")

    def test_two_objections_anders_pause_the_placement(self):
        m = self.to_state("APPROVED", students=3)
        self.company("ObjectToCandidate", m["proposal"], reason="anders", text="Wij zien dit niet zitten.")
        second = self.service.wait_until(
            lambda: [p for p in self.proposals(m["round"]) if p["state"] == "PROPOSAL_STATE_PROPOSED"], "a re-match")[0]
        self.act("ApproveProposal", "coordinator", second["proposalId"])
        self.company("ObjectToCandidate", second["proposalId"], reason="anders", text="Ook niet.")
        self.assertEqual(self.placement_now(m["placement"])["state"], "PLACEMENT_STATE_PAUSED")
        self.assertTrue(self.has_task("coordinator", "CALL_COMPANY", placementId=m["placement"]))
        self.assertEqual(len(self.proposals(m["round"])), 2)

    def test_student_declines(self):
        m = self.to_state("ACCEPTED")
        reasons = self.service.ok("CatalogService/ListReasons", event="student_declines")["reasons"]
        reason = next(r["code"] for r in reasons if not r.get("needsCriterion") and r["code"] != "anders")
        ended = self.act("DeclineProposal", m["student"], m["proposal"], reason=reason)
        self.assertEqual(ended["state"], "PROPOSAL_STATE_DECLINED")

    def test_withdrawal_after_release_revokes_the_identity(self):
        m = self.to_state("RELEASED")
        s = self.service
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "company", candidate=m["candidate"]).status, 200)
        s.change("StudentService/WithdrawStagevraag", m["student"], stagevraagId=m["stagevraag"],
                 version=self.stagevraag(m["stagevraag"])["version"], reason="anders", text="Ik stop met de opleiding.")
        self.assertEqual(self.proposal(m["proposal"])["state"], "PROPOSAL_STATE_WITHDRAWN_STUDENT")
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", "company", candidate=m["candidate"]).code, "not_found")

    def test_drop_after_release_holds_the_seat_for_the_reviewer(self):
        m = self.to_state("RELEASED", students=2)
        reasons = self.service.ok("CatalogService/ListReasons", event="company_drops_after_release")["reasons"]
        fact = next(r["code"] for r in reasons if r["reasonClass"] == "fact" and not r.get("needsCriterion"))
        self.company("DropCandidate", m["proposal"], reason=fact)
        self.assertEqual(self.proposal(m["proposal"])["state"], "PROPOSAL_STATE_DROPPED_AFTER_RELEASE")
        self.assertTrue(self.has_task("reviewer", "REVIEW_REASON", proposalId=m["proposal"]))
        self.assertEqual(len(self.proposals(m["round"])), 1)
        self.assertEqual(self.service.call("IdentityService/GetCandidateIdentity", "company", candidate=m["candidate"]).code,
                         "not_found")

    def test_cancelled_before_start_and_ended_early(self):
        m = self.to_state("PLACED")
        ended = self.act("CancelBeforeStart", "coordinator", m["proposal"], reason="anders", text="Verhuisd.")
        self.assertEqual(ended["state"], "PROPOSAL_STATE_CANCELLED_BEFORE_START")
        m = self.to_state("STARTED")
        ended = self.act("EndProposalEarly", "coordinator", m["proposal"], side="SIDE_COMPANY", reason="anders", text="Gestopt.")
        self.assertEqual(ended["state"], "PROPOSAL_STATE_ENDED_EARLY")

    def test_placement_withdrawn_ends_its_proposal(self):
        for state in ("PROPOSED", "APPROVED", "ACCEPTED", "CONFIRMED", "RELEASED"):
            m = self.to_state(state)
            now = self.placement_now(m["placement"])
            self.service.change("PlacementService/WithdrawPlacement", "company", placementId=m["placement"],
                                version=now["version"], reason="gesloten")
            self.assertEqual(self.proposal(m["proposal"])["state"], "PROPOSAL_STATE_WITHDRAWN_PLACE")
            self.assertEqual(self.stagevraag(m["stagevraag"])["state"], "STAGEVRAAG_STATE_FREE")

    def test_student_placed_elsewhere(self):
        m = self.to_state("APPROVED", students=2)
        done = self.service.change("StudentService/PlaceElsewhere", m["student"], stagevraagId=m["stagevraag"],
                                   version=self.stagevraag(m["stagevraag"])["version"])["stagevraag"]
        self.assertEqual(done["state"], "STAGEVRAAG_STATE_PLACED_ELSEWHERE")
        self.service.wait_until(lambda: len(self.proposals(m["round"])) == 2, "a re-match")

    def test_round_cancelled(self):
        m = self.to_state("APPROVED")
        self.move(m["round"], "CancelRound")
        self.until(m["round"], "ROUND_STATE_CANCELLED")
        self.assertEqual(self.proposal(m["proposal"])["state"], "PROPOSAL_STATE_CANCELLED_ROUND")
        self.assertEqual(self.stagevraag(m["stagevraag"])["state"], "STAGEVRAAG_STATE_FREE")
        again = self.played(self.stagevraag(m["stagevraag"])["profile"]["qualification"])
        self.assertEqual(len(self.proposals(again)), 1)

    def test_second_stagevraag_of_one_student(self):
        s = self.service
        both = [student("222222"), student("222222", startDate="2027-09-01", endDate="2028-01-28")]
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=both)["stagevraagIds"]
        self.assertEqual(len(set(ids)), 2)
        self.assertEqual(len({self.stagevraag(i)["studentRef"] for i in ids}), 1)

    def test_direct_round_asks_the_student_at_once(self):
        m = self.to_state("ACCEPTED", mode="ROUND_MODE_DIRECT")
        self.assertNotIn("onBehalf", self.proposal(m["proposal"]))

    def test_coordinator_decides_on_behalf_of_the_company(self):
        m = self.to_state("APPROVED")
        self.company("AgreeToCandidate", m["proposal"], who="coordinator")
        self.assertTrue(self.proposal(m["proposal"])["onBehalf"])

    def decisions(self, proposal_id):
        """(who, whether for somebody else) of every decision on a proposal, as the ledger has them."""
        entries, after = [], "0"
        while page := self.service.ok("LedgerService/ListLedgerEntries", "coordinator", afterSeq=after, pageSize=1000).get("entries"):
            entries += page
            after = page[-1]["seq"]
        return [(e["actorRole"], e.get("onBehalf", False)) for e in entries
                if e["kind"] == "decision" and e["subject"] == proposal_id]

    def test_coordinator_answers_on_behalf_of_the_student(self):
        s = self.service
        yes = self.to_state("ACCEPTED")
        self.refused("ProposalService/ConfirmProposal", {"coordinator", yes["student"]}, proposalId=yes["proposal"],
                     version=self.proposal(yes["proposal"])["version"])
        self.act("ConfirmProposal", "coordinator", yes["proposal"])
        seen = s.ok("ProposalService/GetProposal", yes["student"], proposalId=yes["proposal"])["proposal"]
        self.assertEqual((seen["state"], seen["onBehalfOfStudent"]), ("PROPOSAL_STATE_CONFIRMED", True))
        self.assertNotIn("onBehalf", seen)
        self.assertFalse(self.has_task(yes["student"], "CONFIRM"))
        self.assertEqual(self.decisions(yes["proposal"])[-1], ("ROLE_COORDINATOR", True))
        no = self.to_state("ACCEPTED")
        ended = self.act("DeclineProposal", "coordinator", no["proposal"], reason="anders", text="Belde dat het niet kan.")
        self.assertEqual((ended["state"], ended["onBehalfOfStudent"]), ("PROPOSAL_STATE_DECLINED", True))
        self.assertEqual(s.ok("IdentityService/GetText", "coordinator", proposalId=no["proposal"], kind="reason")["text"],
                         "Belde dat het niet kan.")
        own = self.to_state("ACCEPTED")
        ended = self.act("DeclineProposal", own["student"], own["proposal"], reason="reistijd")
        self.assertNotIn("onBehalfOfStudent", ended)
        # Who said no: the student, or the school on their behalf.
        self.assertEqual(self.decisions(no["proposal"])[-1], ("ROLE_COORDINATOR", True))
        self.assertEqual(self.decisions(own["proposal"])[-1], ("ROLE_STUDENT", False))

    def test_stale_version_and_repeats(self):
        m = self.to_state("PROPOSED")
        s = self.service
        version = self.proposal(m["proposal"])["version"]
        rid = str(uuid.uuid4())
        first = s.call("ProposalService/ApproveProposal", "coordinator", requestId=rid, proposalId=m["proposal"], version=version)
        again = s.call("ProposalService/ApproveProposal", "coordinator", requestId=rid, proposalId=m["proposal"], version=version)
        self.assertEqual((first.status, first.body), (200, again.body))
        other = s.call("ProposalService/ApproveProposal", "coordinator", requestId=rid, proposalId=m["proposal"], version="99")
        self.assertEqual(other.code, "already_exists")
        stale = s.try_change("ProposalService/ApproveProposal", "coordinator", proposalId=m["proposal"], version=version)
        self.assertEqual(stale.code, "aborted")
        self.assertEqual(stale.refusal["code"], "stale_version")
        self.assertEqual(stale.refusal["currentVersion"], self.proposal(m["proposal"])["version"])

    def test_erasure(self):
        m = self.to_state("APPROVED")
        s = self.service
        self.step("StudentService/EraseStudent", "coordinator", stagevraagId=m["stagevraag"])
        self.assertEqual(s.call("StudentService/GetStagevraag", "coordinator", stagevraagId=m["stagevraag"]).code, "not_found")
        self.assertEqual(s.ok("IdentityService/GetIdentities", "coordinator", stagevraagIds=[m["stagevraag"]]).get("students", []), [])
        self.assertEqual(s.call("AuthService/GetSession", m["student"]).code, "unauthenticated")
        self.assertEqual(self.placement_now(m["placement"]).get("seatsTaken", 0), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)

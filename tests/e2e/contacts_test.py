"""A contact of a company is checked by each school for itself. The attack: a coördinator of another school invites a mailbox of
their own as the contact of a company, says that it was checked, and then asks for everything that a company may ask for."""
import time
import unittest
import uuid

import authorization_test
from market import COMPANY, SCHOOL, Market, new_qualification
from service import PASSWORD, Service, placement, student
from watcher import Watcher

OTHER_SCHOOL, THIRD_SCHOOL = "99AB", "99AC"
WITHIN = 60  # seconds until what was withdrawn is over everywhere
COMPANIES_METHODS = [m for m, roles, _, _ in authorization_test.methods() if "company" in roles]


class Contacts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service())
        cls.market = Market(s)
        s.invite("mallory", "operator", "coordinator", [OTHER_SCHOOL])
        cls.spy = s.invite("spy", "mallory", "company", [COMPANY])
        cls.companies = (str(990000100 + i) for i in range(100))

    # -- making -------------------------------------------------------------------------------------------------------

    def contact(self, by, leerbedrijf):
        """A new contact whom nobody has checked yet: name and account."""
        s, who = self.service, "c" + uuid.uuid4().hex[:8]
        account = s.change("AccountService/InviteAccount", by, email=f"{who}@example.nl", name=who, role="ROLE_COMPANY",
                           scope=[leerbedrijf])["accountId"]
        s.accept(who, s.code_sent_to(f"{who}@example.nl"))
        return who, account

    def check(self, by, account, **fields):
        return self.service.change("AccountService/VerifyCompanyContact", by, accountId=account, **fields)["account"]

    def withdraw(self, by, account, **fields):
        return self.service.change("AccountService/WithdrawContactCheck", by, accountId=account, **fields)["account"]

    def proposal_at(self, leerbedrijf, who):
        """An approved proposal of a student of SCHOOL at a placement that `who`, a contact, entered."""
        s, qualification = self.service, new_qualification()
        s.change("StudentService/SubmitStudents", "coordinator",
                 students=[student(uuid.uuid4().hex[:10], qualification=qualification)])
        made = s.change("PlacementService/SubmitPlacement", who, placement=placement(
            f"P-{qualification}", leerbedrijf=leerbedrijf, qualifications=[qualification]))["placement"]
        s.change("PlacementService/PublishPlacement", who, placementId=made["placementId"], version=made["version"])
        pid = self.market.proposals(self.market.published(qualification))[0]["proposalId"]
        self.market.act("ApproveProposal", "coordinator", pid)
        return self.market.proposal(pid), made["placementId"]

    def missing(self, by="coordinator"):
        found = self.service.ok("AccountService/ListAccounts", by).get("missingContacts", [])
        return [(m["school"], m["leerbedrijf"]) for m in found]

    def contacts_of(self, leerbedrijf, by="coordinator"):
        found = self.service.ok("AccountService/ListAccounts", by, leerbedrijf=leerbedrijf).get("accounts", [])
        return {a["accountId"]: a for a in found}

    def candidates(self, who):
        return [c["candidate"] for c in self.service.ok("CandidateService/ListCandidates", who).get("candidates", [])]

    def refused(self, answer, name):
        self.assertEqual((answer.code, answer.refusal.get("code")), ("failed_precondition", name), answer)

    # -- the attack ---------------------------------------------------------------------------------------------------

    def world(self, things):
        m, s = self.market, self.service
        return [s.ok("LedgerService/GetLedgerHead"), m.placement(things["placement"]), m.proposal(things["proposal"]), m.tasks("company")]

    def test_a_contact_whom_another_school_checked_finds_nothing_of_ours(self):
        s = self.service
        for state in ("PROPOSED", "APPROVED", "RELEASED", "STARTED"):
            things = self.market.to_state(state)
            before = self.world(things)
            self.assertEqual(self.candidates("spy"), [])
            self.assertEqual([t for t in self.market.tasks("spy") if "candidate" in t], [])
            for candidate in (things["candidate"], self.market.proposal(things["proposal"])["proposalId"]):
                self.ask_everything(things, candidate)
            self.assertEqual(before, self.world(things))
        self.assertIn(things["candidate"], self.candidates("company"))

    def ask_everything(self, things, candidate):
        """Each method about one candidate: as if there were none."""
        s = self.service
        version = self.market.proposal(things["proposal"])["version"]
        for method in COMPANIES_METHODS:
            if not method.startswith(("CandidateService/", "IdentityService/")) or method.endswith("/ListCandidates"):
                continue
            fields = {"version": version, "reason": "anders", "text": "Een tekst.", "kind": "introduction",
                      "moment": "CHECK_IN_MOMENT_WEEK_2", "answers": ["CHECK_IN_ANSWER_GREEN"] * 3}
            there = s.try_change(method, "spy", candidate=candidate, proposalId=things["proposal"], **fields)
            nowhere = s.try_change(method, "spy", candidate="K7M2QK7M2Q", proposalId=uuid.uuid4().hex, **fields)
            with self.subTest(method=method):
                self.assertEqual(there.code, "not_found", there)
                self.assertEqual((there.status, there.body), (nowhere.status, nowhere.body))

    def test_such_a_contact_ends_and_changes_nothing_that_we_rely_on(self):
        s = self.service
        things = self.market.to_state("APPROVED")
        before = self.world(things)
        now = s.ok("PlacementService/GetPlacement", "spy", placementId=things["placement"])["placement"]
        self.assertNotIn("roundId", now)
        self.assertIn("roundId", self.market.placement(things["placement"]))
        about = {"placementId": things["placement"], "version": now["version"]}
        self.refused(s.try_change("PlacementService/WithdrawPlacement", "spy", reason="gesloten", **about), "contact_not_checked")
        self.refused(s.try_change("PlacementService/ReopenPlacement", "spy", **about), "contact_not_checked")
        self.refused(s.try_change("PlacementService/SubmitPlacement", "spy", placement=placement(
            now["leerplaats"], qualifications=now["qualifications"], capacity=9)), "contact_not_checked")
        self.assertEqual(before, self.world(things))

    def test_no_notice_about_our_students_reaches_such_a_contact(self):
        s, market = self.service, self.market
        things = market.to_state("RELEASED")
        market.act("WithdrawProposal", "coordinator", things["proposal"], reason="gestopt-met-opleiding")
        s.wait_until(lambda: any(things["candidate"] in text for text in s.messages_to("company@example.nl")), "the company's notice")
        time.sleep(1)
        for text in s.messages_to("spy@example.nl"):
            self.assertTrue("/invitation#" in text or "Een school heeft" in text, text)

    def test_a_live_list_of_tasks_shows_such_a_contact_nothing_of_ours(self):
        s = self.service
        with Watcher(s, "TaskService/WatchTasks", "spy") as spies, Watcher(s, "TaskService/WatchTasks", "company") as ours:
            for watcher in (spies, ours):
                watcher.until(lambda watcher=watcher: watcher.all, "a first event")
            candidate = self.market.to_state("APPROVED")["candidate"]
            ours.until(lambda: candidate in str(ours.events), "the candidate in the company's own list")
            time.sleep(1)
            self.assertNotIn("candidate", str(spies.events))
            self.assertIsNone(spies.end)

    # -- the school's own check ---------------------------------------------------------------------------------------

    def test_a_check_opens_and_its_end_closes(self):
        s, market = self.service, self.market
        who, account = self.contact("mallory", COMPANY)
        self.check("mallory", account)
        s.log_in(who)
        things = market.to_state("RELEASED")
        label = things["candidate"]
        self.assertEqual(s.call("CandidateService/GetCandidate", who, candidate=label).code, "not_found")
        seen = self.check("coordinator", account)
        self.assertEqual((seen["state"], seen["checkedBy"]), ("ACCOUNT_STATE_ACTIVE", [SCHOOL]))
        self.assertEqual(self.check("coordinator", account), seen)  # again: nothing changes
        s.log_in(who)
        self.assertIn(label, self.candidates(who))
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", who, candidate=label).code, "ok")
        self.assertEqual(self.withdraw("coordinator", account)["state"], "ACCOUNT_STATE_UNVERIFIED")
        end = time.monotonic() + WITHIN
        self.assertEqual(s.call("IdentityService/GetCandidateIdentity", who, candidate=label).code, "not_found")
        old = s.tokens[who]
        s.log_in(who)
        self.assertEqual(s.call("CandidateService/GetCandidate", who, candidate=label).code, "not_found")
        while self.service.call("CandidateService/GetCandidate", old, candidate=label).code != "not_found":
            self.assertLess(time.monotonic(), end + 5)
            time.sleep(0.5)
        self.assertEqual(s.call("CandidateService/ListCandidates", old).json.get("candidates", []), [])
        self.assertEqual(s.call("TaskService/ListTasks", old).code, "ok")

    def test_without_any_check_the_account_cannot_be_used(self):
        s = self.service
        who, account = self.contact("coordinator", "990000050")
        self.check("coordinator", account)
        s.log_in(who)
        self.withdraw("coordinator", account)
        self.assertEqual(s.call("AuthService/GetSession", who).code, "unauthenticated")
        self.refused(s.call("AuthService/Login", email=f"{who}@example.nl", password=PASSWORD), "account_unverified")
        self.withdraw("coordinator", account)  # again: nothing changes
        self.assertEqual(self.service.try_change("AccountService/WithdrawContactCheck", "mallory", accountId=account).code, "not_found")

    def test_a_school_is_told_of_its_own_checks_alone(self):
        self.service.invite("two", "operator", "coordinator", [OTHER_SCHOOL, THIRD_SCHOOL])
        _, account = self.contact("coordinator", "990000051")
        shown = self.check("two", account, school=THIRD_SCHOOL)
        self.assertEqual(shown["checkedBy"], [THIRD_SCHOOL])
        self.assertEqual(self.check("two", account)["checkedBy"], [OTHER_SCHOOL, THIRD_SCHOOL])
        self.assertEqual(self.withdraw("two", account, school=THIRD_SCHOOL)["checkedBy"], [OTHER_SCHOOL])
        ours = self.contacts_of("990000051")[account]
        self.assertEqual((ours["state"], ours.get("checkedBy", [])), ("ACCOUNT_STATE_UNVERIFIED", []))
        self.assertIn(account, [a["accountId"] for a in self.service.ok("AccountService/ListAccounts", "two")["accounts"]])
        for school in (SCHOOL, "99ZZ"):
            answer = self.service.try_change("AccountService/VerifyCompanyContact", "two", accountId=account, school=school)
            self.assertEqual(answer.code, "not_found")
        reviewer = self.service.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        for other in (reviewer, uuid.uuid4().hex, "x"):
            answer = self.service.try_change("AccountService/VerifyCompanyContact", "coordinator", accountId=other)
            self.assertEqual(answer.code, "not_found")

    # -- nobody to tell -----------------------------------------------------------------------------------------------

    def test_a_school_without_a_checked_contact_is_told_and_sees_whom_to_check(self):
        s, leerbedrijf = self.service, next(self.companies)
        who, account = self.contact("mallory", leerbedrijf)
        self.check("mallory", account)
        s.log_in(who)
        proposal, _ = self.proposal_at(leerbedrijf, who)
        s.wait_until(lambda: (SCHOOL, leerbedrijf) in self.missing(), "the missing contact")
        self.assertEqual(self.missing("mallory"), [])
        s.wait_until(lambda: any("zonder" in t or "gecontroleerde contactpersoon" in t
                                 for t in s.messages_to("coordinator@example.nl")), "a message to the coördinator")
        found = self.contacts_of(leerbedrijf)
        self.assertEqual([(a["email"], a["state"]) for a in found.values()], [(f"{who}@example.nl", "ACCOUNT_STATE_UNVERIFIED")])
        told = len(s.messages_to(f"{who}@example.nl"))
        self.check("coordinator", account)
        self.assertNotIn((SCHOOL, leerbedrijf), self.missing())
        s.wait_until(lambda: len(s.messages_to(f"{who}@example.nl")) > told, "a message to the contact")
        s.log_in(who)
        s.change("CandidateService/AgreeToCandidate", who, candidate=proposal["candidate"],
                 version=self.market.proposal(proposal["proposalId"])["version"])

    def test_a_contact_who_was_ended_can_be_invited_by_another_school(self):
        s, leerbedrijf = self.service, next(self.companies)
        who, account = self.contact("mallory", leerbedrijf)
        self.check("mallory", account)
        self.check("coordinator", account)
        # Whoever invited it ends it; who only checked it takes the check back.
        self.assertEqual(s.try_change("AccountService/DisableAccount", "coordinator", accountId=account).code, "not_found")
        invitation = {"email": f"{who}@example.nl", "name": who, "role": "ROLE_COMPANY", "scope": [leerbedrijf]}
        self.assertEqual(s.try_change("AccountService/InviteAccount", "coordinator", **invitation).code, "already_exists")
        s.change("AccountService/DisableAccount", "mallory", accountId=account)
        self.assertEqual(self.contacts_of(leerbedrijf), {})
        self.assertEqual(s.try_change("AccountService/VerifyCompanyContact", "coordinator", accountId=account).code, "not_found")
        self.assertEqual(s.change("AccountService/InviteAccount", "coordinator", **invitation)["accountId"], account)
        s.accept(who, s.code_sent_to(f"{who}@example.nl"))
        self.refused(s.call("AuthService/Login", email=f"{who}@example.nl", password=PASSWORD), "account_unverified")
        self.assertEqual(self.contacts_of(leerbedrijf)[account].get("checkedBy", []), [])  # the old checks do not come back
        self.check("coordinator", account)
        s.log_in(who)


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Every method of the table with every role that may not call it, with nobody, and with somebody of the right role but of another
school, company or person: refused as if nothing were there, nothing said, nothing changed."""
import json
import os
import re
import unittest
import uuid

import support
from service import Service, commitment, placement, student

SCHOOL, OTHER_SCHOOL = "99AA", "99AB"
COMPANY, OTHER_COMPANY = "990000001", "990000002"
ROLE_BITS = {"R_CO": "coordinator", "R_CP": "company", "R_VP": "reviewer", "R_BH": "handler", "R_ST": "student",
             "R_OP": "operator"}
# The same role elsewhere.
ELSEWHERE = {"coordinator": "stranger", "company": "rival", "reviewer": "other_reviewer", "handler": "other_handler",
             "student": "other_student"}
# Every school checks a company's contact for itself: contacts_test.py.
OWN_CHECKS = ("AccountService/VerifyCompanyContact", "AccountService/WithdrawContactCheck")
REFUSALS = ("permission_denied", "not_found")
NONCE = "77" * 32


def methods():
    """(method, roles, is public, changes something) of every public method."""
    found = []
    text = support.read_bytes(os.path.join(support.SOURCE, "matcher/api/methods.def")).decode()
    for line in re.findall(r"^X\((.*)\)$", text, re.M):
        words = [w.strip() for w in line.split(",")]
        if '"internal/' in words[1]:
            continue
        roles = set(ROLE_BITS.values()) if words[4] == "R_ALL" else {ROLE_BITS[w] for w in re.findall(r"R_[A-Z]+", words[4])}
        found.append((words[1].strip('"').removeprefix("stagematch.v1."), roles, "METHOD_PUBLIC" in line,
                      "METHOD_CHANGES" in line))
    return found


class Authorization(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service())
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])
        s.invite("stranger", "operator", "coordinator", [OTHER_SCHOOL])
        cls.company_account = s.invite("company", "coordinator", "company", [COMPANY])
        s.invite("rival", "stranger", "company", [OTHER_COMPANY])
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        s.invite("handler", "coordinator", "behandelaar", [SCHOOL])
        s.invite("other_reviewer", "stranger", "vertrouwenspersoon", [OTHER_SCHOOL])
        s.invite("other_handler", "stranger", "behandelaar", [OTHER_SCHOOL])
        cls.make_market()

    @classmethod
    def make_market(cls):
        """One student with a released proposal at one placement, and a second student of the same school who only looks on."""
        s = cls.service
        ids = s.change("StudentService/SubmitStudents", "coordinator",
                       students=[student("100001"), student("100002", qualification="25655")])["stagevraagIds"]
        s.invite_student("student", "coordinator", ids[0], "s100001@student.example")
        s.invite_student("other_student", "coordinator", ids[1], "s100002@student.example")
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement("VIG-1"))["placement"]
        cls.placement = made["placementId"]
        s.change("PlacementService/PublishPlacement", "company", placementId=cls.placement, version=made["version"])
        cls.round = s.change("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=[SCHOOL],
                             qualifications=["25656"])["round"]["roundId"]
        cls.move("OpenRound")
        s.change("RoundService/CommitNonce", "coordinator", roundId=cls.round, school=SCHOOL,
                 commitment=commitment(SCHOOL, NONCE))
        cls.move("SealRound")
        s.change("RoundService/RevealNonce", "coordinator", roundId=cls.round, school=SCHOOL, nonce=NONCE)
        cls.move("SolveRound")
        cls.until("ROUND_STATE_VERIFIED")
        cls.move("PublishRound")
        cls.until("ROUND_STATE_PUBLISHED")
        cls.proposal = s.ok("ProposalService/ListProposals", "coordinator", roundId=cls.round)["proposals"][0]
        cls.act("ProposalService/ApproveProposal", "coordinator")
        s.change("CandidateService/AgreeToCandidate", "company", candidate=cls.proposal["candidate"], version=cls.now()["version"])
        cls.act("ProposalService/ConfirmProposal", "student")
        cls.act("ProposalService/ReleaseProposal", "coordinator")
        cls.act("ProposalService/PlanIntroduction", "coordinator", date="2027-01-18", text="Geheime introductietekst.")
        cls.stagevraag = ids[0]
        cls.token = s.change("AccountService/CreateApiToken", "coordinator", label="sis", validDays=3)["apiToken"]["tokenId"]
        cls.file = s.change("StudentService/SubmitStudents", "coordinator", students=[student("100003")])["stagevraagIds"][0]
        s.change("StudentService/ContestLevel", "student", stagevraagId=ids[0], skill="rapporteren")
        cls.task = s.ok("TaskService/ListTasks", "coordinator")["tasks"][0]["taskId"]
        cls.notice = s.ok("NoticeService/ListNotices", "operator")["notices"][0]["noticeId"]
        cls.make_case()
        s.change("ReportService/SendReport", school=SCHOOL, report={
            "phase": "REPORT_PHASE_ZOEKEN", "grounds": ["ras"], "nature": "REPORT_NATURE_TREATMENT", "text": "Geheime melding.",
            "wish": "REPORT_WISH_HEARD", "desk": "REPORT_DESK_BEHANDELAAR"})
        cls.report = s.ok("ReportService/ListReports", "reviewer")["reports"][0]["reportId"]
        # What nobody else may ever read in an answer.
        cls.secrets = [cls.case, cls.measure, cls.proposal["proposalId"], cls.proposal["studentRef"], cls.proposal["candidate"], ids[0],
                       cls.file, "100001", "100003", "s100001", "Geheime", cls.token, cls.task, cls.report]

    @classmethod
    def make_case(cls):
        """A case in which the company was asked something, and a measure."""
        s = cls.service
        case = s.change("CaseService/OpenCase", "handler", school=SCHOOL, leerbedrijf=COMPANY, text="Geheime verdenking.")["case"]
        cls.case = case["caseId"]
        for method, fields in (("TakeCase", {"noTie": True}), ("MoveCase", {"event": "CASE_EVENT_VERIFIED"}),
                               ("AskCompany", {"text": "Geheime vraag."})):
            case = s.change(f"CaseService/{method}", "handler", caseId=cls.case, version=case["version"], **fields)["case"]
        cls.measure = s.change("MeasureService/TakeMeasure", "handler", measure="stagematching", school=SCHOOL, leerbedrijf=COMPANY,
                               followUpDate="2027-06-01")["taken"]["measureId"]

    @classmethod
    def move(cls, method):
        now = cls.service.ok("RoundService/GetRound", "coordinator", roundId=cls.round)["round"]
        cls.service.change(f"RoundService/{method}", "coordinator", roundId=cls.round, version=now["version"])

    @classmethod
    def until(cls, state):
        cls.service.wait_until(lambda: cls.service.ok("RoundService/GetRound", "coordinator", roundId=cls.round)["round"]["state"]
                               == state, state)

    @classmethod
    def now(cls):
        return cls.service.ok("ProposalService/GetProposal", "coordinator", proposalId=cls.proposal["proposalId"])["proposal"]

    @classmethod
    def act(cls, method, who, **fields):
        return cls.service.change(method, who, proposalId=cls.proposal["proposalId"], version=cls.now()["version"], **fields)

    # -- what a call would say --------------------------------------------------------------------------------------------

    def fields_of(self, method):
        """A request about the market's own objects, well-formed and at the present version."""
        service, name = method.split("/")
        now = self.now()
        reason = {"reason": "anders", "text": "Een tekst."}
        special = {
            "InviteAccount": {"email": "new@example.nl", "name": "New", "role": "ROLE_BEHANDELAAR", "scope": [SCHOOL]},
            "InviteStudent": {"stagevraagId": self.file}, "VerifyCompanyContact": {"accountId": self.company_account},
            "WithdrawContactCheck": {"accountId": self.company_account},
            "DisableAccount": {"accountId": self.company_account}, "CreateApiToken": {"label": "x", "validDays": 1},
            "RevokeApiToken": {"tokenId": self.token}, "GetIdentities": {"stagevraagIds": [self.stagevraag]},
            "ChangePassword": {"oldPassword": "niet het goede", "newPassword": "nog een lang wachtwoord"},
            "GetText": {"proposalId": now["proposalId"], "kind": "introduction"}, "RetryNotice": {"noticeId": self.notice},
            "ImportPlacements": {"csv": "bGVlcnBsYWF0cw=="}, "ImportStudents": {"csv": "c2Nob29s"},
            "SubmitPlacement": {"placement": placement("VIG-1", title="Gekaapt")},
            "SubmitStudents": {"students": [student("100009")]}, "GetImport": {"importId": uuid.uuid4().hex},
            "CreateRound": {"name": "Kaping", "schools": [SCHOOL], "qualifications": ["25656"]},
            "CommitNonce": {"school": SCHOOL, "commitment": commitment(SCHOOL, NONCE)},
            "RevealNonce": {"school": SCHOOL, "nonce": NONCE}, "ContestLevel": {"skill": "verzorging"},
            "ResolveContest": {"skill": "verzorging", "level": 4}, "CompleteTask": {"taskId": self.task},
            "WithdrawPlacement": {"reason": "gesloten"}, "AnswerCheckIn": {"moment": "CHECK_IN_MOMENT_WEEK_2",
                                                                            "answers": ["CHECK_IN_ANSWER_GREEN"] * 3},
            "AnswerCompanyCheckIn": {"moment": "CHECK_IN_MOMENT_WEEK_2", "answers": ["CHECK_IN_ANSWER_GREEN"] * 3},
            "PlanIntroduction": {"date": "2027-01-20", "text": "Een tekst."}, "EndProposalEarly": {"side": "SIDE_SCHOOL", **reason},
            "SetPreferences": {"preferred": []}, "ExplainStagevraag": {"stagevraagId": self.stagevraag}, "GetEntryProof": {"stagevraagId": self.stagevraag},
        }
        text = {"text": "Een tekst."}
        special.update({name: {"school": SCHOOL} for name in ("GetGroupStatistics", "ListGroupStatuses", "GetOwnFigures")})
        special.update({"CheckPlacementText": {"placement": placement("VIG-1")}, "CheckReasonText": text, "CloseMonitorTerm": {"term": "2001-02"}})
        special.update({
            "SetGroupStatistics": {"school": SCHOOL, "enabled": True, "dpiaReference": "DPIA 2026-14"},
            "SetMyOrigin": {"origin": "ORIGIN_EUROPE", "consent": True},
            "OpenCase": {"school": SCHOOL, "leerbedrijf": COMPANY, **text}, "TakeCase": {"noTie": True}, "AskCompany": text,
            "MoveCase": {"event": "CASE_EVENT_NOTED", **text}, "AnswerCase": text, "GetCaseText": {"step": 1}, "AskSecond": {"school": ""},
            "DecideCase": {"outcome": "gegrond", "grounds": ["ras"], **text}, "EndCase": {"reason": "dubbel", **text},
            "ReviewClosing": {"agree": True}, "LiftMeasure": {"measureId": self.measure, "version": "1"},
            "TakeMeasure": {"measure": "stagematching", "school": SCHOOL, "leerbedrijf": COMPANY, "followUpDate": "2027-06-01"},
            "FollowUpMeasure": {"measureId": self.measure, "version": "1", "done": True},
            "ImportErkenningMutations": {"csv": "bGVlcmJlZHJpamZfaWQ="}})
        special.update({"CreateReportCodes": {"school": SCHOOL, "count": 1}, "FileReport": {"school": SCHOOL}, "AnswerReport": text,
                        "CloseReport": {"outcome": "REPORT_OUTCOME_HEARD"}, "SetReportCompany": {"leerbedrijf": COMPANY},
                        "GetReportAttachment": {"fileId": uuid.uuid4().hex}})
        about = {"ReportService": {} if name in ("ListReports", "FileReport", "CreateReportCodes") else {"reportId": self.report},
                 "CaseService": {"caseId": self.case, "version": self.case_now()["version"]}, "ProposalService": {"proposalId": now["proposalId"], "version": now["version"]},
                 "CandidateService": {"candidate": now["candidate"], "version": now["version"]},
                 "PlacementService": {"placementId": self.placement, "version": self.placement_now()["version"]},
                 "RoundService": {"roundId": self.round, "version": self.round_now()["version"]},
                 "IdentityService": {"candidate": now["candidate"]},
                 "StudentService": {"stagevraagId": self.stagevraag, "version": self.stagevraag_now()["version"]}}.get(service, {})
        if name in ("VetoProposal", "DeclineProposal", "CancelBeforeStart", "WithdrawProposal", "ObjectToCandidate",
                    "DropCandidate", "WithdrawStagevraag"):
            about = {**about, **reason}
        return {**about, **special.get(name, {})}

    def placement_now(self):
        return self.service.ok("PlacementService/GetPlacement", "company", placementId=self.placement)["placement"]

    def case_now(self):
        return self.service.ok("CaseService/GetCase", "handler", caseId=self.case)["case"]

    def round_now(self):
        return self.service.ok("RoundService/GetRound", "coordinator", roundId=self.round)["round"]

    def stagevraag_now(self):
        return self.service.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=self.stagevraag)["stagevraag"]

    def world(self):
        """All that could have changed, as its owners see it."""
        s = self.service
        return [s.ok("LedgerService/GetLedgerHead"), self.case_now(), s.ok("MeasureService/ListTakenMeasures", "handler"), self.now(), self.placement_now(), self.round_now(), self.stagevraag_now(),
                s.ok("StudentService/ListStagevragen", "coordinator", pageSize=1000),
                s.ok("TaskService/ListTasks", "coordinator", pageSize=1000), s.ok("TaskService/ListTasks", "student"),
                s.ok("AccountService/ListAccounts", "coordinator"), s.ok("AccountService/ListApiTokens", "coordinator")]

    def says_nothing(self, what, answer, sent):
        for secret in self.secrets:
            if secret not in sent:
                self.assertNotIn(secret, answer.body.decode(), what)

    def send(self, method, who, changes):
        fields = self.fields_of(method)
        if changes:
            fields["requestId"] = str(uuid.uuid4())
        return self.service.call(method, who, **fields), json.dumps(fields)

    # -- the tests --------------------------------------------------------------------------------------------------------

    def test_every_method_is_refused_to_every_other_role(self):
        before = self.world()
        for method, roles, public, changes in methods():
            for who in set(ROLE_BITS.values()) - roles:
                if public:
                    continue
                answer, sent = self.send(method, who, changes)
                self.assertEqual(answer.code, "permission_denied", (method, who, answer))
                self.says_nothing((method, who), answer, sent)
        self.assertEqual(before, self.world())

    def test_every_method_needs_somebody(self):
        before = self.world()
        for method, _, public, changes in methods():
            for token in (None, "f" * 64, "x", "' or 1=1", self.service.tokens["coordinator"][:-1] + "g",
                          self.service.tokens["coordinator"].upper()):
                if public or token == self.service.tokens["coordinator"]:
                    continue
                answer, _ = self.send(method, token, changes)
                self.assertEqual(answer.code, "unauthenticated", (method, token, answer))
        self.assertEqual(before, self.world())

    def test_the_same_role_elsewhere_finds_nothing(self):
        # These have no object of somebody else's: what they do is the caller's own.
        own = {"ReportService/FileReport", "AuthService/Logout", "AuthService/GetSession", "AuthService/ChangePassword", "AccountService/CreateApiToken",
               "WordingService/CheckPlacementText", "WordingService/CheckReasonText", "GroupService/GetMyOrigin", "GroupService/SetMyOrigin", "GroupService/WithdrawMyOrigin"}
        lists = {"ReportService/ListReports", "AccountService/ListAccounts", "AccountService/ListApiTokens", "CandidateService/ListCandidates",
                 "LedgerService/ListLedgerEntries", "ProposalService/ListProposals", "RoundService/ListRounds",
                 "StudentService/ListStagevragen", "StudentService/ListMyStagevragen", "TaskService/ListTasks", "TaskService/WatchTasks",
                 "IdentityService/GetIdentities", "PlacementService/ListPlacements", "CaseService/ListCases",
                 "CaseService/ListCompanyCases", "MeasureService/ListTakenMeasures", "SignalService/ListSignals", "SignalService/ListPoints"}
        # A published placement is every coördinator's to see; a bad file is nobody's object.
        open_to_all = {("PlacementService/GetPlacement", "stranger"), ("PlacementService/ImportPlacements", "stranger"),
                       ("StudentService/ImportStudents", "stranger")} | {(method, "stranger") for method in OWN_CHECKS}
        # Here it is the request that is at fault, not what it asks for.
        at_fault = {"MeasureService/ImportErkenningMutations": "bad_file", "RoundService/CreateRound": "no_own_school", "StudentService/SubmitStudents": "file_problems"}
        before = self.world()
        for method, roles, public, changes in methods():
            for role in sorted(roles & set(ELSEWHERE)):
                who = ELSEWHERE[role]
                if public or method in own:
                    continue
                answer, sent = self.send(method, who, changes)
                with self.subTest(method=method, who=who):
                    self.says_nothing((method, who), answer, sent)
                    if method in lists:
                        self.assertEqual(answer.code, "ok", answer)
                        self.assertNotIn(self.stagevraag, answer.body.decode())
                    elif method in at_fault:
                        self.assertEqual(answer.refusal.get("code"), at_fault[method])
                    elif (method, who) not in open_to_all:
                        self.assertIn(answer.code, REFUSALS, answer)
        self.assertEqual(before, self.world())

    def test_an_object_of_anothers_answers_as_one_that_is_not_there(self):
        for method, roles, public, changes in methods():
            for role in sorted(roles & set(ELSEWHERE)):
                if public or method in OWN_CHECKS:
                    continue
                fields = self.fields_of(method)
                named = [k for k in ("reportId", "caseId", "measureId", "proposalId", "candidate", "stagevraagId", "roundId", "taskId", "accountId", "tokenId")
                         if k in fields]
                if not named or method.startswith(("CandidateService/List", "ProposalService/List", "PlacementService")):
                    continue
                there = self.service.call(method, ELSEWHERE[role], requestId=str(uuid.uuid4()), **fields)
                for key in named:
                    fields[key] = uuid.uuid4().hex
                nowhere = self.service.call(method, ELSEWHERE[role], requestId=str(uuid.uuid4()), **fields)
                with self.subTest(method=method, role=role):
                    self.assertEqual((there.status, there.body), (nowhere.status, nowhere.body))

    def test_a_reason_is_read_by_those_whom_it_concerns(self):
        """Also one that is about no proposal: of a company that takes back its placement, of a student who stops."""
        s = self.service
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement("WEG-1"))["placement"]
        made = s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"],
                        version=made["version"])["placement"]
        s.change("PlacementService/WithdrawPlacement", "company", placementId=made["placementId"], version=made["version"],
                 reason="anders", text="Reden van het bedrijf.")
        stagevraag = s.change("StudentService/SubmitStudents", "coordinator", students=[student("100007")])["stagevraagIds"][0]
        s.change("StudentService/WithdrawStagevraag", "coordinator", stagevraagId=stagevraag, version="1", reason="anders",
                 text="Reden van de student.")
        for about, text in ((made["placementId"], "Reden van het bedrijf."), (stagevraag, "Reden van de student.")):
            for who in ("coordinator", "reviewer", "handler"):
                self.assertEqual(s.ok("IdentityService/GetText", who, proposalId=about, kind="reason")["text"], text)
            for who in ("stranger", "other_reviewer", "other_handler", "company", "rival", "other_student", "operator"):
                self.assertIn(s.call("IdentityService/GetText", who, proposalId=about, kind="reason").code, REFUSALS, who)


if __name__ == "__main__":
    unittest.main(verbosity=2)

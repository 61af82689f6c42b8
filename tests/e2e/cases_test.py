"""Cases on a running service: two schools, a company that is heard, four eyes, what a measure does to the market, the dossier, and who may
not see or do what."""
import base64
import datetime
import json
import os
import time
import unittest
import uuid
import zlib

import support
from market import COMPANY, SCHOOL, Market
from service import Service, placement

OTHER_SCHOOL, RIVAL = "99AB", "990000002"
FOLLOW_UP = "2027-06-01"
SETTINGS = {name: os.path.join(support.CONFIG, f"{name}.csv") for name in ("case_outcomes", "menukaart", "grounds")}
REFUSALS = ("permission_denied", "not_found")
HOUR_MS = 3600000


def ms_of(timestamp):
    return int(datetime.datetime.fromisoformat(timestamp.replace("Z", "+00:00")).timestamp() * 1000)


class Cast:
    """Two schools with their people, and a market whose company objects to a candidate."""

    def __init__(self, service):
        s = self.s = service
        self.market = Market(service)
        s.invite("stranger", "operator", "coordinator", [OTHER_SCHOOL])
        s.invite("rival", "coordinator", "company", [RIVAL])
        for who in ("handler", "second", "third"):
            s.invite(who, "coordinator", "behandelaar", [SCHOOL])
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        s.invite("other_handler", "stranger", "behandelaar", [OTHER_SCHOOL])

    def objected(self):
        made = self.market.to_state("APPROVED")
        self.market.act("ObjectToCandidate", "company", made["proposal"], reason="anders", text="Past niet in het team.")
        return made

    def open(self, proposals=(), text="Er is een patroon.", who="handler", **fields):
        return self.s.change("CaseService/OpenCase", who, school=SCHOOL, leerbedrijf=COMPANY, proposalIds=list(proposals),
                             text=text, **fields)["case"]

    def now(self, case, who="handler"):
        return self.s.ok("CaseService/GetCase", who, caseId=case["caseId"])["case"]

    def try_step(self, method, who, case, **fields):
        seen = self.s.call("CaseService/GetCase", who if who != "company" else "handler", caseId=case["caseId"])
        version = seen.json["case"]["version"] if seen.status == 200 else case["version"]
        return self.s.try_change(f"CaseService/{method}", who, caseId=case["caseId"], version=version, **fields)

    def step(self, method, who, case, **fields):
        answer = self.try_step(method, who, case, **fields)
        if answer.status != 200:
            raise AssertionError((method, answer))
        return answer.json["case"]

    def move(self, case, event, who="handler", **fields):
        return self.step("MoveCase", who, case, event=f"CASE_EVENT_{event}", **fields)

    def take(self, case, who="handler"):
        return self.step("TakeCase", who, case, noTie=True)

    def to_assessment(self, case):
        self.take(case)
        self.move(case, "VERIFIED")
        self.step("AskCompany", "handler", case, text="Wat was de reden?")
        return self.step("AnswerCase", "company", case, text="Er was geen plek.")

    def to_measure(self, case):
        self.to_assessment(case)
        return self.step("DecideCase", "handler", case, outcome="gegrond", grounds=["ras"], text="De reden is niet gebleken.")

    def to_closing(self, case):
        self.to_measure(case)
        self.move(case, "MEASURES_AGREED")
        self.move(case, "FEEDBACK_GIVEN", text="Verteld wat er is besloten.")
        return self.move(case, "CLOSING_PROPOSED")

    def heard(self, who, case):
        """What the company sees of one case."""
        return [x for x in self.s.ok("CaseService/ListCompanyCases", who).get("cases", []) if x["caseId"] == case["caseId"]]

    def text(self, who, case, step):
        return self.s.call("CaseService/GetCaseText", who, caseId=case["caseId"], step=step)

    def measure(self, code, case=None, who="handler", **fields):
        if case:
            fields["caseId"] = case["caseId"]
        return self.s.try_change("MeasureService/TakeMeasure", who, measure=code, school=SCHOOL, leerbedrijf=COMPANY, **fields)


def pdf_text(pdf):
    """What the content streams of a PDF write, inflated."""
    found = b""
    for piece in pdf.split(b"stream\r\n")[1:]:
        try:
            found += zlib.decompress(piece.split(b"\r\nendstream")[0])
        except zlib.error:
            pass
    return found


class Cases(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = cls.enterClassContext(Service(SETTINGS))
        cls.cast = Cast(cls.s)

    def refused(self, answer, code):
        self.assertEqual(answer.refusal.get("code"), code, answer)

    def nothing(self, answer):
        self.assertIn(answer.code, REFUSALS, answer)

    def test_the_whole_chain(self):
        c, s = self.cast, self.s
        made = c.objected()
        case = c.open([made["proposal"]])
        self.assertEqual(case["state"], "CASE_STATE_RECEIVED")
        self.assertEqual(len(case["evidenceDigest"]), 64)
        self.assertIn("TASK_KIND_CASE_TAKE", [t["kind"] for t in c.market.tasks("reviewer") if t.get("subjectId") == case["caseId"]])
        self.refused(c.try_step("TakeCase", "handler", case), "declaration_needed")
        self.refused(c.try_step("MoveCase", "handler", case, event="CASE_EVENT_VERIFIED"), "wrong_state")  # not taken
        c.take(case)
        self.refused(c.try_step("MoveCase", "second", case, event="CASE_EVENT_VERIFIED"), "wrong_state")  # not the handler
        c.move(case, "VERIFIED")
        self.nothing(s.call("CaseService/ListCompanyCases", "coordinator"))
        self.assertEqual(c.heard("company", case), [])  # not asked yet
        self.refused(c.try_step("AskCompany", "handler", case), "text_needed")
        c.step("AskCompany", "handler", case, text="Wat was de reden van de afwijzing?")
        mine = c.heard("company", case)
        self.assertEqual([(x["caseId"], x["school"], x["open"]) for x in mine], [(case["caseId"], SCHOOL, True)])
        asked = mine[0]["steps"][0]["step"]
        self.assertEqual(c.text("company", case, asked).json["text"], "Wat was de reden van de afwijzing?")
        self.assertEqual([t["subjectId"] for t in c.market.tasks("company", "CASE_ANSWER")], [case["caseId"]])
        self.refused(c.try_step("MoveCase", "handler", case, event="CASE_EVENT_WENT_ON"), "term_runs")
        c.step("AnswerCase", "company", case, text="Er was geen begeleider.")
        self.assertEqual(c.market.tasks("company", "CASE_ANSWER"), [])
        seen = c.now(case)
        self.assertEqual(seen["state"], "CASE_STATE_ASSESSMENT")
        self.refused(c.try_step("DecideCase", "handler", case, outcome="gegrond", text="Zonder grond."), "ground_needed")
        self.refused(c.try_step("DecideCase", "handler", case, outcome="gegrond", grounds=["schoenmaat"], text="x"), "ground_needed")
        self.refused(c.try_step("DecideCase", "handler", case, outcome="dubbel", text="x"), "unknown_outcome")
        c.step("DecideCase", "handler", case, outcome="gegrond", grounds=["ras", "leeftijd"], text="Geen reden gebleken.")
        decided = c.now(case)["steps"][-1]
        read = c.text("handler", case, decided["step"]).json
        self.assertEqual((read["text"], read["grounds"]), ("Geen reden gebleken.", ["ras", "leeftijd"]))
        agreed = c.measure("objectieve-criteria", case, followUpDate=FOLLOW_UP).json["taken"]
        self.assertEqual((agreed["state"], agreed["caseId"]), ("MEASURE_STATE_ACTIVE", case["caseId"]))
        c.move(case, "FORWARDED", text="Dossier gestuurd.")
        c.move(case, "SBB_ANSWERED", text="SBB doet onderzoek.")
        c.move(case, "FEEDBACK_GIVEN", text="Verteld.")
        c.move(case, "CLOSING_PROPOSED")
        for who in ("handler", "reviewer"):
            self.assertNotEqual(c.try_step("ReviewClosing", who, case, agree=True).code, "ok", who)  # four eyes
        self.refused(c.try_step("ReviewClosing", "second", case, agree=False), "text_needed")
        c.step("ReviewClosing", "second", case, agree=False, text="Nog niet klaar.")
        self.assertEqual(c.now(case)["state"], "CASE_STATE_AFTERCARE")
        c.move(case, "CLOSING_PROPOSED")
        self.refused(c.try_step("AskSecond", "handler", case, school="x"), "bad_value")
        self.nothing(s.call("CaseService/GetCase", "other_handler", caseId=case["caseId"]))
        c.step("AskSecond", "handler", case, school=OTHER_SCHOOL)
        listed = s.ok("CaseService/ListCases", "other_handler")["cases"]
        self.assertEqual([x["caseId"] for x in listed], [case["caseId"]])  # that case and no other
        self.refused(c.try_step("MoveCase", "other_handler", case, event="CASE_EVENT_NOTED", text="x"), "wrong_state")
        self.nothing(s.call("CaseService/GetCase", "stranger", caseId=case["caseId"]))
        closed = c.step("ReviewClosing", "other_handler", case, agree=True)
        self.assertEqual(closed["state"], "CASE_STATE_CLOSED")
        self.refused(c.try_step("ReviewClosing", "second", case, agree=True), "wrong_state")
        self.assertEqual([t for t in c.market.tasks("reviewer") if t.get("subjectId") == case["caseId"]], [])
        events = [x["event"].removeprefix("CASE_EVENT_") for x in c.now(case)["steps"]]
        self.assertEqual(events, ["OPENED", "TAKEN", "VERIFIED", "ASKED", "ANSWERED", "UPHELD", "MEASURE", "FORWARDED",
                                  "SBB_ANSWERED", "FEEDBACK_GIVEN", "CLOSING_PROPOSED", "SECOND_DISAGREED", "CLOSING_PROPOSED",
                                  "SECOND_ASKED", "SECOND_AGREED"])
        done = support.run("ledger", "verify", "--data", s.data)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_same_person_closes_nothing_twice_over(self):
        """Who handled the case earlier, or proposed its end, is no second, however the case changes hands."""
        c = self.cast
        case = c.open(text="Eerst bij de een, dan bij de ander.")
        c.to_closing(case)
        c.take(case, "second")  # the case changes hands while it closes
        for who in ("handler", "second"):
            self.refused(c.try_step("ReviewClosing", who, case, agree=True), "wrong_state")
        self.assertEqual(c.step("ReviewClosing", "third", case, agree=True)["state"], "CASE_STATE_CLOSED")

    def test_a_tie_keeps_away(self):
        c, s = self.cast, self.s
        case = c.open(text="Over een bekende.")
        seen = c.step("TakeCase", "third", case, tie=True)
        self.assertTrue(seen["tied"])
        self.assertNotIn("steps", seen)
        self.assertEqual(c.now(case)["steps"][-1]["event"], "CASE_EVENT_TIE_DECLARED")  # recorded
        self.refused(c.try_step("TakeCase", "third", case, noTie=True), "wrong_state")
        self.nothing(c.text("third", case, 1))
        self.nothing(s.call("CaseService/GetCaseEvidence", "third", caseId=case["caseId"]))
        c.to_closing(case)
        self.refused(c.try_step("ReviewClosing", "third", case, agree=True), "wrong_state")

    def test_evidence_stays_when_the_student_is_erased(self):
        c, s = self.cast, self.s
        made = c.objected()
        case = c.open([made["proposal"]])
        before = s.ok("CaseService/GetCaseEvidence", "handler", caseId=case["caseId"])["evidence"]
        self.assertEqual((before[0]["kind"], before[0]["decision"]["reason"]), ("proposal", "anders"))
        self.assertEqual(before[0]["decision"]["placement"]["leerbedrijf"], COMPANY)
        student_ref = c.market.proposal(made["proposal"])["studentRef"]
        self.assertNotIn(student_ref, json.dumps(before))  # the copy names nobody
        s.change("StudentService/EraseStudent", "coordinator", stagevraagId=made["stagevraag"])
        self.assertEqual(s.call("ProposalService/GetProposal", "coordinator", proposalId=made["proposal"]).code, "not_found")
        self.assertEqual(s.ok("CaseService/GetCaseEvidence", "handler", caseId=case["caseId"])["evidence"], before)

    def test_who_sees_what(self):
        c, s = self.cast, self.s
        made = c.objected()
        case = c.open([made["proposal"]], text="Alleen voor behandelaren.")
        c.to_assessment(case)
        asked, answered = [x["step"] for x in c.now(case)["steps"] if x["event"] in ("CASE_EVENT_ASKED", "CASE_EVENT_ANSWERED")]
        for who in ("other_handler", "stranger", "coordinator", "rival", "company", "operator"):
            self.nothing(s.call("CaseService/GetCase", who, caseId=case["caseId"]))
            self.nothing(s.call("CaseService/GetCaseEvidence", who, caseId=case["caseId"]))
            self.nothing(c.try_step("TakeCase", who, case, noTie=True))
        self.assertEqual(s.ok("CaseService/ListCases", "other_handler").get("cases", []), [])
        self.assertEqual(s.ok("CaseService/ListCompanyCases", "rival").get("cases", []), [])
        self.nothing(c.try_step("AnswerCase", "rival", case, text="Namens een ander."))
        for who in ("rival", "other_handler", "coordinator", "reviewer", "stranger"):
            for step in (1, asked, answered):
                self.nothing(c.text(who, case, step))
        for step in (asked, answered):
            self.assertEqual(c.text("company", case, step).code, "ok")
        self.nothing(c.text("company", case, 1))  # not what the school wrote for itself
        for step in (0, 2, 99, 4294967295):
            self.nothing(c.text("handler", case, step))
        # Nor by the way that leads to other texts.
        for who in ("coordinator", "reviewer", "handler", "company"):
            self.nothing(s.call("IdentityService/GetText", who, proposalId=case["caseId"], kind="case.1"))
        # The vertrouwenspersoon sees where it stands; what the company sees names no step of the school's and no student.
        self.assertEqual(s.ok("CaseService/GetCase", "reviewer", caseId=case["caseId"])["case"]["state"], "CASE_STATE_ASSESSMENT")
        mine = json.dumps(s.ok("CaseService/ListCompanyCases", "company"))
        proposal = c.market.proposal(made["proposal"])
        for secret in (made["proposal"], proposal["studentRef"], proposal["candidate"], "OPENED", "evidence", "report"):
            self.assertNotIn(secret, mine)

    def test_a_contact_whom_only_another_school_checked_sees_nothing(self):
        c, s = self.cast, self.s
        s.invite("elsewhere", "stranger", "company", [COMPANY])
        case = c.open(text="Van school een.")
        c.to_assessment(case)
        self.assertEqual(s.ok("CaseService/ListCompanyCases", "elsewhere").get("cases", []), [])
        self.nothing(c.text("elsewhere", case, 4))
        self.assertEqual(c.market.tasks("elsewhere", "CASE_ANSWER"), [])

    def test_bad_input(self):
        c, s = self.cast, self.s
        case = c.open(text="Voor slechte invoer.")
        c.take(case)
        huge = c.try_step("MoveCase", "handler", case, event="CASE_EVENT_NOTED", text="x" * (1 << 20))
        self.assertIn(huge.status, (400, 413, 429), huge.status)
        large = c.try_step("MoveCase", "handler", case, event="CASE_EVENT_NOTED", text="x" * (17 << 10))
        self.refused(large, "too_large")
        self.refused(c.try_step("MoveCase", "handler", case, event="CASE_EVENT_SECOND_AGREED"), "bad_value")
        self.refused(c.try_step("AskCompany", "handler", case, text="x"), "wrong_state")
        self.refused(s.try_change("CaseService/MoveCase", "handler", caseId=case["caseId"], version=1,
                                  event="CASE_EVENT_VERIFIED"), "stale_version")
        for fields, code in (({"school": OTHER_SCHOOL, "leerbedrijf": COMPANY, "text": "x"}, "not_found"),
                             ({"school": SCHOOL, "leerbedrijf": "geen/id", "text": "x"}, "bad_value"),
                             ({"school": SCHOOL, "leerbedrijf": COMPANY}, "nothing_to_rest_on"),
                             ({"school": SCHOOL, "leerbedrijf": COMPANY, "proposalIds": [uuid.uuid4().hex]}, "not_found"),
                             ({"school": SCHOOL, "leerbedrijf": COMPANY, "reportIds": [uuid.uuid4().hex]}, "not_found"),
                             ({"school": SCHOOL, "leerbedrijf": COMPANY, "signalIds": ["x"]}, "not_found"),
                             ({"school": SCHOOL, "leerbedrijf": COMPANY, "pointIds": [uuid.uuid4().hex] * 101}, "too_large")):
            self.refused(s.try_change("CaseService/OpenCase", "handler", **fields), code)
        made = c.objected()
        self.refused(s.try_change("CaseService/OpenCase", "handler", school=SCHOOL, leerbedrijf=RIVAL,
                                  proposalIds=[made["proposal"]]), "not_found")  # another company's
        self.assertEqual(c.now(case)["state"], "CASE_STATE_RECEIVED")

    def test_a_case_ends_without_a_decision_by_two_as_well(self):
        c = self.cast
        for reason, state in (("dubbel", "UNFOUNDED"), ("melder-trekt-in", "WITHDRAWN")):
            case = c.open(text="Gaat niet door.")
            c.take(case)
            self.refused(c.try_step("EndCase", "handler", case, reason="gegrond"), "unknown_outcome")
            c.step("EndCase", "handler", case, reason=reason, text="Uitleg.")
            self.refused(c.try_step("ReviewClosing", "handler", case, agree=True), "wrong_state")
            self.assertEqual(c.step("ReviewClosing", "second", case, agree=True)["state"], f"CASE_STATE_{state}")

    def test_the_dossier(self):
        c, s = self.cast, self.s
        made = c.objected()
        case = c.open([made["proposal"]], text="Niet voor het dossier.")
        c.to_measure(case)
        seen = c.now(case)
        decided = seen["steps"][-1]["step"]
        answer = s.ok("CaseService/ExportCase", "handler", caseId=case["caseId"], steps=[decided])
        dossier, pdf = json.loads(base64.b64decode(answer["json"])), base64.b64decode(answer["pdf"])
        self.assertEqual((dossier["case_id"], dossier["outcome"]), (case["caseId"], "gegrond"))
        step = dossier["steps"][decided - 1]
        self.assertEqual((step["text"], step["grounds"]), ("De reden is niet gebleken.", ["ras"]))
        self.assertNotIn("text", dossier["steps"][0])
        self.assertEqual(dossier["evidence"][0]["decision"]["reason"], "anders")
        self.assertTrue(pdf.startswith(b"%PDF-1."))
        written = pdf_text(pdf)
        self.assertIn(b"De reden is niet gebleken.", written)
        for secret in ("Niet voor het dossier.", c.market.proposal(made["proposal"])["studentRef"]):
            self.assertNotIn(secret, json.dumps(dossier))
            self.assertNotIn(secret.encode(), written)
        self.assertEqual(c.now(case)["steps"][-1]["event"], "CASE_EVENT_EXPORTED")
        for steps in ([99], [2], list(range(1, 60))):  # none there, none with it, too many
            self.assertIn(s.call("CaseService/ExportCase", "handler", caseId=case["caseId"], steps=steps).code, ("invalid_argument", "resource_exhausted"))
        for who in ("other_handler", "reviewer", "coordinator", "company"):
            self.nothing(s.call("CaseService/ExportCase", who, caseId=case["caseId"]))
        self.assertEqual(s.call("CaseService/ExportCase", "second", caseId=case["caseId"]).code, "failed_precondition")


class Measures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = cls.enterClassContext(Service(SETTINGS))
        cls.cast = Cast(cls.s)

    def refused(self, answer, code):
        self.assertEqual(answer.refusal.get("code"), code, answer)

    def test_an_agreement_is_followed_up_and_its_effect_shown_with_doubt(self):
        c, s = self.cast, self.s
        c.objected()
        taken = c.measure("stagematching", who="coordinator", followUpDate=FOLLOW_UP).json["taken"]
        self.assertFalse(taken.get("movement", {}).get("comparable", False))  # nothing after it yet
        c.market.act("AgreeToCandidate", "company", c.market.to_state("APPROVED")["proposal"])
        c.objected()
        shown = [x for x in s.ok("MeasureService/ListTakenMeasures", "reviewer")["taken"] if x["measureId"] == taken["measureId"]][0]
        movement = shown["movement"]
        self.assertTrue(movement["comparable"])
        self.assertGreaterEqual(movement["decidedBefore"], 1)
        self.assertEqual((movement["decidedAfter"], movement["rejectedAfter"]), (2, 1))
        self.assertLess(movement.get("oddsRatioLow", 0), movement.get("oddsRatio", 0) + 1e-9)
        self.refused(s.try_change("MeasureService/FollowUpMeasure", "coordinator", measureId=taken["measureId"],
                                  version=taken["version"]), "follow_up_date")
        later = s.change("MeasureService/FollowUpMeasure", "coordinator", measureId=taken["measureId"], version=taken["version"],
                         followUpDate="2027-07-01")["taken"]
        done = s.change("MeasureService/FollowUpMeasure", "coordinator", measureId=taken["measureId"], version=later["version"],
                        done=True)["taken"]
        self.assertEqual(done["state"], "MEASURE_STATE_DONE")
        self.refused(s.try_change("MeasureService/LiftMeasure", "handler", measureId=taken["measureId"], version=done["version"]),
                     "measure_over")
        self.assertNotIn(taken["measureId"], [x["measureId"] for x in s.ok("MeasureService/ListTakenMeasures", "other_handler").get("taken", [])])

    def test_the_menukaart_is_for_everyone(self):
        s = self.s
        all_of_it = s.ok("MeasureService/ListMeasures")
        self.assertGreaterEqual(len(all_of_it["measures"]), 11)
        for measure in all_of_it["measures"]:
            for field in ("code", "titleNl", "titleEn", "textNl", "textEn", "forWhom", "effort", "evidence", "source"):
                self.assertTrue(measure[field], measure)
        fitting = s.ok("MeasureService/ListMeasures", rule="R8")["measures"]
        self.assertTrue(0 < len(fitting) < len(all_of_it["measures"]))
        self.assertTrue(all("R8" in x["rules"] for x in fitting))
        upheld = {o["code"] for o in all_of_it["outcomes"] if o["outcomeClass"] == "upheld"}
        self.assertTrue(all(s.ok("MeasureService/ListMeasures", outcome=o).get("measures") for o in upheld))

    def test_a_recognition_that_was_withdrawn(self):
        c, s, m = self.cast, self.s, self.cast.market
        made = m.to_state("APPROVED")
        qualification = s.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=made["stagevraag"])["stagevraag"]["profile"]["qualification"]

        def hand_in(*rows, who="operator"):
            text = "leerbedrijf_id;crebo;datum;status\n" + "".join(f"{COMPANY};{q};{day};{status}\n" for q, day, status in rows)
            return s.try_change("MeasureService/ImportErkenningMutations", who, csv=base64.b64encode(text.encode()).decode())
        self.refused(hand_in((qualification, "2026-01-01", "misschien")), "bad_file")
        self.assertEqual(hand_in((qualification, "2026-01-01", "ingetrokken"), who="handler").code, "permission_denied")
        done = hand_in((qualification, "2026-01-01", "ingetrokken"), (qualification, "2199-01-01", "erkend")).json
        self.assertEqual((done["rowCount"], done["laterCount"], done["pausedPlacements"], done["affectedProposals"]), (2, 1, 1, 1))
        self.assertEqual(m.placement(made["placement"])["state"], "PLACEMENT_STATE_PAUSED")
        self.assertEqual([t["proposalId"] for t in m.tasks("coordinator", "ERKENNING_LOST")], [made["proposal"]])
        self.refused(s.try_change("PlacementService/ReopenPlacement", "coordinator", placementId=made["placement"],
                                  version=m.placement(made["placement"])["version"]), "placement_held")
        self.assertEqual(hand_in((qualification, "2026-01-01", "ingetrokken")).json.get("pausedPlacements", 0), 0)  # once
        # Nor does another place of the same recognition open, whoever publishes it.
        more = s.change("PlacementService/SubmitPlacement", "company", placement=placement(f"Q-{qualification}", qualifications=[qualification]))["placement"]
        s.change("PlacementService/PublishPlacement", "company", placementId=more["placementId"], version=more["version"])
        self.assertEqual(m.placement(more["placementId"])["state"], "PLACEMENT_STATE_PAUSED")
        self.assertEqual(hand_in((qualification, "2026-02-01", "erkend")).json["reopenedPlacements"], 2)
        self.assertEqual(m.placement(made["placement"])["state"], "PLACEMENT_STATE_PUBLISHED")


class Stopping(unittest.TestCase):
    """In a market of its own: a pause concerns all that a company has."""

    @classmethod
    def setUpClass(cls):
        cls.s = cls.enterClassContext(Service(SETTINGS))
        cls.cast = Cast(cls.s)

    def refused(self, answer, code):
        self.assertEqual(answer.refusal.get("code"), code, answer)

    def test_stopping_frees_the_students_and_can_be_taken_back(self):
        c, s, m = self.cast, self.s, self.cast.market
        started = m.to_state("STARTED")
        # Two places for one student: the company's own, and the rival's, to which they are matched when the first is gone.
        qualification, place, ids = m.fill()
        other = s.change("PlacementService/SubmitPlacement", "rival", placement=placement(
            f"R-{qualification}", RIVAL, qualifications=[qualification], hoursPerWeek=36, kvk="90000002"))["placement"]
        s.change("PlacementService/PublishPlacement", "rival", placementId=other["placementId"], version=other["version"])
        vraag = s.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=ids[0])["stagevraag"]
        s.change("StudentService/SetPreferences", "coordinator", stagevraagId=ids[0], version=vraag["version"],
                 preferred=[f"{COMPANY}/P-{qualification}"])
        rid = m.published(qualification)
        first = m.proposals(rid)[0]
        self.assertEqual(first["placementId"], place)
        m.act("ApproveProposal", "coordinator", first["proposalId"])
        case = c.open(text="Dit kan zo niet.")
        self.refused(c.measure("pauze", followUpDate=FOLLOW_UP), "case_needed")
        c.to_measure(case)
        self.refused(c.measure("pauze", case, "second", followUpDate=FOLLOW_UP), "wrong_state")
        self.refused(c.measure("pauze", case), "follow_up_date")
        self.refused(c.measure("pauze", case, followUpDate="2020-01-01"), "follow_up_date")
        self.refused(c.measure("bestaat-niet", case, followUpDate=FOLLOW_UP), "unknown_measure")
        taken = c.measure("pauze", case, followUpDate=FOLLOW_UP).json["taken"]
        self.assertEqual(taken["endedProposals"], 1)
        self.assertEqual(taken["studentsToTalkTo"], 1)
        self.assertEqual(len(m.tasks("coordinator", "TALK_TO_STUDENT")), 1)
        self.refused(c.measure("einde", case), "stopped_already")
        ended = m.proposal(first["proposalId"])
        self.assertEqual((ended["state"], ended["reason"]), ("PROPOSAL_STATE_WITHDRAWN_PLACE", "samenwerking-gestopt"))
        self.assertEqual(m.proposal(started["proposal"])["state"], "PROPOSAL_STATE_STARTED")
        # Matched again at once, elsewhere.
        def again():
            return [p for p in m.proposals(rid) if p["proposalId"] != first["proposalId"]]
        s.wait_until(again, "a replacement")
        self.assertEqual([p["placementId"] for p in again()], [other["placementId"]])
        # Its places are paused where nobody else uses them, and nobody opens them by hand.
        paused = m.placement(place)
        self.assertEqual(paused["state"], "PLACEMENT_STATE_PAUSED")
        self.refused(s.try_change("PlacementService/ReopenPlacement", "coordinator", placementId=place,
                                  version=paused["version"]), "placement_held")
        # A round to come leaves the pair out.
        qualification, place2, ids2 = m.fill()
        later = m.published(qualification)
        self.assertEqual(m.proposals(later), [])
        self.assertEqual(s.ok("StudentService/ListOffers", "coordinator", stagevraagId=ids2[0]).get("offers", []), [])
        # And taken back.
        self.refused(s.try_change("MeasureService/LiftMeasure", "handler", measureId=taken["measureId"], version="99"), "stale_version")
        self.assertEqual(s.try_change("MeasureService/LiftMeasure", "other_handler", measureId=taken["measureId"],
                                      version=taken["version"]).code, "not_found")
        lifted = s.change("MeasureService/LiftMeasure", "handler", measureId=taken["measureId"], version=taken["version"])["taken"]
        self.assertEqual(lifted["state"], "MEASURE_STATE_LIFTED")
        self.assertEqual(m.placement(place)["state"], "PLACEMENT_STATE_PUBLISHED")
        self.assertEqual(len(s.ok("StudentService/ListOffers", "coordinator", stagevraagId=ids2[0])["offers"]), 1)
        qualification, _, _ = m.fill()
        self.assertEqual(len(m.proposals(m.published(qualification))), 1)


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Terms(unittest.TestCase):
    def restart_at(self, s, then_ms):
        """A new start whose clock shows `then_ms`, and everybody logs in again."""
        s.stop()
        s.env["STAGEMATCH_CLOCK_OFFSET_MS"] = str(then_ms - int(time.time() * 1000))
        s.start()
        for who in ("coordinator", "company", "handler", "reviewer"):
            s.log_in(who)

    def test_a_company_that_does_not_answer_is_reminded_and_then_the_case_may_go_on(self):
        with Service({**SETTINGS, "session_hours": "720"}) as s:
            c = Cast(s)
            case = c.open(text="Over een bedrijf dat zwijgt.")
            c.take(case)
            c.move(case, "VERIFIED")
            due_ms = ms_of(c.step("AskCompany", "handler", case, text="Wat was de reden?")["dueTime"])

            def reminders():
                return [m for m in s.messages_to("company@example.nl") if "Herinnering" in m]
            self.assertEqual(reminders(), [])
            self.restart_at(s, due_ms - HOUR_MS)
            s.wait_until(reminders, "a reminder")
            self.assertFalse(c.now(case).get("overdue", False))
            self.assertEqual(c.try_step("MoveCase", "handler", case, event="CASE_EVENT_WENT_ON").refusal.get("code"), "term_runs")
            self.restart_at(s, due_ms + HOUR_MS)
            s.wait_until(lambda: c.now(case).get("overdue"), "the end of the term")
            self.assertIn(case["caseId"], [t.get("subjectId") for t in c.market.tasks("reviewer", "CASE_HEAR")])
            self.assertTrue(c.heard("company", case)[0]["overdue"])
            events = [(x["event"], x.get("about", "")) for x in c.now(case)["steps"]]
            self.assertEqual(events[-1], ("CASE_EVENT_OVERDUE", "wederhoor"))
            self.assertEqual(c.move(case, "WENT_ON")["state"], "CASE_STATE_ASSESSMENT")
            self.assertEqual(c.market.tasks("company", "CASE_ANSWER"), [])
            # Late is not too late: what the company says still counts.
            c.step("AnswerCase", "company", case, text="Excuus, hier is ons antwoord.")
            self.assertEqual(c.now(case)["state"], "CASE_STATE_ASSESSMENT")


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Killed(unittest.TestCase):
    def test_a_step_with_a_text_survives_a_kill_in_its_middle(self):
        for point in ("front.staged", "engine.committed", "vault.ending"):
            flag = os.path.join("/tmp", "fault-" + uuid.uuid4().hex)
            with self.subTest(point), Service(SETTINGS, env={"STAGEMATCH_FAULT": f"{point}:{flag}"}) as s:
                s.log_in_operator()
                s.invite("coordinator", "operator", "coordinator", [SCHOOL])
                s.invite("handler", "coordinator", "behandelaar", [SCHOOL])
                case = s.change("CaseService/OpenCase", "handler", school=SCHOOL, leerbedrijf=COMPANY, text="Eerst.")["case"]
                taken = s.change("CaseService/TakeCase", "handler", caseId=case["caseId"], version=case["version"], noTie=True)["case"]
                open(flag, "w").close()
                rid = str(uuid.uuid4())

                def once():
                    answer = s.call("CaseService/MoveCase", "handler", requestId=rid, caseId=case["caseId"], version=taken["version"],
                                    event="CASE_EVENT_NOTED", text="Een aantekening.")
                    self.assertIn(answer.code, ("ok", "unavailable", "deadline_exceeded", "aborted", "internal"), answer)
                    return answer if answer.code == "ok" else None
                s.wait_until(once, "an answer", 60)
                os.unlink(flag)
                s.wait_until(lambda: "by=signal number=9" in s.read_log(), f"a death at {point}", 5)
                s.wait_ready()
                seen = s.ok("CaseService/GetCase", "handler", caseId=case["caseId"])["case"]
                self.assertEqual([x["event"] for x in seen["steps"]].count("CASE_EVENT_NOTED"), 1)
                text = s.wait_until(lambda: s.call("CaseService/GetCaseText", "handler", caseId=case["caseId"],
                                                   step=seen["steps"][-1]["step"]).json.get("text"), "the text")
                self.assertEqual(text, "Een aantekening.")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""Signals and aandachtspunten in a running service: each rule raised by calls, seen by the right people, kept over a restart."""
import unittest
import uuid

import support
from market import COMPANY, SCHOOL, Market
from service import Service, placement

OTHER_SCHOOL, STEADY = "99AB", "990000002"


class Story(Market):
    """A market with two companies: one that agrees with everybody, and one that does what the test says."""

    def __init__(self, service):
        super().__init__(service)
        service.invite("steady", "coordinator", "company", [STEADY])
        service.invite("reviewer", "coordinator", "vertrouwenspersoon", [SCHOOL])
        service.invite("elsewhere-coordinator", "operator", "coordinator", [OTHER_SCHOOL])
        service.invite("elsewhere", "elsewhere-coordinator", "vertrouwenspersoon", [OTHER_SCHOOL])

    def signals(self, who="reviewer", **fields):
        return self.s.ok("SignalService/ListSignals", who, **fields).get("signals", [])

    def signal(self, rule, unit_kind="COMPANY"):
        found = [x for x in self.signals() if x["rule"] == f"SIGNAL_RULE_{rule}"
                 and x["unitKind"] == f"SIGNAL_UNIT_{unit_kind}" and (unit_kind != "COMPANY" or x["unit"] == COMPANY)]
        assert len(found) <= 1, found
        return found[0] if found else None

    def points(self, who="reviewer"):
        return self.s.ok("SignalService/ListPoints", who).get("points", [])


class Signals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service(settings={"signal_reference": 10, "signal_level_ppm": 1000, "kans_op_stage": support.CONFIG + "/kans_op_stage.csv"})
        cls.s = cls.service.__enter__()
        cls.m = Story(cls.s)

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__(None, None, None)

    def refused(self, code, method, who, **fields):
        answer = self.s.call(f"SignalService/{method}", who, **fields)
        self.assertEqual(answer.code, code, answer)
        return answer.refusal

    def test_1_nothing_yet(self):
        empty = self.s.ok("SignalService/ListSignals", "reviewer")
        self.assertEqual(empty.get("signals", []), [])
        self.assertEqual(self.m.points(), [])

    def test_2_unexplained_rejections_become_a_signal(self):
        for pid in self.m.proposals_at("steady", STEADY, 25):
            self.m.decide("AgreeToCandidate", "steady", pid)
        self.assertEqual(self.m.signals(), [])
        for n, pid in enumerate(self.m.proposals_at("company", COMPANY, 3)):
            self.m.decide("ObjectToCandidate", "company", pid, reason="anders", text="past niet in het team")
            found = self.m.signal("UNEXPLAINED")
            expected = "SIGNAL_STATUS_SIGNAL" if n == 2 else "SIGNAL_STATUS_INSUFFICIENT"
            self.assertEqual((found["status"], found["eventCount"], found["decisionCount"]), (expected, n + 1, n + 1))
        self.assertEqual(found["unit"], COMPANY)
        self.assertLess(found["expectedCount"], 1)
        task = [t for t in self.m.tasks("reviewer", "SIGNAL") if t["subjectId"] == found["signalId"]]
        self.assertEqual(len(task), 1)
        self.assertEqual(self.m.tasks("coordinator", "SIGNAL"), [])
        # Those texts name no criterion: that is a pattern of its own. Both stand on top of the worklist.
        self.s.wait_until(lambda: (self.m.signal("NOT_OBJECTIVE") or {}).get("eventCount") == 3, "what the vault says of the texts")
        self.assertEqual(self.m.signal("NOT_OBJECTIVE")["status"], "SIGNAL_STATUS_SIGNAL")
        self.assertEqual({x["rule"] for x in self.m.signals()[:2]}, {"SIGNAL_RULE_UNEXPLAINED", "SIGNAL_RULE_NOT_OBJECTIVE"})

    def test_3_the_evidence_is_the_own_schools_and_reading_it_is_on_record(self):
        found = self.m.signal("UNEXPLAINED")
        seq = self.s.ok("LedgerService/GetLedgerHead", None)["seq"]
        evidence = self.s.ok("SignalService/GetSignal", "reviewer", signalId=found["signalId"])
        self.assertEqual([e["code"] for e in evidence["events"]], ["anders"] * 3)
        self.assertEqual(sum(p.get("eventCount", 0) for p in evidence["periods"]), 3)
        self.assertEqual(len(evidence["periods"]), 8)
        self.assertEqual([(p.get("eventCount", 0), p["decisionCount"]) for p in evidence["peers"]], [(0, 25)])
        self.assertGreaterEqual(evidence["limits"][0]["signalFrom"], 3)
        entries = self.s.ok("LedgerService/ListLedgerEntries", "reviewer", afterSeq=str(seq))["entries"]
        self.assertEqual([(e["kind"], e["subject"]) for e in entries], [("signal_read", found["signalId"])])

    def test_4_others_see_nothing(self):
        found = self.m.signal("UNEXPLAINED")
        self.assertEqual(self.m.signals("elsewhere"), [])
        self.assertEqual(self.m.points("elsewhere"), [])
        self.refused("not_found", "GetSignal", "elsewhere", signalId=found["signalId"])
        self.refused("not_found", "AssessSignal", "elsewhere", requestId=str(uuid.uuid4()), signalId=found["signalId"],
                     version=found["version"], assessment="SIGNAL_ASSESSMENT_EXPLAINED")
        for who in ("coordinator", "company", "operator"):
            for method in ("ListSignals", "GetSignal"):
                self.refused("permission_denied", method, who)
        self.refused("permission_denied", "ListPoints", "company")
        for bad in ("", "0" * 32, "x" * 32, "a" * 31, "a" * 3000):
            self.refused("not_found", "GetSignal", "reviewer", signalId=bad)

    def test_5_a_reviewer_says_what_it_is(self):
        found = self.m.signal("UNEXPLAINED")
        stale = {"signalId": found["signalId"], "version": str(int(found["version"]) - 1), "assessment": "SIGNAL_ASSESSMENT_TALKED"}
        self.refused("aborted", "AssessSignal", "reviewer", requestId=str(uuid.uuid4()), **stale)
        self.refused("invalid_argument", "AssessSignal", "reviewer", requestId=str(uuid.uuid4()), signalId=found["signalId"],
                     version=found["version"])
        said = self.s.change("SignalService/AssessSignal", "reviewer", signalId=found["signalId"], version=found["version"],
                             assessment="SIGNAL_ASSESSMENT_TALKED")["signal"]
        self.assertEqual(said["assessment"], "SIGNAL_ASSESSMENT_TALKED")
        self.assertNotIn(found["signalId"], [t["subjectId"] for t in self.m.tasks("reviewer", "SIGNAL")])

    def test_6_a_company_that_splits_itself_stays_one_concern(self):
        parts = ["990000011", "990000012", "990000013", "990000014", "990000015"]
        for leerbedrijf in parts:
            self.s.invite(leerbedrijf, "coordinator", "company", [leerbedrijf])
            [pid] = self.m.proposals_at(leerbedrijf, leerbedrijf, 1, kvk="90000099")
            self.m.decide("ObjectToCandidate", leerbedrijf, pid, reason="anders", text="Rapporteren gaat nog niet goed genoeg.")
        of = {x["unit"]: x["status"] for x in self.m.signals() if x["rule"] == "SIGNAL_RULE_UNEXPLAINED"}
        self.assertEqual([of[part] for part in parts], ["SIGNAL_STATUS_INSUFFICIENT"] * 5)
        self.assertEqual(of["90000099"], "SIGNAL_STATUS_SIGNAL")

    def test_6_a_single_drop_is_something_to_talk_about_and_no_signal(self):
        pid = self.m.to_state("RELEASED")["proposal"]
        self.m.act("DropCandidate", "company", pid, reason="geen-capaciteit")
        [point] = [p for p in self.m.points() if p["proposalId"] == pid]
        self.assertEqual((point["rule"], point["leerbedrijf"]), ("SIGNAL_RULE_AFTER_RELEASE", COMPANY))
        self.assertNotIn("outcome", point)
        [task] = [t for t in self.m.tasks("coordinator", "POINT") if t["subjectId"] == point["pointId"]]
        self.assertEqual(self.m.signal("AFTER_RELEASE")["status"], "SIGNAL_STATUS_INSUFFICIENT")
        self.refused("invalid_argument", "CompletePoint", "coordinator", requestId=str(uuid.uuid4()), pointId=point["pointId"])
        self.refused("not_found", "CompletePoint", "elsewhere", requestId=str(uuid.uuid4()), pointId=point["pointId"],
                     outcome="POINT_OUTCOME_EXPLAINED")
        self.s.change("SignalService/CompletePoint", "coordinator", pointId=point["pointId"], outcome="POINT_OUTCOME_AGREED")
        self.assertNotIn(task["taskId"], [t["taskId"] for t in self.m.tasks("coordinator", "POINT")])
        again = self.refused("failed_precondition", "CompletePoint", "coordinator", requestId=str(uuid.uuid4()),
                             pointId=point["pointId"], outcome="POINT_OUTCOME_AGREED")
        self.assertEqual(again["code"], "point_closed")

    def test_7_a_company_that_asks_for_more(self):
        at = self.m.to_state("CONFIRMED")
        asks = {"observation": "OBSERVATION_ASKS_FOR_MORE", "proposalId": at["proposal"]}
        self.refused("permission_denied", "RecordObservation", "company", requestId=str(uuid.uuid4()), **asks)
        self.refused("not_found", "RecordObservation", "elsewhere", requestId=str(uuid.uuid4()), **asks)
        self.refused("invalid_argument", "RecordObservation", at["student"], requestId=str(uuid.uuid4()), proposalId=at["proposal"])
        for who in (at["student"], "coordinator", "reviewer", at["student"]):  # told by several: one thing
            self.s.change("SignalService/RecordObservation", who, **asks)
        self.assertEqual(len([p for p in self.m.points() if p["proposalId"] == at["proposal"]]), 1)
        self.assertEqual(self.m.signal("ASKS_FOR_MORE")["eventCount"], 1)
        unseen = self.m.to_state("PROPOSED")["proposal"]
        self.refused("failed_precondition", "RecordObservation", "coordinator", requestId=str(uuid.uuid4()),
                     observation="OBSERVATION_ASKS_FOR_MORE", proposalId=unseen)

    def test_8_places_and_criteria(self):
        at = self.m.to_state("RELEASED")
        place = self.m.placement(at["placement"])
        self.s.change("PlacementService/WithdrawPlacement", "company", placementId=at["placement"], version=place["version"],
                      reason="geen-begeleider")
        self.assertIsNone(self.m.signal("WITHDRAWN"))
        kept = {k: v for k, v in place.items() if k in placement("x")}
        again = self.s.change("PlacementService/SubmitPlacement", "company", placement={**kept, "leerplaats": "elsewhere"})["placement"]
        self.s.change("PlacementService/PublishPlacement", "company", placementId=again["placementId"], version=again["version"])
        self.assertEqual(self.m.signal("WITHDRAWN")["eventCount"], 1)  # under another name, of the same qualification
        self.assertEqual(len([p for p in self.m.points() if p["rule"] == "SIGNAL_RULE_WITHDRAWN"]), 1)
        at = self.m.to_state("APPROVED")
        kept = {k: v for k, v in self.m.placement(at["placement"]).items() if k in placement("x")}
        for hours in (30, 31):  # a second change, under which nobody was shown, is no event
            self.s.change("PlacementService/SubmitPlacement", "company", placement={**kept, "hoursPerWeek": hours})
        self.assertEqual(self.m.signal("MOVED_GOALPOSTS")["eventCount"], 1)

    def test_8_a_report_is_shown_and_its_number_raises_nothing(self):
        report = {"phase": "REPORT_PHASE_SOLLICITATIE", "grounds": ["ras"], "nature": "REPORT_NATURE_TREATMENT", "text": "Zo ging het.",
                  "wish": "REPORT_WISH_HEARD", "routes": ["vertrouwenspersoon"], "leerbedrijf": COMPANY, "desk": "REPORT_DESK_VERTROUWENSPERSOON"}
        for n in range(1, 5):
            self.s.change("ReportService/FileReport", "coordinator", school=SCHOOL, report=report)
            found = self.m.signal("REPORT")
            self.assertEqual((found["eventCount"], found["status"]), (n, "SIGNAL_STATUS_OBSERVE"))
        self.refused("permission_denied", "GetSignal", "coordinator", signalId=found["signalId"])

    def test_9_early_ends_vetoes_and_a_restart(self):
        pid = self.m.to_state("STARTED")["proposal"]
        self.m.act("EndProposalEarly", "coordinator", pid, reason="geen-capaciteit", side="SIDE_COMPANY")
        self.assertEqual(self.m.signal("ENDED_EARLY")["eventCount"], 1)
        pid = self.m.to_state("STARTED")["proposal"]
        self.m.act("EndProposalEarly", "coordinator", pid, reason="persoonlijke-reden", side="SIDE_STUDENT")
        self.assertEqual(self.m.signal("ENDED_EARLY")["eventCount"], 1)
        pid = self.m.to_state("PROPOSED")["proposal"]
        self.m.act("VetoProposal", "coordinator", pid, reason="plek-elders")
        for unit in ("COORDINATOR", "SCHOOL"):
            self.assertEqual(self.m.signal("SCHOOL_VETOES", unit)["eventCount"], 1)
        before = self.m.signals()
        self.assertEqual(self.s.stop(), 0)
        self.s.start()
        self.assertEqual(self.m.signals(), before)
        # The ledger alone gives the same counters.
        done = support.run("signal", "--ledger", self.s.data)
        self.assertEqual(done.returncode, 0, done)
        self.assertRegex(done.stdout, r"engine: [1-9][0-9]* rows, 0 differ, sums ([0-9]+) and \1\n")
        self.assertIn("company R1/1: insufficient=", done.stdout)


if __name__ == "__main__":
    unittest.main()

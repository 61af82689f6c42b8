"""The monitor: figures of a term that is over, frozen for everybody; a viewer who subtracts; a school's own exact figures."""
import unittest

import past_term
from market import COMPANY, Market
from service import Service, placement

OTHER_SCHOOL = "99AB"


class MonitorTest(unittest.TestCase):
    """In the term before this one: 48 students of a school and 4 of another in one region, 12 of the second in another."""

    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service({"monitor_wait_days": "366"}))
        cls.market = Market(s)
        s.invite("reviewer", "coordinator", "vertrouwenspersoon", ["99AA"])
        s.invite("other", "operator", "coordinator", [OTHER_SCHOOL])
        cls.term = past_term.last_term()[0]
        cls.groups = {"near": past_term.hand_in(s, "coordinator", "99AA", 48, "3511"),
                      "few": past_term.hand_in(s, "other", OTHER_SCHOOL, 4, "3511"), "far": past_term.hand_in(s, "other", OTHER_SCHOOL, 12, "3025")}
        past_term.place_elsewhere(s, "coordinator", cls.groups["near"][:20])
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement(
            "M-1", leerbedrijf=COMPANY, capacity=20, postcode="3511", **past_term.window()))["placement"]
        s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])

    def monitor(self, term=""):
        return self.service.call("MonitorService/GetMonitor", None, term=term)

    def test_a_term_from_open_to_frozen_and_after_a_new_start(self):
        s = self.service
        terms = s.ok("MonitorService/ListMonitorTerms")["terms"]
        self.assertEqual([(t["term"], t.get("frozen", False)) for t in terms], [(self.term, False)])
        self.assertEqual(self.monitor().code, "not_found")
        self.assertEqual(self.monitor(self.term).code, "failed_precondition")
        self.own_figures()
        for who in ("coordinator", "company", "reviewer"):
            self.assertEqual(s.try_change("MonitorService/CloseMonitorTerm", who, term=self.term).code, "permission_denied")
        self.assertEqual(s.try_change("MonitorService/CloseMonitorTerm", "operator", term="2001-02").code, "not_found")
        frozen = past_term.close(s)
        self.frozen_figures(frozen.json)
        self.stays_the_same(frozen.body)

    def own_figures(self):
        s = self.service
        for who in ("coordinator", "reviewer"):
            own = s.ok("MonitorService/GetOwnFigures", who, school="99AA", term=self.term)
            codes = [c["code"] for c in own["columns"]]
            counts = dict(zip(codes, own["units"][0]["counts"]))
            self.assertNotIn("margin", own["units"][0])
            self.assertEqual((counts["students"], counts["placed_elsewhere"], counts["searching"]), (48, 20, 28))
        self.assertEqual(s.call("MonitorService/GetOwnFigures", "other", school="99AA", term=self.term).code, "not_found")
        self.assertEqual(s.call("MonitorService/GetOwnFigures", "company", school="99AA").code, "permission_denied")
        self.assertEqual(s.call("MonitorService/GetOwnFigures", None, school="99AA").code, "unauthenticated")

    def frozen_figures(self, answer):
        self.assertTrue(answer["term"]["frozen"])
        self.assertEqual(answer["protection"]["threshold"], 10)
        codes = [c["code"] for c in answer["columns"]]
        self.assertTrue(all(c["textNl"] and c["textEn"] and c["group"] for c in answer["columns"]))
        units = answer["units"]
        for unit in units:
            self.assertEqual(len(unit["counts"]), len(codes))
            self.assertTrue(all(count % 5 == 0 and (count == 0 or count >= 10) for count in unit["counts"]))
            self.assertTrue(all(count == 0 or count >= unit["margin"] for code, count in zip(codes, unit["counts"]) if code != "seats"))
        names = [(u["level"][14:], u.get("region", ""), u.get("school", "")) for u in units]
        # 4 of the second school in region 35 would be what is left beside the first school: neither is told.
        self.assertEqual(names, [("ALL", "", ""), ("SECTOR", "", ""), ("REGION", "30", ""), ("REGION", "35", ""),
                                 ("SCHOOL", "30", OTHER_SCHOOL)])
        seats = dict(zip(names, (dict(zip(codes, u["counts"]))["seats"] for u in units)))
        self.assertEqual(seats[("REGION", "35", "")], 20)
        self.assertEqual(seats[("SCHOOL", "30", OTHER_SCHOOL)], 0)

    def stays_the_same(self, body):
        """Decisions after it, new data of the same term, and a new start change no byte."""
        s = self.service
        past_term.hand_in(s, "coordinator", "99AA", 30, "3511")
        for stagevraag_id in self.groups["near"][20:25]:
            found = s.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=stagevraag_id)["stagevraag"]
            s.change("StudentService/WithdrawStagevraag", "coordinator", stagevraagId=stagevraag_id, version=found["version"],
                     reason="gestopt-met-opleiding")
        self.assertEqual(self.monitor(self.term).body, body)
        s.stop()
        s.start()
        self.assertEqual(self.monitor(self.term).body, body)
        self.assertEqual(self.monitor().body, body)
        got = s.get("/stagematch.v1.MonitorService/GetMonitor?connect=v1&encoding=json&message=%7B%7D")
        self.assertEqual((got.status, got.body), (200, body))
        self.assertEqual(s.try_change("MonitorService/CloseMonitorTerm", "operator", term=self.term).code, "not_found")
        frozen = [e for e in s.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000)["entries"]
                  if e["kind"] == "monitor_frozen"]
        self.assertLessEqual(len(frozen), 1)


if __name__ == "__main__":
    unittest.main()

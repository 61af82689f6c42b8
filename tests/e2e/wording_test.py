"""Words that are questioned: with a placement, and in a reason whose text only the vault sees."""
import os
import unittest

import support
from market import Market
from service import Service, placement


class WordingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service({"watchlist": os.path.join(support.CONFIG, "watchlist.csv")}))
        cls.market = Market(cls.service)

    def entries(self, kind):
        found, after = [], 0
        while True:
            page = self.service.ok("LedgerService/ListLedgerEntries", "coordinator", afterSeq=after, pageSize=1000)
            found += [e for e in page.get("entries", []) if e["kind"] == kind]
            if int(page.get("lastSeq", 0)) <= after or not page.get("entries"):
                return found
            after = int(page["lastSeq"])

    def test_a_placement_is_questioned_and_published_all_the_same(self):
        s = self.service
        wanted = placement("W-1", title="Kok, jij past in het team", description="Met accentloos Nederlands.")
        asked = s.ok("WordingService/CheckPlacementText", "company", placement=wanted)["remarks"]
        self.assertEqual([(r["field"], r["code"]) for r in asked], [("title", "past-in-team"), ("description", "accentloos")])
        title = wanted["title"]
        self.assertEqual(title[asked[0]["position"]:][:asked[0]["length"]], "past in het team")
        made = s.change("PlacementService/SubmitPlacement", "company", placement=wanted)
        self.assertEqual(made["remarks"], asked)
        self.assertEqual(made["placement"]["title"], title)
        published = s.change("PlacementService/PublishPlacement", "company", placementId=made["placement"]["placementId"],
                             version=made["placement"]["version"])
        self.assertEqual(published["remarks"], asked)
        self.assertEqual(published["placement"]["state"], "PLACEMENT_STATE_PUBLISHED")
        self.assertEqual(s.ok("WordingService/CheckPlacementText", "company", placement=placement("W-2")).get("remarks", []), [])

    def test_a_reason_is_questioned_without_being_kept(self):
        s = self.service
        remarks = s.ok("WordingService/CheckReasonText", "company", text="Hij past niet, er was geen klik met het team.")["remarks"]
        self.assertEqual([(r["field"], r["code"]) for r in remarks], [("text", "klik")])
        self.assertTrue(remarks[0]["better"])
        self.assertEqual(s.call("WordingService/CheckReasonText", "company", text="x" * 17000).code, "resource_exhausted")
        for who in ("operator", None):
            self.assertIn(s.call("WordingService/CheckReasonText", who, text="klik").code, ("permission_denied", "unauthenticated"))
        self.assertNotIn("geen klik", s.read_log())

    def test_the_engine_hears_of_a_text_in_codes_alone(self):
        s, m = self.service, self.market
        about = m.to_state("APPROVED")
        m.act("ObjectToCandidate", "company", about["proposal"], reason="anders", text="Geen klik, geheim zinnetje.")
        found = s.wait_until(lambda: [e for e in self.entries("reason_text")], "the fact of the text")
        self.assertEqual(found[0]["code"], "watch_term,no_criterion")
        self.assertNotIn("geheim", str(found))


if __name__ == "__main__":
    unittest.main()

"""What pages need of the configuration, and why a match came out as it did, over the API: GetCatalog, ExplainStagevraag,
ExplainPlacement."""
import os
import re
import tempfile
import unittest

import support
from market import COMPANY, SCHOOL, Market, new_qualification
from service import Service, placement, student


def config(name):
    return os.path.join(support.CONFIG, name)


def rows(name):
    return [line.split(";") for line in support.read_bytes(config(name)).decode().splitlines()[1:]]


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service({"opleidingen": config("opleidingen.csv"), "school_names": config("schools.csv"),
                                                     "contacts": config("contacts.csv"), "band_width": "20"}))
        cls.market = Market(cls.service)
        cls.make_round()

    @classmethod
    def make_round(cls):
        """Seven students of the same school, levels 0 to 6 as far as there are; two seats where the level counts, one where 4 is
        asked; and one student who can go nowhere."""
        s = cls.service
        cls.qualification = new_qualification()
        people = [student(f"20000{n}", qualification=cls.qualification, skills=[{"skill": "rapporteren", "level": min(n, 5)}])
                  for n in range(7)]
        people.append(student("200009", qualification=cls.qualification, hoursPerWeek=40))
        cls.ids = s.change("StudentService/SubmitStudents", "coordinator", students=people)["stagevraagIds"]
        cls.places = [cls.add("WEEG", hardCriteria=[], weightedCriteria=[{"skill": "rapporteren", "weight": 3}], capacity=2),
                      cls.add("STRENG", hardCriteria=[{"skill": "rapporteren", "level": 4}], weightedCriteria=[], capacity=1)]
        cls.round = cls.market.published(cls.qualification)
        s.invite_student("student", "coordinator", cls.ids[0], "s200000@student.example")

    @classmethod
    def add(cls, name, **fields):
        s = cls.service
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement(
            name, qualifications=[cls.qualification], hoursPerWeek=36, title=f"Plaats {name}", **fields))["placement"]
        s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
        return made["placementId"]

    def explain(self, number, who="coordinator"):
        return self.service.ok("RoundService/ExplainStagevraag", who, roundId=self.round, stagevraagId=self.ids[number])

    # -- the catalogue ------------------------------------------------------------------------------------------------

    def test_the_catalogue_says_what_the_files_say(self):
        found = self.service.ok("CatalogService/GetCatalog")
        self.assertEqual([[x["code"], x["textNl"], x["textEn"]] for x in found["skills"]], [r[:3] for r in rows("skills.csv")])
        self.assertEqual([[x["code"], x["name"]] for x in found["qualifications"]], rows("opleidingen.csv"))
        self.assertEqual([[x["code"], x["name"]] for x in found["schools"]], rows("schools.csv"))
        self.assertEqual([[x["task"], str(x["workingDays"]), str(x.get("reminder", 0))] for x in found["terms"]], rows("terms.csv"))
        self.assertEqual([[x.get(k, "") for k in ("school", "kind", "name", "phone", "email", "url", "textNl", "textEn")]
                          for x in found["contacts"]], rows("contacts.csv"))
        self.assertEqual(found["matching"], {"slackDays": 7, "bandWidth": 20, "listMax": 1000, "anonymity": 5})

    def test_the_shipped_contacts_promise_nothing(self):
        """Contacts of schools are plainly examples; of real organisations there is a website alone."""
        for school, _, name, phone, email, url, *_ in rows("contacts.csv"):
            if school:
                self.assertIn("(voorbeeld)", name)
                self.assertTrue(all(re.search(r"\.example(/|$)", x) for x in (email, url) if x), (email, url))
            else:
                self.assertEqual((phone, email), ("", ""))

    def test_the_catalogue_is_public_and_a_get(self):
        answer = self.service.request("GET", "/stagematch.v1.CatalogService/GetCatalog?connect=v1&encoding=json&message=%7B%7D")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json, self.service.ok("CatalogService/GetCatalog"))

    def test_a_wrong_list_is_told_by_its_line(self):
        with tempfile.TemporaryDirectory() as folder:
            path, conf = os.path.join(folder, "contacts.csv"), os.path.join(folder, "stagematch.conf")
            with open(path, "w", encoding="utf-8") as file:
                file.write("school;kind;name;phone;email;url;nl;en\n;sbb;SBB;;;http://x;Hulp;Help\n;klik;X;1;;;a;b\n")
            with open(conf, "w", encoding="utf-8") as file:
                file.write(f"contacts = {path}\n")
            result = support.run("check-config", "--config", conf)
            self.assertEqual(result.returncode, 1)
            self.assertIn("contacts.csv: line 2, column url", result.stderr)
            self.assertIn("contacts.csv: line 3, column kind", result.stderr)
            self.assertNotIn("http://x", result.stderr)

    # -- explanations -------------------------------------------------------------------------------------------------

    def test_a_stagevraag_is_explained_to_its_school(self):
        held = {}
        for number in range(7):
            told = self.explain(number)
            self.assertEqual(told["eligibleCount"], 2 if number >= 4 else 1)
            if "matched" in told:
                held.setdefault(told["matched"]["title"], []).append(number)
                self.assertEqual(told["matched"]["rank"] - 1, told.get("preferredCount", 0))
            else:
                self.assertIn(told["unmatchedReason"], ("UNMATCHED_REASON_BAND", "UNMATCHED_REASON_LOTTERY"))
                self.assertEqual(len(told["preferred"]), told["eligibleCount"])
        self.assertEqual({title: len(who) for title, who in held.items()}, {"Plaats WEEG": 2, "Plaats STRENG": 1})
        lowest = self.explain(0)  # level 0: band 0, and three others are better at it
        self.assertEqual(lowest["preferred"][0]["reason"], "FULL_REASON_BAND")
        self.assertEqual(lowest["preferred"][0].get("band", 0), 0)
        self.assertTrue(lowest["preferred"][0]["cutoffShown"])
        self.assertGreaterEqual(lowest["preferred"][0]["cutoffBand"], 3)
        self.assertEqual(lowest["removed"], [{"rule": "MATCH_RULE_CRITERIA", "placementCount": 1}])
        self.assertEqual(lowest["missedSkills"], [{"skill": "rapporteren", "placementCount": 1}])

    def test_who_fits_nowhere_is_told_by_which_rule(self):
        told = self.explain(7)
        self.assertEqual((told["unmatchedReason"], told["bindingRule"]), ("UNMATCHED_REASON_RULE", "MATCH_RULE_HOURS"))
        self.assertEqual(told["removed"], [{"rule": "MATCH_RULE_HOURS", "placementCount": 2}])
        self.assertNotIn("preferred", told)

    def test_a_student_sees_the_own_explanation(self):
        self.assertEqual(self.explain(0, "student"), self.explain(0))  # seven wanted it, so nothing is left out
        self.assertEqual(self.service.call("RoundService/ExplainStagevraag", "student", roundId=self.round,
                                           stagevraagId=self.ids[1]).code, "not_found")

    def test_an_explanation_has_no_score_and_no_other_student(self):
        answer = self.service.call("RoundService/ExplainStagevraag", "coordinator", roundId=self.round, stagevraagId=self.ids[0])
        self.assertNotRegex(answer.body.decode(), "score|studentRef|lottery\"|distance")
        for other in self.ids[1:]:
            self.assertNotIn(other, answer.body.decode())

    def test_a_company_sees_what_its_criterion_cost(self):
        told = self.service.ok("PlacementService/ExplainPlacement", "company", placementId=self.places[1])
        # Levels 0 to 3 miss the criterion, four students: too few to tell; three could go there.
        self.assertEqual(told, {"criteria": [{"skill": "rapporteren", "level": 4, "few": True}], "eligibleFew": True})
        told = self.service.ok("PlacementService/ExplainPlacement", "company", placementId=self.places[0])
        self.assertEqual(told, {"eligibleStudents": 7})

    def test_a_placement_outside_a_round_is_not_explained(self):
        made = self.add("LOS")
        answer = self.service.call("PlacementService/ExplainPlacement", "company", placementId=made)
        self.assertEqual((answer.code, answer.refusal["code"]), ("failed_precondition", "not_explained"))


if __name__ == "__main__":
    unittest.main(verbosity=2)

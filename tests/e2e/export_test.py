"""A round of the service, exported and recomputed with `stagematch verify --export`: what fits is verified, and any change of the
export is found."""
import base64
import copy
import json
import os
import tempfile
import unittest

import support
from service import Service, commitment, placement, student

SCHOOLS = {"99AA": "11" * 32, "99AB": "22" * 32}
BEACON = "trekking 42"


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = s = cls.enterClassContext(Service())
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", list(SCHOOLS))
        s.invite("company", "coordinator", "company", ["990000001"])
        cls.stagevragen = cls.hand_in(s)
        cls.round_id = cls.play(s)
        cls.export = s.ok("RoundService/ExportRound", "coordinator", roundId=cls.round_id)

    @staticmethod
    def hand_in(s):
        students = [student(f"{school[3]}{number:03}", school=school, qualification="25656",
                            skills=[{"skill": "verzorging", "level": 2 + number % 4}, {"skill": "rapporteren", "level": number % 6}],
                            tags=["team"] if number % 3 else [], preferred=[f"990000001/P{number % 5}"] if number % 2 else [],
                            excluded=["P4"] if number % 4 == 0 else [], maxKm=20 + 10 * (number * 7 % 10))
                    for school in SCHOOLS for number in range(20)]
        # A second stagevraag of one student, later in the year; both draw the same lottery value.
        students.append(student("A001", school="99AA", startDate="2027-02-08"))
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=students)["stagevraagIds"]
        for number in range(5):
            made = s.change("PlacementService/SubmitPlacement", "company", placement=placement(
                f"P{number}", capacity=1 + number, postcode=["3511", "1012", "3011", "3511", "6511"][number], tags=["team"]))
            s.change("PlacementService/PublishPlacement", "company", placementId=made["placement"]["placementId"],
                     version=made["placement"]["version"])
        return ids

    @classmethod
    def play(cls, s):
        made = s.change("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=list(SCHOOLS),
                        qualifications=["25656"], beaconSource="de trekking van morgen")["round"]
        cls.round_id = made["roundId"]
        cls.step("OpenRound")
        for school, nonce in SCHOOLS.items():
            s.change("RoundService/CommitNonce", "coordinator", roundId=cls.round_id, school=school,
                     commitment=commitment(school, nonce))
        cls.step("SealRound")
        for school, nonce in SCHOOLS.items():
            s.change("RoundService/RevealNonce", "coordinator", roundId=cls.round_id, school=school, nonce=nonce)
        cls.step("SolveRound", beacon=BEACON)
        cls.until("VERIFIED")
        cls.step("PublishRound")
        cls.until("PUBLISHED")
        return cls.round_id

    @classmethod
    def now(cls):
        return cls.service.ok("RoundService/GetRound", "coordinator", roundId=cls.round_id)["round"]

    @classmethod
    def step(cls, method, **fields):
        cls.service.change(f"RoundService/{method}", "coordinator", roundId=cls.round_id, version=cls.now()["version"], **fields)

    @classmethod
    def until(cls, state):
        cls.service.wait_until(lambda: cls.now()["state"] == f"ROUND_STATE_{state}", state)

    def verify(self, export, *more):
        path = os.path.join(self.folder, "export.json")
        support.write_bytes(path, export if isinstance(export, bytes) else json.dumps(export).encode())
        return support.run("verify", "--export", path, *more)

    def changed(self, key, old, new):
        """The export with one text replaced in one of its files."""
        text = base64.b64decode(self.export[key])
        self.assertIn(old, text, key)
        return {**self.export, key: base64.b64encode(text.replace(old, new, 1)).decode()}

    def refused(self, export, *words):
        done = self.verify(export)
        self.assertEqual(done.returncode, 1, done)
        for word in words:
            self.assertIn(word, done.stdout)

    def test_what_was_published_is_recomputed(self):
        done = self.verify(self.export)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("matches: as recomputed, and stable: 15 of 41 students", done.stdout)
        self.assertIn("entries: have the root that sealing published", done.stdout)
        self.assertIn("seed: drawn from the digest, the nonces and the beacon", done.stdout)
        self.assertIn("not proved by this file", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_nothing_that_people_do_afterwards_changes_it(self):
        s = self.service
        one = s.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=self.stagevragen[1])["stagevraag"]
        s.change("StudentService/SetPreferences", "coordinator", stagevraagId=one["stagevraagId"], version=one["version"],
                 excluded=["P0", "P1", "P2"])
        proposals = s.ok("ProposalService/ListProposals", "coordinator", roundId=self.round_id)["proposals"]
        s.change("ProposalService/VetoProposal", "coordinator", proposalId=proposals[0]["proposalId"],
                 version=proposals[0]["version"], reason="reistijd")
        again = s.ok("RoundService/ExportRound", "coordinator", roundId=self.round_id)
        files = ["studentsCsv", "placementsCsv", "matchesCsv", "pc4Csv", "seed", "inputDigest"]
        self.assertEqual([again[key] for key in files], [self.export[key] for key in files])
        self.assertEqual(self.verify(again).returncode, 0)

    def test_an_export_holds_nobody(self):
        text = b"".join(base64.b64decode(self.export[key]) for key in ("studentsCsv", "placementsCsv", "matchesCsv", "pc4Csv"))
        for word in (b"Sanne", b"Voorbeeld", b"@", b"2008-05", b"A001", b"B001", b"0600000000", b"3511 SA"):
            self.assertNotIn(word, text)

    def test_another_table_of_postcodes_is_used_when_it_is_given(self):
        done = self.verify(self.export, "--pc4", support.COARSE_PC4)
        self.assertEqual(done.returncode, 0, done)
        path = os.path.join(self.folder, "pc4.csv")
        support.write_bytes(path, b"pc4;lat;lon\n3511;52.09;5.12\n1012;50.85;5.69\n3011;53.2;6.5\n6511;53.2;6.5\n")
        done = self.verify(self.export, "--pc4", path)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("matches: DIFFER", done.stdout)

    def test_every_change_is_found(self):
        self.refused(self.changed("studentsCsv", b"verzorging=2", b"verzorging=3"), "input: DIFFERS")
        self.refused(self.changed("placementsCsv", b";5;2027", b";4;2027"), "input: DIFFERS", "matches: DIFFER")
        self.refused(self.changed("matchesCsv", b";1;", b";2;"), "matches: DIFFER")
        self.refused(self.changed("pc4Csv", b"3511;52.", b"3511;53."), "matches: DIFFER")
        self.refused({**self.export, "seed": "ab" * 32}, "seed: DIFFERS")
        self.refused({**self.export, "inputDigest": "ab" * 32}, "input: DIFFERS", "seed: DIFFERS")
        self.refused({**self.export, "bandWidth": 100}, "matches: DIFFER")
        self.refused(self.changed("placementsCsv", b";team", b";teem"), "entries: DIFFER")
        self.refused({**self.export, "round": {**self.export["round"], "entriesRoot": "ab" * 32}}, "entries: DIFFER")
        self.refused({**self.export, "round": {**self.export["round"], "entriesRoot": "ab"}}, "round.entriesRoot")
        for field, word in (("nonce", "nonce of 99AA: DIFFERS"), ("commitment", "nonce of 99AA: DIFFERS")):
            export = copy.deepcopy(self.export)
            export["round"]["commitments"][0][field] = "cd" * 32
            self.refused(export, word)
        export = copy.deepcopy(self.export)
        export["round"]["commitments"][0]["withheld"] = True
        self.refused(export, "DIFFERS from the rule for one that was withheld")
        export = copy.deepcopy(self.export)
        export["round"]["beacon"] = "een andere trekking"
        self.refused(export, "seed: DIFFERS")
        export = copy.deepcopy(self.export)
        export["round"]["commitments"].reverse()
        self.refused(export, "round.commitments")
        self.refused({**self.export, "erasedCount": "1"}, "no longer whole")

    def test_a_round_of_before_there_was_a_root_is_verified_too(self):
        round_of_before = {key: value for key, value in self.export["round"].items() if key != "entriesRoot"}
        done = self.verify({**self.export, "round": round_of_before})
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("entries: the round was sealed before their root was published", done.stdout)

    def test_what_is_no_export_is_refused(self):
        for bad in (b"", b"{}", b"[]", b"{", b'{"studentsCsv": 7}', b'{"studentsCsv": "*"}', b"\xff\xfe", b'{"a":1,"a":1}'):
            done = self.verify(bad)
            self.assertEqual(done.returncode, 1, done)
            self.assertIn("not the JSON answer of ExportRound", done.stdout)
        self.assertEqual(support.run("verify", "--export", os.path.join(self.folder, "absent")).returncode, 1)
        for words in ([], ["--export", "x", "y"], ["x", "--pc4", "y"], ["--export", "x", "--students", "y", "--placements", "z"]):
            self.assertEqual(support.run("verify", *words).returncode, 2, words)

    def test_zz_after_an_erasure_it_says_that_it_cannot_be_recomputed(self):
        self.service.change("StudentService/EraseStudent", "coordinator", stagevraagId=self.stagevragen[3])
        export = self.service.ok("RoundService/ExportRound", "coordinator", roundId=self.round_id)
        self.assertEqual(int(export["erasedCount"]), 1)
        self.refused(export, "input: not whole: 1 students were erased since the round")


if __name__ == "__main__":
    unittest.main(verbosity=2)

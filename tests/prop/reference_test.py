"""`stagematch match` against reference.py, byte for byte; and the same bytes for the same market written otherwise."""
import argparse
import collections
import contextlib
import importlib.util
import io
import json
import os
import random
import re
import subprocess
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "..", "e2e"))
import support  # noqa: E402
from support import COARSE_PC4, DEMO_PLACEMENTS, DEMO_STUDENTS, PLACEMENT_COLUMNS, STUDENT_COLUMNS  # noqa: E402

SPECIFICATION = importlib.util.spec_from_file_location("reference", os.path.join(FOLDER, "reference.py"))
reference = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(reference)

SEEDS = ["0", "1", "deadbeef", "ABCDEF0123456789", "f" * 64]
TEST_SEED = int(os.environ.get("TEST_SEED", "20270201"))
print(f"TEST_SEED={TEST_SEED}", file=sys.stderr)

SKILLS = "programmeren sql vca taal-en samenwerken Excel.1 a_b".split()
TAGS = "zorg techniek buiten team klein-bedrijf".split()
DAYS = "ma di wo do vr za zo".split()
STUDIES = "25998 25656 34479 00123".split()
PERIODS = [("2027-02-01", "2027-07-02"), ("2027-02-05", "2027-06-25"), ("2027-02-12", "2027-07-12"),
           ("2026-08-31", "2027-01-29"), ("2026-09-07", "2027-07-09")]


class Market:
    """A random market: small enough for the reference, crowded enough that every rule and every reason comes up."""

    def __init__(self, rng):
        self.rng = rng
        self.coarse = rng.random() < 0.5
        self.pc4_rows, self.postcodes = self.draw_postcodes()
        self.companies = [str(990000001 + i) for i in range(rng.randint(1, 6))]
        self.placements = [self.draw_placement(i) for i in range(rng.randint(1, 24))]
        self.students = []
        for i in range(rng.randint(1, 40)):
            self.students += self.draw_requests(i)
        rng.shuffle(self.students)
        rng.shuffle(self.placements)

    def draw_postcodes(self):
        """A table of postcodes around Utrecht and Amersfoort, and the postcodes that people may have."""
        rng, rows, usable = self.rng, [], []
        for region, lat, lon in (("35", 52.09, 5.12), ("38", 52.16, 5.39), ("34", 52.03, 5.09)):
            for last in rng.sample(range(100), rng.randint(3, 8)):
                rows.append({"pc4": f"{region}{last:02d}", "lat": f"{lat + rng.uniform(-.05, .05):.5f}",
                             "lon": f"{lon + rng.uniform(-.05, .05):.4f}", "plaats": "Dorp"})
            if self.coarse:
                rows.append({"pc4": region, "lat": str(lat), "lon": str(lon), "plaats": "Regio"})
                usable.append(f"{region}{rng.randint(0, 99):02d}")
        for row in rows:
            if len(row["pc4"]) == 4:
                usable += [row["pc4"], row["pc4"][:3] + str(rng.randint(0, 9))]
        rng.shuffle(rows)
        return rows, usable

    def some(self, values, most, least=0):
        return self.rng.sample(values, self.rng.randint(least, min(most, len(values))))

    def draw_postcode(self):
        return self.rng.choice(self.postcodes) + self.rng.choice(["", " AB", "xz"])

    def draw_placement(self, number):
        rng = self.rng
        van, tot = rng.choice(PERIODS[:3] + PERIODS[4:])
        weights = []
        for code in self.some(SKILLS, 3):
            level = f">={rng.randint(0, 5)}" if rng.random() < 0.4 else ""
            weights.append(f"{code}*{rng.randint(1, 9)}{level}")
        # Ids differ, but the same leerplaats may be at several companies: then it is ambiguous when it stands alone.
        shared_name = rng.random() < 0.25
        return {"leerplaats": "stage-1" if shared_name else f"p{number}",
                "leerbedrijf": str(990000100 + number) if shared_name else rng.choice(self.companies),
                "bedrijfsnaam": rng.choice(["Café Zoë", "Jansen; en Zonen", 'Zorg "De Vlier"', "Müller & Co", "Bouw, BV"]),
                "kvk": "90000001", "postcode": self.draw_postcode(),
                "opleidingen": " ".join(self.some(STUDIES, 3, 1)), "leerweg": rng.choice(["BOL", "BOL", "BBL", "HBO"]),
                "plaatsen": str(rng.choice([1, 1, 1, 2, 3])), "van": van, "tot": tot,
                "uren": str(rng.choice([24, 32, 36, 40])), "dagen": " ".join(self.some(DAYS[:5], 2)) * (rng.random() < 0.3),
                "eisen": "|".join(f"{code}>={rng.randint(0, 3)}" for code in self.some(SKILLS, 2) if rng.random() < 0.5),
                "wegingen": "|".join(weights), "tags": "|".join(self.some(TAGS, 3)),
                "vergoeding": rng.choice(["", "350", "350,50"]), "titel": "Stage", "omschrijving": "Een plek."}

    def place_names(self, most):
        """Names as voorkeuren and uitsluiten give them: whole, leerplaats alone, unknown."""
        names = []
        for row in self.some(self.placements, most):
            whole = row["leerbedrijf"] + "/" + row["leerplaats"]
            names.append(self.rng.choice([whole, row["leerplaats"]]))
            if self.rng.random() < 0.2:
                names += [whole, row["leerplaats"]]
        if self.rng.random() < 0.2:
            names.append(self.rng.choice(["bestaat-niet", "990009999/p1"]))
        return list(dict.fromkeys(names))

    def draw_requests(self, number):
        rng = self.rng
        exclusions = self.place_names(2) if rng.random() < 0.4 else []
        if rng.random() < 0.2:
            exclusions.append(rng.choice(self.companies))
        person = {"school": rng.choice(["99AA", "99AB", "25PT"]), "studentnummer": str(9000 + number * 7),
                  "voornaam": rng.choice(["Zoë", "Daan", "Çağla"]), "tussenvoegsel": "", "achternaam": f"Familie{number}",
                  "geboortedatum": "2008-03-04", "geslacht": "v", "email": f"s{number}@student.example",
                  "postcode": self.draw_postcode(), "opleiding": rng.choice(STUDIES),
                  "leerweg": rng.choice(["BOL", "BOL", "BBL", "HBO"]), "leerjaar": str(rng.randint(1, 8)),
                  "max_km": rng.choice(["", "1", "5", "20", "60"]),
                  "vaardigheden": "|".join(f"{code}={rng.randint(0, 5)}" for code in self.some(SKILLS, 6)),
                  "tags": "|".join(self.some(TAGS, 3)), "uitsluiten": "|".join(dict.fromkeys(exclusions)),
                  "voorkeuren": ">".join(self.place_names(4)) if rng.random() < 0.6 else ""}
        requests = []
        for van, tot in self.some(PERIODS, 2, 1) if rng.random() < 0.3 else [rng.choice(PERIODS[:3])]:
            requests.append({**person, "van": van, "tot": tot, "uren": str(rng.choice([8, 24, 32, 36, 40])),
                             "dagen": rng.choice(["", "", "ma di wo do", "ma wo vr za"])})
        return requests


def reference_round(students, placements, pc4, out, seed, speling=7, list_max=1000, band_width=10):
    """Plays the round with the reference; returns its printed counts as a dictionary."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        reference.run_round(argparse.Namespace(students=students, placements=placements, pc4=pc4, out=out, seed=seed,
                                               speling=speling, list_max=list_max, band_width=band_width))
    return dict(item.split("=") for item in printed.getvalue().split())


class AgainstReference(support.TestCase):
    def compare(self, students, placements, pc4, seed, speling=7, list_max=1000, band_width=10):
        """Both play the same round; returns (reference counts, unmatched.csv as text)."""
        about = f"seed {seed}, speling {speling}, list_max {list_max}, band_width {band_width}"
        result = self.match(["--students", students, "--placements", placements, "--pc4", pc4], "--force", "--seed", seed,
                            "--speling", speling, "--list-max", list_max, "--band-width", band_width)
        self.assert_done(result)
        expected = self.path("reference")
        counts = reference_round(students, placements, pc4, expected, seed, speling, list_max, band_width)
        self.assert_same_result({name: support.read_bytes(os.path.join(expected, name)) for name in support.OUTPUT_FILES},
                                {name: support.read_bytes(os.path.join(self.out, name)) for name in support.OUTPUT_FILES},
                                about)
        record = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        said = {"students": "students", "placements": "placements", "eligible": "eligible_pairs", "matched": "matched",
                "unmatched": "unmatched", "cut": "cut_lists", "second_pass": "matched_second_pass"}
        for theirs, ours in said.items():
            self.assertEqual(record["counts"][ours], int(counts[theirs]), f"{about}: {ours}")
        self.assertEqual(record["seed"], counts["seed"])
        return counts, support.read_bytes(os.path.join(expected, "unmatched.csv")).decode()

    def test_demo_under_every_combination_of_rules(self):
        for speling in (0, 7, 30):
            for i, list_max in enumerate((0, 2, 3, 1000)):
                for k, band_width in enumerate((1, 10, 100)):
                    seed = SEEDS[(speling + i + k) % len(SEEDS)]
                    with self.subTest(speling=speling, list_max=list_max, band_width=band_width, seed=seed):
                        self.compare(DEMO_STUDENTS, DEMO_PLACEMENTS, COARSE_PC4, seed, speling, list_max, band_width)

    def test_demo_under_several_seeds(self):
        outcomes = set()
        for seed in SEEDS:
            with self.subTest(seed=seed):
                self.compare(DEMO_STUDENTS, DEMO_PLACEMENTS, COARSE_PC4, seed)
                outcomes.add(support.read_bytes(os.path.join(self.out, "matches.csv")))
        self.assertEqual(len(outcomes), len(SEEDS), "another seed draws another lottery")

    def test_random_markets(self):
        seen = collections.Counter()
        for number in range(150):
            rng = random.Random(f"{TEST_SEED}:{number}")
            market = Market(rng)
            files = [self.write("students.csv", support.csv_bytes(STUDENT_COLUMNS, market.students)),
                     self.write("placements.csv", support.csv_bytes(PLACEMENT_COLUMNS, market.placements)),
                     self.write("pc4.csv", support.csv_bytes(["pc4", "lat", "lon", "plaats"], market.pc4_rows, ","))]
            rules = {"speling": rng.choice([0, 4, 7, 30]), "list_max": rng.choice([0, 1, 2, 3, 1000]),
                     "band_width": rng.choice([1, 7, 10, 34, 100])}
            with self.subTest(market=number, **rules):
                counts, unmatched = self.compare(*files, f"{rng.getrandbits(256):x}", **rules)
                seen.update(re.findall(r"\(([a-z]+)\)", unmatched))
                seen["second_pass"] += int(counts["second_pass"])
                seen["coarse" if market.coarse else "full"] += 1
        # The markets are worth something only when everything comes up in them.
        for kind in reference.RULES + ["band", "loting", "second_pass", "coarse", "full"]:
            self.assertGreater(seen[kind], 0, f"no market shows {kind}: {seen}")

    def test_population_of_1000_drawn_from_real_marginals(self):
        script = os.path.join(support.SHARED, "tools", "population.py")
        pc4 = os.path.join(support.SHARED, "data", "pc4.csv")
        if not os.path.exists(script) or not os.path.exists(pc4):
            self.skipTest("shared/tools/population.py or shared/data/pc4.csv is not there")
        subprocess.run([sys.executable, script, "--students", "1000", "--seed", "7", "--out", self.path("population")],
                       check=True)
        files = [self.path("population/students.csv"), self.path("population/placements.csv"), pc4]
        for seed, list_max in (("1", 1000), ("2", 3)):
            with self.subTest(seed=seed, list_max=list_max):
                counts, _ = self.compare(*files, seed, list_max=list_max)
                self.assertEqual(counts["students"], "1000")


class SameMarketOtherwiseWritten(support.TestCase):
    """No output byte depends on how the files are written down, nor on any identity column."""

    def setUp(self):
        super().setUp()
        self.rng = random.Random(f"{TEST_SEED}:written")
        market = Market(random.Random(f"{TEST_SEED}:otherwise"))
        while not market.coarse or len(market.students) < 20 or len(market.placements) < 12:
            market = Market(random.Random(self.rng.random()))
        random_pc4 = support.csv_bytes(["pc4", "lat", "lon", "plaats"], market.pc4_rows, ",")
        _, demo_students = support.read_csv(DEMO_STUDENTS)
        _, demo_placements = support.read_csv(DEMO_PLACEMENTS)
        self.markets = [(demo_students, demo_placements, support.read_bytes(COARSE_PC4)),
                        (market.students, market.placements, random_pc4)]

    def play(self, students, placements, pc4):
        """(result bytes, stdout, stderr) for three files as bytes."""
        result = self.match(self.write_market(students, placements, pc4), "--seed", "5", "--force")
        self.assert_done(result)
        return support.result_bytes(self.out), result.stdout, result.stderr

    def check(self, change, student_columns=STUDENT_COLUMNS, placement_columns=PLACEMENT_COLUMNS, same_notices=False,
              mark=b"", header=str, **layout):
        """`change(row, is_student)` gives a row's other form; the rest says how the files are written."""
        encoding = layout.pop("encoding", "utf-8")
        for students, placements, pc4 in self.markets:
            expected = self.play(support.csv_bytes(STUDENT_COLUMNS, students),
                                 support.csv_bytes(PLACEMENT_COLUMNS, placements), pc4)
            files = []
            for columns, rows in ((student_columns, [change(row, True) for row in students]),
                                  (placement_columns, [change(row, False) for row in placements])):
                data = support.csv_bytes(columns, rows, **layout).decode().encode(encoding, "replace")
                end = data.index(b"\n")
                files.append(mark + header(data[:end].decode()).encode() + data[end:])
            for written, read in zip(files, (students, placements)):
                self.assertNotEqual(written, support.csv_bytes(STUDENT_COLUMNS if read is students else PLACEMENT_COLUMNS,
                                                               read), "the test changed nothing")
            found = self.play(*files, pc4)
            self.assert_same_result(expected[0], found[0])
            self.assertEqual(expected[1], found[1], "stdout")
            if same_notices:
                self.assertEqual(expected[2], found[2], "stderr")

    def same(self, row, is_student):
        return row

    def test_shuffled_rows(self):
        for rows in self.markets:
            self.assertGreater(len(rows[0]), 5)
        shuffled = [(self.rng.sample(s, len(s)), self.rng.sample(p, len(p)), pc4) for s, p, pc4 in self.markets]
        for (students, placements, pc4), (other_students, other_placements, _) in zip(self.markets, shuffled):
            expected = self.play(support.csv_bytes(STUDENT_COLUMNS, students),
                                 support.csv_bytes(PLACEMENT_COLUMNS, placements), pc4)
            found = self.play(support.csv_bytes(STUDENT_COLUMNS, other_students),
                              support.csv_bytes(PLACEMENT_COLUMNS, other_placements), pc4)
            self.assertNotEqual(students, other_students)
            self.assert_same_result(expected[0], found[0])
            self.assertEqual(expected[1], found[1], "stdout")

    def test_shuffled_columns(self):
        self.check(self.same, self.rng.sample(STUDENT_COLUMNS, len(STUDENT_COLUMNS)),
                   self.rng.sample(PLACEMENT_COLUMNS, len(PLACEMENT_COLUMNS)), same_notices=True)

    def test_header_in_another_case(self):
        self.check(self.same, header=str.upper, same_notices=True)
        self.check(self.same, header=str.title, same_notices=True)

    def test_comma_for_semicolon(self):
        self.check(self.same, delimiter=",", same_notices=True)

    def test_crlf(self):
        self.check(self.same, newline="\r\n", same_notices=True)

    def test_byte_order_mark(self):
        self.check(self.same, mark=b"\xef\xbb\xbf", same_notices=True)

    def test_sep_line_in_front(self):
        self.check(self.same, mark=b"sep=;\r\n", newline="\r\n", same_notices=True)

    def test_windows_1252(self):
        for _, placements, _ in self.markets[1:]:
            self.assertTrue(any("é" in row["bedrijfsnaam"] or "ü" in row["bedrijfsnaam"] for row in placements))
        # Every file differs from its UTF-8 form: a title beyond ASCII sees to that, and is read by nobody.
        self.check(lambda row, is_student: {**row, "voornaam": "Zoë €"} if is_student else {**row, "titel": "Première"},
                   encoding="cp1252", same_notices=True)

    def test_all_fields_quoted(self):
        self.check(self.same, quote_all=True, same_notices=True)

    def test_dates_as_dutch_spreadsheets_write_them(self):
        def dutch(text):
            year, month, day = text.split("-")
            return f"{int(day)}-{int(month)}-{year}"
        self.check(lambda row, _: {**row, "van": dutch(row["van"]), "tot": dutch(row["tot"])}, same_notices=True)

    def test_items_of_sets_in_another_order(self):
        sets = {"dagen": " ", "opleidingen": " ", "vaardigheden": "|", "tags": "|", "uitsluiten": "|", "eisen": "|",
                "wegingen": "|"}

        def reorder(row, _):
            other = dict(row)
            for column, separator in sets.items():
                if row.get(column):
                    other[column] = separator.join(reversed(row[column].split(separator)))
            return other
        self.check(reorder)

    def test_blanks_around_fields_and_items(self):
        self.check(lambda row, _: {**row, "tags": row.get("tags", "").replace("|", " | "), "uren": f" {row['uren']} "},
                   same_notices=True)

    def test_defaults_written_out(self):
        self.check(lambda row, is_student: {**row, "dagen": row.get("dagen") or "ma di wo do vr",
                                            "max_km": row.get("max_km") or "40"} if is_student else
                   {**row, "titel": "anders"}, same_notices=True)

    def test_without_identity_columns_and_free_texts(self):
        self.check(self.same, [c for c in STUDENT_COLUMNS if c not in support.IDENTITY_COLUMNS],
                   [c for c in PLACEMENT_COLUMNS if c not in ("vergoeding", "titel", "omschrijving")], same_notices=True)

    def test_with_columns_of_origin_that_are_dropped(self):
        origin = ["geboorteland", "geboorteland_ouder1", "geboorteland_ouder2", "nationaliteit", "herkomst", "religie"]
        self.check(lambda row, is_student: {**row, **dict.fromkeys(origin, "Atlantis")} if is_student else
                   {**row, "titel": "anders"}, STUDENT_COLUMNS + origin)
        result = run_with_origin(self, origin)
        for column in origin:
            self.assertIn(column, result.stderr)
        self.assertNotIn("Atlantis", result.stderr + result.stdout)

    def test_identities_permuted_over_the_rows(self):
        identities = [{c: row.get(c, "") for c in support.IDENTITY_COLUMNS} for row in self.markets[0][0]]
        self.rng.shuffle(identities)

        def another_person(row, is_student):
            if not is_student:
                return {**row, "titel": "anders"}
            letters = self.rng.choice(["", " ZZ", "QX"])
            return {**row, **self.rng.choice(identities), "postcode": row["postcode"][:4] + letters}
        self.check(another_person, same_notices=True)

    def test_each_identity_column_alone(self):
        odd = {"voornaam": "Ångström; \"x\"", "tussenvoegsel": "in 't", "achternaam": "A" * 4000,
               "geboortedatum": "not a date", "geslacht": "?", "email": "<script>", "telefoon": "\u202e0612345678"}
        for column, value in odd.items():
            with self.subTest(column=column):
                self.check(lambda row, is_student, c=column, v=value: {**row, c: v} if is_student else
                           {**row, "titel": "anders"}, same_notices=True)


def run_with_origin(test, origin):
    students = [{**row, **dict.fromkeys(origin, "Atlantis")} for row in test.markets[0][0]]
    return test.match(test.write_market(support.csv_bytes(STUDENT_COLUMNS + origin, students),
                                        support.csv_bytes(PLACEMENT_COLUMNS, test.markets[0][1]),
                                        test.markets[0][2]), "--force")


if __name__ == "__main__":
    support.main()

"""`stagematch verify` and `explain`: whatever is changed in a result directory is found and named."""
import json
import os
import random
import re
import shutil
import threading

import support
from support import placement, student

WORKERS = 2
LARGE_FILE_BYTES = 3000  # of a larger file a sample of positions is changed, of a smaller one every position
SAMPLE = 600
TEST_SEED = int(os.environ.get("TEST_SEED", "20270201"))


def reseal(directory):
    """What a clever forger does after a change: makes every digest in round.json fit the files again."""
    path = os.path.join(directory, "round.json")
    record = json.loads(support.read_bytes(path))
    for files in (record["inputs"]["files"], record["outputs"]):
        for name in files:
            files[name] = support.sha256(support.read_bytes(os.path.join(directory, name)))
    lines = [f"{digest}  {name}\n" for name, digest in sorted(record["inputs"]["files"].items())]
    record["inputs"]["digest"] = support.sha256("".join(lines).encode())
    write_record(directory, record)


def write_record(directory, record):
    record.pop("sha256", None)
    digest = support.sha256((json.dumps(record, indent=2) + "\n").encode())
    text = json.dumps({**record, "sha256": digest}, indent=2) + "\n"
    support.write_bytes(os.path.join(directory, "round.json"), text.encode())


class SmallRound(support.TestCase):
    """A round small enough to be verified thousands of times, with a cut list, all kinds of fields and both outcomes."""

    STUDENTS = [student(1, vaardigheden="sql=3|vca=1", tags="zorg|team", voorkeuren="p1>990000001/p2"),
                student(2, uitsluiten="p1", dagen="ma di"), student(3, postcode="3512", max_km="20"),
                student(4, opleiding="34479"), student(5, vaardigheden="sql=5")]
    PLACEMENTS = [placement("p1", eisen="sql>=1", wegingen="sql*3|vca*1>=2", tags="zorg"),
                  placement("p2", postcode="3811", bedrijfsnaam='Zorg; "De Vlier"'),
                  placement("p3", uren="40", dagen="ma wo vr", opleidingen="25656 25998")]

    def setUp(self):
        super().setUp()
        self.market = self.write_market(self.STUDENTS, self.PLACEMENTS)
        self.assert_done(self.match(self.market, "--seed", "3", "--list-max", "1"))

    def copy(self, name="copy"):
        path = self.path(name)
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.out, path)
        return path

    def assert_found(self, result, name, what):
        """Exit 1, and a line that names the file and what is wrong with it."""
        self.assert_clean(result)
        said = result.stdout + result.stderr
        self.assertEqual(result.returncode, 1, f"{what} went unnoticed:\n{said}")
        self.assertNotRegex(said, "(?m)^verified")
        wrong = re.compile(rf"(?m)^[^\n]*{re.escape(name)}: [^\n]*(DIFFERS|CHANGED|cannot be read|line)")
        self.assertRegex(said, wrong, what)

    def change(self, path, change):
        support.write_bytes(path, change(support.read_bytes(path)))


class Verified(SmallRound):
    def test_a_result_is_verified_file_by_file(self):
        result = support.run("verify", self.out)
        self.assert_done(result)
        lines = result.stdout.splitlines()
        self.assertEqual(sorted(lines[:-1]), [f"{name}: as recomputed" for name in support.RESULT_FILES])
        self.assertTrue(lines[-1].startswith("verified"))
        self.assertEqual(result.stderr, "")

    def test_it_is_verified_anywhere_without_the_files_it_was_made_from(self):
        moved = self.path("moved")
        os.rename(self.out, moved)
        for name in ("students.csv", "placements.csv", "pc4.csv"):
            os.unlink(self.path(name))
        self.assert_done(support.run("verify", "moved/", cwd=self.dir, env={"STAGEMATCH_CONFIG": "/nowhere"}))

    def test_verifying_changes_nothing(self):
        before = support.result_bytes(self.out)
        self.assert_done(support.run("verify", self.out))
        self.assert_same_result(before, support.result_bytes(self.out))

    def test_the_demo_is_verified_under_other_rules_too(self):
        for number, rules in enumerate((["--list-max", "2"], ["--band-width", "1", "--speling", "30"], ["--list-max", "0"])):
            out = self.path(f"demo{number}")
            self.assert_done(self.match(self.demo_arguments(), *rules, out=out))
            self.assert_done(support.run("verify", out))

    def test_the_mean_of_a_full_postcode_table_is_verified(self):
        market = self.write_market([student(1, postcode="3519")], [placement("p", postcode="3812")])
        self.assert_done(self.match(market, out=self.path("mean")))
        self.assert_done(support.run("verify", self.path("mean")))

    def test_the_original_files_fit(self):
        result = support.run("verify", self.out, *self.market[:4])
        self.assert_done(result)
        self.assertEqual(result.stderr, "")
        for name in ("students.csv", "placements.csv"):
            self.assertIn(f"{self.path(name)}: the round was made from this file\n", result.stdout)

    def test_original_files_that_were_changed_do_not_fit(self):
        for students, placements, name in ((self.STUDENTS[1:], self.PLACEMENTS, "students.csv"),
                                           ([student(1, uren="31")] + self.STUDENTS[1:], self.PLACEMENTS, "students.csv"),
                                           (self.STUDENTS, self.PLACEMENTS[:2], "placements.csv"),
                                           (self.STUDENTS, [placement("p1", plaatsen="2")] + self.PLACEMENTS[1:],
                                            "placements.csv")):
            self.write_market(students, placements)
            result = support.run("verify", self.out, *self.market[:4])
            self.assert_clean(result)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"{self.path(name)}: DIFFERS", result.stdout)
            self.assertNotRegex(result.stdout, "(?m)^verified")

    def test_original_files_with_an_error_or_missing_do_not_fit(self):
        self.write_market([student(1, uren="0")], self.PLACEMENTS)
        result = support.run("verify", self.out, *self.market[:4])
        self.assertEqual(result.returncode, 1)
        self.assertIn("students.csv: line 2, column uren", result.stderr)
        os.unlink(self.path("students.csv"))
        result = support.run("verify", self.out, *self.market[:4])
        self.assertEqual(result.returncode, 1)
        self.assertIn("students.csv: ", result.stderr)
        self.assertNotRegex(result.stdout, "(?m)^verified")

    def test_what_is_no_result_directory(self):
        for path in (self.path("nowhere"), self.results, self.path("students.csv"), "/dev/null"):
            result = support.run("verify", path)
            self.assert_clean(result)
            self.assertEqual(result.returncode, 1)
            self.assertIn(path, result.stdout + result.stderr)


class Tampering(SmallRound):
    def positions(self, name, data):
        if len(data) <= LARGE_FILE_BYTES:
            return list(range(len(data)))
        return random.Random(f"{TEST_SEED}:{name}").sample(range(len(data)), SAMPLE)

    def changed_bytes(self):
        """(file, position, new byte): every position with its lowest bit turned, digits also with another digit."""
        for name in support.RESULT_FILES:
            data = support.read_bytes(os.path.join(self.out, name))
            for at in self.positions(name, data):
                yield name, at, data[at] ^ 1
                if ord("0") <= data[at] <= ord("9"):
                    yield name, at, ord("0") + (data[at] - ord("0") + 5) % 10

    def test_every_changed_byte_is_found_and_its_file_is_named(self):
        changes, missed, counted, lock = list(self.changed_bytes()), [], [0], threading.Lock()

        def work(number):
            directory = self.copy(f"worker{number}")
            for name, at, new in changes[number::WORKERS]:
                path = os.path.join(directory, name)
                data = support.read_bytes(path)
                support.write_bytes(path, data[:at] + bytes([new]) + data[at + 1:])
                try:
                    self.assert_found(support.run("verify", directory), name, f"{name}, byte {at}: {new:#x}")
                except AssertionError as error:
                    with lock:
                        missed.append(str(error))
                support.write_bytes(path, data)
                with lock:
                    counted[0] += 1
            self.assert_done(support.run("verify", directory))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(counted[0], len(changes))
        self.assertGreater(len(changes), 3000)
        self.assertEqual(missed, [], f"{len(missed)} of {len(changes)}")

    def test_bytes_inserted_removed_cut_off_and_added(self):
        for name in support.RESULT_FILES:
            data = support.read_bytes(os.path.join(self.out, name))
            middle, last = len(data) // 2, len(data) - 1
            forms = {"a byte inserted": data[:middle] + b"1" + data[middle:], "a space in front": b" " + data,
                     "a byte order mark": b"\xef\xbb\xbf" + data, "a byte removed": data[:middle] + data[middle + 1:],
                     "the first byte removed": data[1:], "the last byte removed": data[:last], "half": data[:middle],
                     "nothing": b"", "a line added": data + b"x;y\n", "an empty line added": data + b"\n",
                     "a NUL added": data + b"\0", "the whole twice": data + data, "CRLF": data.replace(b"\n", b"\r\n"),
                     "capitals": data.upper(), "the last line twice": data + data.splitlines(keepends=True)[-1]}
            for what, changed in forms.items():
                with self.subTest(name=name, what=what):
                    self.assertNotEqual(changed, data)
                    directory = self.copy()
                    support.write_bytes(os.path.join(directory, name), changed)
                    self.assert_found(support.run("verify", directory), name, what)

    def test_a_file_that_is_gone_or_no_file(self):
        for name in support.RESULT_FILES:
            for what in ("gone", "a directory", "a fifo"):
                with self.subTest(name=name, what=what):
                    directory = self.copy()
                    path = os.path.join(directory, name)
                    os.unlink(path)
                    if what == "a directory":
                        os.mkdir(path)
                    elif what == "a fifo":
                        os.mkfifo(path)
                    self.assert_found(support.run("verify", directory), name, what)

    def test_two_files_swapped(self):
        for first in support.RESULT_FILES:
            for second in support.RESULT_FILES:
                if first < second:
                    with self.subTest(first=first, second=second):
                        directory = self.copy()
                        one, two = os.path.join(directory, first), os.path.join(directory, second)
                        one_data, two_data = support.read_bytes(one), support.read_bytes(two)
                        support.write_bytes(one, two_data)
                        support.write_bytes(two, one_data)
                        named = "round.json" if "round.json" in (first, second) else first
                        self.assert_found(support.run("verify", directory), named, "a swap")

    def test_rows_in_another_order(self):
        for name in support.INPUT_FILES + support.OUTPUT_FILES:
            directory = self.copy()
            header, *rows = support.read_bytes(os.path.join(directory, name)).splitlines(keepends=True)
            self.assertGreater(len(rows), 1)
            support.write_bytes(os.path.join(directory, name), b"".join([header] + rows[::-1]))
            self.assert_found(support.run("verify", directory), name, "rows turned round")
            reseal(directory)
            self.assert_found(support.run("verify", directory), name, "rows turned round and resealed")


class Forgery(SmallRound):
    """Changes after which every digest fits again: only playing the round again can find them."""

    def forged(self, name, old, new):
        directory = self.copy()
        path = os.path.join(directory, name)
        data = support.read_bytes(path)
        self.assertIn(old, data)
        support.write_bytes(path, data.replace(old, new, 1))
        reseal(directory)
        self.assertEqual(json.loads(support.read_bytes(os.path.join(directory, "round.json")))["outputs"]["matches.csv"],
                         support.sha256(support.read_bytes(os.path.join(directory, "matches.csv"))))
        return directory

    def test_sealing_again_without_a_change_is_no_forgery(self):
        directory = self.copy()
        before = support.read_bytes(os.path.join(directory, "round.json"))
        reseal(directory)
        self.assertEqual(support.read_bytes(os.path.join(directory, "round.json")), before)
        self.assert_done(support.run("verify", directory))

    def test_another_match(self):
        data = support.read_bytes(os.path.join(self.out, "matches.csv"))
        first, second = data.splitlines()[1:3]
        place, other = (b";".join(line.split(b";")[3:5]) for line in (first, second))
        self.assertNotEqual(place, other)
        directory = self.forged("matches.csv", first, first.replace(place, other))
        result = support.run("verify", directory)
        self.assert_found(result, "matches.csv", "another placement")
        self.assertRegex(result.stdout, r"matches\.csv: DIFFERS at line 2, byte \d+: expected ")

    def test_another_rank_score_or_distance(self):
        row = support.read_bytes(os.path.join(self.out, "matches.csv")).splitlines()[1]
        fields = row.split(b";")
        for column in (5, 6, 7, 8):
            changed = list(fields)
            changed[column] = b"1.23" if column == 8 else b"7"
            self.assertNotEqual(changed, fields)
            directory = self.forged("matches.csv", row, b";".join(changed))
            self.assert_found(support.run("verify", directory), "matches.csv", f"column {column}")

    def test_a_student_taken_out_of_both_outcome_files(self):
        row = support.read_bytes(os.path.join(self.out, "unmatched.csv")).splitlines(keepends=True)[1]
        self.assert_found(support.run("verify", self.forged("unmatched.csv", row, b"")), "unmatched.csv", "a row removed")

    def test_another_reason(self):
        data = support.read_bytes(os.path.join(self.out, "unmatched.csv"))
        digits = re.search(rb"van (\d+) ", data).group(0)
        directory = self.forged("unmatched.csv", digits, b"van 9 ")
        self.assert_found(support.run("verify", directory), "unmatched.csv", "another reason")

    def test_changed_inputs_change_the_round_or_are_not_canonical(self):
        cases = [("inputs/students.csv", b";32;", b";40;"),
                 ("inputs/students.csv", b"BOL", b"bol"), ("inputs/students.csv", b"2027-02-01", b"1-2-2027"),
                 ("inputs/placements.csv", b"p1;", b"p9;"), ("inputs/placements.csv", b";1;2027", b";9;2027"),
                 ("inputs/placements.csv", b"25656 25998", b"25998 25656"), ("inputs/pc4.csv", b"52.09", b"52.19"),
                 ("inputs/pc4.csv", b";postcode\n", b";benadering\n")]
        for name, old, new in cases:
            with self.subTest(name=name, old=old):
                result = support.run("verify", self.forged(name, old, new))
                self.assert_clean(result)
                self.assertEqual(result.returncode, 1, f"{old} for {new} went unnoticed")
                self.assertIn("DIFFERS", result.stdout)

    def test_changed_members_of_the_record(self):
        original = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        changes = {"mechanism": "kiraly", "distances": "approximate", "format": "stagematch/round/2",
                   "rank_distribution": [{"rank": 1, "students": 99}], "unmatched_reasons": {}, "extra": 1, "outputs": {},
                   "inputs": {"digest": "0" * 64, "files": original["inputs"]["files"]}}
        for key, value in changes.items():
            with self.subTest(key=key):
                directory = self.copy()
                write_record(directory, {**original, key: value})
                result = support.run("verify", directory)
                self.assert_clean(result)
                self.assertEqual(result.returncode, 1, f"{key} went unnoticed")
                self.assertIn("DIFFERS", result.stdout)
        for key, value in original["counts"].items():
            with self.subTest(key=key):
                directory = self.copy()
                write_record(directory, {**original, "counts": {**original["counts"], key: value + 1}})
                self.assert_found(support.run("verify", directory), "round.json", key)

    def test_another_rule_under_which_the_round_comes_out_otherwise(self):
        original = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        for key, value in (("list_max", 0), ("band_width", 100)):
            directory = self.copy()
            write_record(directory, {**original, "rules": {**original["rules"], key: value}})
            result = support.run("verify", directory)
            self.assert_clean(result)
            self.assertEqual(result.returncode, 1, f"{key} went unnoticed")
            self.assertIn("DIFFERS", result.stdout)

    def test_inputs_changed_without_effect_on_the_outcome_are_found_by_the_original_files(self):
        directory = self.forged("inputs/students.csv", b";1;2027", b";8;2027")
        result = support.run("verify", directory, *self.market[:4])
        self.assert_clean(result)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{self.path('students.csv')}: DIFFERS", result.stdout)

    def test_members_that_are_missing_or_of_another_type(self):
        original = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        for key in original:
            for value in (None, [], {}, "", "x", 1, -1, 1e300, True):
                with self.subTest(key=key, value=value):
                    directory = self.copy()
                    if original[key] == value:
                        continue
                    text = json.dumps({**original, key: value}, indent=2) + "\n"
                    support.write_bytes(os.path.join(directory, "round.json"), text.encode())
                    self.assert_found(support.run("verify", directory), "round.json", key)

    def test_a_round_played_with_another_seed_under_this_record(self):
        for seed in range(50):
            other = self.path("other")
            shutil.rmtree(other, ignore_errors=True)
            self.assert_done(self.match(self.market, "--seed", seed, "--list-max", "1", out=other))
            if support.result_bytes(other)["matches.csv"] != support.result_bytes(self.out)["matches.csv"]:
                break
        else:
            self.fail("no seed gives another match")
        directory = self.copy()
        for name in support.OUTPUT_FILES:
            shutil.copy(os.path.join(other, name), os.path.join(directory, name))
        reseal(directory)
        self.assert_found(support.run("verify", directory), "matches.csv", "another seed's match")


class Explained(support.TestCase):
    """`explain` on the demo: a placed student, one who is not, one with two requests, and a placement."""

    @classmethod
    def setUpClass(cls):
        cls.test = support.TestCase()
        cls.test.setUp()
        cls.addClassCleanup(cls.test.doCleanups)
        cls.demo = cls.test.out
        cls.test.assert_done(cls.test.match(cls.test.demo_arguments(), "--seed", "1"))
        _, cls.matches = support.read_csv(os.path.join(cls.demo, "matches.csv"))
        _, cls.unmatched = support.read_csv(os.path.join(cls.demo, "unmatched.csv"))

    def explain(self, option, key, *more):
        result = support.run("explain", self.demo, option, key, *more)
        self.assert_done(result)
        return result.stdout

    def test_every_placed_student_of_a_sample_sees_their_placement(self):
        for row in self.matches[::20]:
            key = f"{row['school']}/{row['studentnummer']}/{row['van']}"
            said = self.explain("--student", key, "--most", "1000")
            here = [line for line in said.splitlines() if "PLACED HERE" in line]
            self.assertEqual(len(here), 1, said)
            self.assertTrue(here[0].strip().startswith(f"{row['rang']}. {row['leerbedrijf']}/{row['leerplaats']} "), here)
            self.assertIn(f"score {row['score']}, band {row['band']}", here[0])
            self.assertIn("HIER GEPLAATST", self.explain("--student", key, "--lang", "nl", "--most", "1000"))

    def test_every_unmatched_student_of_a_sample_sees_the_reason(self):
        for row in self.unmatched[::4]:
            said = self.explain("--student", f"{row['school']}/{row['studentnummer']}/{row['van']}")
            self.assertIn(row["reden"], said)
            self.assertIn("not placed: ", said)
            self.assertNotIn("PLACED HERE", said)
            if row["reden"].startswith("alle passende"):
                self.assertIn("full: ", said)
                self.assertNotIn(": free", said)

    def test_all_requests_of_a_student_are_told_unless_one_is_named(self):
        keys = [f"{row['school']}/{row['studentnummer']}" for row in self.matches + self.unmatched]
        twice = next(key for key in keys if keys.count(key) == 2)
        self.assertEqual(self.explain("--student", twice).count(twice + " "), 2)
        van = next(row["van"] for row in self.matches + self.unmatched if twice == f"{row['school']}/{row['studentnummer']}")
        self.assertEqual(self.explain("--student", f"{twice}/{van}").count(twice + " "), 1)

    def test_a_placement_tells_its_seats_and_what_each_hard_criterion_costs(self):
        _, placements = support.read_csv(support.DEMO_PLACEMENTS)
        for place in [row for row in placements if row["eisen"]][:10]:
            key = f"{place['leerbedrijf']}/{place['leerplaats']}"
            said = self.explain("--placement", key)
            held = sum(key == f"{row['leerbedrijf']}/{row['leerplaats']}" for row in self.matches)
            self.assertIn(f"{place['plaatsen']} seats", said)
            self.assertIn(f"placed here: {held}\n", said)
            for criterion in place["eisen"].split("|"):
                self.assertRegex(said, rf"(?m)^  without {re.escape(criterion)}: more students eligible: \d+$")

    def test_what_one_criterion_costs_is_counted(self):
        students = [student(n, vaardigheden=f"sql={level}|vca={held}")
                    for n, (level, held) in enumerate([(0, 0), (0, 1), (0, 1), (3, 0), (3, 1), (4, 1)])]
        self.assert_done(self.match(self.write_market(students, [placement("p", eisen="sql>=3|vca>=1")])))
        said = support.run("explain", self.out, "--placement", "990000001/p").stdout
        self.assertIn("eligible students: 2; placed here: 1\n", said)
        self.assertIn("without sql>=3: more students eligible: 2\n", said)
        self.assertIn("without vca>=1: more students eligible: 1\n", said)

    def test_unknown_keys_fail_and_say_what_is_expected(self):
        row = self.matches[0]
        student_key, place_key = f"{row['school']}/{row['studentnummer']}", f"{row['leerbedrijf']}/{row['leerplaats']}"
        cases = [("--student", key, "school/studentnummer") for key in (
            "99ZZ/1", "x", "/", "//", row["studentnummer"], student_key + "/2020-01-01", student_key + "/gisteren",
            f"{student_key}/{row['van']}/x", student_key.lower() + "x")]
        cases += [("--placement", key, "leerbedrijf/leerplaats") for key in (
            "1/2", "x", "/", row["leerplaats"], place_key + "/x", place_key + "x")]
        for option, key, says in cases:
            with self.subTest(option=option, key=key):
                result = support.run("explain", self.demo, option, key)
                self.assert_clean(result)
                self.assertEqual(result.returncode, 1, result.stdout)
                self.assertEqual(result.stdout, "")
                self.assertIn(option, result.stderr)
                self.assertIn(says, result.stderr)

    def test_a_changed_result_is_not_explained(self):
        for name in ("inputs/students.csv", "inputs/placements.csv", "inputs/pc4.csv"):
            copy = self.path("copy")
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.demo, copy)
            path = os.path.join(copy, name)
            support.write_bytes(path, support.read_bytes(path).replace(b"3", b"4", 1))
            row = self.matches[0]
            result = support.run("explain", copy, "--student", f"{row['school']}/{row['studentnummer']}")
            self.assert_clean(result)
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stdout, "")
            self.assertIn(name, result.stderr)

    def test_what_is_no_result_directory(self):
        result = support.run("explain", self.path("nowhere"), "--student", "99AA/1")
        self.assert_clean(result)
        self.assertEqual(result.returncode, 1)
        self.assertIn("nowhere", result.stderr)


if __name__ == "__main__":
    support.main()

"""`stagematch match` as its users know it: what it writes, what it never writes, and how the command line behaves."""
import collections
import json
import os
import re
import stat

import support
from support import DEMO_PLACEMENTS, DEMO_STUDENTS, placement, student

MATCH_ROW = re.compile(r"[0-9]{2}[A-Z]{2};[A-Za-z0-9._-]{1,32};\d{4}-\d\d-\d\d;[A-Za-z0-9._-]{1,20};[A-Za-z0-9._-]{1,64};"
                       r"[1-9]\d*;(?:100|[1-9]?\d);(?:10|\d);\d+\.\d\d")
RULES = "(?:opleiding|leerweg|uitgesloten|periode|uren|dagen|afstand|eisen)"
UNMATCHED_ROW = re.compile(
    r"[0-9]{2}[A-Z]{2};[A-Za-z0-9._-]{1,32};\d{4}-\d\d-\d\d;"
    rf"(?:geen passende plaats \(({RULES})\): van \d+ plaatsen vielen af: {RULES} [1-9]\d*(?:, {RULES} [1-9]\d*)*"
    r"|alle passende plaatsen vol \((band|loting)\): van [1-9]\d* passende plaatsen gingen anderen voor: "
    r"(?:band [1-9]\d*|loting [1-9]\d*|band [1-9]\d*, loting [1-9]\d*))")


def iso(text):
    parts = text.split("-")
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"


class DemoRound(support.TestCase):
    """One round of the demo, looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.test = support.TestCase()
        cls.test.setUp()
        cls.addClassCleanup(cls.test.doCleanups)
        cls.arguments = cls.test.demo_arguments()
        cls.result = cls.test.match(cls.arguments, "--seed", "2027")
        cls.demo = cls.test.out
        cls.test.assert_done(cls.result)
        cls.record_text = support.read_bytes(os.path.join(cls.demo, "round.json"))
        cls.record = json.loads(cls.record_text)
        _, cls.students = support.read_csv(DEMO_STUDENTS)
        _, cls.placements = support.read_csv(DEMO_PLACEMENTS)
        _, cls.matches = support.read_csv(os.path.join(cls.demo, "matches.csv"))
        _, cls.unmatched = support.read_csv(os.path.join(cls.demo, "unmatched.csv"))

    def lines(self, name):
        text = support.read_bytes(os.path.join(self.demo, name)).decode()
        self.assertTrue(text.endswith("\n"))
        self.assertNotIn("\r", text)
        return text[:-1].split("\n")

    def test_the_directory_holds_exactly_the_named_files(self):
        self.assertEqual(sorted(support.result_bytes(self.demo)), support.RESULT_FILES)
        self.assertEqual(os.listdir(os.path.dirname(self.demo)), ["out"])

    def test_files_can_be_read_by_others_and_written_by_the_owner(self):
        for name, mode in (("", 0o755), ("inputs", 0o755), ("matches.csv", 0o644), ("round.json", 0o644)):
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.demo, name)).st_mode), mode, name)

    def test_matches_have_the_documented_header_and_form(self):
        header, *rows = self.lines("matches.csv")
        self.assertEqual(header, "school;studentnummer;van;leerbedrijf;leerplaats;rang;score;band;km")
        self.assertGreater(len(rows), 0)
        for row in rows:
            self.assertRegex(row, f"^{MATCH_ROW.pattern}$")

    def test_unmatched_have_the_documented_header_and_form(self):
        header, *rows = self.lines("unmatched.csv")
        self.assertEqual(header, "school;studentnummer;van;reden")
        self.assertGreater(len(rows), 0)
        for row in rows:
            self.assertRegex(row, f"^{UNMATCHED_ROW.pattern}$")

    def test_rows_are_sorted_bytewise(self):
        for rows in (self.matches, self.unmatched):
            keys = [tuple(row[c].encode() for c in ("school", "studentnummer", "van")) for row in rows]
            self.assertEqual(keys, sorted(set(keys)))

    def test_every_request_is_in_exactly_one_of_the_two_files(self):
        asked = sorted((row["school"], row["studentnummer"], iso(row["van"])) for row in self.students)
        answered = sorted((row["school"], row["studentnummer"], row["van"]) for row in self.matches + self.unmatched)
        self.assertEqual(asked, answered)

    def test_no_placement_holds_more_than_its_seats(self):
        seats = {(row["leerbedrijf"], row["leerplaats"]): int(row["plaatsen"]) for row in self.placements}
        held = collections.Counter((row["leerbedrijf"], row["leerplaats"]) for row in self.matches)
        for key, count in held.items():
            self.assertLessEqual(count, seats[key], key)

    def test_everybody_placed_fits_the_placement(self):
        requests = {(row["school"], row["studentnummer"], iso(row["van"])): row for row in self.students}
        places = {(row["leerbedrijf"], row["leerplaats"]): row for row in self.placements}
        for row in self.matches:
            request = requests[row["school"], row["studentnummer"], row["van"]]
            place = places[row["leerbedrijf"], row["leerplaats"]]
            self.assertIn(request["opleiding"], place["opleidingen"].split())
            self.assertEqual(request["leerweg"], place["leerweg"])
            self.assertGreaterEqual(int(place["uren"]), int(request["uren"]))
            self.assertLessEqual(float(row["km"]), int(request["max_km"] or 40))
            self.assertEqual(int(row["band"]), int(row["score"]) // 10)
            if not place["wegingen"]:
                self.assertEqual(row["score"], "100")

    def test_counts_in_the_record_agree_with_the_files(self):
        counts = self.record["counts"]
        self.assertEqual(counts["students"], len(self.students))
        self.assertEqual(counts["placements"], len(self.placements))
        self.assertEqual(counts["seats"], sum(int(row["plaatsen"]) for row in self.placements))
        self.assertEqual(counts["matched"], len(self.matches))
        self.assertEqual(counts["unmatched"], len(self.unmatched))
        self.assertEqual(counts["cut_lists"], 0)
        self.assertEqual(counts["matched_second_pass"], 0)
        self.assertEqual(counts["listed_pairs"], counts["eligible_pairs"])
        self.assertGreaterEqual(counts["proposals"], len(self.matches))
        self.assertLessEqual(counts["proposals"], counts["listed_pairs"])

    def test_rank_distribution_agrees_with_the_matches(self):
        ranks = collections.Counter(int(row["rang"]) for row in self.matches)
        self.assertEqual(self.record["rank_distribution"],
                         [{"rank": rank, "students": ranks[rank]} for rank in sorted(ranks)])

    def test_counted_reasons_agree_with_the_reasons(self):
        found = collections.Counter(re.search(r"\(([a-z ]+)\)", row["reden"]).group(1) for row in self.unmatched)
        self.assertEqual(self.record["unmatched_reasons"], dict(found))

    def test_the_record_names_seed_rules_and_mechanism(self):
        self.assertEqual(self.record["seed"], "2027".zfill(64))
        self.assertEqual(self.record["rules"], {"speling_dagen": 7, "list_max": 1000, "band_width": 10})
        self.assertEqual(self.record["mechanism"], "stb")
        self.assertEqual(self.record["distances"], "approximate", "the coarse table was used")

    def test_the_record_times_every_stage(self):
        timings = self.record["timings_us"]
        self.assertEqual(list(timings), ["read", "eligibility", "solve", "verify", "explain", "write"])
        self.assertTrue(all(isinstance(us, int) and us >= 0 for us in timings.values()))

    def test_digests_are_those_of_the_files(self):
        for member, names in (("outputs", support.OUTPUT_FILES), ("inputs", support.INPUT_FILES)):
            files = self.record[member] if member == "outputs" else self.record[member]["files"]
            self.assertEqual(files, {name: support.sha256(support.read_bytes(os.path.join(self.demo, name)))
                                     for name in names})

    def test_digest_of_the_inputs_is_that_of_their_sha256sum_lines(self):
        lines = [f"{support.sha256(support.read_bytes(os.path.join(self.demo, name)))}  {name}\n"
                 for name in sorted(support.INPUT_FILES)]
        self.assertEqual(self.record["inputs"]["digest"], support.sha256("".join(lines).encode()))

    def test_the_record_carries_the_digest_of_the_rest_of_itself(self):
        without = re.sub(rb',\n  "sha256": "[0-9a-f]{64}"\n}\n$', b"\n}\n", self.record_text)
        self.assertNotEqual(without, self.record_text)
        self.assertEqual(self.record["sha256"], support.sha256(without))

    def test_the_summary_tells_what_went_in_and_came_out(self):
        said = self.result.stdout
        for part in (f"{len(self.students)} requests", f"{len(self.placements)} placements",
                     f"{len(self.matches)} placed, {len(self.unmatched)} not", f"seed: {'2027'.zfill(64)}\n",
                     "approximate"):
            self.assertIn(part, said)

    def test_the_unknown_wish_is_reported_with_its_line(self):
        for line, row in enumerate(self.students, 2):
            if "plaats-van-vorig-jaar" in row["voorkeuren"]:
                self.assertIn(f"{DEMO_STUDENTS}: line {line}, column voorkeuren: ", self.result.stderr)
                break
        else:
            self.fail("the demo has no unknown wish")
        self.assertEqual(len(self.result.stderr.splitlines()), 1, self.result.stderr)

    def test_nobody_of_the_demo_can_be_recognised(self):
        said = self.result.stdout + self.result.stderr
        everything = "".join(data.decode() for data in support.result_bytes(self.demo).values()) + said
        for row in self.students:
            name = " ".join(filter(None, (row["voornaam"], row["tussenvoegsel"], row["achternaam"])))
            letters = [row["postcode"]] if len(row["postcode"]) > 4 else []
            for value in filter(None, [name, row["email"], row["geboortedatum"], *letters]):
                self.assertNotIn(value, everything)
        self.assertNotIn("@", everything)


class Identity(support.TestCase):
    def test_no_identity_value_is_written_or_said_anywhere_whatever_the_log_level(self):
        columns, students = support.read_csv(DEMO_STUDENTS)
        for number, row in enumerate(students):
            row.update({column: f"Zqx{column[:3]}{number}" for column in support.IDENTITY_COLUMNS})
            row["postcode"] = row["postcode"][:4] + " QX"
        path = self.write("students.csv", support.csv_bytes(columns, students))
        result = self.match(self.demo_arguments(), "--students", path, "--log-level", "debug")
        self.assert_done(result)
        said = {**support.result_bytes(self.out), "stdout": result.stdout.encode(), "stderr": result.stderr.encode()}
        for name, data in said.items():
            self.assertNotIn(b"zqx", data.lower(), name)
            self.assertNotRegex(data, rb"\d{4} ?QX", name)

    def test_an_error_message_repeats_no_value_of_the_file(self):
        marker = "Zqxvalue"
        row = student(1, **{c: marker for c in support.STUDENT_COLUMNS})
        result = self.match(self.write_market([row], [placement("p")]), "--log-level", "debug")
        self.assert_refused(result, "line 2")
        self.assertNotIn(marker, result.stdout + result.stderr)


class Repeating(support.TestCase):
    def setUp(self):
        super().setUp()
        self.market = self.write_market([student(n) for n in range(20)], [placement(n) for n in range(5)])

    def test_an_existing_result_is_refused_and_left_as_it_was(self):
        self.assert_done(self.match(self.market, "--seed", "1"))
        before = {name: (data, os.stat(os.path.join(self.out, name)).st_mtime_ns)
                  for name, data in support.result_bytes(self.out).items()}
        result = self.match(self.market, "--seed", "2")
        self.assert_clean(result)
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.out, result.stderr)
        self.assertIn("--force", result.stderr)
        after = {name: (data, os.stat(os.path.join(self.out, name)).st_mtime_ns)
                 for name, data in support.result_bytes(self.out).items()}
        self.assertEqual(before, after)
        self.assertEqual(os.listdir(self.results), ["out"])

    def test_an_empty_directory_is_taken(self):
        os.mkdir(self.out)
        self.assert_done(self.match(self.market))
        self.assertEqual(sorted(support.result_bytes(self.out)), support.RESULT_FILES)

    def test_an_empty_directory_is_still_there_after_a_refusal(self):
        os.mkdir(self.out)
        result = self.match(self.market[:2] + ["--placements", self.write("empty.csv", b"")] + self.market[4:])
        self.assertEqual(result.returncode, 1)
        self.assertEqual(os.listdir(self.results), ["out"])
        self.assertEqual(os.listdir(self.out), [])

    def test_force_replaces_an_earlier_result(self):
        self.assert_done(self.match(self.market, "--seed", "1"))
        self.assert_done(self.match(self.market, "--seed", "2", "--force"))
        record = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        self.assertEqual(record["seed"], "2".zfill(64))
        self.assertEqual(os.listdir(self.results), ["out"])
        self.assertEqual(support.run("verify", self.out).returncode, 0)

    def test_force_works_where_nothing_stands(self):
        self.assert_done(self.match(self.market, "--force"))
        self.assertEqual(sorted(support.result_bytes(self.out)), support.RESULT_FILES)

    def test_force_leaves_no_hidden_directory_and_loses_no_foreign_file(self):
        self.assert_done(self.match(self.market, "--seed", "1"))
        support.write_bytes(os.path.join(self.out, "notities.txt"), b"van de school\n")
        result = self.match(self.market, "--seed", "2", "--force")
        self.assert_clean(result)
        self.assertEqual(os.listdir(self.results), ["out"])
        self.assertEqual(support.read_bytes(os.path.join(self.out, "notities.txt")), b"van de school\n",
                         "either refused with everything as it was, or kept beside the new result")

    def test_force_with_bad_files_keeps_the_earlier_result(self):
        self.assert_done(self.match(self.market, "--seed", "1"))
        before = support.result_bytes(self.out)
        bad = self.write_market([student(1, uren="0")], [placement("p")])
        result = self.match(bad, "--force")
        self.assertEqual(result.returncode, 1)
        self.assert_same_result(before, support.result_bytes(self.out))
        self.assertEqual(os.listdir(self.results), ["out"])

    def test_a_trailing_slash_and_a_relative_name_mean_the_same_directory(self):
        self.assert_done(self.match(self.market, "--seed", "1", out=self.out + "//"))
        self.assert_done(self.match(self.market, "--seed", "1", out="relative", cwd=self.results))
        self.assert_same_result(support.result_bytes(self.out), support.result_bytes(self.results + "/relative"))
        self.assertEqual(sorted(os.listdir(self.results)), ["out", "relative"])


class Seeds(support.TestCase):
    def setUp(self):
        super().setUp()
        self.market = self.write_market([student(n) for n in range(40)], [placement(n) for n in range(8)])

    def play(self, *more):
        result = self.match(self.market, "--force", *more)
        self.assert_done(result)
        return support.result_bytes(self.out), re.search(r"^seed: (.*)$", result.stdout, re.M).group(1)

    def test_forms_of_one_seed_give_the_same_bytes(self):
        for forms in (["1", "01", "1".zfill(64)], ["abcdef", "ABCDEF", "0aBcDeF"], ["0", "00", "0" * 64]):
            results = [self.play("--seed", form)[0] for form in forms] + [self.play(f"--seed={forms[0]}")[0]]
            for other in results[1:]:
                self.assert_same_result(results[0], other)

    def test_another_seed_gives_another_match(self):
        self.assertNotEqual(self.play("--seed", "1")[0]["matches.csv"], self.play("--seed", "2")[0]["matches.csv"])

    def test_a_wrong_seed_is_wrong_use(self):
        for seed in ("", "g", "0x1", "-1", "1 ", " 1", "f" * 65, "1\n", "é"):
            with self.subTest(seed=seed):
                result = self.match(self.market, "--seed", seed)
                self.assert_wrong_use(result, "--seed")
                self.assert_nothing_left()

    def test_without_a_seed_one_is_drawn_printed_and_can_be_used_again(self):
        first, seed = self.play()
        second, other_seed = self.play()
        self.assertRegex(seed, "^[0-9a-f]{64}$")
        self.assertNotEqual(seed, other_seed)
        self.assertNotEqual(first["round.json"], second["round.json"])
        again, _ = self.play("--seed", seed)
        self.assert_same_result(first, again)


class CommandLine(support.TestCase):
    def setUp(self):
        super().setUp()
        self.market = self.write_market([student(1)], [placement("p")])

    def test_every_command_has_help_on_stdout(self):
        for command in support.COMMANDS:
            for arguments in ([command, "--help"], [command, "x", "--help", "--unknown"]):
                with self.subTest(arguments=arguments):
                    result = support.run(*arguments)
                    self.assert_done(result)
                    self.assertEqual(result.stderr, "")
                    self.assertTrue(result.stdout.startswith(f"usage: stagematch {command} "), result.stdout)
                    self.assertIn("--help", result.stdout)

    def test_the_overview_lists_every_command(self):
        result = support.run("--help")
        self.assert_done(result)
        self.assertEqual(result.stderr, "")
        for command in support.COMMANDS:
            self.assertRegex(result.stdout, rf"(?m)^  {command} ")

    def test_help_names_every_option_of_match(self):
        said = support.run("match", "--help").stdout
        for option in ("students", "placements", "pc4", "seed", "mechanism", "speling", "list-max", "band-width", "out",
                       "force", "schools", "lang", "config"):
            self.assertIn(f"--{option} " if option != "force" else "--force", said)

    def test_version(self):
        result = support.run("--version")
        self.assert_done(result)
        self.assertRegex(result.stdout, r"^stagematch \d+\.\d+\.\d+\n$")

    def test_wrong_use_of_every_command(self):
        out = ["--out", self.out]
        cases = [([], "usage"), (["maatch"], "maatch"), (["--bogus"], "--bogus"),
                 (["match"], "--students"), (["match"] + self.market, "--out"),
                 (["match"] + self.market + out + ["--bogus"], "--bogus"),
                 (["match"] + self.market + out + ["--seed"], "--seed"),
                 (["match"] + self.market + out + ["--config"], "--config"),
                 (["match"] + self.market + out + ["loose"], "loose"),
                 (["match"] + self.market + out + ["--force=yes"], "--force"),
                 (["match"] + self.market + ["--out", ""], "--out"),
                 (["match"] + self.market + out + ["--mechanism", "serial"], "stb"),
                 (["match"] + self.market + out + ["--lang", "de"], "nl en"),
                 (["verify"], "directory"), (["verify", "a", "b"], "b"), (["verify", "a", "--students", "x"], "--placements"),
                 (["explain", "a"], "--student"), (["explain"], "DIR"), (["explain", "a", "--most", "0"], "--most"),
                 (["solve"], "FILE"), (["solve", "a", "b"], "b"), (["solve", "--mechanism", "x", "a"], "stb"),
                 (["import-pc4"], "FILE"), (["check-config", "x"], "x")]
        cases += [([command, "--bogus"], "--bogus") for command in support.COMMANDS]
        for option, value in (("speling", "-1"), ("speling", "367"), ("speling", "x"), ("list-max", "1000001"),
                              ("list-max", "1.5"), ("band-width", "0"), ("band-width", "101"), ("band-width", "")):
            cases.append((["match"] + self.market + out + ["--" + option, value], "--" + option))
        for arguments, says in cases:
            with self.subTest(arguments=arguments):
                self.assert_wrong_use(support.run(*arguments), says)
                self.assert_nothing_left()

    def test_only_the_named_schools(self):
        self.assert_refused(self.match(self.market, "--schools", "99AB,25PT"), "students.csv: line 2, column school: ")
        self.assert_done(self.match(self.market, "--schools", "25PT, 99AA"))


class Configuration(support.TestCase):
    def setUp(self):
        super().setUp()
        self.market = self.write_market([student(n) for n in range(4)], [placement(n) for n in range(4)])
        self.without_pc4 = self.market[:4]

    def rules(self, *more, **options):
        result = self.match(self.without_pc4, "--force", *more, **options)
        self.assert_done(result)
        return json.loads(support.read_bytes(os.path.join(self.out, "round.json")))["rules"]

    def configure(self, name, text):
        return self.write(name, "pc4 = pc4.csv\n" + text)

    def test_a_file_sets_rules_and_its_paths_are_relative_to_itself(self):
        path = self.configure("a.conf", "# a comment\n\n  list_max=2 \nspeling_dagen = 3\r\nband_width = 50\n")
        self.assertEqual(self.rules("--config", path, cwd="/"), {"speling_dagen": 3, "list_max": 2, "band_width": 50})
        self.assertEqual(self.rules(f"--config={path}", cwd="/")["list_max"], 2)

    def test_the_environment_names_a_file(self):
        path = self.configure("a.conf", "list_max = 2\n")
        self.assertEqual(self.rules(env={"STAGEMATCH_CONFIG": path})["list_max"], 2)

    def test_the_command_line_goes_before_the_file_and_the_flag_before_the_environment(self):
        first, second = self.configure("a.conf", "list_max = 2\n"), self.configure("b.conf", "list_max = 3\n")
        self.assertEqual(self.rules("--config", first, "--list-max", "4")["list_max"], 4)
        self.assertEqual(self.rules("--config", second, env={"STAGEMATCH_CONFIG": first})["list_max"], 3)

    def test_a_bad_file_is_refused_with_all_its_lines(self):
        path = self.configure("a.conf", "list_max = many\n\nkleur = blauw\nlos woord\nseed = 1\nband_width = 0\n"
                                        "mechanism = serial\n")
        for how in ({"arguments": ["--config", path]}, {"env": {"STAGEMATCH_CONFIG": path}}):
            result = self.match(self.market, *how.get("arguments", []), env=how.get("env"))
            self.assert_refused(result, f"{path}: line 2", "list_max")
            for line, word in ((4, "kleur"), (5, ""), (6, "seed"), (7, "band_width"), (8, "mechanism")):
                self.assertRegex(result.stderr, rf"(?m)^{re.escape(path)}: line {line}\b.*{word}")
            self.assertNotIn("line 3", result.stderr)

    def test_a_missing_file_is_refused_by_name(self):
        for how in ({"arguments": ["--config", "/nowhere/x.conf"]}, {"env": {"STAGEMATCH_CONFIG": "/nowhere/x.conf"}}):
            self.assert_refused(self.match(self.market, *how.get("arguments", []), env=how.get("env")), "/nowhere/x.conf")

    def test_no_postcode_table_is_wrong_use(self):
        self.assert_wrong_use(self.match(self.without_pc4, "--config", self.write("a.conf", "")), "--pc4")

    def test_check_config_reads_every_list(self):
        result = support.run("check-config", "--config", os.path.join(support.CONFIG, "stagematch.conf"))
        self.assert_done(result)
        for name in ("pc4", "opleidingen", "skills", "reasons", "grounds"):
            self.assertRegex(result.stdout, rf"(?m)^{name}: [1-9]\d* ")
        self.assertIn("the configuration is good", result.stdout)

    def test_check_config_refuses_a_bad_list(self):
        self.write("reasons.csv", "code;nl;en;class;needs_criterion;allowed\nvol;x;x;mood;no;school_veto\n")
        for text, says in (("reasons = reasons.csv\n", "reasons.csv: line 2"), ("skills = weg.csv\n", "weg.csv"),
                           ("opleidingen = weg.csv\n", "weg.csv"), ("pc4 = reasons.csv\n", "reasons.csv: line 1")):
            with self.subTest(text=text):
                result = support.run("check-config", "--config", self.write("a.conf", text))
                self.assert_refused(result, says)
                self.assertNotIn("the configuration is good", result.stdout)


if __name__ == "__main__":
    support.main()

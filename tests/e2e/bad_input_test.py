"""Files that are wrong: refused as a whole, with what is wrong, where, and what to do; nothing is left behind."""
import hashlib
import hmac
import json
import os
import random
import struct
import subprocess

import support
from support import PLACEMENT_COLUMNS, STUDENT_COLUMNS, placement, student

MIB = 1 << 20
FIELD_BYTES, HARD_FIELD_BYTES, PROBLEMS_KEPT = 4096, 65536, 1000


def run_measured(*arguments):
    """Runs the program and returns (result, peak of its resident memory in bytes).

    The peak counts what this process held when it forked, so big files are written piece by piece here.
    """
    with open(os.path.join(os.path.dirname(arguments[-1]), "..", "stderr"), "w+b") as errors:
        process = subprocess.Popen([support.STAGEMATCH, *arguments], stdin=subprocess.DEVNULL, stdout=errors,
                                   stderr=errors, env=support.environment())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", "backslashreplace")
    return subprocess.CompletedProcess(process.args, process.returncode, "", said), usage.ru_maxrss * 1024


class BadInput(support.TestCase):
    def refuse(self, *says, students=None, placements=None, pc4=None, more=()):
        """`match` over good files but for the given ones (rows or bytes) is refused with a line that has all of `says`."""
        result = self.match(self.write_market([student(1)] if students is None else students,
                                              [placement("p")] if placements is None else placements, pc4), *more)
        self.assert_refused(result, *says)
        self.assertEqual(result.stdout, "")
        return result


def students_bytes(*rows, columns=STUDENT_COLUMNS, **layout):
    return support.csv_bytes(columns, rows or [student(1)], **layout)


class WholeFile(BadInput):
    def test_a_file_without_anything_in_it(self):
        for data in (b"", b"\xef\xbb\xbf"):
            with self.subTest(data=data):
                for name in ("students", "placements", "pc4"):
                    self.refuse(f"{name}.csv: ", "the file is empty", "expected: ", **{name: data})

    def test_a_file_of_empty_lines_has_no_header(self):
        for data in (b"\n", b"\r\n\r\n", b"sep=;\n"):
            with self.subTest(data=data):
                self.refuse("students.csv: ", students=data)
                self.refuse("placements.csv: ", placements=data)

    def test_binary_garbage(self):
        garbage = random.Random(7).randbytes(100_000)
        for name in ("students", "placements", "pc4"):
            self.refuse(f"{name}.csv: line 1", "expected: ", **{name: garbage})
        self.refuse("students.csv: line ", students=b"PK\x03\x04\x14\x00\x06\x00" + garbage)

    def test_utf_16(self):
        text = students_bytes().decode()
        for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
            with self.subTest(encoding=encoding):
                self.refuse("students.csv: line 1", "NUL", "UTF-16", students=text.encode(encoding))

    def test_what_is_no_regular_file(self):
        os.mkdir(self.path("folder"))
        os.mkfifo(self.path("fifo"))
        market = self.write_market([student(1)], [placement("p")])
        for name, says in (("folder", "not an ordinary file"), ("fifo", "not an ordinary file"),
                           ("missing.csv", "No such file"), ("students.csv/x", "Not a directory")):
            for option in ("--students", "--placements", "--pc4"):
                with self.subTest(name=name, option=option):
                    self.assert_refused(self.match(market, option, self.path(name)), self.path(name), says, "expected: ")
        self.assert_refused(self.match(market, "--students", "/dev/null"), "/dev/null")

    def test_a_list_of_names_that_cannot_be_read_is_refused_before_anything_is_written(self):
        market = self.write_market([student(1)], [placement("p")])
        for path in (self.path("missing.csv"), self.dir, self.write("empty.csv", "")):
            with self.subTest(path=path):
                self.assert_refused(self.match(market, "--opleidingen", path), path)
        self.assert_refused(self.match(market, "--opleidingen", self.write("names.csv", "code;naam\n1;x\n")),
                            "names.csv: line 2, column code: ")

    def test_an_unreadable_file(self):
        if os.getuid() == 0:
            self.skipTest("root reads everything")
        market = self.write_market([student(1)], [placement("p")])
        os.chmod(self.path("students.csv"), 0)
        self.assert_refused(self.match(market), "students.csv: ", "Permission denied", "expected: ")

    def test_problems_of_both_files_are_shown_in_one_run(self):
        result = self.refuse("students.csv: line 2, column uren", students=[student(1, uren="0")],
                             placements=[placement("p", uren="41")])
        self.assertIn("placements.csv: line 2, column uren", result.stderr)


class Encoding(BadInput):
    def test_windows_1252_half_way_in_utf_8(self):
        rows = [student(1, voornaam="Zoë"), student(2), student(3, voornaam="Zo@")]
        data = students_bytes(*rows).replace(b"Zo@", b"Zo\xeb")
        self.refuse("students.csv: line 4, column voornaam: ", "UTF-8", "expected: ", students=data)

    def test_a_byte_that_windows_1252_does_not_define(self):
        for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"):
            data = students_bytes(student(1, voornaam="@@")).replace(b"@@", b"\xeb" + byte)
            self.refuse("students.csv: line 2, column voornaam: ", "Windows-1252", "expected: ", students=data)

    def test_a_nul_byte(self):
        data = students_bytes(student(1), student(2, voornaam="@")).replace(b"@.", b".").replace(b";@;", b";A\0B;")
        self.refuse("students.csv: line 3, column voornaam: ", "NUL", "expected: ", students=data)

    def test_utf_8_that_stops_within_a_character(self):
        columns = [c for c in STUDENT_COLUMNS if c != "voornaam"] + ["voornaam"]
        data = students_bytes(student(1, voornaam="Zoë"), student(2, voornaam="Zo"), columns=columns).rstrip(b"\n")
        self.refuse("students.csv: line 3, column voornaam: ", "UTF-8", students=data + b"\xc3")


class Header(BadInput):
    def columns(self, name, change, *says):
        columns = change(list(STUDENT_COLUMNS if name == "students" else PLACEMENT_COLUMNS))
        row = student(1) if name == "students" else placement("p")
        self.refuse(f"{name}.csv: line 1, column ", *says, "expected: ", **{name: support.csv_bytes(columns, [row])})

    def test_an_unknown_column_is_named(self):
        for name in ("students", "placements"):
            self.columns(name, lambda columns: columns + ["lievelingskleur"], "column lievelingskleur: ")

    def test_a_column_that_is_there_twice_is_named(self):
        self.columns("students", lambda columns: columns + ["Uren"], "column Uren: ")
        self.columns("placements", lambda columns: columns + ["kvk"], "column kvk: ")

    def test_each_missing_required_column_is_named(self):
        required = {"students": "school studentnummer postcode opleiding leerweg leerjaar van tot uren",
                    "placements": "leerplaats leerbedrijf bedrijfsnaam kvk postcode opleidingen leerweg plaatsen van tot uren"}
        for name, columns in required.items():
            for column in columns.split():
                with self.subTest(name=name, column=column):
                    self.columns(name, lambda all_columns, c=column: [x for x in all_columns if x != c],
                                 f"column {column}: ")

    def test_columns_of_the_postcode_table(self):
        self.refuse("pc4.csv: line 1, column lon: ", pc4=b"pc4,lat\n3511,52.1\n")
        self.refuse("pc4.csv: line 1, column PC4: ", pc4=b"pc4,lat,lon,PC4\n3511,52.1,5.1,3511\n")


class Rows(BadInput):
    def test_each_wrong_value_of_a_student(self):
        cases = [("school", "99aa 9AA 999A 99AAA"), ("studentnummer", "a/b a;b " + "x" * 33), ("postcode", "0999 35111 351 3511A"),
                 ("opleiding", "2599 259988 2599a"), ("leerweg", "BOLL mbo"), ("leerjaar", "0 9 1.0 +1"),
                 ("van", "2027-02-30 2027-13-01 2027-2 1/2/2027 01-02-27 2027-02-29"), ("tot", "31-6-2027 29-2-2027"),
                 ("uren", "0 41 8,5 -1 1e1"), ("dagen", "mo ma,di ma|ma"), ("max_km", "0 301 1.5"),
                 ("vaardigheden", "sql sql=6 sql=-1 =3 sql=1|sql=2 sql=1| a/b=1"), ("tags", "a|a a||b |"),
                 ("uitsluiten", "a/b/c / a| x|x"), ("voorkeuren", "a>a a>>b >")]
        for column, values in cases:
            for value in values.split():
                with self.subTest(column=column, value=value):
                    self.refuse(f"students.csv: line 3, column {column}: ", "expected: ",
                                students=[student(1), student(2, **{column: value})])

    def test_each_wrong_value_of_a_placement(self):
        cases = [("leerplaats", "a/b " + "x" * 65), ("leerbedrijf", "a/b " + "x" * 21), ("kvk", "1234567 123456789 1234567a"),
                 ("postcode", "0999 abcd"), ("opleidingen", "2599 25998,25656"), ("leerweg", "stage"),
                 ("plaatsen", "0 10001 -1 1.0"), ("van", "2027-00-01"), ("uren", "0 41"), ("dagen", "ma,di"),
                 ("eisen", "sql sql>3 sql>=6 sql=3 sql>=1|sql>=2 |"),
                 ("wegingen", "sql sql*0 sql*10 sql*1>=6 *3 sql*1|sql*2 sql*1>1"), ("tags", "a|a"),
                 ("vergoeding", "350.50 350,5 -1 350,500")]
        for column, values in cases:
            for value in values.split():
                with self.subTest(column=column, value=value):
                    self.refuse(f"placements.csv: line 3, column {column}: ", "expected: ",
                                placements=[placement("p"), placement("q", **{column: value})])

    def test_each_required_value_that_is_empty(self):
        for name, row, columns in (("students", student(1), "school studentnummer postcode opleiding leerweg leerjaar van tot uren"),
                                   ("placements", placement("p"), "leerplaats leerbedrijf bedrijfsnaam kvk postcode "
                                                                  "opleidingen leerweg plaatsen van tot uren")):
            for column in columns.split():
                with self.subTest(name=name, column=column):
                    self.refuse(f"{name}.csv: line 2, column {column}: ", "expected: ", **{name: [{**row, column: " "}]})

    def test_a_period_that_ends_before_it_begins(self):
        period = {"van": "2027-02-02", "tot": "2027-02-01"}
        self.refuse("students.csv: line 2, column tot: ", "expected: ", students=[student(1, **period)])
        self.refuse("placements.csv: line 2, column tot: ", "expected: ", placements=[placement("p", **period)])

    def test_a_row_with_another_number_of_fields(self):
        header, row = students_bytes().split(b"\n")[:2]
        for wrong in (row + b";", row.rsplit(b";", 1)[0], b"x"):
            self.refuse("students.csv: line 3: ", f"{wrong.count(b';') + 1}, header {len(STUDENT_COLUMNS)}", "expected: ",
                        students=header + b"\n" + row + b"\n" + wrong + b"\n")

    def test_a_key_that_is_there_twice(self):
        twice = [student(1), student(2), student(1, van="1-2-2027", uren="8")]
        self.refuse("students.csv: line 4, column studentnummer: ", "(2)", "expected: ", students=twice)
        self.refuse("placements.csv: line 4, column leerplaats: ", "(3)", "expected: ",
                    placements=[placement("p", leerbedrijf="1"), placement("p"), placement("p", uren="8")])

    def test_the_same_number_at_another_school_or_start_is_no_duplicate(self):
        rows = [student(1), student(1, school="99AB"), student(1, van="2027-02-02")]
        self.assert_done(self.match(self.write_market(rows, [placement("p"), placement("p", leerbedrijf="1")])))

    def test_a_quote_in_the_wrong_place_costs_only_its_line(self):
        header, row = students_bytes().split(b"\n")[:2]
        bad = row.replace(b";Voornaam;", b';Voor"naam;')
        wrong_hours = row.replace(b";32;", b";99;")
        result = self.refuse("students.csv: line 2, column voornaam: ", "quot", "expected: ",
                             students=b"\n".join([header, bad, wrong_hours, b""]))
        self.assertIn("students.csv: line 3, column uren: ", result.stderr)

    def test_a_quote_that_is_never_closed(self):
        header, row = students_bytes().split(b"\n")[:2]
        opened = row.replace(b";Voornaam;", b';"Voornaam;')
        self.refuse("students.csv: line 3, column voornaam: ", "never closed", "expected: ",
                    students=b"\n".join([header, row, opened, row, b""]))

    def test_lines_are_counted_as_a_spreadsheet_counts_rows(self):
        rows = [student(1, voornaam="two\nlines"), student(2, voornaam="three\r\nmore\nlines"), student(3, uren="0")]
        data = students_bytes(*rows, newline="\r\n")
        self.refuse("students.csv: line 4, column uren: ", students=b"sep=;\r\n" + data)

    def test_a_postcode_that_is_nowhere_near_the_table(self):
        self.refuse("students.csv: line 2, column postcode: ", "--pc4", students=[student(1, postcode="9999")])
        self.refuse("placements.csv: line 2, column postcode: ", "--pc4", placements=[placement("p", postcode="9999")])

    def test_values_of_the_postcode_table(self):
        good = "pc4,lat,lon\n3511,52.1,5.1\n"
        for row, column in (("351,52.1,5.1", "pc4"), ("0999,52.1,5.1", "pc4"), ("9,52.1,5.1", "pc4"), ("3512,x,5.1", "lat"),
                            ("3512,49.9,5.1", "lat"), ("3512,nan,5.1", "lat"), ("3512,52.1,8.5", "lon"),
                            ("3512,52.1,", "lon"), ("3512,52.1,inf", "lon"), ("3511,52.1,5.1", "pc4")):
            with self.subTest(row=row):
                self.refuse(f"pc4.csv: line 3, column {column}: ", "expected: ", pc4=(good + row + "\n").encode())

    def test_the_longest_list_and_one_item_more(self):
        fits, too_long = ("|".join(f"s{i}=1" for i in range(count)) for count in (64, 65))
        self.assert_done(self.match(self.write_market([student(1, vaardigheden=fits)], [placement("p")]),
                                    out=self.path("fits")))
        self.refuse("students.csv: line 2, column vaardigheden: ", "64", "expected: ",
                    students=[student(1, vaardigheden=too_long)])


class Size(BadInput):
    def test_a_million_rows_with_one_error_in_the_last(self):
        market = self.write_market([], [placement("p")])
        columns = "school studentnummer postcode opleiding leerweg leerjaar van tot uren".split()
        with open(self.path("students.csv"), "w", encoding="ascii") as file:
            file.write(";".join(columns) + "\n")
            for start in range(0, 1_000_000, 10_000):
                file.writelines(f"99AA;{n};3511;25998;BOL;1;2027-02-01;2027-07-02;{0 if n == 999_999 else 32}\n"
                                for n in range(start, start + 10_000))
        result, peak_bytes = run_measured("match", *market, "--out", self.out)
        self.assert_refused(result, "students.csv: line 1000001, column uren: ", "expected: ")
        self.assertEqual(len(result.stderr.splitlines()), 2, result.stderr[:2000])
        if not support.is_sanitized():
            self.assertLess(peak_bytes, 1536 * MIB)

    def test_a_field_of_ten_mebibytes(self):
        header, row = students_bytes().split(b"\n")[:2]
        before, after = row.split(b"Voornaam")
        market = self.write_market([], [placement("p")])
        for opening, filling, closing in ((b"", b"x", b""), (b'"', b"x", b'"'), (b'"', b"\n", b'"'), (b'"', b'""', b'"'),
                                          (b"", b"\xeb", b"")):
            with self.subTest(opening=opening, filling=filling):
                with open(self.path("students.csv"), "wb") as file:
                    file.write(header + b"\n" + row.replace(b";1;Voor", b";2;Voor") + b"\n" + before + opening)
                    for _ in range(10):
                        file.write(filling * (MIB // len(filling)))
                    file.write(closing + after + b"\n")
                result, peak_bytes = run_measured("match", *market, "--out", self.out)
                self.assert_refused(result, "students.csv: line 3, column voornaam: ", "4096", "expected: ")
                self.assertLess(peak_bytes, (1024 if support.is_sanitized() else 200) * MIB)

    def test_a_header_of_ten_mebibytes(self):
        for piece in (b"x", b"x;", b'"', b";"):
            with self.subTest(piece=piece):
                market = self.write_market(b"", [placement("p")])
                with open(self.path("students.csv"), "wb") as file:
                    for _ in range(10):
                        file.write(piece * (MIB // len(piece)))
                result, peak_bytes = run_measured("match", *market, "--out", self.out)
                self.assert_refused(result, "students.csv: line 1", "expected: ")
                self.assertLess(peak_bytes, (1024 if support.is_sanitized() else 200) * MIB)

    def test_the_longest_field_and_one_byte_more(self):
        texts = {"omschrijving": "x" * FIELD_BYTES}
        self.assert_done(self.match(self.write_market([student(1)], [placement("p", **texts)]), out=self.path("fits")))
        self.refuse("placements.csv: line 2, column omschrijving: ", "4096", "expected: ",
                    placements=[placement("p", omschrijving="x" * (FIELD_BYTES + 1))])
        # Up to the hard limit reading goes on, so that later lines are judged as well.
        result = self.refuse("placements.csv: line 2, column omschrijving: ", placements=[
            placement("p", omschrijving="x" * (HARD_FIELD_BYTES - 1000)), placement("q", uren="0")])
        self.assertIn("placements.csv: line 3, column uren: ", result.stderr)

    def test_thousands_of_errors_are_shown_up_to_a_thousand_and_counted(self):
        for language, line_word, more in (("en", "line", "and more like these"), ("nl", "regel", "en nog meer")):
            result = self.refuse(f"students.csv: {line_word} 2,", students=[student(n, uren="0") for n in range(3500)],
                                 more=["--lang", language])
            lines = [line for line in result.stderr.splitlines() if "students.csv: " in line]
            self.assertEqual(len(lines), PROBLEMS_KEPT + 1)
            self.assertTrue(lines[-1].endswith(f"students.csv: {more}: {3500 - PROBLEMS_KEPT}"), lines[-1])
            self.assertIn(f" {PROBLEMS_KEPT + 1}, ", lines[-2])

    def test_more_columns_than_are_kept(self):
        for count in (257, 5000):
            self.refuse("students.csv: line 1", "256", students=b";".join(b"c%d" % i for i in range(count)) + b"\n")


class Language(BadInput):
    def test_messages_in_both_languages(self):
        students, placements = [student(1, uren="0")], [placement("p", kvk="1")]
        english = self.refuse("students.csv: line 2, column uren: ", "expected: ", students=students, placements=placements,
                              more=["--lang", "en"]).stderr
        dutch = self.refuse("students.csv: regel 2, kolom uren: ", "verwacht: ", students=students, placements=placements,
                            more=["--lang", "nl"]).stderr
        self.assertIn("placements.csv: regel 2, kolom kvk: geen KvK-nummer; verwacht: acht cijfers", dutch)
        self.assertIn("placements.csv: line 2, column kvk: not a KvK number; expected: eight digits", english)
        for word in ("regel", "kolom", "verwacht"):
            self.assertNotIn(word, english)
        for word in ("line 2", "column", "expected"):
            self.assertNotIn(word, dutch)

    def test_the_language_of_the_environment(self):
        market = self.write_market([student(1, uren="0")], [placement("p")])
        for variables, word in (({"LC_ALL": "nl_NL.UTF-8"}, "regel 2"), ({"LC_ALL": "", "LANG": "nl_NL.UTF-8"}, "regel 2"),
                                ({"LC_ALL": "en_GB.UTF-8", "LANG": "nl_NL.UTF-8"}, "line 2"), ({"LC_ALL": "C"}, "line 2")):
            self.assert_refused(self.match(market, env=variables), word)
        self.assert_refused(self.match(market, "--lang", "en", env={"LC_ALL": "nl_NL.UTF-8"}), "line 2")
        self.assert_refused(self.match(market, "--config", self.write("a.conf", "taal = nl\n")), "regel 2")


class OddMarkets(support.TestCase):
    """Nothing wrong with these: they are only empty, or crowded."""

    def play(self, students, placements, *more):
        result = self.match(self.write_market(students, placements), "--seed", "1", *more)
        self.assert_done(result)
        record = json.loads(support.read_bytes(os.path.join(self.out, "round.json")))
        _, matches = support.read_csv(os.path.join(self.out, "matches.csv"))
        _, unmatched = support.read_csv(os.path.join(self.out, "unmatched.csv"))
        self.assert_done(support.run("verify", self.out))
        return record, matches, unmatched

    def test_no_students(self):
        record, matches, unmatched = self.play([], [placement("p")])
        self.assertEqual((matches, unmatched), ([], []))
        self.assertEqual((record["counts"]["students"], record["counts"]["seats"]), (0, 1))

    def test_no_placements(self):
        record, matches, unmatched = self.play([student(1), student(2)], [])
        self.assertEqual(matches, [])
        self.assertEqual({row["reden"] for row in unmatched}, {"geen passende plaats (geen aanbod): er zijn geen plaatsen"})
        self.assertEqual(record["unmatched_reasons"], {"geen aanbod": 2})

    def test_neither(self):
        record, matches, unmatched = self.play([], [])
        self.assertEqual((matches, unmatched, record["rank_distribution"]), ([], [], []))

    def test_nobody_is_eligible(self):
        record, matches, unmatched = self.play([student(n) for n in range(5)],
                                               [placement(n, opleidingen="34479") for n in range(3)])
        self.assertEqual(matches, [])
        self.assertEqual([row["reden"] for row in unmatched],
                         ["geen passende plaats (opleiding): van 3 plaatsen vielen af: opleiding 3"] * 5)
        self.assertEqual(record["counts"]["eligible_pairs"], 0)

    def test_everybody_wants_the_one_place(self):
        _, matches, unmatched = self.play([student(n) for n in range(500)], [placement("p")])
        self.assertEqual(len(unmatched), 499)
        self.assertEqual({row["reden"] for row in unmatched},
                         {"alle passende plaatsen vol (loting): van 1 passende plaatsen gingen anderen voor: loting 1"})
        self.assertEqual([row["studentnummer"] for row in matches], [max(map(str, range(500)), key=self.lottery)])

    @staticmethod
    def lottery(number):
        """The lottery value of a student of 99AA under seed 1, from the definition of the hashes."""
        def keyed(use, *fields):
            message = b"stagematch/v1/" + use + b"\0" + b"".join(struct.pack(">I", len(f)) + f for f in fields)
            return hmac.new((1).to_bytes(32, "big"), message, hashlib.sha256).digest()
        return keyed(b"lottery", keyed(b"offline", b"99AA", number.encode()))


class Solve(support.TestCase):
    # Two students, two places: both want place 0 first, which prefers the tie group's higher lottery number.
    TEXT = "2 2\ns 0 lottery 1 : 0 1\ns 1 lottery 2 : 0\np 0 cap 1 : (0 1)\np 1 cap 1 : (0)\n"

    def refuse_solve(self, path, *says):
        result = support.run("solve", path)
        self.assert_refused(result, *says)
        self.assertEqual(result.stdout, "")

    def test_the_small_instance_itself_is_solved(self):
        result = support.run("solve", self.write("a.txt", self.TEXT))
        self.assert_done(result)
        self.assertEqual(result.stdout, "0 1\n1 0\n")
        self.assertRegex(result.stderr.splitlines()[-1], r"^size=2 proposals=3 solve_s=\d+\.\d+ verify_s=\d+\.\d+$")

    def test_malformed_text(self):
        changes = [("2 2\n", ""), ("2 2", "2 3"), ("2 2", "3 2"), ("2 2", "x 2"), ("2 2", "-1 2"), ("2 2", "2"),
                   ("2 2", "99999999999 2"), ("cap 1 : (0 1)", "cap 0 : (0 1)"), ("cap 1 : (0 1)", "cap x : (0 1)"),
                   ("(0 1)", "(0 1"), ("(0 1)", "0 1)"), ("(0 1)", "(0 9)"), ("(0 1)", "(0 0)"), (": 0 1", ": 0 7"),
                   (": 0 1", ": 0 0"), (": 0 1", "0 1"), ("s 0", "t 0"), ("s 0", "s 5"), ("s 1", "s 0"), ("p 1", "p 0"),
                   ("lottery 1", "lottery"), ("lottery 1", "loterij 1"), ("lottery 1", "lottery x")]
        for old, new in changes:
            with self.subTest(old=old, new=new):
                self.assertIn(old, self.TEXT)
                self.refuse_solve(self.write("a.txt", self.TEXT.replace(old, new, 1)), "a.txt: ", "line ")

    def test_text_cut_short_after_every_line(self):
        lines = self.TEXT.splitlines(keepends=True)
        for count in range(len(lines)):
            with self.subTest(count=count):
                self.refuse_solve(self.write("a.txt", "".join(lines[:count])), "a.txt: ")

    def test_random_bytes(self):
        for seed in range(20):
            data = random.Random(seed).randbytes(1 + 50 * seed)
            self.refuse_solve(self.write("a", data), "/a: ")
            self.refuse_solve(self.write("a", b"HRB1" + data), "/a: ")

    def test_a_binary_instance_cut_short_or_with_numbers_out_of_range(self):
        # Students 0 and 1 list places 0 1 and 0; place 0 gives student 0 the higher score.
        instance = struct.pack("<4s3IQ3I3I3H2I2H", b"HRB1", 2, 2, 2, 3, 0, 2, 3, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1)
        result = support.run("solve", self.write("good.hrb", instance))
        self.assert_done(result)
        self.assertEqual(result.stdout, "0 0\n1 -1\n")
        for length in range(4, len(instance)):
            self.refuse_solve(self.write("a.hrb", instance[:length]), "a.hrb: ")
        self.refuse_solve(self.write("a.hrb", instance + b"\0"), "a.hrb: ")
        for at in range(4, len(instance), 4):
            result = support.run("solve", self.write("a.hrb", instance[:at] + b"\xff\xff\xff\xff" + instance[at + 4:]))
            self.assert_clean(result)
            if result.returncode:
                self.assert_refused(result, "a.hrb: ")

    def test_what_is_no_file(self):
        os.mkfifo(self.path("fifo"))
        self.refuse_solve(self.path("missing"), self.path("missing"), "No such file")
        self.refuse_solve(self.dir, self.dir)
        self.refuse_solve(self.path("fifo"), self.path("fifo"))
        self.refuse_solve(self.write("empty", b""), self.path("empty"))


if __name__ == "__main__":
    support.main()

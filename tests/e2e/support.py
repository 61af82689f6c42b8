"""What the tests that run the program share: running it, small markets, CSV files and what every refusal looks like.

The binary is named by STAGEMATCH and the source by STAGEMATCH_SOURCE, as ctest sets them.
"""
import csv
import functools
import hashlib
import io
import os
import re
import shutil
import subprocess
import tempfile
import unittest

STAGEMATCH = os.environ.get("STAGEMATCH", "")
SOURCE = os.environ.get("STAGEMATCH_SOURCE", "")
SHARED = os.path.join(SOURCE, "..", "shared")
CONFIG = os.path.join(SOURCE, "config")
DEMO_STUDENTS = os.path.join(CONFIG, "demo", "students.csv")
DEMO_PLACEMENTS = os.path.join(CONFIG, "demo", "placements.csv")
COARSE_PC4 = os.path.join(CONFIG, "pc4.csv")

COMMANDS = "serve demo match verify explain solve import-pc4 check-config ledger user backup restore health".split()
INPUT_FILES = ["inputs/pc4.csv", "inputs/placements.csv", "inputs/students.csv"]
OUTPUT_FILES = ["matches.csv", "unmatched.csv"]
RESULT_FILES = sorted(INPUT_FILES + OUTPUT_FILES + ["round.json"])

IDENTITY_COLUMNS = "voornaam tussenvoegsel achternaam geboortedatum geslacht email telefoon".split()
STUDENT_COLUMNS = (["school", "studentnummer"] + IDENTITY_COLUMNS
                   + "postcode opleiding leerweg leerjaar van tot uren dagen max_km vaardigheden tags uitsluiten "
                     "voorkeuren".split())
PLACEMENT_COLUMNS = ("leerplaats leerbedrijf bedrijfsnaam kvk postcode opleidingen leerweg plaatsen van tot uren dagen "
                     "eisen wegingen tags vergoeding titel omschrijving".split())
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "UndefinedBehaviorSanitizer", "runtime error:")


def environment(**more):
    """The caller's environment without what would steer the program; `more` comes on top."""
    steering = ("STAGEMATCH_CONFIG", "LANG", "LC_MESSAGES")
    kept = {name: value for name, value in os.environ.items() if name not in steering}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


def run(*arguments, env=None, timeout=300, **options):
    """Runs the program to its end. stdout and stderr come back as text, with bytes that are no UTF-8 kept visible."""
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.run([STAGEMATCH, *map(str, arguments)], env=environment(**(env or {})), timeout=timeout,
                          stdin=subprocess.DEVNULL, encoding="utf-8", errors="backslashreplace", **options)


@functools.lru_cache(maxsize=None)
def is_sanitized():
    """Whether the binary was built with AddressSanitizer, which needs memory of its own."""
    with open(STAGEMATCH, "rb") as binary:
        return b"__asan_init" in binary.read()


@functools.lru_cache(maxsize=None)
def has_fault_points():
    """Whether the binary dies at fault points and has a clock that can be set forward (base/fault.h)."""
    with open(STAGEMATCH, "rb") as binary:
        return b"STAGEMATCH_CLOCK_OFFSET_MS" in binary.read()


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def write_bytes(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_csv(path):
    """(columns, rows as dictionaries) of a `;` file in UTF-8."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";", strict=True))
    return rows[0], [dict(zip(rows[0], row)) for row in rows[1:] if row]


def csv_bytes(columns, rows, delimiter=";", newline="\n", encoding="utf-8", quote_all=False):
    """`columns` in this order of `rows`; absent values are empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline,
                        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return text.getvalue().encode(encoding)


def student(number, **fields):
    """A row that is eligible for every placement of placement(), unless `fields` say otherwise."""
    return {"school": "99AA", "studentnummer": str(number), "voornaam": "Voornaam", "achternaam": "Achternaam",
            "geboortedatum": "2008-01-02", "geslacht": "x", "email": f"s{number}@student.example",
            "postcode": "3511", "opleiding": "25998", "leerweg": "BOL", "leerjaar": "1", "van": "2027-02-01",
            "tot": "2027-07-02", "uren": "32", **fields}


def placement(name, **fields):
    return {"leerplaats": str(name), "leerbedrijf": "990000001", "bedrijfsnaam": "Bedrijf", "kvk": "90000001",
            "postcode": "3511", "opleidingen": "25998", "leerweg": "BOL", "plaatsen": "1", "van": "2027-02-01",
            "tot": "2027-07-02", "uren": "36", **fields}


PC4_ROWS = [{"pc4": "3511", "lat": "52.092", "lon": "5.112"}, {"pc4": "3512", "lat": "52.093", "lon": "5.122"},
            {"pc4": "3811", "lat": "52.156", "lon": "5.387"}]


def masked_record(text):
    """round.json without what may differ between two runs of the same round: the timings and its own digest."""
    text = re.sub(rb'"timings_us": \{[^}]*\}', b'"timings_us": {}', text)
    return re.sub(rb'"sha256": "[0-9a-f]{64}"', b'"sha256": ""', text)


def result_bytes(directory):
    """{name: bytes} of a result directory, with round.json masked."""
    files = {}
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            files[os.path.relpath(path, directory)] = read_bytes(path)
    if "round.json" in files:
        files["round.json"] = masked_record(files["round.json"])
    return files


class TestCase(unittest.TestCase):
    """A test with a directory of its own in self.dir; results go below self.results, which must stay clean."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="stagematch-test-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.results = self.path("results")
        os.mkdir(self.results)
        self.out = os.path.join(self.results, "out")

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, data):
        return write_bytes(self.path(name), data if isinstance(data, bytes) else data.encode())

    def write_market(self, students, placements, pc4=None):
        """Files for rows (or bytes as they are); returns the arguments that name them."""
        files = (("students", STUDENT_COLUMNS, students), ("placements", PLACEMENT_COLUMNS, placements),
                 ("pc4", ["pc4", "lat", "lon"], PC4_ROWS if pc4 is None else pc4))
        arguments = []
        for name, columns, rows in files:
            data = rows if isinstance(rows, bytes) else csv_bytes(columns, rows)
            arguments += ["--" + name, self.write(name + ".csv", data)]
        return arguments

    def demo_arguments(self):
        return ["--students", DEMO_STUDENTS, "--placements", DEMO_PLACEMENTS, "--pc4", COARSE_PC4]

    def match(self, arguments, *more, out=None, **options):
        return run("match", *arguments, "--out", out or self.out, *more, **options)

    def assert_clean(self, result):
        """No crash and no report of a sanitizer, whatever the exit status."""
        said = (result.stdout or "") + (result.stderr or "")
        self.assertGreaterEqual(result.returncode, 0, f"ended by a signal: {said}")
        for word in SANITIZER_WORDS:
            self.assertNotIn(word, said)

    def assert_done(self, result):
        self.assert_clean(result)
        self.assertEqual(result.returncode, 0, result.stderr)

    def take_results(self):
        """The names below self.results, hidden ones too; they are removed, so that the next case starts clean."""
        names = os.listdir(self.results)
        for name in names:
            shutil.rmtree(os.path.join(self.results, name))
        return names

    def assert_nothing_left(self):
        """Neither a result nor a hidden directory that was to become one."""
        self.assertEqual(self.take_results(), [])

    def assert_refused(self, result, *says):
        """The job failed with a message that has all these in one line, and left nothing behind."""
        left = self.take_results()
        self.assert_clean(result)
        self.assertEqual(result.returncode, 1, result.stderr)
        lines = result.stderr.splitlines()
        self.assertTrue(any(all(part in line for part in says) for line in lines),
                        f"no line has all of {says} in:\n{result.stderr[:3000]}")
        self.assertNotIn("Traceback", result.stderr)
        self.assertEqual(left, [])

    def assert_wrong_use(self, result, *says):
        self.assert_clean(result)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        for part in says:
            self.assertIn(part, result.stderr)

    def assert_same_result(self, expected, found, message=""):
        """Two result_bytes() are equal; a difference is shown by its first lines."""
        self.assertEqual(sorted(expected), sorted(found), message)
        for name, data in expected.items():
            if data != found[name]:
                pairs = zip(data.split(b"\n"), found[name].split(b"\n"))
                first = next(((a, b) for a, b in pairs if a != b), ("", "one is longer"))
                self.fail(f"{message}: {name} differs: {first[0]!r} and {first[1]!r}")


def main():
    if not os.access(STAGEMATCH, os.X_OK) or not os.path.isdir(SOURCE):
        raise SystemExit("set STAGEMATCH to the binary and STAGEMATCH_SOURCE to the source")
    unittest.main()

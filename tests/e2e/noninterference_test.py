"""Nothing that a company, the public or the operator gets depends on who the students are: two services with the same market,
in which names, sexes, birth dates, addresses, numbers and the order of the rows differ, say the same; and the process that
matches never has a name in its memory or its database, nor has the vault one in the clear in its files."""
import base64
import csv
import glob
import http.client
import io
import os
import re
import unittest
import uuid

import support
from service import Service, commitment, placement

SCHOOL, COMPANIES = "99AA", ["990000001", "990000002"]
NONCE = "5a" * 32
STUDENTS = 14
# What people are called in either service. The words are long and odd, so that a hit in memory is no accident.
PEOPLE = {
    "one": {"first": "Qwirijntje", "infix": "van der", "last": "Zonnebloemsma", "sex": "v", "born": "2008-05-%02d",
            "email": "qwirijntje.%02d@leerling-een.example", "phone": "06912873%02d", "number": "LLN8123-%03d", "letters": "AB"},
    "two": {"first": "Xs", "infix": "", "last": "Ouwerkerk-Abdelkhaleq-Vandenbroucke", "sex": "m", "born": "1999-12-%02d",
            "email": "x%02d@hogeschool-twee.example", "phone": "+31 6 998177%02d", "number": "XQ77-%d", "letters": "ZX"},
}
STEMS = {"one": (b"Tekstgeheim", b"Qwirijntje", b"qwirijntje", b"Zonnebloemsma", b"leerling-een", b"06912873", b"LLN8123", b"2008-05-"),
         "two": (b"Tekstgeheim", b"Ouwerkerk", b"Vandenbroucke", b"hogeschool-twee", b"6 998177", b"XQ77-", b"1999-12-")}
HEX = re.compile(r"[0-9a-f]{32,64}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Chance and the clock, which differ between any two runs.
CHANCE = ("roundId", "placementId", "candidate", "taskId", "noticeId", "accountId", "seed", "inputDigest", "entriesRoot", "hash", "dueTime",
          "createTime", "time", "previousHash", "beacon", "nextPageToken")


TEXT = "Omdat het Tekstgeheimpje thuis niet past."
WISHES = ["990000001/P-0", "990000002/P-1"]
LEVELS = {"verzorging": 3, "rapporteren": 2}


def hours_of(i):
    """Profiles differ, but in nothing that a company sees: who is drawn is chance."""
    return (24, 28, 32)[i % 3]


def identity(person, i):
    return {"firstName": person["first"], "infix": person["infix"], "lastName": person["last"], "sex": person["sex"],
            "birthDate": person["born"] % (i + 1), "email": person["email"] % i, "phone": person["phone"] % i,
            "postcode": "3511 " + person["letters"]}


def as_json(person, i):
    return {"school": SCHOOL, "studentNumber": person["number"] % i, "identity": identity(person, i),
            "profile": {"qualification": "25656", "leerweg": "LEERWEG_BOL", "year": 2, "startDate": "2027-02-01",
                        "endDate": "2027-07-02", "hoursPerWeek": hours_of(i), "pc4": "3511", "maxKm": 60, "preferred": WISHES,
                        "skills": [{"skill": k, "level": v} for k, v in LEVELS.items()]}}


def as_csv(person, numbers):
    out = io.StringIO()
    writer = csv.DictWriter(out, support.STUDENT_COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for i in numbers:
        who = identity(person, i)
        writer.writerow({"school": SCHOOL, "studentnummer": person["number"] % i, "voornaam": who["firstName"],
                         "tussenvoegsel": who["infix"], "achternaam": who["lastName"], "geboortedatum": who["birthDate"],
                         "geslacht": who["sex"], "email": who["email"], "telefoon": who["phone"], "postcode": who["postcode"],
                         "opleiding": "25656", "leerweg": "BOL", "leerjaar": 2, "van": "2027-02-01", "tot": "2027-07-02",
                         "uren": hours_of(i), "max_km": 60, "vaardigheden": "|".join(f"{k}={v}" for k, v in LEVELS.items()),
                         "voorkeuren": ">".join(WISHES)})
    return out.getvalue().encode()


def without_chance(value):
    """An answer whose ids, hashes and times are only marked: what is left must be equal, and in the same order."""
    if isinstance(value, dict):
        return {k: f"<{len(v)}>" if k in CHANCE and isinstance(v, str) and k not in ("dueTime", "createTime", "time")
                else "<time>" if k in CHANCE and isinstance(v, str) else without_chance(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_chance(v) for v in value]
    if isinstance(value, str):
        return TIME.sub("<time>", HEX.sub("<id>", value))
    return value


def memory_of(pid):
    """All that a process can write to and has written to, piece by piece; PermissionError at once."""
    spans = []
    with open(f"/proc/{pid}/smaps") as maps:
        for line in maps:
            words = line.split()
            if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
                spans.append([*(int(x, 16) for x in words[0].split("-")), "rw" in words[1], 0])
            elif words[0] == "Rss:":
                spans[-1][3] = int(words[1]) << 10
    return pieces_of(open(f"/proc/{pid}/mem", "rb", 0), spans)


def pieces_of(memory, spans):
    with memory:
        for first, last, is_data, resident in spans:
            if not is_data or not resident or last - first > 1 << 34:  # the last: a sanitizer's shadow
                continue
            tail = b""
            for at in range(first, last, 1 << 22):
                try:
                    memory.seek(at)
                    piece = memory.read(min(1 << 22, last - at))
                except (OSError, ValueError, OverflowError):
                    break
                yield tail + piece
                tail = piece[-64:]


class Market:
    """One service, played by its people up to a placed student; what each of them saw."""
    def __init__(self, service, name, backwards):
        self.s, self.person, self.stems, self.backwards = service, PEOPLE[name], STEMS[name], backwards
        self.seen = []

    def look(self, what, answer):
        self.seen.append((what, answer.status, len(HEX.sub("", TIME.sub("", answer.body.decode()))),
                          without_chance(answer.json)))
        return answer.json

    def note(self, method, who, **fields):
        return self.look(method, self.s.call(method, who, **fields))

    def enter(self):
        s = self.s
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])
        for i, company in enumerate(COMPANIES):
            s.invite(f"company{i}", "coordinator", "company", [company])
        order = list(range(STUDENTS))
        if self.backwards:
            order.reverse()
        half = STUDENTS // 2
        s.change("StudentService/SubmitStudents", "coordinator", students=[as_json(self.person, i) for i in order[:half]])
        done = s.change("StudentService/ImportStudents", "coordinator",
                        csv=base64.b64encode(as_csv(self.person, order[half:])).decode())
        s.wait_until(lambda: s.ok("StudentService/GetImport", "coordinator", importId=done["importId"])["import"]["state"]
                     == "IMPORT_STATE_DONE", "an import")
        for i, company in enumerate(COMPANIES):
            made = s.change("PlacementService/SubmitPlacement", f"company{i}",
                            placement=placement(f"P-{i}", leerbedrijf=company, capacity=3))["placement"]
            s.change("PlacementService/PublishPlacement", f"company{i}", placementId=made["placementId"], version=made["version"])

    def move(self, method, **fields):
        now = self.s.ok("RoundService/GetRound", "coordinator", roundId=self.round)["round"]
        self.s.change(f"RoundService/{method}", "coordinator", roundId=self.round, version=now["version"], **fields)

    def until(self, state):
        self.s.wait_until(lambda: self.s.ok("RoundService/GetRound", "coordinator", roundId=self.round)["round"]["state"]
                          == state, state)

    def play(self):
        s = self.s
        self.round = s.change("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=[SCHOOL],
                              qualifications=["25656"])["round"]["roundId"]
        self.move("OpenRound")
        s.change("RoundService/CommitNonce", "coordinator", roundId=self.round, school=SCHOOL,
                 commitment=commitment(SCHOOL, NONCE))
        self.move("SealRound")
        s.change("RoundService/RevealNonce", "coordinator", roundId=self.round, school=SCHOOL, nonce=NONCE)
        self.move("SolveRound")
        self.until("ROUND_STATE_VERIFIED")
        self.move("PublishRound")
        self.until("ROUND_STATE_PUBLISHED")
        withdrawn = None
        for p in s.ok("ProposalService/ListProposals", "coordinator", roundId=self.round, pageSize=1000)["proposals"]:
            s.change("ProposalService/ApproveProposal", "coordinator", proposalId=p["proposalId"], version=p["version"])
            if p["leerbedrijf"] == COMPANIES[0]:
                withdrawn = p["stagevraagId"]
        s.change("StudentService/WithdrawStagevraag", "coordinator", stagevraagId=withdrawn, reason="anders", text=TEXT,
                 version=s.ok("StudentService/GetStagevraag", "coordinator", stagevraagId=withdrawn)["stagevraag"]["version"])
        self.settle()

    def settle(self):
        """Until the seat that came free was proposed again and the outbox is empty: what happens by itself is over."""
        s = self.s
        s.wait_until(lambda: len(s.ok("ProposalService/ListProposals", "coordinator", roundId=self.round, pageSize=1000,
                                      state="PROPOSAL_STATE_PROPOSED").get("proposals", [])) == 1, "a re-match")
        # The engine keeps the last that the vault took.
        s.wait_until(lambda: s.metrics()['stagematch_engine_records{kind="notice"}'] <= 1, "notices taken by the vault")
        s.wait_until(lambda: all(n["state"] == "NOTICE_STATE_SENT" for n in
                                 s.ok("NoticeService/ListNotices", "operator", pageSize=1000)["notices"]), "notices sent")
        s.wait_until(lambda: s.metrics()["stagematch_vault_notices_waiting"] == 0, "numbers that say so")

    def views(self, who):
        """All candidates of a company, of whom one at a time may be looked at. Labels are chance, and so is their order."""
        listed = self.s.ok("CandidateService/ListCandidates", who, pageSize=1000)["candidates"]
        labels = [c["candidate"] for c in listed]
        assert labels == sorted(labels)
        self.seen.append(("ListCandidates", sorted(str(without_chance(c)) for c in listed)))
        answers = [self.s.call("CandidateService/GetCandidate", who, candidate=label) for label in labels]
        self.seen.append(("GetCandidate", sorted((a.status, str(without_chance(a.json))) for a in answers)))
        return labels

    def everybody_looks(self):
        s = self.s
        for i in range(len(COMPANIES)):
            who = f"company{i}"
            labels = self.views(who)
            self.note("PlacementService/ListPlacements", who)
            self.note("TaskService/ListTasks", who, pageSize=1000)
            self.note("CandidateService/GetCandidate", who, candidate="0" * 32)
            for method in ("StudentService/ListStagevragen", "RoundService/ListRounds", "LedgerService/ListLedgerEntries"):
                self.note(method, who)
            self.note("IdentityService/GetCandidateIdentity", who, candidate=labels[0])
        self.note("RoundService/GetPublicRound", None, roundId=self.round)
        self.note("CatalogService/ListReasons", None)
        self.note("LedgerService/GetLedgerHead", None)
        self.note("RoundService/ListRounds", "operator")
        for method, rows in (("AccountService/ListAccounts", "accounts"), ("NoticeService/ListNotices", "notices")):
            answer = s.call(method, "operator", pageSize=1000)  # in the order of ids and of time
            self.seen.append((method, answer.status, sorted(str(without_chance(row)) for row in answer.json[rows])))

    def numbers(self):
        """Metrics without what time and chance make of them: names, and the values that count calls and rows."""
        host, port = self.s.metrics_address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                found[name] = value
        return text, found

    def lines(self):
        """The log without its times and numbers of processes: how often each kind of line was written."""
        kinds = {}
        for line in self.s.read_log().splitlines():
            kind = re.sub(r"[0-9a-f]{8,}|\d+", "#", line)
            kinds[kind] = kinds.get(kind, 0) + 1
        return kinds


# What this test's polls and the clock move. All else must be equal: no other number follows from who somebody is.
POLLS = "ListProposals|ListNotices|GetRound|GetImport|Authenticate"
MOVING = re.compile(rf"_seconds|microseconds|calls_total{{method=\"[^\"]*/({POLLS})\"|_actors_|_http_(accepted|requests|responses)"
                    r"|_(engine|vault)_(calls|turns|turn_calls|commits|batches)_total|_hashes_waiting|_http_connections|_wal_pages|_rows_total"
                    r"|_checkpoints_total|_answers_total|_answer_cache_outdated|_front_requests_total|_invalidat")


class NonInterference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.markets = []
        for name, backwards in (("one", False), ("two", True)):
            market = Market(cls.enterClassContext(Service({"log_level": "debug"})), name, backwards)
            market.enter()
            market.play()
            market.everybody_looks()
            market.metrics, market.kinds = market.numbers(), market.lines()
            cls.markets.append(market)

    def test_answers_are_the_same(self):
        one, two = (m.seen for m in self.markets)
        self.assertEqual([s[0] for s in one], [s[0] for s in two])
        for a, b in zip(one, two):
            self.assertEqual(a, b, a[0])

    def test_logs_are_the_same_and_name_nobody(self):
        one, two = (m.kinds for m in self.markets)
        self.assertEqual(set(one), set(two))
        for market in self.markets:
            log = market.s.read_log().encode()
            for secret in (*market.stems, b"example.nl", b"Bearer", b"wachtwoord"):
                self.assertNotIn(secret, log)
            chance = rb"time=\S+|\b(pid|us|bytes\w*|address)=\S+|[0-9a-f]{16,}"  # where the digits of a postcode may stand by accident
            self.assertNotIn(b"3511", re.sub(chance, b"", log))

    def test_metrics_are_the_same_and_name_nobody(self):
        (text_one, one), (text_two, two) = (m.metrics for m in self.markets)
        self.assertEqual(set(one), set(two))
        self.assertGreater(sum(not MOVING.search(n) for n in one), 80)
        different = {n: (one[n], two[n]) for n in one if one[n] != two[n] and not MOVING.search(n)}
        self.assertEqual(different, {})
        for market, text in zip(self.markets, (text_one, text_two)):
            for secret in market.stems:
                self.assertNotIn(secret, text.encode())

    def test_the_engine_never_has_a_name(self):
        for market in self.markets:
            found = {b"rapporteren": False, **{stem: False for stem in market.stems}}
            try:
                pieces = memory_of(market.s.role_pid("engine"))
            except PermissionError:
                self.skipTest("reading another process's memory needs more rights than this test has")
            for piece in pieces:
                for stem in found:
                    found[stem] = found[stem] or stem in piece
            self.assertTrue(found.pop(b"rapporteren"), "the engine's memory was not read")
            self.assertEqual([stem for stem in found if found[stem]], [])
            self.no_file_has(glob.glob(f"{market.s.data}/engine/*"), market.stems)

    def test_the_vaults_files_hold_nobody_in_the_clear(self):
        for market in self.markets:
            files = [f for f in glob.glob(f"{market.s.data}/**/*", recursive=True) if os.path.isfile(f)]
            self.assertTrue(any(f.endswith("-wal") for f in files), files)
            self.no_file_has(files, (*market.stems, b"@example.nl"))

    def no_file_has(self, paths, stems):
        for path in paths:
            content = support.read_bytes(path)
            self.assertEqual([stem for stem in stems if stem in content], [], path)

    def test_changing_only_who_somebody_is_changes_nothing_else(self):
        """A correction of a name is no change to the engine: not in versions, not in its ledger. The school's own counts tell of it."""
        market = self.markets[0]
        s = market.s
        head = s.ok("LedgerService/GetLedgerHead")
        before = s.ok("StudentService/ListStagevragen", "coordinator", pageSize=1000)
        other = {**PEOPLE["one"], "first": "Andersgeheten", "last": "Nieuwenaamsma", "sex": "x", "letters": "QQ"}
        rows = [as_json(other if i < STUDENTS // 2 else PEOPLE["one"], i) for i in range(STUDENTS)]
        request_id = str(uuid.uuid4())
        for _ in range(2):  # the same call gets the same answer
            done = s.ok("StudentService/SubmitStudents", "coordinator", requestId=request_id, students=rows)
            self.assertEqual((done.get("sameCount"), done.get("changedCount")), (str(STUDENTS // 2), str(STUDENTS // 2)))
        again = s.change("StudentService/SubmitStudents", "coordinator", students=rows)
        self.assertEqual((again.get("sameCount"), again.get("changedCount")), (str(STUDENTS), None))
        self.assertEqual(before, s.ok("StudentService/ListStagevragen", "coordinator", pageSize=1000))
        entries = s.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000)["entries"]
        later = [e["kind"] for e in entries if int(e["seq"]) > int(head["seq"])]
        self.assertEqual(set(later) - {"import"}, set())


if __name__ == "__main__":
    unittest.main(verbosity=2)

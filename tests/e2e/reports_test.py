"""Reports: by whoever makes them, read by those whom they are for and by nobody else; what the reporter agreed to is what happens."""
import base64
import os
import re
import sqlite3
import struct
import unittest
import uuid
import zlib

import support
from market import Market, SCHOOL
from service import Service, read

OTHER = "99AB"
SECRET = "Ze zeiden dat mijn achternaam niet bij hun klanten past."
DRAFT = {"phase": "REPORT_PHASE_SOLLICITATIE", "grounds": ["ras", "godsdienst"], "nature": "REPORT_NATURE_TREATMENT",
         "text": SECRET, "wish": "REPORT_WISH_HEARD", "routes": ["vertrouwenspersoon", "adv"],
         "companyName": "Zorg Voorbeeld", "desk": "REPORT_DESK_VERTROUWENSPERSOON"}
PART = 512 << 10


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(extra=0):
    """A picture of one pixel, with so many bytes of a chunk that readers pass over."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    padding = chunk(b"prVt", bytes(extra)) if extra else b""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + padding + chunk(b"IDAT", zlib.compress(b"\0\0"))
            + chunk(b"IEND", b""))


PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
JPEG = (b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\x00\x0b\x08\0\x01\0\x01\x01\x01\x11\0"
        b"\xff\xda\x00\x08\x01\x01\0\0\x3f\0\x12\x34\xff\0\x56\xff\xd9")


def attach(service, code, data, name="foto.png", file_id=None, part_bytes=PART):
    """Hands a file in as a page does; gives the last answer."""
    file_id = file_id or uuid.uuid4().hex
    parts = [data[i:i + part_bytes] for i in range(0, len(data), part_bytes)] or [b""]
    for number, part in enumerate(parts):
        answer = service.try_change("ReportService/AttachToOwnReport", None, comeBackCode=code, fileId=file_id, name=name,
                                    part=number, data=base64.b64encode(part).decode(), last=number == len(parts) - 1)
        if answer.status != 200:
            return answer
    return answer


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service({"reports_per_address": "1000", "reports_per_school": "1000", "log_addresses": "yes"}))
        cls.market = Market(s)
        s.invite("listener", "coordinator", "vertrouwenspersoon", [SCHOOL])
        s.invite("handler", "coordinator", "behandelaar", [SCHOOL])
        s.invite("stranger", "operator", "coordinator", [OTHER])
        s.invite("other_listener", "stranger", "vertrouwenspersoon", [OTHER])
        s.invite("other_handler", "stranger", "behandelaar", [OTHER])

    def send(self, school=SCHOOL, **fields):
        """An anonymous report; its code, and its id as the listener sees it."""
        sent = self.service.change("ReportService/SendReport", None, school=school, report={**DRAFT, **fields})
        listener = "listener" if school == SCHOOL else "other_listener"
        newest = self.service.ok("ReportService/ListReports", listener)["reports"][0]
        return sent["comeBackCode"], newest["reportId"]

    def own(self, code):
        return self.service.ok("ReportService/GetOwnReport", None, comeBackCode=code)["report"]

    def report(self, report_id, who="listener"):
        return self.service.ok("ReportService/GetReport", who, reportId=report_id)["report"]

    def refused(self, answer, code, name=None):
        self.assertEqual(answer.code, code, answer)
        if name:
            self.assertEqual(answer.refusal.get("reason", answer.refusal.get("code")), name, answer)

    def test_the_form_says_what_a_report_can_say(self):
        form = self.service.request("GET", "/stagematch.v1.ReportService/GetReportForm?encoding=json&message=%7B%7D").json
        self.assertIn("ras", [g["code"] for g in form["grounds"]])
        self.assertEqual([r["code"] for r in form["routes"]],
                         ["school", "vertrouwenspersoon", "sbb", "adv", "college", "vertrouwensinspecteur", "politie"])
        self.assertEqual({g["school"]: (g["hasVertrouwenspersoon"], g["hasBehandelaar"]) for g in form["schools"]},
                         {SCHOOL: (True, True), OTHER: (True, True)})
        self.assertRegex(form["groundsVersion"], "^[0-9a-f]{16}$")
        for choice in form["grounds"] + form["routes"]:
            self.assertTrue(choice["nameNl"] and choice["nameEn"])

    def test_somebody_who_stays_unknown_is_heard_and_answered(self):
        code, report_id = self.send()
        self.assertRegex(code, r"^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$")
        seen = self.report(report_id)
        self.assertEqual((seen["text"], seen["grounds"], seen["row"]["source"]),
                         (SECRET, ["ras", "godsdienst"], "REPORT_SOURCE_ANONYMOUS"))
        self.assertNotIn("reporterName", seen)
        self.service.change("ReportService/AnswerReport", "listener", reportId=report_id, text="Dank je. Wil je praten?")
        typed = code.lower().replace("-", " ").replace("0", "o")
        own = self.own(typed)
        self.assertEqual((own["state"], own["messages"][0]["text"], own["messages"][0].get("fromReporter", False)),
                         ("REPORT_STATE_ANSWERED", "Dank je. Wil je praten?", False))
        self.service.change("ReportService/AddToOwnReport", None, comeBackCode=code, text="Ja, graag.")
        seen = self.report(report_id)
        self.assertEqual([m["text"] for m in seen["messages"]], ["Dank je. Wil je praten?", "Ja, graag."])
        self.assertTrue(seen["row"]["waitsForSchool"])

    def test_only_the_vertrouwenspersoon_reads_it_until_the_reporter_agrees(self):
        s = self.service
        code, report_id = self.send()
        for who in ("handler", "other_listener", "other_handler"):
            self.assertNotIn(report_id, [r["reportId"] for r in s.ok("ReportService/ListReports", who).get("reports", [])])
            self.refused(s.call("ReportService/GetReport", who, reportId=report_id), "not_found")
            self.refused(s.try_change("ReportService/AnswerReport", who, reportId=report_id, text="Hallo"), "not_found")
            self.refused(s.try_change("ReportService/CloseReport", who, reportId=report_id, outcome="REPORT_OUTCOME_HEARD"),
                         "not_found")
        for who in ("coordinator", "company", "operator", None):
            self.refused(s.call("ReportService/GetReport", who, reportId=report_id),
                         "unauthenticated" if who is None else "permission_denied")
        self.refused(s.try_change("ReportService/HandOverReport", "listener", reportId=report_id), "failed_precondition")
        s.change("ReportService/SetOwnReportConsent", None, comeBackCode=code, consent={"handOver": True})
        s.change("ReportService/HandOverReport", "listener", reportId=report_id)
        self.assertEqual(self.report(report_id, "handler")["text"], SECRET)
        self.assertEqual(self.own(code)["desk"], "REPORT_DESK_BEHANDELAAR")
        self.refused(s.call("ReportService/GetReport", "other_handler", reportId=report_id), "not_found")

    def test_consents_are_the_reporters_to_give_and_to_take_back(self):
        s = self.service
        code, report_id = self.send(consent={"openCase": True, "nameToCompany": True})
        consent = self.report(report_id)["row"]["consent"]
        self.assertEqual(consent, {"handOver": True, "openCase": True, "nameToCompany": True})
        s.change("ReportService/SetOwnReportConsent", None, comeBackCode=code, consent={"handOver": True})
        self.assertEqual(self.report(report_id)["row"]["consent"].get("openCase", False), False)
        self.assertEqual(self.own(code)["consent"].get("nameToCompany", False), False)

    def test_a_student_reports_by_the_own_proposal_and_names_itself_only_when_wanted(self):
        s = self.service
        made = self.market.to_state("CONFIRMED")
        other = self.market.to_state("ACCEPTED")
        draft = {**DRAFT, "proposalId": made["proposal"], "grounds": ["leeftijd"]}
        self.refused(s.try_change("ReportService/FileReport", made["student"], report={**draft, "proposalId": other["proposal"]}),
                     "not_found")
        code = s.change("ReportService/FileReport", made["student"], report=draft)["comeBackCode"]
        row = s.ok("ReportService/ListReports", "listener")["reports"][0]
        self.assertEqual((row["source"], row["leerbedrijf"]), ("REPORT_SOURCE_STUDENT", "990000001"))
        self.assertNotIn("reporterName", self.report(row["reportId"]))
        self.assertEqual(self.own(code)["school"], SCHOOL)
        s.change("ReportService/FileReport", made["student"], report={**draft, "giveName": True})
        named = self.report(s.ok("ReportService/ListReports", "listener")["reports"][0]["reportId"])
        self.assertIn("Sanne", named["reporterName"])

    def test_staff_and_companies_report_too(self):
        s = self.service
        for who, source in (("coordinator", "STAFF"), ("handler", "STAFF"), ("company", "COMPANY")):
            s.change("ReportService/FileReport", who, school=SCHOOL, report={**DRAFT, "leerbedrijf": "990000777"})
            row = s.ok("ReportService/ListReports", "listener")["reports"][0]
            self.assertEqual((row["source"], row["leerbedrijf"]), (f"REPORT_SOURCE_{source}", "990000777"))
        self.refused(s.try_change("ReportService/FileReport", "coordinator", school=OTHER, report=DRAFT), "invalid_argument")

    def test_a_code_of_the_school_works_once(self):
        s = self.service
        made = s.change("ReportService/CreateReportCodes", "coordinator", school=SCHOOL, count=2)
        self.assertEqual(len(set(made["codes"])), 2)
        self.refused(s.try_change("ReportService/CreateReportCodes", "coordinator", school=OTHER, count=1), "not_found")
        self.refused(s.try_change("ReportService/CreateReportCodes", "company", school=SCHOOL, count=1), "permission_denied")
        request_id = str(uuid.uuid4())
        fields = {"schoolCode": made["codes"][0], "report": DRAFT}
        first = s.call("ReportService/SendReport", None, requestId=request_id, **fields)
        self.assertEqual(first.status, 200)
        self.assertEqual(s.ok("ReportService/ListReports", "listener")["reports"][0]["source"], "REPORT_SOURCE_CODE")
        # The very same call again is the same report; another one needs another code.
        self.assertEqual(s.call("ReportService/SendReport", None, requestId=request_id, **fields).body, first.body)
        self.refused(s.call("ReportService/SendReport", None, requestId=request_id, **{**fields, "report": {**DRAFT, "text": "Anders."}}),
                     "already_exists")
        self.refused(s.try_change("ReportService/SendReport", None, **fields), "failed_precondition")
        self.refused(s.try_change("ReportService/SendReport", None, schoolCode="AAAA-BBBB-CCCC-DDDD", report=DRAFT),
                     "failed_precondition")

    def test_closing_ends_the_talk_and_says_how(self):
        s = self.service
        code, report_id = self.send()
        s.change("ReportService/SetReportCompany", "listener", reportId=report_id, leerbedrijf="990000001")
        self.refused(s.try_change("ReportService/CloseReport", "listener", reportId=report_id), "invalid_argument")
        closed = s.change("ReportService/CloseReport", "listener", reportId=report_id, outcome="REPORT_OUTCOME_ADVISED",
                          text="Veel sterkte.")["report"]
        self.assertEqual((closed["state"], closed["leerbedrijf"]), ("REPORT_STATE_CLOSED", "990000001"))
        own = self.own(code)
        self.assertEqual((own["outcome"], own["messages"][-1]["text"]), ("REPORT_OUTCOME_ADVISED", "Veel sterkte."))
        self.refused(s.try_change("ReportService/AddToOwnReport", None, comeBackCode=code, text="Nog iets."), "failed_precondition")
        self.refused(s.try_change("ReportService/AnswerReport", "listener", reportId=report_id, text="Nog iets."),
                     "failed_precondition")
        self.assertNotIn(report_id, [r["reportId"] for r in
                                     s.ok("ReportService/ListReports", "listener", openOnly=True).get("reports", [])])

    def test_bad_input_is_refused_with_what_is_wrong(self):
        s = self.service
        wrong = {"text": ["", "x" * (16384 + 1)], "phase": [None, "REPORT_PHASE_UNSPECIFIED"], "grounds": [[], ["geen-grond"], ["ras", "ras"]],
                 "routes": [["nergens"]], "nature": [None], "wish": [None], "desk": [None], "leerbedrijf": ["1" * 21, "a b"],
                 "companyName": ["x" * 201], "proposalId": ["0" * 32]}
        for field, values in wrong.items():
            for value in values:
                draft = {k: v for k, v in {**DRAFT, field: value}.items() if v is not None}
                answer = s.try_change("ReportService/SendReport", None, school=SCHOOL, report=draft)
                self.assertIn(answer.code, ("invalid_argument", "resource_exhausted", "out_of_range"), (field, answer))
                self.assertEqual(answer.refusal.get("field", "").split(".")[-1],
                                 re.sub("([A-Z])", lambda m: "_" + m.group(1).lower(), field), answer)
        megabyte = s.try_change("ReportService/SendReport", None, school=SCHOOL, report={**DRAFT, "text": "x" * (1 << 20)})
        self.assertNotEqual(megabyte.status, 200)
        self.assertLess(megabyte.status, 500)
        for school in ("99ZZ", ""):
            self.refused(s.try_change("ReportService/SendReport", None, school=school, report=DRAFT), "invalid_argument")
        self.refused(s.call("ReportService/GetReport", "listener", reportId="ab"), "not_found")

    def test_files_are_what_their_content_says(self):
        s = self.service
        code, report_id = self.send()
        for data, kind, name, shown in ((PDF, "PDF", "C:\\stukken\\..brief\u202efdp.exe", "brieffdp.exe.pdf"),
                                        (png(), "PNG", "foto.PNG", "foto.PNG"), (JPEG, "JPEG", "../../x.jpeg", "x.jpeg")):
            file = attach(s, code, data, name).json["file"]
            self.assertEqual((file["type"], file["name"], int(file["sizeBytes"])), (f"REPORT_FILE_TYPE_{kind}", shown, len(data)))
        bad = [b"<html><script>alert(1)</script></html>", PDF[:-7], png()[:-4], png() + b"PK\x03\x04", JPEG[:-2],
               JPEG + b"<script>", b"GIF89a" + png(), b"\xff\xd8\xff\xd9", b"MZ" + bytes(100), b"%PDF-9.9\n%%EOF",
               PDF + b"<html>", png().replace(b"IHDR", b"IHDX")]
        for data in bad:
            self.refused(attach(s, code, data, "brief.pdf"), "invalid_argument")
        files = self.report(report_id)["files"]
        self.assertEqual(len(files), 3)
        for file, data in zip(files, (PDF, png(), JPEG)):
            part = s.ok("ReportService/GetReportAttachment", "listener", reportId=report_id, fileId=file["fileId"])
            self.assertEqual(base64.b64decode(part["data"]), data)
        for who, refusal in (("handler", "not_found"), ("other_listener", "not_found"), ("coordinator", "permission_denied")):
            self.refused(s.call("ReportService/GetReportAttachment", who, reportId=report_id, fileId=files[0]["fileId"]), refusal)

    def test_files_have_a_size_and_a_number(self):
        s = self.service
        code, report_id = self.send()
        most = (10 << 20) - len(png()) - 12
        whole = png(most)
        self.assertEqual(len(whole), 10 << 20)
        file = attach(s, code, whole).json["file"]
        self.assertEqual((int(file["sizeBytes"]), file["partCount"]), (10 << 20, 20))
        data = b"".join(base64.b64decode(s.ok("ReportService/GetReportAttachment", "listener", reportId=report_id,
                                              fileId=file["fileId"], part=part)["data"]) for part in range(20))
        self.assertEqual(data, whole)
        self.refused(attach(s, code, png(most + 1)), "invalid_argument")
        self.refused(attach(s, code, png(11 << 20)), "invalid_argument")
        for _ in range(4):
            self.assertEqual(attach(s, code, PDF).status, 200)
        self.refused(attach(s, code, PDF), "failed_precondition")
        self.assertEqual(len(self.own(code)["files"]), 5)

    def test_parts_come_in_order_and_one_given_up_makes_room(self):
        s = self.service
        code, _ = self.send()
        def part(file_id, number, data, last=False):
            return s.try_change("ReportService/AttachToOwnReport", None, comeBackCode=code, fileId=file_id, name="a", part=number,
                                data=base64.b64encode(data).decode(), last=last)
        given_up, file_id = uuid.uuid4().hex, uuid.uuid4().hex
        self.refused(part(given_up, 1, PDF), "failed_precondition")
        self.assertEqual(part(given_up, 0, PDF[:9]).status, 200)
        self.assertEqual(part(file_id, 0, PDF[:9]).status, 200)
        self.refused(part(given_up, 1, PDF[9:], True), "failed_precondition")
        self.refused(part(file_id, 2, PDF[9:], True), "failed_precondition")
        self.assertEqual(part(file_id, 1, PDF[9:], True).status, 200)
        self.refused(part(file_id, 2, PDF, True), "failed_precondition")
        self.assertEqual(part("zz", 0, PDF).code, "invalid_argument")
        self.assertEqual(len(self.own(code)["files"]), 1)

    def test_nothing_of_it_is_told_by_mail_log_ledger_or_metrics(self):
        s = self.service
        code, report_id = self.send(reporterName="Geheim Persoon", giveName=True, leerbedrijf="990000001")
        s.wait_until(lambda: s.messages_to("listener@example.nl"), "a notice")
        for place in [read(s.log)] + [read(os.path.join(s.mail, name)) for name in os.listdir(s.mail)]:
            for word in (SECRET, report_id, code, "Geheim", "godsdienst"):
                self.assertNotIn(word, place)
        lines = [line for line in read(s.log).split("\n") if "ReportService" in line]
        self.assertTrue(lines)
        self.assertFalse([line for line in lines if "127.0.0.1" in line or "SendReport" in line])
        self.assertTrue([line for line in read(s.log).split("\n") if "AuthService/Login" in line and "127.0.0.1" in line])
        entries = s.ok("LedgerService/ListLedgerEntries", "coordinator", pageSize=1000).get("entries", [])
        self.assertFalse([e for e in entries if "report" in e["kind"] + e.get("code", "") or e["subject"] == report_id])
        notices = s.ok("NoticeService/ListNotices", "operator", pageSize=1000)["notices"]
        self.assertFalse([n for n in notices if "report" in n["template"] or report_id in str(n)])
        self.assertFalse([name for name in s.metrics() if SCHOOL in name])
        for path in ("engine/engine.sqlite", "vault/vault.sqlite", "engine/engine.sqlite-wal", "vault/vault.sqlite-wal"):
            whole = os.path.join(s.data, path)
            stored = support.read_bytes(whole) if os.path.exists(whole) else b""
            self.assertNotIn(SECRET.encode(), stored)
            self.assertNotIn(b"Geheim Persoon", stored)
            self.assertNotIn(code.encode(), stored)

    def test_every_read_is_in_the_vaults_ledger(self):
        s = self.service
        code, report_id = self.send()
        attach(s, code, PDF)
        before = self.kinds(report_id)
        self.report(report_id)
        s.ok("ReportService/GetReportAttachment", "listener", reportId=report_id, fileId=self.own(code)["files"][0]["fileId"])
        self.assertEqual(self.kinds(report_id)[len(before):], ["report_read", "report_file_read"])
        self.assertEqual(before, ["report_filed", "report_file_added"])

    def test_who_stays_unknown_stands_in_no_table(self):
        s = self.service
        made = self.market.to_state("ACCEPTED")
        account = s.ok("AuthService/GetSession", made["student"])["session"]["accountId"]
        s.change("ReportService/FileReport", made["student"], report=DRAFT)
        report_id = s.ok("ReportService/ListReports", "listener")["reports"][0]["reportId"]
        with sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
            tables = [name for name, in vault.execute("select name from sqlite_master where type = 'table'")]
            rows = [row for table in tables for row in vault.execute(f"select * from {table}")]
        ids = bytes.fromhex(report_id), bytes.fromhex(account)
        both = [row for row in rows if all(any(one in bytes(cell) for cell in row if isinstance(cell, bytes)) for one in ids)]
        self.assertEqual(both, [])

    def kinds(self, report_id):
        """What the vault's ledger says of a report, read from a copy of its database."""
        connection = sqlite3.connect(f"file:{os.path.join(self.service.data, 'vault/vault.sqlite')}?mode=ro", uri=True)
        try:
            return [kind for kind, in connection.execute("SELECT kind FROM ledger WHERE subject = ? ORDER BY seq",
                                                         (bytes.fromhex(report_id),))]
        finally:
            connection.close()

    def test_an_erased_student_leaves_no_report(self):
        s = self.service
        made = self.market.to_state("ACCEPTED")
        code = s.change("ReportService/FileReport", made["student"], report=DRAFT)["comeBackCode"]
        report_id = s.ok("ReportService/ListReports", "listener")["reports"][0]["reportId"]
        s.change("StudentService/EraseStudent", "coordinator", stagevraagId=made["stagevraag"])
        s.wait_until(lambda: s.call("ReportService/GetReport", "listener", reportId=report_id).code == "not_found", "the erasure", 90)
        self.refused(s.call("ReportService/GetOwnReport", None, comeBackCode=code), "not_found")


    def test_what_a_case_rests_on_stays(self):
        s = self.service
        draft = {"desk": "REPORT_DESK_BEHANDELAAR", "leerbedrijf": "990000001"}
        code, report_id = self.send(**draft)
        opening = {"school": SCHOOL, "leerbedrijf": "990000001", "reportIds": [report_id], "text": "Er kwam een melding."}
        self.refused(s.try_change("CaseService/OpenCase", "handler", **opening), "failed_precondition")
        s.change("ReportService/SetOwnReportConsent", None, comeBackCode=code, consent={"openCase": True, "nameToCompany": True})
        s.change("CaseService/OpenCase", "handler", **opening)
        for consent in ({}, {"openCase": True}):
            answer = s.try_change("ReportService/SetOwnReportConsent", None, comeBackCode=code, consent=consent)
            self.assertEqual(answer.refusal.get("code"), "report_in_case", answer)
        for method, fields in (("CloseReport", {"outcome": "REPORT_OUTCOME_CASE"}), ("SetReportCompany", {"leerbedrijf": "990000002"})):
            answer = s.try_change(f"ReportService/{method}", "handler", reportId=report_id, **fields)
            self.assertEqual(answer.refusal.get("code"), "report_in_case", answer)
        self.assertEqual(self.own(code)["consent"], {"handOver": True, "openCase": True, "nameToCompany": True})
        s.change("ReportService/AddToOwnReport", None, comeBackCode=code, text="Er is nog iets.")


@unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
class Later(unittest.TestCase):
    def test_terms_remind_and_what_was_closed_long_ago_is_gone(self):
        with Service({"report_keep_days": "30", "session_hours": "720"}) as s:
            s.log_in_operator()
            s.invite("coordinator", "operator", "coordinator", [SCHOOL])
            s.invite("listener", "coordinator", "vertrouwenspersoon", [SCHOOL])
            codes = [s.change("ReportService/SendReport", None, school=SCHOOL, report=DRAFT)["comeBackCode"] for _ in range(2)]
            attach(s, codes[0], PDF)
            closed = s.ok("ReportService/ListReports", "listener")["reports"][1]["reportId"]
            s.change("ReportService/CloseReport", "listener", reportId=closed, outcome="REPORT_OUTCOME_HEARD")
            s.stop()
            s.env["STAGEMATCH_CLOCK_OFFSET_MS"] = str(31 * 86_400_000)
            s.start()
            s.log_in("listener")
            s.wait_until(lambda: any("Termijn voorbij" in m for m in s.messages_to("listener@example.nl")), "a reminder", 150)
            s.wait_until(lambda: s.call("ReportService/GetOwnReport", None, comeBackCode=codes[0]).code == "not_found", "the erasure", 150)
            left = s.ok("ReportService/ListReports", "listener")["reports"]
            self.assertEqual([r["state"] for r in left], ["REPORT_STATE_RECEIVED"])
            self.assertEqual(s.ok("ReportService/GetOwnReport", None, comeBackCode=codes[1])["report"]["text"], SECRET)
            for path, table, count in (("keys", "report_key", 1), ("vault", "report_part", 0), ("vault", "report", 1)):
                with sqlite3.connect(f"file:{s.data}/vault/{path}.sqlite?mode=ro", uri=True) as database:
                    self.assertEqual(database.execute(f"select count(*) from {table}").fetchone()[0], count, table)


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service({"reports_per_address": "3", "reports_per_school": "2"}))
        s.log_in_operator()
        for school, name in ((SCHOOL, "a"), (OTHER, "b")):
            s.invite(f"coordinator_{name}", "operator", "coordinator", [school])
        s.invite("listener", "coordinator_a", "vertrouwenspersoon", [SCHOOL])
        s.invite("handler", "coordinator_b", "behandelaar", [OTHER])

    def test_a_flood_ends_at_a_quota_and_codes_go_past_it(self):
        s = self.service
        # Nobody would read it.
        self.assertEqual(s.try_change("ReportService/SendReport", None, school=OTHER, report=DRAFT).code, "invalid_argument")
        to_handler = {**DRAFT, "desk": "REPORT_DESK_BEHANDELAAR"}
        for school, report in ((SCHOOL, DRAFT), (SCHOOL, DRAFT), (OTHER, to_handler)):
            s.change("ReportService/SendReport", None, school=school, report=report)
        for school in (SCHOOL, OTHER):
            answer = s.try_change("ReportService/SendReport", None, school=school, report=to_handler)
            self.assertEqual(answer.code, "resource_exhausted")
        code = s.change("ReportService/CreateReportCodes", "listener", school=SCHOOL, count=1)["codes"][0]
        s.change("ReportService/SendReport", None, schoolCode=code, report=DRAFT)
        self.assertEqual(len(s.ok("ReportService/ListReports", "listener")["reports"]), 3)

    def test_guessing_is_slowed_down(self):
        s = self.service
        for _ in range(60):
            answer = s.call("ReportService/GetOwnReport", None, comeBackCode=uuid.uuid4().hex[:28])
            if answer.code == "resource_exhausted":
                break
            self.assertEqual(answer.code, "not_found")
        self.assertEqual(answer.code, "resource_exhausted")


if __name__ == "__main__":
    unittest.main(verbosity=2)

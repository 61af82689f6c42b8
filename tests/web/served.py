"""A whole service with the web application for the tests in a browser: real processes, Redis, people, and a market to play in.

Speaks JSON lines: {"do": NAME, …} on standard input, {"ok": …} or {"error": TEXT} on standard output. Ends with its input.
"""
import contextlib
import json
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.environ["STAGEMATCH_SOURCE"], "tests", "e2e"))
import past_term  # noqa: E402
import redis_server  # noqa: E402
import support  # noqa: E402
from market import NONCE, Market  # noqa: E402
from service import PASSWORD, Service, commitment, placement, student  # noqa: E402

SCHOOL, COMPANY = "99AA", "990000001"
CHUNK = 1000


class Stage:
    def __init__(self, service):
        self.s = service
        self.market = Market(service)
        service.invite("vertrouwenspersoon", "coordinator", "vertrouwenspersoon", [SCHOOL])

    def address(self):
        return f"http://{self.s.host}:{self.s.port}"

    def login(self, who):
        """The e-mail address and password of somebody: a role, or the name that to_state gave a student."""
        return {"email": f"{who}@example.nl", "password": PASSWORD}

    def to_state(self, state, students=1, seats=1):
        got = self.market.to_state(state, students, seats)
        got["number"] = self.market.numbers[got["stagevraag"]]
        got["email"] = f"s{got['number']}@student.example"
        return got

    def call(self, method, who=None, change=False, **fields):
        return (self.s.change if change else self.s.ok)(method, who, **fields)

    def code(self, email):
        return self.s.code_sent_to(email)

    def handlers(self):
        """Two behandelaren, who handle and close cases together, and a decision of the company for them to look at."""
        if "behandelaar" not in self.s.tokens:
            for who in ("behandelaar", "tweede"):
                self.s.invite(who, "coordinator", "behandelaar", [SCHOOL])
        made = self.market.to_state("APPROVED")
        self.market.act("ObjectToCandidate", "company", made["proposal"], reason="anders", text="Past niet in het team.")
        return {"proposal": made["proposal"], "leerbedrijf": COMPANY}

    def case_at(self, who="behandelaar"):
        """A case that waits for a decision."""
        case = self.s.change("CaseService/OpenCase", who, school=SCHOOL, leerbedrijf=COMPANY, text="Er is een patroon.")["case"]
        for method, by, fields in (("TakeCase", who, {"noTie": True}), ("MoveCase", who, {"event": "CASE_EVENT_VERIFIED"}),
                                   ("AskCompany", who, {"text": "Wat was de reden?"}), ("AnswerCase", "company", {"text": "Geen plek."})):
            version = self.s.ok("CaseService/GetCase", who, caseId=case["caseId"])["case"]["version"]
            self.s.change(f"CaseService/{method}", by, caseId=case["caseId"], version=version, **fields)
        return case["caseId"]

    def patterns(self):
        """A company that agrees with all, and one that objects three times without a clear reason and drops somebody after release."""
        self.s.invite("steady", "coordinator", "company", ["990000002"])
        for pid in self.market.proposals_at("steady", "990000002", 14):
            self.market.decide("AgreeToCandidate", "steady", pid)
        for pid in self.market.proposals_at("company", COMPANY, 3):
            self.market.decide("ObjectToCandidate", "company", pid, reason="anders", text="Past niet in het team.")
        dropped = self.market.to_state("RELEASED")["proposal"]
        self.market.act("DropCandidate", "company", dropped, reason="geen-capaciteit")
        return {"leerbedrijf": COMPANY}

    def students(self, count, qualification="25656"):
        for at in range(0, count, CHUNK):
            self.s.change("StudentService/SubmitStudents", "coordinator", students=[
                student(f"w{i:06d}", qualification=qualification) for i in range(at, min(at + CHUNK, count))])

    def places(self, count, qualification="25656"):
        for i in range(count):
            made = self.s.change("PlacementService/SubmitPlacement", "company", placement=placement(
                f"W-{i}-{uuid.uuid4().hex[:6]}", qualifications=[qualification], title=f"Leren in de zorg {i}"))["placement"]
            self.s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])

    def classmates(self, count, qualification, **profile):
        """Students with the same profile: [{stagevraag, number, email}]."""
        rows = [student(uuid.uuid4().hex[:10], qualification=qualification, **profile) for _ in range(count)]
        ids = self.s.change("StudentService/SubmitStudents", "coordinator", students=rows)["stagevraagIds"]
        self.market.numbers = {**getattr(self.market, "numbers", {}), **{i: row["studentNumber"] for i, row in zip(ids, rows)}}
        return [{"stagevraag": i, "number": row["studentNumber"], "email": row["identity"]["email"]} for i, row in zip(ids, rows)]

    def place(self, number, **fields):
        """A published place of the company of every test."""
        made = self.s.change("PlacementService/SubmitPlacement", "company", placement=placement(number, **fields))["placement"]
        return self.s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"],
                             version=made["version"])["placement"]

    def draft(self, number, **fields):
        """A place that the company handed in and did not publish."""
        return self.s.change("PlacementService/SubmitPlacement", "company", placement=placement(number, **fields))

    def round(self, qualification):
        """A round over one qualification, up to its publication."""
        return self.market.published(qualification)

    def proposals(self, round, state=None, count=1):
        """The proposals of a round; with `state` those in it, once there are `count` of them."""
        def find():
            found = [p for p in self.market.proposals(round) if not state or p["state"] == f"PROPOSAL_STATE_{state}"]
            return found if not state or len(found) >= count else None
        return self.s.wait_until(find, f"{count} proposals {state}") if state else find()

    def step(self, method, who, proposal, **fields):
        """A step of a proposal by somebody else than the person of the story."""
        return self.market.act(method, who, proposal, **fields)

    def student_account(self, who, stagevraag):
        """An account for the student of this stagevraag, who is `who` in steps from now on."""
        self.s.invite_student(who, "coordinator", stagevraag, f"s{self.market.numbers[stagevraag]}@student.example")

    def proposal(self, proposal):
        return self.market.proposal(proposal)

    def personal_link(self, stagevraag, email):
        """The code in the link that the school sends to a student."""
        self.s.change("AccountService/InviteStudent", "coordinator", stagevraagId=stagevraag)
        return self.s.code_sent_to(email)

    def check_contact(self, account):
        self.s.change("AccountService/VerifyCompanyContact", "coordinator", accountId=account)

    def end_sessions(self, email, who=None):
        """Ends every session of somebody on the service's side, as a changed password does. The password is the same again afterwards,
        and whoever of the test's own clients this was, `who`, is signed in again."""
        for old, new in ((PASSWORD, PASSWORD + " anders"), (PASSWORD + " anders", PASSWORD)):
            token = self.s.ok("AuthService/Login", email=email, password=old)["token"]
            self.s.ok("AuthService/ChangePassword", token, oldPassword=old, newPassword=new)
        if who:
            self.s.tokens[who] = self.s.ok("AuthService/Login", email=email, password=PASSWORD)["token"]

    def reason_text(self, proposal):
        """What was written with a reason, as the school's confidential adviser reads it."""
        return self.s.ok("IdentityService/GetText", "vertrouwenspersoon", proposalId=proposal, kind="reason")["text"]

    def invite(self, who, role, scope):
        """An invitation that nobody accepted yet: its code."""
        email = f"{who}@example.nl"
        by = "operator" if role == "coordinator" else "coordinator"
        account = self.s.change("AccountService/InviteAccount", by, email=email, name=who,
                                role=f"ROLE_{role.upper()}", scope=scope)["accountId"]
        return {"account": account, "code": self.s.code_sent_to(email), "email": email}

    def accept(self, who, code):
        self.s.accept(who, code)

    def failing_round(self, qualification):
        """A round over one qualification that fails, as nobody knows the students' postcodes any more: the table was replaced by a shorter one."""
        rid = self.s.change("RoundService/CreateRound", "coordinator", name="Keuken", schools=[SCHOOL],
                            qualifications=[qualification])["round"]["roundId"]
        self.market.move(rid, "OpenRound")
        self.s.change("RoundService/CommitNonce", "coordinator", roundId=rid, school=SCHOOL, commitment=commitment(SCHOOL, NONCE))
        self.pause()
        self.s.settings["pc4"] = os.path.join(self.s.folder, "pc4.csv")
        support.write_bytes(self.s.settings["pc4"], b"\n".join(support.read_bytes(support.COARSE_PC4).split(b"\n")[:2]) + b"\n")
        self.resume()
        self.market.move(rid, "SealRound")
        return self.market.until(rid, "FAILED")["roundId"]

    def past_term(self, students):
        """So many students of the half year before this one, a third of whom found a place themselves; nobody has closed it."""
        ids = past_term.hand_in(self.s, "coordinator", SCHOOL, students, "3511")
        past_term.place_elsewhere(self.s, "coordinator", ids[:students // 3])
        return past_term.last_term()[0]

    def close_past_term(self):
        return past_term.close(self.s).json

    def mail_bounces(self, email, bounces):
        """Whether the mailer knows of this address that it does not exist."""
        notify = os.path.join(self.s.folder, "notify")
        keep = f"cat >$(mktemp {self.s.mail}/XXXXXXXX)"
        refuse = f"message=$(cat)\ncase $message in *{email}*) exit 67 ;; esac\nprintf '%s\\n' \"$message\" | {keep}"
        support.write_bytes(notify, f"#!/bin/sh\n{refuse if bounces else keep}\n".encode())

    def bounced(self, account):
        """Waits until the message about an account could not be delivered."""
        def find():
            notices = self.s.ok("NoticeService/ListNotices", "operator", state="NOTICE_STATE_BOUNCED").get("notices", [])
            return [n["noticeId"] for n in notices if n["accountId"] == account]
        return self.s.wait_until(find, "a bounce")[0]

    def pause(self):
        self.s.stop()

    def resume(self):
        self.s.settings["listen"] = f"{self.s.host}:{self.s.port}"
        self.s.write_config()
        self.s.start()

    def log(self):
        return self.s.read_log()


def main():
    settings = {"monitor_wait_days": 366, "signal_reference": 10, "signal_level_ppm": 1000, "watchlist": os.path.join(support.CONFIG, "watchlist.csv"), "fronts": 2, "web_root": os.environ["STAGEMATCH_WEB_ROOT"], "logins_per_address": 1000, "connections_per_address": 1024,
                "opleidingen": os.path.join(support.CONFIG, "opleidingen.csv"),
                "contacts": os.path.join(support.CONFIG, "contacts.csv"), "school_names": os.path.join(support.CONFIG, "schools.csv")}
    settings = {name: value for name, value in settings.items() if not str(value).endswith(".csv") or os.path.exists(value)}
    with contextlib.ExitStack() as stack:
        if redis_server.is_there():
            settings["redis"] = stack.enter_context(redis_server.RedisServer()).address
        stage = Stage(stack.enter_context(Service(settings=settings)))
        print(json.dumps({"ok": stage.address()}), flush=True)
        for line in sys.stdin:
            wish = json.loads(line)
            try:
                answer = {"ok": getattr(stage, wish.pop("do"))(**wish)}
            except Exception as problem:  # pylint: disable=broad-except
                answer = {"error": f"{type(problem).__name__}: {problem}"}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

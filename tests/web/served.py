"""A whole service with the web application for the tests in a browser: real processes, Redis, people, and a market to play in.

Speaks JSON lines: {"do": NAME, …} on standard input, {"ok": …} or {"error": TEXT} on standard output. Ends with its input.
"""
import contextlib
import json
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.environ["STAGEMATCH_SOURCE"], "tests", "e2e"))
import redis_server  # noqa: E402
import support  # noqa: E402
from market import Market  # noqa: E402
from service import PASSWORD, Service, placement, student  # noqa: E402

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

    def students(self, count, qualification="25656"):
        for at in range(0, count, CHUNK):
            self.s.change("StudentService/SubmitStudents", "coordinator", students=[
                student(f"w{i:06d}", qualification=qualification) for i in range(at, min(at + CHUNK, count))])

    def places(self, count, qualification="25656"):
        for i in range(count):
            made = self.s.change("PlacementService/SubmitPlacement", "company", placement=placement(
                f"W-{i}-{uuid.uuid4().hex[:6]}", qualifications=[qualification], title=f"Leren in de zorg {i}"))["placement"]
            self.s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])

    def invite(self, who, role, scope):
        """An invitation that nobody accepted yet: its code."""
        email = f"{who}@example.nl"
        by = "operator" if role == "coordinator" else "coordinator"
        account = self.s.change("AccountService/InviteAccount", by, email=email, name=who,
                                role=f"ROLE_{role.upper()}", scope=scope)["accountId"]
        return {"account": account, "code": self.s.code_sent_to(email), "email": email}

    def accept(self, who, code):
        self.s.accept(who, code)

    def pause(self):
        self.s.stop()

    def resume(self):
        self.s.settings["listen"] = f"{self.s.host}:{self.s.port}"
        self.s.write_config()
        self.s.start()

    def log(self):
        return self.s.read_log()


def main():
    settings = {"fronts": 2, "web_root": os.environ["STAGEMATCH_WEB_ROOT"], "logins_per_address": 1000, "connections_per_address": 1024,
                "opleidingen": os.path.join(support.CONFIG, "opleidingen.csv"),
                "contacts": os.path.join(support.CONFIG, "contacts.csv")}
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

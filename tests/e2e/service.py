"""A service of real processes for one test: configuration, data, accounts, a client for its API.

Everything lies in one temporary folder; ports are the kernel's choice on loopback; leaving the `with` ends all processes.
"""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import uuid

import support

PASSWORD = "een lang genoeg wachtwoord"
ROLES = {"operator": "ROLE_OPERATOR", "coordinator": "ROLE_COORDINATOR", "company": "ROLE_COMPANY",
         "vertrouwenspersoon": "ROLE_VERTROUWENSPERSOON", "behandelaar": "ROLE_BEHANDELAAR", "student": "ROLE_STUDENT"}


def read(path):
    return support.read_bytes(path).decode("utf-8", "replace")


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The Connect code of an error, or "ok"."""
        return "ok" if self.status == 200 else self.json["code"]

    @property
    def refusal(self):
        """The typed detail of an error, from its readable form."""
        for detail in self.json.get("details", []):
            if detail["type"] == "stagematch.v1.Refusal":
                return detail.get("debug", {})
        return {}

    def __repr__(self):
        return f"Answer({self.status}, {self.body[:2000]!r})"


class Service:
    def __init__(self, settings=None, env=None):
        self.folder = tempfile.mkdtemp(prefix="stagematch-service-")
        self.data = os.path.join(self.folder, "data")
        self.mail = os.path.join(self.folder, "mail")
        self.config = os.path.join(self.folder, "stagematch.conf")
        self.settings = {
            "listen": "127.0.0.1:0", "metrics_listen": "127.0.0.1:0", "data_dir": self.data,
            "master_key": os.path.join(self.folder, "master.key"), "public_url": "http://127.0.0.1",
            "pc4": support.COARSE_PC4, "reasons": os.path.join(support.CONFIG, "reasons.csv"),
            "skills": os.path.join(support.CONFIG, "skills.csv"),
            "holidays": os.path.join(support.CONFIG, "holidays.csv"),
            "terms": os.path.join(support.CONFIG, "terms.csv"), "notices": os.path.join(support.CONFIG, "notices"),
            "grounds": os.path.join(support.CONFIG, "grounds.csv"), "routes": os.path.join(support.CONFIG, "routes.csv"),
            "case_outcomes": os.path.join(support.CONFIG, "case_outcomes.csv"),
            "menukaart": os.path.join(support.CONFIG, "menukaart.csv"),
            "notify_command": os.path.join(self.folder, "notify"), "log_level": "info", **(settings or {})}
        self.env = env or {}
        self.tls = None  # an ssl.SSLContext where the service speaks TLS
        self.process = None
        self.log = os.path.join(self.folder, "log")
        self.tokens = {}
        self.codes_seen = set()

    # -- life ---------------------------------------------------------------------------------------------------------

    def __enter__(self):
        os.mkdir(self.mail)
        support.write_bytes(os.path.join(self.folder, "master.key"), os.urandom(32))
        os.chmod(os.path.join(self.folder, "master.key"), 0o600)
        notify = os.path.join(self.folder, "notify")
        with open(notify, "w") as file:
            file.write(f"#!/bin/sh\nexec cat >$(mktemp {self.mail}/$(date +%s%N)-XXXXXX)\n")
        os.chmod(notify, 0o755)
        self.write_config()
        self.add_user("operator@example.nl", "operator")
        self.start()
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            if kind is not None:
                print("\n".join(read(self.log).split("\n")[-60:]))
            shutil.rmtree(self.folder, ignore_errors=True)

    def write_config(self):
        with open(self.config, "w") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items() if value != "")

    def start(self, wait=True):
        address = os.path.join(self.data, "address")
        if os.path.exists(address):
            os.unlink(address)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([support.STAGEMATCH, "serve", "--config", self.config], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=support.environment(**self.env))
        if wait:
            self.wait_until(lambda: os.path.exists(address) and "\n" in read(address), "an address")
            self.host, self.port = read(address).split("\n")[0].rsplit(":", 1)
            self.metrics_address = read(os.path.join(self.data, "metrics_address")).strip()
            self.wait_ready()

    def stop(self, number=signal.SIGTERM, within=30):
        self.process.send_signal(number)
        return self.process.wait(within)

    def wait_until(self, condition, what, within=30):
        end = time.monotonic() + within
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended with {self.process.returncode} before {what}: "
                                     + read(self.log)[-3000:])
            try:
                result = condition()
                if result:
                    return result
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise AssertionError(f"no {what} within {within} s: " + read(self.log)[-3000:])

    def metrics(self):
        """{name with labels: value} of one scrape."""
        host, port = self.metrics_address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        finally:
            connection.close()
        samples = [line.rsplit(" ", 1) for line in lines if line and not line.startswith("#")]
        return {name: float(value) for name, value in samples}

    def wait_ready(self, within=30):
        self.wait_until(lambda: self.get("/readyz").status == 200, "readiness", within)

    def role_pids(self, role):
        """The processes of a role, {index: pid}: the children of the parent whose command line names it."""
        found = {}
        for pid in os.listdir("/proc"):
            if not pid.isdigit():
                continue
            try:
                parent = read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()[1]
                words = support.read_bytes(f"/proc/{pid}/cmdline").split(b"\0")
            except OSError:
                continue
            if int(parent) == self.process.pid and words[1:3] == [b"role", role.encode()]:
                found[int(words[3] or 0)] = int(pid)
        return found

    def role_pid(self, role, index=0):
        return self.role_pids(role).get(index)

    def read_log(self):
        return read(self.log)

    # -- calls --------------------------------------------------------------------------------------------------------

    def connection(self, timeout=30):
        if self.tls:
            return http.client.HTTPSConnection(self.host, int(self.port), timeout=timeout, context=self.tls)
        return http.client.HTTPConnection(self.host, int(self.port), timeout=timeout)

    def request(self, verb, path, body=None, headers=None, timeout=30):
        connection = self.connection(timeout)
        try:
            connection.request(verb, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def call(self, method, who=None, timeout=30, headers=None, **fields):
        """Calls Service/Method with JSON. `who`: a key of tokens, or None for nobody."""
        streams = method.split("/")[1].startswith("Watch")
        kind = "application/connect+json" if streams else "application/json"
        sent = {"Content-Type": kind, "Connect-Protocol-Version": "1", **(headers or {})}
        if who is not None:
            sent["Authorization"] = "Bearer " + self.tokens.get(who, who)
        if streams:
            return self.first_of_stream(method, json.dumps(fields).encode(), sent, timeout)
        return self.request("POST", "/stagematch.v1." + method, json.dumps(fields), sent, timeout)

    def first_of_stream(self, method, body, headers, timeout):
        """The first message of a server stream, or, as any other refusal, the error that it ends with. watcher.py reads on."""
        connection = self.connection(timeout)
        try:
            connection.request("POST", "/stagematch.v1." + method, struct.pack(">BI", 0, len(body)) + body, headers)
            answer = connection.getresponse()
            flags, length = struct.unpack(">BI", answer.read(5))
            message = json.loads(answer.read(length))
        finally:
            connection.close()
        if flags & 2 and "error" in message:
            return Answer(400, answer.headers, json.dumps(message["error"]).encode())
        return Answer(answer.status, answer.headers, json.dumps(message).encode())

    def ok(self, method, who=None, **fields):
        answer = self.call(method, who, **fields)
        if answer.status != 200:
            raise AssertionError(f"{method} by {who}: {answer}")
        return answer.json

    def change(self, method, who=None, **fields):
        return self.ok(method, who, requestId=str(uuid.uuid4()), **fields)

    def try_change(self, method, who=None, **fields):
        return self.call(method, who, requestId=str(uuid.uuid4()), **fields)

    # -- people -------------------------------------------------------------------------------------------------------

    def add_user(self, email, role, scope=""):
        """With the command line, while the service is stopped. Returns the code of the invitation."""
        words = ["user", "add", "--config", self.config, "--email", email, "--name", email.split("@")[0], "--role", role]
        if scope:
            words += ["--scope", scope]
        done = support.run(*words)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        self.codes = getattr(self, "codes", {})
        self.codes[email] = re.search(r"#\S*?([A-Za-z0-9_-]{40,})", done.stdout).group(1)
        return self.codes[email]

    def accept(self, who, code):
        """Sets the first password. Whoever may act at once has a session then; a company's contact has to be checked first."""
        answer = self.ok("AuthService/AcceptInvitation", code=code, password=PASSWORD)
        if "token" in answer:
            self.tokens[who] = answer["token"]

    def log_in(self, who):
        self.tokens[who] = self.ok("AuthService/Login", email=f"{who}@example.nl", password=PASSWORD)["token"]

    def messages_to(self, email):
        found = []
        for name in sorted(os.listdir(self.mail)):
            text = read(os.path.join(self.mail, name))
            if email in text.split("\n\n")[0]:
                found.append(text)
        return found

    def code_sent_to(self, email, within=20):
        """The newest code in a message to this address that no call of this returned before."""
        def find():
            for text in reversed(self.messages_to(email)):
                match = re.search(r"#\S*?([A-Za-z0-9_-]{40,})", text)
                if match and match.group(1) not in self.codes_seen:
                    self.codes_seen.add(match.group(1))
                    return match.group(1)
            return None
        return self.wait_until(find, f"message to {email}", within)

    def log_in_operator(self):
        self.accept("operator", self.codes["operator@example.nl"])

    def invite(self, who, by, role, scope):
        """Invites `who` through the API, takes the code from the message, sets the password."""
        email = f"{who}@example.nl"
        account = self.change("AccountService/InviteAccount", by, email=email, name=who, role=ROLES[role], scope=scope)
        self.accept(who, self.code_sent_to(email))
        if role == "company":
            self.change("AccountService/VerifyCompanyContact", by, accountId=account["accountId"])
            self.log_in(who)
        return account["accountId"]

    def invite_student(self, who, by, stagevraag_id, email):
        self.change("AccountService/InviteStudent", by, stagevraagId=stagevraag_id)
        self.accept(who, self.code_sent_to(email))


def commitment(school, nonce_hex):
    return hashlib.sha256(school.encode() + b"\0" + bytes.fromhex(nonce_hex)).hexdigest()


def student(number, school="99AA", first_name="Sanne", **profile):
    return {"school": school, "studentNumber": number,
            "identity": {"firstName": first_name, "lastName": "Voorbeeld", "email": f"s{number}@student.example",
                         "birthDate": "2008-05-04", "sex": "v", "phone": "0600000000", "postcode": "3511 SA"},
            "profile": {"qualification": "25656", "leerweg": "LEERWEG_BOL", "year": 2, "startDate": "2027-02-01",
                        "endDate": "2027-07-02", "hoursPerWeek": 32, "pc4": "3511", "maxKm": 60,
                        "skills": [{"skill": "verzorging", "level": 3}, {"skill": "rapporteren", "level": 2}], **profile}}


def placement(number, leerbedrijf="990000001", **fields):
    return {"leerbedrijf": leerbedrijf, "leerplaats": number, "companyName": "Zorg Voorbeeld", "kvk": "90000001",
            "postcode": "3511", "qualifications": ["25656"], "leerweg": "LEERWEG_BOL", "capacity": 1,
            "startDate": "2027-02-01", "endDate": "2027-07-02", "hoursPerWeek": 36,
            "hardCriteria": [{"skill": "verzorging", "level": 2}],
            "weightedCriteria": [{"skill": "rapporteren", "weight": 3, "minimumLevel": 3}],
            "title": "Leren in de zorg", **fields}

"""Random SIGKILL and SIGSTOP for every process of a service under load, by clients who remember what was acknowledged.

Afterwards nothing that was acknowledged is lost, nothing happened twice, nothing was older than it may be, both databases
agree, both ledgers are whole; and each time the service was ready again by itself (a killed parent is started again, as
an init system does).

STAGEMATCH_KILLS says how many strikes (40), STAGEMATCH_KILL_SEED which (random; printed, so that a run can be repeated as far
as processes allow).
"""
import collections
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

import support
from market import COMPANY, NONCE, SCHOOL, new_qualification
from service import Service, commitment, placement, read, student

STRIKES = int(os.environ.get("STAGEMATCH_KILLS", "40"))
SEED = int(os.environ.get("STAGEMATCH_KILL_SEED", str(random.randrange(1 << 32))))
READY_WITHIN_S = 60        # far more than it takes; how long it took is printed
STALE_MAX_S = 60           # the longest that an answer may be kept anywhere
IMPORTERS, RUNNERS, READERS = 2, 2, 2
BIG = "25656"              # what the imports study, and the large rounds are over
PASSING = ("unavailable", "deadline_exceeded", "aborted", "internal", "resource_exhausted", "canceled")
WAY = [("coordinator", "ProposalService/ApproveProposal", "APPROVED"), ("company", "CandidateService/AgreeToCandidate", "ACCEPTED"),
       ("student", "ProposalService/ConfirmProposal", "CONFIRMED"), ("coordinator", "ProposalService/ReleaseProposal", "RELEASED"),
       ("company", "CandidateService/PlaceCandidate", "PLACED"), ("coordinator", "ProposalService/StartProposal", "STARTED")]


class Ended(Exception):
    """The run is over."""


class RoundKilled(Exception):
    """Its solver was killed each time that it was begun again: the round fails, as is said in round.proto, and another begins."""


class Acknowledged:
    """What the service said it did: the newest version of each object, and when that was heard."""

    def __init__(self):
        self.lock = threading.Lock()
        self.students = {}   # stagevraag_id → student number
        self.proposals = {}  # proposal_id → {"state", "version", "at", "stagevraag"}
        self.stale_s = 0.0
        self.rounds = 0      # over everything, solved and cancelled
        self.lost = 0        # failed, since their solver was killed too often

    def proposal(self, pid, **what):
        with self.lock:
            self.proposals.setdefault(pid, {}).update(what, at=time.monotonic())

    def lost_round(self):
        with self.lock:
            self.lost += 1

    def some_proposal(self, dice):
        with self.lock:
            pid = dice.choice(list(self.proposals)) if self.proposals else None
            return pid, dict(self.proposals[pid]) if pid else None


class Client(threading.Thread):
    """One scripted client: tries each call with the same request_id until it is answered, then remembers the answer."""

    def __init__(self, service, acknowledged, stop, number, role):
        super().__init__(name=f"{role.__name__}-{number}")
        self.s, self.acked, self.stop, self.dice = service, acknowledged, stop, random.Random(f"{SEED}-{role.__name__}-{number}")
        self.role, self.failure, self.calls, self.retries = role, None, 0, 0

    def run(self):
        try:
            while not self.stop.is_set():
                self.role(self)
        except Ended:
            pass
        except BaseException as problem:
            self.failure = f"{self.name}: {type(problem).__name__}: {problem}"

    def insist(self, method, who, change=True, allowed=(), **fields):
        if change:
            fields["requestId"] = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        end, tries = time.monotonic() + 4 * READY_WITHIN_S, []
        while time.monotonic() < end:
            try:
                answer = self.s.call(method, who, timeout=15, **fields)
                if answer.status == 200:
                    self.calls += 1
                    return answer.json
                if answer.code in allowed:
                    return None
                if answer.code not in PASSING:
                    raise AssertionError(f"{method} by {who} with {fields}, after {tries}: {answer}")
                tries.append(answer.code)
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as problem:
                tries.append(repr(problem))
            self.retries += 1
            time.sleep(0.05)
        raise AssertionError(f"{method}: no answer within {4 * READY_WITHIN_S} s")

    def read(self, method, who, **fields):
        return self.insist(method, who, change=False, **fields)

    # -- what a client does -------------------------------------------------------------------------------------------

    def imports(self):
        rows = [student(f"{self.dice.getrandbits(40):010x}", qualification=BIG) for _ in range(self.dice.randrange(1, 20))]
        ids = self.insist("StudentService/SubmitStudents", "coordinator", students=rows)["stagevraagIds"]
        with self.acked.lock:
            self.acked.students.update(zip(ids, (row["studentNumber"] for row in rows)))

    def plays(self):
        """One student from the file to the work place."""
        qualification = new_qualification()
        row = student(f"{self.dice.getrandbits(40):010x}", qualification=qualification)
        sid = self.insist("StudentService/SubmitStudents", "coordinator", students=[row])["stagevraagIds"][0]
        with self.acked.lock:
            self.acked.students[sid] = row["studentNumber"]
        made = self.insist("PlacementService/SubmitPlacement", "company",
                           placement=placement(f"P-{qualification}", qualifications=[qualification]))["placement"]
        self.insist("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
        proposal = self.round_of(qualification)
        pid, owner = proposal["proposalId"], f"student-{qualification}"
        self.acked.proposal(pid, state="PROPOSED", version=int(proposal["version"]), stagevraag=sid)
        for who, method, state in WAY:
            if who == "student":
                self.enrol(owner, sid, row["studentNumber"])
                who = owner
            now = self.read("ProposalService/GetProposal", "coordinator", proposalId=pid)["proposal"]
            which = {"candidate": now["candidate"]} if who == "company" else {"proposalId": pid}
            self.insist(method, who, version=now["version"], **which)
            self.acked.proposal(pid, state=state, version=int(now["version"]) + 1)

    def enrol(self, who, sid, number):
        """A letter whose sending was cut comes again with another code, and only the newest is good."""
        self.insist("AccountService/InviteStudent", "coordinator", stagevraagId=sid)
        email, end, tried = f"s{number}@student.example", time.monotonic() + 4 * READY_WITHIN_S, 0
        refusals = ("not_found", "failed_precondition", "invalid_argument", "permission_denied", "unauthenticated")
        while time.monotonic() < end:
            letters = [text for text in self.s.messages_to(email) if "#" in text]
            if len(letters) == tried:
                time.sleep(0.05)
                continue
            tried = len(letters)
            code = letters[-1].split("#")[1].split()[0].split("=")[-1]
            # Its answer is a session, which is never said again: after a cut it may be accepted already, and then one logs in.
            answer = self.insist("AuthService/AcceptInvitation", None, change=False, code=code,
                                 password="een lang genoeg wachtwoord", allowed=refusals)
            answer = answer or self.insist("AuthService/Login", None, change=False, email=email,
                                           password="een lang genoeg wachtwoord", allowed=refusals)
            if answer:
                self.s.tokens[who] = answer["token"]
                return
        raise AssertionError(f"no letter with a code that is good: {tried}")

    def move(self, rid, method):
        now = self.read("RoundService/GetRound", "coordinator", roundId=rid)["round"]
        self.insist(f"RoundService/{method}", "coordinator", roundId=rid, version=now["version"])

    def until(self, rid, state):
        end = time.monotonic() + 4 * READY_WITHIN_S
        while time.monotonic() < end:
            now = self.read("RoundService/GetRound", "coordinator", roundId=rid)["round"]
            if now["state"] == f"ROUND_STATE_{state}":
                return state
            if now["state"] == "ROUND_STATE_FAILED" and now.get("failure") == "killed":
                raise RoundKilled()
            time.sleep(0.05)
        raise AssertionError(f"the round is not {state}: {now}")

    def revealed_round(self, qualification):
        rid = self.insist("RoundService/CreateRound", "coordinator", name="Voorjaar", schools=[SCHOOL],
                          qualifications=[qualification])["round"]["roundId"]
        self.move(rid, "OpenRound")
        self.insist("RoundService/CommitNonce", "coordinator", roundId=rid, school=SCHOOL, commitment=commitment(SCHOOL, NONCE))
        self.move(rid, "SealRound")
        self.until(rid, "SEALED")
        self.insist("RoundService/RevealNonce", "coordinator", roundId=rid, school=SCHOOL, nonce=NONCE)
        self.until(rid, "REVEALED")
        return rid

    def round_of(self, qualification):
        while True:
            try:
                return self.published_round(qualification)
            except RoundKilled:
                self.acked.lost_round()

    def published_round(self, qualification):
        rid = self.revealed_round(qualification)
        self.move(rid, "SolveRound")
        self.until(rid, "VERIFIED")
        self.move(rid, "PublishRound")
        self.until(rid, "PUBLISHED")
        return self.read("ProposalService/ListProposals", "coordinator", roundId=rid)["proposals"][0]

    def solves(self):
        """A round over all that was imported, so that there is a solver to strike; cancelled again, so that the next can be."""
        try:
            rid = self.revealed_round(BIG)
            self.move(rid, "SolveRound")
            self.until(rid, "VERIFIED")
        except RoundKilled:
            self.acked.lost_round()
            return
        with self.acked.lock:
            self.acked.rounds += 1
        self.move(rid, "CancelRound")

    def reads(self):
        """What was acknowledged long enough ago is seen; how old an answer was otherwise is noted."""
        if self.stop.is_set():
            raise Ended
        pid, before = self.acked.some_proposal(self.dice)
        began = time.monotonic()
        if not pid:
            time.sleep(0.05)
            return
        now = self.read("ProposalService/GetProposal", "coordinator", proposalId=pid)["proposal"]
        if int(now["version"]) < before["version"]:
            age = began - before["at"]
            with self.acked.lock:
                self.acked.stale_s = max(self.acked.stale_s, age)
            if age > STALE_MAX_S:
                raise AssertionError(f"version {now['version']} after {before['version']}, {age:.1f} s later")
        self.read("TaskService/ListTasks", self.dice.choice(["coordinator", "company"]), pageSize=20)


class Killer:
    """Strikes one process after another."""

    def __init__(self, service, redis):
        self.s, self.redis, self.dice = service, redis, random.Random(SEED)
        self.counts, self.slowest = collections.Counter(), collections.defaultdict(float)

    def processes(self):
        """{name: [pid]} of what runs now: the parent, its roles, the engine's solver child, the vault's helpers, Redis."""
        tree = collections.defaultdict(list)
        words = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                tree[int(read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()[1])].append(int(pid))
                words[int(pid)] = support.read_bytes(f"/proc/{pid}/cmdline").split(b"\0")
            except OSError:
                continue
        found = collections.defaultdict(list, parent=[self.s.process.pid])
        for pid in tree[self.s.process.pid]:
            role = next((name for name in ("front", "engine", "vault") if name.encode() in words[pid]), None)
            if role:
                found[role].append(pid)
                if tree[pid]:
                    found["solver" if role == "engine" else f"helper of the {role}"] += tree[pid]
        if self.redis:
            found["redis"] = [self.redis.pid]
        return found

    def look(self):
        """The processes; now and then it waits for a solver, which lives for milliseconds."""
        end = time.monotonic() + (2 if self.dice.random() < 0.2 else 0)
        found = self.processes()
        while "solver" not in found and time.monotonic() < end:
            found = self.processes()
        return found

    def strike(self):
        found = self.look()
        weights = {"parent": 1, "front": 4, "engine": 4, "vault": 4, "redis": 2, "solver": 100}
        names = list(found)
        name = self.dice.choices(names, [weights.get(n, 1) for n in names])[0]
        pid, pause = self.dice.choice(found[name]), self.dice.random() < 0.3 and name != "parent"
        what = f"SIGSTOP {name}" if pause else f"SIGKILL {name}"
        began = time.monotonic()
        try:
            if pause:
                os.kill(pid, signal.SIGSTOP)
                time.sleep(self.dice.uniform(0.05, 1.5))
                os.kill(pid, signal.SIGCONT)
            else:
                os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # it had ended by itself
        if name == "parent" and not pause:
            self.s.process.wait()
            self.s.start()
        elif name == "redis" and not pause:
            self.redis.restart()
        time.sleep(0.02)
        self.s.wait_ready(READY_WITHIN_S)
        self.counts[what] += 1
        self.slowest[what] = max(self.slowest[what], time.monotonic() - began)


class Redis:
    """A Redis of its own on a Unix socket, where the program and the server are there."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "redis.sock")
        self.process = None
        self.restart()

    @property
    def pid(self):
        return self.process.pid

    def restart(self):
        if self.process:
            self.process.wait()
        self.process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", self.path, "--save", "", "--appendonly", "no",
                                         "--dir", os.path.dirname(self.path)], stdout=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()


def settings_known():
    listed = support.run("check-config", "--markdown").stdout
    return {line.split("`")[1] for line in listed.split("\n") if line.startswith("| `")}


class Kill(support.TestCase):
    maxDiff = None

    def test_nothing_is_lost_and_nothing_doubled(self):
        print(f"seed {SEED}, {STRIKES} strikes", file=sys.stderr)
        known, settings = settings_known(), {"connections_per_address": 1024}
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="stagematch-kill-"))
        redis = Redis(folder) if "redis" in known and shutil.which("redis-server") else None
        if redis:
            self.addCleanup(redis.end)
            settings["redis"] = f"unix:{redis.path}"
        if "fronts" in known:
            settings["fronts"] = 2
        with Service(settings) as s:
            self.play(s, redis)

    def play(self, s, redis):
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])
        s.invite("company", "coordinator", "company", [COMPANY])
        s.change("PlacementService/PublishPlacement", "company", **self.place(s, BIG, capacity=50))
        acked, stop, killer = Acknowledged(), threading.Event(), Killer(s, redis)
        clients = [Client(s, acked, stop, i, role) for role, count in
                   [(Client.imports, IMPORTERS), (Client.plays, RUNNERS), (Client.reads, READERS),
                    (Client.solves, 1)] for i in range(count)]
        for client in clients:
            client.start()
        try:
            while sum(killer.counts.values()) < STRIKES and not any(c.failure for c in clients):
                time.sleep(killer.dice.uniform(0, 0.4))
                killer.strike()
        finally:
            stop.set()
            for client in clients:
                client.join(10 * READY_WITHIN_S)
        self.assertEqual("\n".join(c.failure for c in clients if c.failure), "")
        self.assertFalse(any(c.is_alive() for c in clients))
        print("\n".join(f"{n:4} x {what}: ready again within {killer.slowest[what]:.2f} s"
                        for what, n in sorted(killer.counts.items())), file=sys.stderr)
        print(f"{sum(c.calls for c in clients)} calls answered, {sum(c.retries for c in clients)} tried again; "
              f"{len(acked.students)} students, {len(acked.proposals)} proposals, {acked.rounds} large rounds, {acked.lost} failed; oldest answer {acked.stale_s:.2f} s",
              file=sys.stderr)
        self.assertGreater(len(acked.students), 0)
        self.check_api(s, acked)
        self.check_databases(s, acked)

    def place(self, s, qualification, **fields):
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement(
            f"P-{qualification}", qualifications=[qualification], **fields))["placement"]
        return {"placementId": made["placementId"], "version": made["version"]}

    def check_api(self, s, acked):
        for pid, last in acked.proposals.items():
            now = s.ok("ProposalService/GetProposal", "coordinator", proposalId=pid)["proposal"]
            self.assertEqual((now["state"], int(now["version"])), (f"PROPOSAL_STATE_{last['state']}", last["version"]), pid)
        found, ids = {}, list(acked.students)
        for at in range(0, len(ids), 500):
            answer = s.ok("IdentityService/GetIdentities", "coordinator", stagevraagIds=ids[at:at + 500])
            found.update({row["stagevraagId"]: row["studentNumber"] for row in answer["students"]})
        self.assertEqual(found, acked.students)

    def check_databases(self, s, acked):
        def settled():
            with sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
                return vault.execute("SELECT count(*) FROM stage").fetchone()[0] == 0
        s.wait_until(settled, "nothing staged any more", 2 * READY_WITHIN_S)
        with sqlite3.connect(f"file:{s.data}/engine/engine.sqlite?mode=ro", uri=True) as engine, \
                sqlite3.connect(f"file:{s.data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
            there = [row[0] for row in engine.execute("SELECT key FROM stagevraag")]
            here = [row[0] for row in vault.execute("SELECT key FROM stagevraag")]
            decisions = dict(engine.execute("SELECT lower(hex(subject)), count(*) FROM ledger WHERE kind = 'decision' GROUP BY 1"))
        # Every call was answered in the end, so there is exactly what was acknowledged.
        self.assertEqual(sorted(key.hex() for key in there), sorted(acked.students))
        self.assertEqual(sorted(there), sorted(here))
        states = ["PROPOSED"] + [state for _, _, state in WAY]
        for pid, last in acked.proposals.items():
            self.assertEqual(decisions.get(pid, 0), states.index(last["state"]), pid)
        s.stop()
        done = support.run("ledger", "verify", "--data", s.data)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""A school's day in a minute: mixed reads and writes by role, with one and two fronts, with and without Redis; and attacks.

usage: load_bench.py HTTP_LOAD                                once through, beside nginx and a bare Redis that give the same bytes
       load_bench.py HTTP_LOAD soak [MINUTES [HOURS]]         the day over and over, 100,000 requests a minute for 60 minutes, with
                                                              the clock HOURS (24) further in each: memory every minute; fails where it still grows

Everything runs on this machine, the load's own processor time included; compare the rows of one run with each other.
"""
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import service_bench  # first: it says where the others are
from fault_control import PRELOAD, Control
from redis_server import RedisServer
from service_bench import http, load, proposals_of_a_round, text
from service import Service, student

CANDIDATES, PLACES, READS, MIXED, CLIENTS = 400, 40, 30000, 20000, 64
ROLES = ("front", "engine", "vault")
# A soak, in a minute: steps of the clock, requests; and what a role may grow in the second half.
STEPS, SOAK_REQUESTS, SOAK_GROWTH_MIB = 4, 100000, 5
SETUPS = [(1, False), (1, True), (2, False), (2, True)]


def say(what, got):
    print(f"    {what:<34} {got['requests'] / got['seconds']:9,.0f}/s   p50 {got['p50_ms']:6.2f}   p99 {got['p99_ms']:6.2f}   "
          f"p999 {got['p999_ms']:6.2f} ms")


def call(s, method, who, kind="json", body=None, **fields):
    return http(s, method, json.dumps(fields).encode() if body is None else body, s.tokens[who], kind)


def day(s, candidates, dice, requests_count=MIXED, students=10 ** 6):
    """What a day asks for: nine reads to one write, by everybody. `students`: how many there are to be written about."""
    requests = []
    for _ in range(requests_count):
        kind = dice.random()
        if kind < 0.35:
            requests.append(call(s, "TaskService/ListTasks", dice.choice(["coordinator", "company"]), pageSize=20))
        elif kind < 0.65:
            requests.append(call(s, "CandidateService/GetCandidate", "company", candidate=dice.choice(candidates)))
        elif kind < 0.80:
            requests.append(call(s, "PlacementService/ListPlacements", "company", pageSize=20))
        elif kind < 0.90:
            requests.append(call(s, "StudentService/ListStagevragen", "coordinator", pageSize=20))
        else:
            requests.append(call(s, "StudentService/SubmitStudents", "coordinator", requestId=str(uuid.uuid4()),
                                 students=[student(f"m{dice.randrange(students)}", hoursPerWeek=dice.choice([24, 32]))]))
    return requests


def attack(s, candidates):
    """Slow heads and idle connections beside a company's reads."""
    held = []
    for _ in range(200):
        connection = socket.create_connection((s.host, int(s.port)))
        connection.sendall(b"POST /stagematch.v1.TaskService/ListTasks HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        held.append(connection)
    refused = 0
    for _ in range(2000):
        try:
            connection = socket.create_connection((s.host, int(s.port)), 2)
            connection.settimeout(0.0005)
            with contextlib.suppress(TimeoutError):
                refused += b"503" in connection.recv(64)
            connection.close()
        except OSError:
            refused += 1
    got = load(s, 16, [call(s, "CandidateService/GetCandidate", "company", candidate=c) for c in candidates] * 10)
    for connection in held:
        connection.close()
    return refused, got


def in_turn(candidates):
    """One of each placement: the others wait for that decision."""
    by_placement = {}
    for candidate in candidates:
        by_placement.setdefault(candidate["placementId"], candidate["candidate"])
    return list(by_placement.values())


def prepare(s):
    """Logged in, with candidates to decide on; gives those that can be read: one at each placement, the others wait."""
    s.log_in_operator()
    s.invite("coordinator", "operator", "coordinator", ["99AA"])
    s.invite("company", "coordinator", "company", ["990000001"])
    for proposal in proposals_of_a_round(s, CANDIDATES, PLACES):
        s.change("ProposalService/ApproveProposal", "coordinator", proposalId=proposal["proposalId"], version=proposal["version"])
    every = s.ok("CandidateService/ListCandidates", "company", pageSize=1000)["candidates"]
    return [c["candidate"] for c in every
            if s.call("CandidateService/GetCandidate", "company", candidate=c["candidate"]).status == 200]


def play(s):
    candidates = prepare(s)
    listing = {"json": call(s, "CandidateService/ListCandidates", "company", pageSize=20),
               "proto": call(s, "CandidateService/ListCandidates", "company", "proto",
                             body=service_bench.whole(PAGE_SIZE_FIELD, 20))}
    rates = {}
    for kind, request in listing.items():
        got = load(s, CLIENTS, [request] * READS)
        rates[kind] = got["requests"] / got["seconds"]
        say(f"candidate lists, {kind}", got)
    say("a day, mixed", load(s, CLIENTS, day(s, candidates, random.Random(1))))
    refused, got = attack(s, candidates)
    say("candidates under 200 slow heads", got)
    print(f"    and a flood of 2,000 connections: {refused} turned away")
    return rates["json"], json.dumps(s.ok("CandidateService/ListCandidates", "company", pageSize=20))


def compare(s, rate, answer):
    """The candidate list from nginx's memory, and from Redis by its own load generator, on this machine a moment later."""
    request = call(s, "CandidateService/ListCandidates", "company", pageSize=20)
    path = "/stagematch.v1.CandidateService/ListCandidates"
    with service_bench.nginx_with({path: ("application/json", answer)}) as (_, port):
        got = load(s, CLIENTS, [request] * READS, "127.0.0.1", port)
    say("the same bytes from nginx", got)
    print(f"    front to nginx: {rate / (got['requests'] / got['seconds']):.2f} of its requests a second")
    with RedisServer(config=False) as redis:
        subprocess.run(["redis-cli", "-s", redis.socket, "set", "list", answer], stdout=subprocess.DEVNULL, check=True)
        done = subprocess.run(["redis-benchmark", "-s", redis.socket, "-c", str(CLIENTS), "-n", str(READS * 3), "--csv", "get", "list"],
                              stdout=subprocess.PIPE, text=True, check=True)
    bare = float(done.stdout.strip().splitlines()[-1].split(",")[1].strip('"'))
    print(f"    the same bytes from a bare Redis   {bare:9,.0f}/s\n    front to Redis: {rate / bare:.2f} of its requests a second")


def memory_mib(s):
    def of(pid):
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0
    return {role: sum(of(pid) for pid in s.role_pids(role).values()) for role in ROLES}


def grown(series):
    """By how much a straight line through the second half of a series rises in it."""
    half = series[len(series) // 2:]
    middle, mean = (len(half) - 1) / 2, statistics.fmean(half)
    spread = sum((i - middle) ** 2 for i in range(len(half)))
    return sum((i - middle) * (value - mean) for i, value in enumerate(half)) / (spread or 1) * (len(half) - 1)


def records(s):
    """What is kept for a while, and how much of it there is."""
    metrics = s.metrics()
    return [int(metrics[f'stagematch_engine_records{{kind="{kind}"}}']) for kind in ("answer", "stage", "import")] + \
        [int(metrics["stagematch_vault_expiring_rows"])]


def soak(minutes, hours):
    """With Redis and two fronts. The same 5,000 students over and over, and the wall clock some hours further each minute: once all
    that is kept for a while has lived its life, what still grows leaks. Gives whether a role did."""
    series = []
    with tempfile.TemporaryDirectory() as folder, RedisServer() as redis:
        control = Control(os.path.join(folder, "control"))
        os.chmod(folder, 0o755)
        s = Service(settings={"log_level": "warn", "fronts": 2, "redis": redis.address},
                    env={"LD_PRELOAD": PRELOAD, "STAGEMATCH_FAULT_CONTROL": control.path} if PRELOAD else {})
        with s:
            candidates, dice, requests = prepare(s), random.Random(1), 0
            print("  minute   day  requests    front   engine    vault MiB   kept: answers   stages  imports   vault's rows", flush=True)
            for step in range(minutes * STEPS + 1):
                control.set(clock_offset_ms=step * hours * 3600 * 1000 // STEPS)
                for who in ("coordinator", "company"):
                    s.log_in(who)
                over = time.monotonic() + 60 / STEPS
                for _ in range(SOAK_REQUESTS // STEPS // 5000 if step else 0):
                    load(s, CLIENTS, day(s, candidates, dice, 5000, students=5000))
                    requests += 5000
                    time.sleep(max(0, over - time.monotonic()) / 6)
                time.sleep(max(0, over - time.monotonic()) if step else 0)
                if step % STEPS == 0:
                    series.append(memory_mib(s))
                    print(f"  {step // STEPS:6} {step * hours / STEPS / 24:5.1f} {requests:9,}",
                          *(f"{series[-1][role]:8.1f}" for role in ROLES), "     ", *(f"{n:13,}" for n in records(s)), flush=True)
    late = {role: grown([now[role] for now in series]) for role in ROLES}
    print("  in the second half, MiB:", ", ".join(f"{role} {late[role]:+.1f}" for role in ROLES), f"(at most {SOAK_GROWTH_MIB:+.1f} each)")
    return max(late.values()) > SOAK_GROWTH_MIB


def page_size_field():
    """The number of page_size in ListCandidatesRequest, from its .proto."""
    import re
    import support
    source = support.read_bytes(os.path.join(support.SOURCE, "proto/stagematch/v1/candidate.proto")).decode()
    body = source.split("message ListCandidatesRequest {")[1].split("}")[0]
    return int(re.search(r"page_size = (\d+)", body).group(1))


PAGE_SIZE_FIELD = page_size_field()


def main():
    if sys.argv[2:3] == ["soak"]:
        minutes, hours = (int(value) for value in (sys.argv[3:] + ["60", "24"][len(sys.argv[3:]):])[:2])
        sys.exit(soak(minutes, hours))
    for fronts, with_redis in SETUPS:
        print(f"  {fronts} front{'s' if fronts > 1 else ''}, {'Redis' if with_redis else 'no Redis'}")
        with contextlib.ExitStack() as stack:
            settings = {"log_level": "warn", "fronts": fronts}
            if with_redis:
                settings["redis"] = stack.enter_context(RedisServer()).address
            s = stack.enter_context(Service(settings=settings))
            rate, answer = play(s)
            if (fronts, with_redis) == SETUPS[0]:
                compare(s, rate, answer)
            sys.stdout.flush()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""A school's day in a minute: mixed reads and writes by role, with one and two fronts, with and without Redis; and attacks.

usage: load_bench.py HTTP_LOAD

Everything runs on this machine, the load's own processor time included; compare the rows of one run with each other.
"""
import contextlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid

import service_bench
from service_bench import http, load, proposals_of_a_round, text
from service import Service, student

PLACES, READS, MIXED, CLIENTS = 400, 30000, 20000, 64
SETUPS = [(1, False), (1, True), (2, False), (2, True)]


@contextlib.contextmanager
def redis_server(folder):
    path = os.path.join(folder, "redis.sock")
    process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"],
                               cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield path
    finally:
        process.terminate()
        process.wait()


def say(what, got):
    print(f"    {what:<34} {got['requests'] / got['seconds']:9,.0f}/s   p50 {got['p50_ms']:6.2f}   p99 {got['p99_ms']:6.2f}   "
          f"p999 {got['p999_ms']:6.2f} ms")


def call(s, method, who, kind="json", body=None, **fields):
    return http(s, method, json.dumps(fields).encode() if body is None else body, s.tokens[who], kind)


def day(s, candidates, dice):
    """What a day asks for: nine reads to one write, by everybody."""
    requests = []
    for i in range(MIXED):
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
                                 students=[student(f"m{i}-{dice.randrange(10 ** 6)}")]))
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


def play(s):
    s.log_in_operator()
    s.invite("coordinator", "operator", "coordinator", ["99AA"])
    s.invite("company", "coordinator", "company", ["990000001"])
    for proposal in proposals_of_a_round(s, PLACES):
        s.change("ProposalService/ApproveProposal", "coordinator", proposalId=proposal["proposalId"], version=proposal["version"])
    candidates = [c["candidate"] for c in
                  s.ok("CandidateService/ListCandidates", "company", pageSize=1000)["candidates"]]
    listing = {"json": call(s, "CandidateService/ListCandidates", "company", pageSize=20),
               "proto": call(s, "CandidateService/ListCandidates", "company", "proto",
                             service_bench.whole(PAGE_SIZE_FIELD, 20))}
    for kind, request in listing.items():
        say(f"candidate lists, {kind}", load(s, CLIENTS, [request] * READS))
    say("a day, mixed", load(s, CLIENTS, day(s, candidates, random.Random(1))))
    refused, got = attack(s, candidates)
    say("candidates under 200 slow heads", got)
    print(f"    and a flood of 2,000 connections: {refused} turned away")


def page_size_field():
    """The number of page_size in ListCandidatesRequest, from its .proto."""
    import re
    import support
    source = support.read_bytes(os.path.join(support.SOURCE, "proto/stagematch/v1/candidate.proto")).decode()
    body = source.split("message ListCandidatesRequest {")[1].split("}")[0]
    return int(re.search(r"page_size = (\d+)", body).group(1))


PAGE_SIZE_FIELD = page_size_field()


def main():
    for fronts, with_redis in SETUPS:
        print(f"  {fronts} front{'s' if fronts > 1 else ''}, {'Redis' if with_redis else 'no Redis'}")
        folder = tempfile.mkdtemp()
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            settings = {"log_level": "warn", "fronts": fronts}
            if with_redis:
                path = stack.enter_context(redis_server(folder))
                while not os.path.exists(path):
                    time.sleep(0.05)
                settings["redis"] = f"unix:{path}"
            play(stack.enter_context(Service(settings=settings)))
            sys.stdout.flush()


if __name__ == "__main__":
    main()

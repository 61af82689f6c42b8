#!/usr/bin/env python3
"""Measures the service: durable submissions, decisions, and what a request costs the front beside nginx. See scripts/bench.

usage: service_bench.py HTTP_LOAD          (and imported by load_bench.py)

Everything runs on this machine, the load's own processor time included; figures are for the machine they were measured on.
"""
import contextlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import redis_server  # noqa: E402
import support  # noqa: E402
from service import Service, commitment, placement, student  # noqa: E402

LOAD = sys.argv[1]
BATCHES, ROWS, DECISIONS, CLIENTS, PINGS = 80, 1000, 2000, 64, 200000


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(number, value):
    data = value if isinstance(value, bytes) else value.encode()
    return varint(number << 3 | 2) + varint(len(data)) + data if data else b""


def whole(number, value):
    return varint(number << 3) + varint(value) if value else b""


def submission(number):
    """A StudentSubmission as protobuf, as a student information system would send it."""
    identity = (text(1, "Sanne") + text(3, f"Voorbeeld{number}") + text(4, "2008-05-04") + text(5, "v")
                + text(6, f"s{number}@student.example") + text(8, "3511 SA"))
    skills = b"".join(text(10, text(1, code) + whole(2, number % 5 + 1))
                      for code in ("verzorging", "rapporteren", "samenwerken", "rekenen", "taal-en"))
    profile = (text(1, "25656") + whole(2, 1) + whole(3, 2) + text(4, "2027-02-01") + text(5, "2027-07-02") + whole(6, 32)
               + text(8, "3511") + whole(9, 40) + skills + text(11, "team") + text(11, "ouderen"))
    return text(1, "99AA") + text(2, f"{number:07d}") + text(3, identity) + text(4, profile)


def http(service, method, body, token, kind):
    return (f"POST /stagematch.v1.{method} HTTP/1.1\r\nHost: {service.host}\r\nContent-Type: application/{kind}\r\n"
            f"Connect-Protocol-Version: 1\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def load(service, connections, requests, host=None, port=None):
    """What http_load says of these requests: to the service, or to another at host and port."""
    with tempfile.NamedTemporaryFile(dir=service.folder) as file:
        for request in requests:
            file.write(struct.pack(">I", len(request)) + request)
        file.flush()
        done = subprocess.run([LOAD, host or service.host, port or service.port, str(connections), file.name], stdout=subprocess.PIPE, text=True)
    answer = json.loads(done.stdout)
    if answer["failed"] or answer["requests"] != len(requests):
        raise AssertionError(f"not every request was answered: {answer}")
    return answer


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bench_submissions(service, connections, start):
    """BATCHES batches of students nobody knows yet, numbered from `start`."""
    pids = {role: service.role_pid(role) for role in ("front", "engine", "vault")}
    before = {role: cpu_seconds(pid) for role, pid in pids.items()}
    batches = [http(service, "StudentService/SubmitStudents",
                    text(1, str(uuid.uuid4())) + b"".join(text(2, submission(start + b * ROWS + i)) for i in range(ROWS)),
                    service.tokens["coordinator"], "proto") for b in range(BATCHES)]
    got = load(service, connections, batches)
    used = {role: cpu_seconds(pid) - before[role] for role, pid in pids.items()}
    rate = BATCHES * ROWS / got["seconds"]
    print(f"  {connections} batches of {ROWS} in flight: {rate:9,.0f} students/s durable, p50 {got['p50_ms']:.0f} ms, "
          f"p99 {got['p99_ms']:.0f} ms a batch; cpu us a student: "
          + ", ".join(f"{role} {seconds / BATCHES / ROWS * 1e6:.1f}" for role, seconds in used.items()))


def proposals_of_a_round(service, count, places=1):
    """A published round with this many proposals, at so many placements of 990000001; needs coördinator and company."""
    s = service
    qualification = "25999"
    for chunk in range(0, count, ROWS):
        s.change("StudentService/SubmitStudents", "coordinator",
                 students=[student(f"d{i}", qualification=qualification) for i in range(chunk, min(chunk + ROWS, count))])
    for place in range(places):
        made = s.change("PlacementService/SubmitPlacement", "company",
                        placement=placement(f"bench{place}", qualifications=[qualification], capacity=count // places))["placement"]
        s.change("PlacementService/PublishPlacement", "company", placementId=made["placementId"], version=made["version"])
    rid = s.change("RoundService/CreateRound", "coordinator", name="bench", schools=["99AA"],
                   qualifications=[qualification])["round"]["roundId"]

    def now():
        return s.ok("RoundService/GetRound", "coordinator", roundId=rid)["round"]

    def move(method):
        s.change(f"RoundService/{method}", "coordinator", roundId=rid, version=now()["version"])
    move("OpenRound")
    s.change("RoundService/CommitNonce", "coordinator", roundId=rid, school="99AA", commitment=commitment("99AA", "44" * 32))
    move("SealRound")
    s.wait_until(lambda: now()["state"] == "ROUND_STATE_SEALED", "sealed", 60)
    s.change("RoundService/RevealNonce", "coordinator", roundId=rid, school="99AA", nonce="44" * 32)
    move("SolveRound")
    s.wait_until(lambda: now()["state"] == "ROUND_STATE_VERIFIED", "verified", 60)
    move("PublishRound")
    s.wait_until(lambda: now()["state"] == "ROUND_STATE_PUBLISHED", "published", 60)
    proposals, page = [], ""
    while True:
        answer = s.ok("ProposalService/ListProposals", "coordinator", roundId=rid, pageSize=1000, pageToken=page)
        proposals += answer.get("proposals", [])
        page = answer.get("nextPageToken", "")
        if not page:
            break
    return proposals


def bench_decisions(service):
    """DECISIONS proposals of one round, approved by CLIENTS clients."""
    s = service
    proposals = proposals_of_a_round(s, DECISIONS)
    requests = [http(s, "ProposalService/ApproveProposal",
                     json.dumps({"requestId": str(uuid.uuid4()), "proposalId": p["proposalId"], "version": p["version"]}).encode(),
                     s.tokens["coordinator"], "json") for p in proposals]
    got = load(s, CLIENTS, requests)
    print(f"  {CLIENTS} clients: {len(requests) / got['seconds']:,.0f} decisions/s durable, p50 {got['p50_ms']:.2f} ms, "
          f"p99 {got['p99_ms']:.2f} ms")


@contextlib.contextmanager
def nginx_with(answers):
    """One worker that gives each path of `answers` its (type, text) from memory; yields the worker's pid and its port."""
    folder = tempfile.mkdtemp()
    config, port = os.path.join(folder, "nginx.conf"), redis_server.free_port()
    places = "".join(f"location = {path} {{ default_type {kind}; return 200 '{body}'; }} "
                     for path, (kind, body) in answers.items())
    with open(config, "w") as file:
        file.write(f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error;\n"
                   "events { worker_connections 1024; }\n"
                   f"http {{ access_log off; keepalive_requests 10000000; client_body_temp_path {folder}/b; "
                   f"proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; "
                   f"scgi_temp_path {folder}/s; server {{ listen 127.0.0.1:{port}; {places} }} }}\n")
    nginx = subprocess.Popen(["nginx", "-c", config])
    try:
        time.sleep(1)
        yield int(subprocess.run(["pgrep", "-P", str(nginx.pid)], capture_output=True, text=True).stdout.split()[0]), str(port)
    finally:
        nginx.terminate()
        nginx.wait()
        shutil.rmtree(folder, ignore_errors=True)


def bench_front(service):
    """Processor time a request: the front's /healthz against nginx answering the same bytes, in turns."""
    body = service.get("/healthz").body.decode().rstrip("\n")
    front = service.role_pid("front")
    request = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    ratios = []
    with nginx_with({"/healthz": ("text/plain", body)}) as (worker, port), tempfile.NamedTemporaryFile() as file:
        sides = {"front": (front, service.host, service.port), "nginx": (worker, "127.0.0.1", port)}
        file.write((struct.pack(">I", len(request)) + request) * PINGS)
        file.flush()
        for _ in range(5):
            used = {}
            for name, (pid, host, port) in sides.items():
                before = cpu_seconds(pid)
                subprocess.run([LOAD, host, port, "32", file.name], stdout=subprocess.DEVNULL, check=True)
                used[name] = (cpu_seconds(pid) - before) / PINGS * 1e6
            ratios.append(used["front"] / used["nginx"])
            print(f"  front {used['front']:.2f} us, nginx {used['nginx']:.2f} us a request: {ratios[-1]:.2f} times")
    print(f"  median {sorted(ratios)[2]:.2f} times nginx")


def main():
    with Service(settings={"log_level": "warn"}) as service:
        service.log_in_operator()
        service.invite("coordinator", "operator", "coordinator", ["99AA"])
        service.invite("company", "coordinator", "company", ["990000001"])
        print("decisions:")
        bench_decisions(service)
        print("what a request costs the front:")
        bench_front(service)
        print("submissions:")
        for run, connections in enumerate((1, 4, 8)):
            bench_submissions(service, connections, run * BATCHES * ROWS)


if __name__ == "__main__":
    main()

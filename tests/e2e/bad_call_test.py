"""Bad input to a running service: HTTP, JSON, protobuf, wrong callers, repeated and concurrent calls. Each gets a clear error in
the right form, nothing is stored in part, no role ends, and memory stays flat."""
import concurrent.futures
import json
import os
import re
import socket
import time
import unittest
import uuid

import support
from service import PASSWORD, Service, placement, student

JSON = {"Content-Type": "application/json"}
PROTO = {"Content-Type": "application/proto"}
LOGIN = "/stagematch.v1.AuthService/Login"


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


class BadCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"logins_per_address": 1000000, "head_timeout_ms": 1500,
                                                              "body_timeout_ms": 1500, "idle_timeout_ms": 3000}))
        s = cls.service
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", ["99AA"])
        s.invite("stranger", "operator", "coordinator", ["99AB"])
        s.invite("company", "coordinator", "company", ["990000001"])

    def setUp(self):
        self.pids = {role: self.service.role_pid(role) for role in ("front", "engine", "vault")}
        self.assertNotIn(None, self.pids.values())

    def tearDown(self):
        for role, pid in self.pids.items():
            self.assertEqual(self.service.role_pid(role), pid, f"{role} ended")
        self.assertEqual(self.service.get("/healthz").status, 200)
        self.assertEqual(self.service.ok("AuthService/GetSession", "coordinator")["session"]["role"], "ROLE_COORDINATOR")

    def raw(self, data, timeout=5, half_close=False):
        """Everything that comes back until the server closes or is silent."""
        with socket.create_connection((self.service.host, int(self.service.port)), timeout) as connection:
            connection.settimeout(timeout)
            try:
                connection.sendall(data)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            got = b""
            try:
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        break
                    got += piece
            except OSError:
                pass
            return got

    def status_of(self, answer):
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0

    # -- HTTP ---------------------------------------------------------------------------------------------------------

    def test_every_smuggling_shape_is_refused(self):
        post = b"POST " + LOGIN.encode() + b" HTTP/1.1\r\n"
        host = b"Host: x\r\n"
        kind = b"Content-Type: application/json\r\n"
        shapes = {
            "no host": post + kind + b"Content-Length: 2\r\n\r\n{}",
            "two hosts": post + host + b"Host: y\r\n" + kind + b"Content-Length: 2\r\n\r\n{}",
            "two lengths": post + host + kind + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
            "different lengths": post + host + kind + b"Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
            "list of lengths": post + host + kind + b"Content-Length: 2, 2\r\n\r\n{}",
            "plus length": post + host + kind + b"Content-Length: +2\r\n\r\n{}",
            "hex length": post + host + kind + b"Content-Length: 0x2\r\n\r\n{}",
            "negative length": post + host + kind + b"Content-Length: -2\r\n\r\n{}",
            "length and chunked": post + host + kind + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "gzip, chunked": post + host + kind + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "chunked twice": post + host + kind + b"Transfer-Encoding: chunked, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "identity": post + host + kind + b"Transfer-Encoding: identity\r\n\r\n{}",
            "hex chunk size": post + host + kind + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
            "signed chunk size": post + host + kind + b"Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n",
            "huge chunk size": post + host + kind + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff2\r\n{}\r\n0\r\n\r\n",
            "chunk without CRLF": post + host + kind + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n",
            "bare LF": post.replace(b"\r\n", b"\n") + host + kind + b"Content-Length: 2\r\n\r\n{}",
            "folded": post + host + kind + b"X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
            "blank before colon": post + host + kind + b"Content-Length : 2\r\n\r\n{}",
            "NUL in a header": post + host + kind + b"X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}",
            "no such version": post.replace(b"1.1", b"2.0") + host + kind + b"Content-Length: 2\r\n\r\n{}",
            "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "two blanks": post.replace(b" HTTP", b"  HTTP") + host + kind + b"Content-Length: 2\r\n\r\n{}",
        }
        for name, data in shapes.items():
            with self.subTest(name):
                answer = self.raw(data + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertIn(self.status_of(answer), (400, 413, 501, 505), answer[:200])
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d\d\d ", answer)), 1, "something behind the bad request was answered")

    def test_slow_head_and_slow_body_end(self):
        for data in (b"POST ", b"POST " + LOGIN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                     b"Content-Length: 10\r\n\r\n{"):
            began = time.monotonic()
            answer = self.raw(data, timeout=15)
            self.assertLess(time.monotonic() - began, 10)
            self.assertIn(self.status_of(answer), (0, 408))

    def test_oversized_is_refused_before_it_is_read(self):
        answer = self.raw(b"POST " + LOGIN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                          b"Content-Length: 99999999\r\n\r\n" + b"x" * 100)
        self.assertEqual(self.status_of(answer), 413, answer[:300])
        self.assertEqual(self.status_of(self.raw(b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")), 414)
        self.assertEqual(self.status_of(self.raw(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20000 + b"\r\n")), 431)

    def test_pipelined_are_answered_in_order(self):
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        two = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        answer = self.raw(one * 3 + two)
        self.assertEqual([int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]], [200, 200, 200, 404])

    def test_half_closed_is_answered(self):
        self.assertEqual(self.status_of(self.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", half_close=True)), 200)
        self.raw(b"POST " + LOGIN.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{", half_close=True)

    def test_order_of_refusals(self):
        s = self.service
        self.assertEqual(s.request("POST", "/stagematch.v1.AuthService/Nothing", b"{}", JSON).status, 404)
        wrong_verb = s.request("PUT", LOGIN, b"{}", JSON)
        self.assertEqual((wrong_verb.status, wrong_verb.headers["Allow"]), (405, "POST"))
        wrong_type = s.request("POST", LOGIN, b"{}", {"Content-Type": "text/plain"})
        self.assertEqual(wrong_type.status, 415)
        self.assertIn("application/json", wrong_type.headers["Accept-Post"])
        self.assertEqual(s.request("POST", LOGIN, b"{}", {**JSON, "Connect-Protocol-Version": "2"}).status, 400)
        self.assertEqual(s.request("POST", LOGIN, b"{}", {**JSON, "Connect-Timeout-Ms": "12345678901"}).status, 400)
        self.assertEqual(s.request("POST", LOGIN, b"{}", {**JSON, "Content-Encoding": "br"}).json["code"], "unimplemented")

    # -- messages -----------------------------------------------------------------------------------------------------

    def test_malformed_json(self):
        for body in (b"", b"{", b"[]", b"null", b"{}}", b'{"email":1}', b'{"email":"a","email":"b"}', b'{"email":"\\u0000"}',
                     b'{"email":"\xff"}', b'{"email":"\\ud800"}', b"[" * 100000, b'{"a":' * 30000, b"\xef\xbb\xbf{}"):
            answer = self.service.request("POST", LOGIN, body, JSON)
            self.assertIn(answer.status, (400, 401, 429, 413), (body[:40], answer))
            self.assertIn(answer.json["code"], ("invalid_argument", "unauthenticated", "resource_exhausted"), body[:40])
            self.assertEqual(answer.headers["Content-Type"], "application/json")

    def test_malformed_protobuf(self):
        nested = b""
        for _ in range(8000):
            nested = field(1, nested)
        bodies = {"nested": nested, "cut": b"\x0a\x05ab", "NUL": field(1, b"a\0b"), "bad UTF-8": field(1, b"\xff\xfe"),
                  "overlong": b"\x0a" + b"\x80" * 20, "field 0": b"\x02\x00", "group": b"\x0b\x0c",
                  "wrong type": b"\x08\x01", "unknown": b"".join(field(100, b"x" * 10) for _ in range(90000))}
        for method in (LOGIN, "/stagematch.v1.StudentService/SubmitStudents"):
            for name, body in bodies.items():
                with self.subTest(method + " " + name):
                    headers = {**PROTO, "Authorization": "Bearer " + self.service.tokens["coordinator"]}
                    answer = self.service.request("POST", method, body, headers)
                    self.assertIn(answer.status, (400, 401, 413, 429), answer)
                    self.assertEqual(answer.headers["Content-Type"], "application/json")

    def test_protobuf_works(self):
        answer = self.service.request("POST", LOGIN, field(1, b"coordinator@example.nl") + field(2, PASSWORD.encode()), PROTO)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/proto"))

    def test_bad_file_lists_its_problems_and_stores_nothing(self):
        import base64
        rows = ["school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren",
                "99AA;1;3511;25656;BOL;2;2027-02-01;2027-07-02;32", "99AA;2;351;25656;BOL;9;2027-02-01;2027-01-02;32",
                "99AB;3;3511;25656;BOL;2;2027-02-01;2027-07-02;32"]
        before = self.service.ok("StudentService/ListStagevragen", "coordinator").get("stagevragen", [])
        answer = self.service.try_change("StudentService/ImportStudents", "coordinator",
                                         csv=base64.b64encode("\n".join(rows).encode()).decode())
        self.assertEqual(answer.code, "invalid_argument")
        found = {(int(p["line"]), p["column"]) for p in answer.refusal["problems"]}
        self.assertEqual(found, {(3, "postcode"), (3, "leerjaar"), (3, "tot"), (4, "school")})
        self.assertEqual(before, self.service.ok("StudentService/ListStagevragen", "coordinator").get("stagevragen", []))

    # -- callers ------------------------------------------------------------------------------------------------------

    def test_wrong_password_and_unknown_address_answer_alike(self):
        answers = [self.service.call("AuthService/Login", email=email, password="niet het wachtwoord")
                   for email in ("stranger@example.nl", "nobody@example.nl")]
        self.assertEqual({(a.status, a.body) for a in answers}, {(answers[0].status, answers[0].body)})
        self.assertEqual(answers[0].code, "unauthenticated")

    def test_revoked_and_invented_sessions(self):
        s = self.service
        token = s.ok("AuthService/Login", email="company@example.nl", password=PASSWORD)["token"]
        self.assertEqual(s.ok("AuthService/GetSession", token)["session"]["scope"], ["990000001"])
        s.ok("AuthService/Logout", token)
        self.assertEqual(s.call("AuthService/GetSession", token).code, "unauthenticated")
        for wrong in ("x", "a" * 64, "", "\u00e9"):
            answer = s.request("POST", "/stagematch.v1.AuthService/GetSession", b"{}",
                               {**JSON, "Authorization": ("Bearer " + wrong).encode("latin-1")})
            self.assertEqual(answer.status, 401)

    def test_other_schools_data_is_not_found(self):
        s = self.service
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=[student("700001")])["stagevraagIds"]
        theirs = s.call("StudentService/GetStagevraag", "stranger", stagevraagId=ids[0])
        nothing = s.call("StudentService/GetStagevraag", "stranger", stagevraagId="0" * 32)
        self.assertEqual((theirs.status, theirs.body), (404, nothing.body))
        self.assertNotIn(ids[0], str(s.ok("StudentService/ListStagevragen", "stranger")))
        self.assertEqual(s.ok("IdentityService/GetIdentities", "stranger", stagevraagIds=ids).get("students", []), [])

    def test_concurrent_repeats_are_one(self):
        s = self.service
        rid = str(uuid.uuid4())
        body = json.dumps({"requestId": rid, "students": [student(f"80000{i}") for i in range(5)]})
        headers = {**JSON, "Authorization": "Bearer " + s.tokens["coordinator"]}
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: s.request("POST", "/stagematch.v1.StudentService/SubmitStudents", body, headers),
                                    range(32)))
        self.assertEqual({(a.status, a.body) for a in answers}, {(200, answers[0].body)})
        self.assertEqual(answers[0].json["newCount"], "5")

    def test_concurrent_decisions_on_one_version(self):
        s = self.service
        made = s.change("PlacementService/SubmitPlacement", "company", placement=placement("race"))["placement"]
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: s.try_change("PlacementService/PublishPlacement", "company",
                                                           placementId=made["placementId"], version=made["version"]), range(16)))
        self.assertEqual(sorted(a.code for a in answers).count("ok"), 1)
        self.assertLessEqual({a.code for a in answers}, {"ok", "aborted", "failed_precondition"})

    def test_memory_stays_flat(self):
        def resident():
            return {role: int(support.read_bytes(f"/proc/{pid}/statm").split()[1]) * 4096 for role, pid in self.pids.items()}

        def storm(count):
            bodies = [b"{", b"[" * 30000, b"".join(field(100, b"x" * 10) for _ in range(300)), b"\x0a" + b"\x80" * 20]
            connection = self.service.connection()
            for i in range(count):
                connection.request("POST", LOGIN, bodies[i % 4], JSON if i % 4 < 2 else PROTO)
                connection.getresponse().read()
            connection.close()
        storm(2000)
        before = resident()
        storm(6000)
        for role, bytes_now in resident().items():
            slack = 320 << 20 if support.is_sanitized() else 8 << 20  # a sanitizer keeps 256 MiB of what was freed
            self.assertLess(bytes_now, before[role] + slack, role)


if __name__ == "__main__":
    unittest.main(verbosity=2)

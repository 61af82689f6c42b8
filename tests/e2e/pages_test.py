"""What the service tells anybody, its numbers for the operator, long answers, and how many connections it takes."""
import base64
import concurrent.futures
import contextlib
import http.client
import json
import re
import socket
import time
import unittest

from market import COMPANY, Market
from service import PASSWORD, Service


class Caps(unittest.TestCase):
    def turned_away(self, s, *held):
        """While so many connections of each (address, count) are open: whether one more of the last is turned away."""
        s.wait_until(lambda: s.get("/healthz").status == 200, "room")
        time.sleep(0.3)  # the server has seen that one end too
        with contextlib.ExitStack() as stack:
            for source, count in held:
                for _ in range(count):
                    stack.enter_context(socket.create_connection((s.host, int(s.port)), 5, source_address=(source, 0)))
            time.sleep(0.1)
            with socket.create_connection((s.host, int(s.port)), 5, source_address=(held[-1][0], 0)) as more:
                more.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return more.recv(4096).startswith(b"HTTP/1.1 503")

    def test_connections_of_one_address(self):
        with Service(settings={"connections_per_address": "4", "connections_max": "8",
                               "shared_addresses": "127.0.0.2", "connections_per_shared_address": "6"}) as s:
            self.assertFalse(self.turned_away(s, ("127.0.0.1", 3)))
            self.assertTrue(self.turned_away(s, ("127.0.0.1", 4)))
            self.assertFalse(self.turned_away(s, ("127.0.0.1", 4), ("127.0.0.3", 1)))
            self.assertFalse(self.turned_away(s, ("127.0.0.2", 5)))
            self.assertTrue(self.turned_away(s, ("127.0.0.2", 6)))
            self.assertTrue(self.turned_away(s, ("127.0.0.1", 4), ("127.0.0.2", 4), ("127.0.0.4", 0)), "the cap of all")

    def test_behind_a_trusted_proxy_clients_are_counted_by_their_requests(self):
        with Service(settings={"connections_per_address": "2", "trusted_proxies": "127.0.0.1 10.0.0.0/8"}) as s:
            def statuses(address, count=10):
                def login(i):
                    return s.call("AuthService/Login", email=f"a{i}{address}@example.nl", password="niet het wachtwoord",
                                  headers={"X-Forwarded-For": address(i) if callable(address) else address}).status
                with concurrent.futures.ThreadPoolExecutor(count) as pool:
                    return list(pool.map(login, range(count)))
            one = statuses("203.0.113.7")
            self.assertIn(503, one, "ten at a time of one client")
            self.assertIn(401, one)
            self.assertNotIn(503, statuses(lambda i: f"203.0.113.{100 + i}"), "ten clients with one each")
            self.assertIn(503, statuses(lambda i: f"203.0.113.{200 + i}, 203.0.113.9, 10.1.2.3"), "what a client claims")


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"public_url": "https://stage.example.nl"}))
        cls.market = Market(cls.service)

    def metrics(self):
        host, port = self.service.metrics_address.rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        self.assertEqual((answer.status, answer.headers["Content-Type"]),
                         (200, "text/plain; version=0.0.4; charset=utf-8"))
        return body

    def samples(self, text):
        """{name with labels: value}; every line is of the format, every family has help and type, and comes once."""
        values, types, family = {}, {}, None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                family = line.split(" ")[2]
                self.assertNotIn(family, types, "a family that comes twice")
                self.assertGreater(len(line.split(" ", 3)[3]), 3)
            elif line.startswith("# TYPE "):
                name, kind = line.split(" ")[2:]
                self.assertEqual(name, family)
                self.assertIn(kind, ("counter", "gauge", "histogram", "summary"))
                types[name] = kind
            else:
                match = re.fullmatch(r'([a-z_]+)((?:\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})?) ([0-9.e+-]+|\+Inf)', line)
                self.assertIsNotNone(match, line)
                name = match.group(1)
                base = re.sub("_(bucket|sum|count)$", "", name) if types.get(family) in ("histogram", "summary") else name
                self.assertEqual(base, family, line)
                self.assertNotIn(match.group(1) + match.group(2), values)
                if types[family] == "counter":
                    self.assertTrue(name.endswith("_total"), name)
                values[match.group(1) + match.group(2)] = float(match.group(3))
        self.assertTrue(text.endswith("\n"))
        return values

    def test_health_and_readiness(self):
        s = self.service
        health, ready = s.get("/healthz"), s.get("/readyz")
        self.assertEqual((health.status, health.body), (200, b"ok\n"))
        self.assertEqual((ready.status, ready.json["ready"], ready.json["roles"]),
                         (200, True, {"front.0": True, "engine": True, "vault": True}))
        for answer in (health, ready):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(s.request("POST", "/healthz", b"{}").status, 405)
        self.assertEqual(s.request("HEAD", "/healthz").body, b"")
        self.assertEqual(s.get("/metrics").status, 404, "numbers are not for everybody")
        self.assertEqual(s.get("/nothing").status, 404)

    def test_security_txt(self):
        answer = self.service.get("/.well-known/security.txt")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/plain; charset=utf-8"))
        fields = dict(line.split(": ", 1) for line in answer.body.decode().splitlines() if not line.startswith("#"))
        self.assertLessEqual({"Contact", "Expires"}, set(fields))
        self.assertEqual(fields["Canonical"], "https://stage.example.nl/.well-known/security.txt")
        self.assertGreater(fields["Expires"], time.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def test_metrics(self):
        s = self.service
        made = self.market.to_state("RELEASED")
        s.call("AuthService/Login", email="company@example.nl", password="niet het wachtwoord")
        s.ok("IdentityService/GetCandidateIdentity", "company", candidate=made["candidate"])
        time.sleep(1.1)  # the roles' numbers are asked for once a second
        text = self.metrics()
        values = self.samples(text)
        for name in ('stagematch_role_ready{role="engine"}', 'stagematch_role_ready{role="vault"}'):
            self.assertEqual(values[name], 1)
        for name in ("stagematch_engine_turns_total", "stagematch_engine_ledger_seq", "stagematch_vault_releases_total",
                     "stagematch_vault_failed_logins_total", "stagematch_vault_identities_read_total",
                     'stagematch_engine_records{kind="proposal"}', "stagematch_engine_solver_solved_total"):
            self.assertGreaterEqual(values[name], 1, name)
        self.assertEqual(values["stagematch_vault_commits_failed_total"], 0)
        time.sleep(1.1)
        later = self.samples(self.metrics())
        for name, value in values.items():
            if name.split("{")[0].endswith("_total"):
                self.assertGreaterEqual(later[name], value, name)
        everything = text + s.read_log()
        for secret in ("Sanne", "Voorbeeld", "student.example", "example.nl", "company@", "2008-05-04", PASSWORD,
                       *self.market.numbers.values(), *s.tokens.values()):
            self.assertNotIn(secret, everything.replace("https://stage.example.nl", ""))
        self.assertNotRegex(everything, r"\b3511\b")  # the same digits stand in request ids and times now and then

    def test_long_answers_to_slow_readers(self):
        s = self.service
        columns = "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;omschrijving"
        rows = [f"L{i:04};{COMPANY};Zorg;90000001;3511;25656;BOL;1;2027-02-01;2027-07-02;36;{'Lang verhaal. ' * 60}"
                for i in range(1000)]
        file = "\n".join([columns, *rows]).encode()
        s.change("PlacementService/ImportPlacements", "coordinator", csv=base64.b64encode(file).decode())
        body = json.dumps({"pageSize": 1000}).encode()
        head = (f"POST /stagematch.v1.PlacementService/ListPlacements HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {s.tokens['coordinator']}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect((s.host, int(s.port)))
            slow.sendall(head + body)
            time.sleep(0.5)
            self.assertEqual(s.get("/readyz").status, 200, "others are served meanwhile")
            got = b""
            while piece := slow.recv(65536):
                got += piece
        status, _, rest = got.partition(b"\r\n\r\n")
        self.assertTrue(status.startswith(b"HTTP/1.1 200"))
        self.assertGreater(len(rest), 500000)
        self.assertGreaterEqual(len(json.loads(rest)["placements"]), 500)


if __name__ == "__main__":
    unittest.main(verbosity=2)

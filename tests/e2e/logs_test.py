"""The log as JSON: one object a line from every process, the id of a request in the lines of all that worked on it, and nothing of
anybody in any of them, after a whole story and after what people get wrong."""
import json
import os
import signal
import socket
import unittest
import uuid

from market import Market
from service import PASSWORD, Service

UUID = "0f3e4a5b-1111-4222-8333-0123456789ab"
REQUIRED = {"time": str, "level": str, "role": str, "pid": int, "event": str}
FIELDS = {"method": str, "status": int, "code": str, "us": int, "bytes_in": int, "bytes_out": int}


def lines_of(service):
    """Every line of the log, read as JSON: one that is none fails here."""
    return [json.loads(line) for line in service.read_log().splitlines()]


def of_request(service, request_id):
    return [line for line in lines_of(service) if line.get("request_id") == request_id]


class AsJson(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"log_format": "json", "log_level": "debug", "fronts": 2}))
        cls.market = Market(cls.service)
        cls.made = cls.market.to_state("RELEASED")

    def test_every_line_is_an_object_with_what_it_needs(self):
        lines = lines_of(self.service)
        self.assertGreater(len(lines), 100)
        for line in lines:
            for key, kind in REQUIRED.items():
                self.assertIsInstance(line.get(key), kind, line)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertIn(line["level"], ("debug", "info", "warn", "error"))
            self.assertLessEqual(set(line) - set(REQUIRED), {"request_id", "fields"} if line["event"] != "said" else {"text"})
        self.assertEqual({line["role"] for line in lines} - {"front.0", "front.1"}, {"parent", "engine", "vault"})
        self.assertIn("the service is ready on http://", "".join(line.get("text", "") for line in lines))

    def test_a_request_has_one_line_and_its_id_goes_with_it(self):
        s = self.service
        answer = s.call("PlacementService/ListPlacements", "company", pageSize=3)
        request_id = answer.headers["X-Request-Id"]
        self.assertRegex(request_id, "^[0-9a-f]{32}$")
        s.wait_until(lambda: len(of_request(s, request_id)) >= 2, "lines of the request")
        found = of_request(s, request_id)
        (line,) = [f for f in found if f["event"] == "request"]
        self.assertIn(line["role"], ("front.0", "front.1"))
        self.assertEqual({k: type(v) for k, v in line["fields"].items()}, FIELDS)
        self.assertEqual(line["fields"]["method"], "stagematch.v1.PlacementService/ListPlacements")
        self.assertEqual((line["fields"]["status"], line["fields"]["code"]), (200, "ok"))
        self.assertEqual((line["fields"]["bytes_in"], line["fields"]["bytes_out"]), (len('{"pageSize": 3}'), len(answer.body)))
        self.assertIn(("engine", "stagematch.v1.PlacementService/ListPlacements"),
                      [(f["role"], f["fields"]["method"]) for f in found if f["event"] == "call_answered"])

    def test_sagas_and_what_the_vault_asks_have_the_id_too(self):
        s = self.service
        answer = s.try_change("StudentService/SubmitStudents", "coordinator", students=[])
        self.assertEqual(answer.code, "invalid_argument")
        s.log_in("coordinator")  # nobody knows this token yet: the vault is asked for it
        rows = self.market.fill()[2]
        answer = s.call("IdentityService/GetIdentities", "coordinator", stagevraagIds=rows)
        self.assertEqual(answer.code, "ok")
        found = of_request(s, answer.headers["X-Request-Id"])
        self.assertLessEqual({"vault"}, {f["role"] for f in found})
        released = self.market.to_state("CONFIRMED")
        now = self.market.proposal(released["proposal"])
        answer = s.try_change("ProposalService/ReleaseProposal", "coordinator", proposalId=released["proposal"],
                              version=now["version"])
        self.assertEqual(answer.code, "ok", answer)
        said = {(f["role"], f["fields"].get("method")) for f in of_request(s, answer.headers["X-Request-Id"])
                if f["event"] == "call_answered"}
        self.assertIn(("vault", "stagematch.v1.ProposalService/ReleaseProposal"), said)

    def test_an_id_of_a_stranger_does_not_count(self):
        s = self.service
        answer = s.request("GET", "/readyz", headers={"X-Request-Id": UUID})
        self.assertRegex(answer.headers["X-Request-Id"], "^[0-9a-f]{32}$")
        self.assertEqual(of_request(s, UUID), [])

    def test_what_is_no_request_is_logged_without_its_words(self):
        s = self.service
        for bytes_sent in (b"GET /jan.de.vries@example.nl HTTP/1.1\r\nHost: x\r\n\r\n", b"Sanne Voorbeeld\r\n\r\n",
                           b"POST /stagematch.v1.AuthService/Sanne?naam=Sanne HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"):
            with socket.create_connection((s.host, int(s.port)), 20) as peer:
                peer.sendall(bytes_sent)
                peer.shutdown(socket.SHUT_WR)
                self.assertIn(b"HTTP/1.1 4", peer.recv(4096))
        s.wait_until(lambda: {"unknown", "none"} <= {f["fields"]["method"] for f in lines_of(s) if f["event"] == "request"},
                     "lines of what was refused")

    def test_nobody_is_in_it(self):
        s = self.service
        s.call("AuthService/Login", email="jan.de.vries@example.nl", password="niet het wachtwoord")
        s.call("AuthService/GetSession", "een-token-van-niemand-0123456789")
        s.call("IdentityService/GetCandidateIdentity", "company", candidate=self.made["candidate"])
        s.call("ProposalService/VetoProposal", "coordinator", proposalId=self.made["proposal"], version=1, reason="anders",
               text="Sanne wil dit niet", requestId=str(uuid.uuid4()))
        log = s.read_log()
        for secret in ("Sanne", "Voorbeeld", "student.example", "example.nl", "vries", "company@", '"3511', "3511 ", "2008-05-04",
                       "0600000000", "wachtwoord", PASSWORD, "Bearer", "127.0.0.1\"", *self.market.numbers.values(),
                       *s.tokens.values(), "een-token-van-niemand", *s.codes_seen, *self.made["all"]):
            self.assertNotIn(secret, log)

    def test_a_refused_configuration_is_said_in_it(self):
        s = self.service
        s.settings["bogus"] = 1
        s.write_config()
        try:
            s.process.send_signal(signal.SIGHUP)
            s.wait_until(lambda: any(line["event"] == "reload_refused" for line in lines_of(s)), "a refusal")
        finally:
            del s.settings["bogus"]
            s.write_config()
        self.assertRegex(" ".join(line["text"] for line in lines_of(s) if line["event"] == "said"), r"line \d+.*bogus")


class AsText(unittest.TestCase):
    def test_behind_a_trusted_proxy_its_id_and_the_address_where_that_is_set(self):
        with Service(settings={"trusted_proxies": "127.0.0.1", "log_addresses": "yes"}) as s:
            answer = s.get("/readyz", {"X-Request-Id": UUID, "X-Forwarded-For": "2001:db8::7"})
            self.assertEqual(answer.headers["X-Request-Id"], UUID)
            s.wait_until(lambda: UUID in s.read_log(), "the line")
            self.assertRegex(s.read_log(), rf"event=request method=/readyz status=200 .* client=2001:db8::7 process=front\.0 request={UUID}")
            for wrong in ("jan-de-vries-1999", "0123-4567", "a" * 65, f"{UUID} x"):
                answer = s.get("/readyz", {"X-Request-Id": wrong})
                self.assertRegex(answer.headers["X-Request-Id"], "^[0-9a-f]{32}$")
                self.assertNotIn(wrong, s.read_log())

    def test_without_being_asked_no_address_is_logged(self):
        with Service(settings={"trusted_proxies": "127.0.0.1"}) as s:
            s.get("/readyz", {"X-Forwarded-For": "2001:db8::7"})
            s.get("/.well-known/security.txt")
            s.wait_until(lambda: "security.txt" in s.read_log(), "the line")
            self.assertNotIn("2001:db8", s.read_log())
            self.assertNotRegex(s.read_log(), "client=")

    def test_under_systemd_it_is_json_by_itself(self):
        with Service() as s:
            s.stop()
            info = os.stat(s.log)
            s.env = {"JOURNAL_STREAM": f"{info.st_dev}:{info.st_ino}"}
            at = len(s.read_log())
            s.start()
            for line in s.read_log()[at:].splitlines():
                json.loads(line)
            s.stop()
            s.env = {"JOURNAL_STREAM": f"{info.st_dev}:{info.st_ino + 1}"}  # stderr goes elsewhere
            at = len(s.read_log())
            s.start()
            self.assertRegex(s.read_log()[at:], "(?m)^time=")


if __name__ == "__main__":
    unittest.main(verbosity=2)

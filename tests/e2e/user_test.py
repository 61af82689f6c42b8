"""`stagematch user`: accounts while the service is stopped, and what their links do once it runs."""
import os
import re
import unittest

import support
from service import PASSWORD, Service, student

OTHER_PASSWORD = "nog een heel ander wachtwoord"


class Users(support.TestCase):
    def setUp(self):
        super().setUp()
        self.service = Service()
        self.enterContext(self.service)
        self.service.stop()

    def user(self, *words):
        result = support.run("user", *words, "--config", self.service.config)
        self.assert_clean(result)
        return result

    def link(self, result, page):
        """The code of the link that the command printed, alone on stdout."""
        self.assertEqual(result.returncode, 0, result.stderr)
        match = re.fullmatch(rf"{re.escape(self.service.settings['public_url'])}/{page}#([A-Za-z0-9_-]{{40,}})\n", result.stdout)
        self.assertIsNotNone(match, result.stdout)
        self.assertIn("works once", result.stderr)
        self.assertNotIn(match.group(1), result.stderr)
        return match.group(1)

    def listed(self):
        result = self.user("list")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = [line.split("\t") for line in result.stdout.splitlines()]
        return {row[3]: {"id": row[0], "role": row[1], "state": row[2], "scope": row[4]} for row in rows}

    def add(self, email, role, *more):
        return self.user("add", "--email", email, "--name", "Iemand", "--role", role, *more)

    # -- what it does -------------------------------------------------------------------------------------------------

    def test_an_invitation_works_once(self):
        s = self.service
        code = self.link(self.add("co@example.nl", "coordinator", "--scope", "99AA,99AB"), "invitation")
        self.assertEqual(self.listed()["co@example.nl"], {"id": self.listed()["co@example.nl"]["id"], "role": "coordinator",
                                                          "state": "invited", "scope": "99AA,99AB"})
        s.start()
        self.assertEqual(s.call("AuthService/Login", email="co@example.nl", password=PASSWORD).code, "unauthenticated")
        weak = s.call("AuthService/AcceptInvitation", code=code, password="kort")
        self.assertEqual(weak.code, "invalid_argument")
        done = s.ok("AuthService/AcceptInvitation", code=code, password=PASSWORD)
        self.assertEqual(done["session"]["scope"], ["99AA", "99AB"])
        again = s.call("AuthService/AcceptInvitation", code=code, password=OTHER_PASSWORD)
        invented = s.call("AuthService/AcceptInvitation", code="A" * len(code), password=OTHER_PASSWORD)
        self.assertNotEqual(again.status, 200)
        self.assertEqual((again.status, again.body), (invented.status, invented.body))
        s.ok("AuthService/Login", email="CO@example.nl", password=PASSWORD)
        s.stop()
        self.assertEqual(self.listed()["co@example.nl"]["state"], "active")
        for path in [s.log] + [os.path.join(folder, name) for folder, _, names in os.walk(s.data) for name in names]:
            self.assertNotIn(code.encode(), support.read_bytes(path), path)
            self.assertNotIn(b"co@example.nl", support.read_bytes(path), path)

    def test_reset_gives_a_new_password_once(self):
        s = self.service
        s.start()
        s.log_in_operator()
        s.stop()
        code = self.link(self.user("reset", "--email", "operator@example.nl"), "reset")
        s.start()
        self.assertEqual(s.call("AuthService/GetSession", "operator").status, 200, "a link alone changes nothing")
        s.ok("AuthService/ResetPassword", code=code, password=OTHER_PASSWORD)
        self.assertEqual(s.call("AuthService/GetSession", "operator").code, "unauthenticated", "old sessions are over")
        self.assertEqual(s.call("AuthService/Login", email="operator@example.nl", password=PASSWORD).code, "unauthenticated")
        self.assertNotEqual(s.call("AuthService/ResetPassword", code=code, password=PASSWORD).status, 200)
        s.ok("AuthService/Login", email="operator@example.nl", password=OTHER_PASSWORD)

    def test_reset_before_the_first_password_is_a_new_invitation(self):
        s = self.service
        first = self.link(self.add("co@example.nl", "coordinator", "--scope", "99AA"), "invitation")
        second = self.link(self.user("reset", "--email", "co@example.nl"), "invitation")
        s.start()
        self.assertNotEqual(s.call("AuthService/AcceptInvitation", code=first, password=PASSWORD).status, 200)
        s.ok("AuthService/AcceptInvitation", code=second, password=PASSWORD)

    def test_disable_ends_sessions(self):
        s = self.service
        s.start()
        s.log_in_operator()
        s.stop()
        result = self.user("disable", "--email", "operator@example.nl")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        self.assertEqual(self.listed()["operator@example.nl"]["state"], "disabled")
        self.assertEqual(self.user("reset", "--email", "operator@example.nl").returncode, 1)
        s.start()
        self.assertEqual(s.call("AuthService/GetSession", "operator").code, "unauthenticated")
        self.assertEqual(s.call("AuthService/Login", email="operator@example.nl", password=PASSWORD).code, "unauthenticated")

    def test_every_role_can_be_added(self):
        for role in ("operator", "coordinator", "vertrouwenspersoon", "behandelaar", "company"):
            scope = {"operator": [], "company": ["--scope", "990000001", "--schools", "99AA"]}.get(role, ["--scope", "99AA"])
            self.link(self.add(f"{role}.1@example.nl", role, *scope), "invitation")
            self.assertEqual(self.listed()[f"{role}.1@example.nl"]["role"], role)

    def test_a_contact_waits_for_a_school_and_the_list_says_so(self):
        s = self.service
        self.link(self.add("co@example.nl", "coordinator", "--scope", "99AA"), "invitation")
        code = self.link(self.add("bedrijf@example.nl", "company", "--scope", "990000001,990000002", "--schools", "99AA"), "invitation")
        co = self.link(self.user("reset", "--email", "co@example.nl"), "invitation")
        self.assertEqual(self.listed()["bedrijf@example.nl"]["state"], "invited")
        s.start()
        s.accept("co", co)
        s.accept("bedrijf", code)
        s.stop()
        row = self.listed()["bedrijf@example.nl"]
        self.assertEqual((row["role"], row["state"], row["scope"]), ("company", "unverified", "990000001,990000002"))
        s.start()
        s.change("AccountService/VerifyCompanyContact", "co", accountId=row["id"])
        s.log_in("bedrijf")
        s.stop()
        self.assertEqual(self.listed()["bedrijf@example.nl"]["state"], "active")

    def test_an_ended_account_begins_from_nothing(self):
        s = self.service
        first = self.link(self.add("bedrijf@example.nl", "company", "--scope", "990000001", "--schools", "99AA"), "invitation")
        self.assertEqual(self.user("disable", "--email", "bedrijf@example.nl").returncode, 0)
        self.refused(self.add("bedrijf@example.nl", "coordinator", "--scope", "99AA"), 1, "this address has an account")
        second = self.link(self.add("bedrijf@example.nl", "company", "--scope", "990000009", "--schools", "99AB"), "invitation")
        row = self.listed()["bedrijf@example.nl"]
        self.assertEqual((row["state"], row["scope"]), ("invited", "990000009"))
        s.start()
        self.assertNotEqual(s.call("AuthService/AcceptInvitation", code=first, password=PASSWORD).status, 200)
        s.accept("bedrijf", second)
        self.assertEqual(s.call("AuthService/Login", email="bedrijf@example.nl", password=PASSWORD).refusal["code"],
                         "account_unverified")

    def test_a_list_has_every_account_in_the_order_of_ids_but_no_students(self):
        s = self.service
        s.start()
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", ["99AA"])
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=[student("100001")])["stagevraagIds"]
        s.invite_student("student", "coordinator", ids[0], "s100001@student.example")
        s.stop()
        result = self.user("list")
        rows = [line.split("\t") for line in result.stdout.splitlines()]
        self.assertEqual([row[0] for row in rows], sorted(row[0] for row in rows))
        self.assertEqual({row[3] for row in rows}, {"operator@example.nl", "coordinator@example.nl"})
        self.assertNotIn("student.example", result.stdout)

    # -- what it refuses ----------------------------------------------------------------------------------------------

    def refused(self, result, status, *says):
        self.assertEqual((result.returncode, result.stdout), (status, ""), result.stderr)
        for part in says:
            self.assertIn(part, result.stderr)

    def test_a_second_account_with_one_address(self):
        s = self.service
        s.start()
        s.log_in_operator()
        s.stop()
        for email in ("operator@example.nl", "Operator@Example.NL"):
            self.refused(self.add(email, "operator"), 1, "this address has an account that is in use")
        first = self.link(self.add("co@example.nl", "coordinator", "--scope", "99AA"), "invitation")
        self.refused(self.add("co@example.nl", "company", "--scope", "990000001"), 1, "this address has an account")
        second = self.link(self.add("co@example.nl", "coordinator", "--scope", "99AB"), "invitation")
        self.assertEqual({email: row["scope"] for email, row in self.listed().items()},
                         {"operator@example.nl": "", "co@example.nl": "99AB"})
        s.start()
        self.assertNotEqual(s.call("AuthService/AcceptInvitation", code=first, password=PASSWORD).status, 200)
        s.ok("AuthService/AcceptInvitation", code=second, password=PASSWORD)

    def test_unknown_addresses(self):
        for what in ("disable", "reset"):
            self.refused(self.user(what, "--email", "nobody@example.nl"), 1, "has this address")

    def test_values_that_do_not_fit(self):
        self.refused(self.add("co@example.nl", "coordinator"), 1, "needs a scope")
        self.refused(self.add("op@example.nl", "operator", "--scope", "99AA"), 1, "an operator has no scope")
        self.refused(self.add("no address", "operator"), 1, "e-mail address")
        self.assertEqual(set(self.listed()), {"operator@example.nl"})

    def test_while_the_service_runs(self):
        self.service.start()
        for words in (["list"], ["add", "--email", "x@example.nl", "--name", "X", "--role", "operator"],
                      ["disable", "--email", "operator@example.nl"], ["reset", "--email", "operator@example.nl"]):
            self.refused(self.user(*words), 1, "a running service has this database", "stop it first, or use the API")
        self.service.log_in_operator()

    def test_wrong_use(self):
        for words, says in ((["give"], "add list disable reset"), (["add"], "--email"), (["disable"], "--email"),
                            (["reset"], "--email"), (["add", "--email", "x@example.nl"], "--role"),
                            (["add", "--email", "x@example.nl", "--role", "student"], "--role"),
                            (["add", "--email", "x@example.nl", "--role", "coordinator", "--scope", "99 AA,?"], "codes"),
                            (["list", "more"], "more"), (["list", "--bogus"], "--bogus")):
            with self.subTest(words=words):
                self.refused(self.user(*words), 2, says)

    def test_master_key(self):
        key = self.service.settings["master_key"]
        good = support.read_bytes(key)
        for data, mode, says in ((good[:31], 0o600, "32 bytes"), (good, 0o644, "chmod 600"), (None, 0, "cannot")):
            os.unlink(key)
            if data is not None:
                support.write_bytes(key, data)
                os.chmod(key, mode)
            self.refused(self.user("list"), 1, key)
            if data is None:
                support.write_bytes(key, bytes(32))
                os.chmod(key, 0o600)
        self.refused(self.user("list"), 1, "not the one that these data were made with")
        support.write_bytes(key, good)
        self.assertEqual(set(self.listed()), {"operator@example.nl"})


class Fresh(support.TestCase):
    def test_without_any_data_yet(self):
        key = self.write("master.key", os.urandom(32))
        os.chmod(key, 0o600)
        where = ["--data-dir", self.path("deep"), "--master-key", key]
        result = support.run("user", "list", *where)
        self.assert_done(result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(os.stat(self.path("deep/vault")).st_mode & 0o777, 0o700)


if __name__ == "__main__":
    support.main()

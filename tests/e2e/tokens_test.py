"""What lets somebody in, attacked: sessions, API tokens, codes, passwords and the brake on guessing them."""
import gzip
import os
import signal
import statistics
import time
import unittest
import uuid

from service import PASSWORD, Service, student

SCHOOL, COMPANY = "99AA", "990000001"
NEW_PASSWORD = "een ander lang wachtwoord"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service())
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])

    def someone(self, role="behandelaar", scope=(SCHOOL,)):
        """A new account with a session; its name."""
        who = "u" + uuid.uuid4().hex[:8]
        self.accounts = getattr(self, "accounts", {})
        self.accounts[who] = self.service.invite(who, "coordinator" if role != "coordinator" else "operator", role, list(scope))
        return who

    def session(self, token):
        return self.service.call("AuthService/GetSession", token).code

    def login(self, who, password=PASSWORD, **headers):
        return self.service.call("AuthService/Login", email=f"{who}@example.nl", password=password, headers=headers)

    def test_a_session_that_ended_is_over_at_once(self):
        s, who = self.service, self.someone()
        token = s.tokens[who]
        self.assertEqual(self.session(token), "ok")
        s.ok("AuthService/Logout", who)
        self.assertEqual(self.session(token), "unauthenticated")
        self.assertEqual(s.call("TaskService/ListTasks", token).code, "unauthenticated")

    def test_a_login_never_takes_a_token_of_the_clients(self):
        s, who = self.service, self.someone()
        planted = "a" * 64
        answer = self.login(who, Authorization="Bearer " + planted, Cookie="session=" + planted)
        self.assertNotEqual(answer.json["token"], planted)
        self.assertEqual(self.session(planted), "unauthenticated")
        self.assertEqual(self.session(s.tokens[who]), "ok")
        self.assertNotEqual(answer.json["token"], s.tokens[who])

    def test_a_disabled_account_ends_with_its_sessions_and_tokens(self):
        s, who = self.service, self.someone("coordinator")
        api = s.change("AccountService/CreateApiToken", who, label="sis", validDays=30)["token"]
        self.assertEqual(s.call("StudentService/ListStagevragen", api).code, "ok")
        s.change("AccountService/DisableAccount", "operator", accountId=self.accounts[who])
        for token in (s.tokens[who], api):
            self.assertEqual(s.call("StudentService/ListStagevragen", token).code, "unauthenticated")
        self.assertEqual(self.login(who).code, "unauthenticated")
        self.assertEqual(s.call("AuthService/RequestPasswordReset", email=f"{who}@example.nl").code, "ok")
        s.change("AccountService/InviteAccount", "operator", email=f"{who}@example.nl", name=who, role="ROLE_COORDINATOR",
                 scope=[SCHOOL])
        time.sleep(0.5)
        s.accept(who, s.code_sent_to(f"{who}@example.nl"))
        self.assertEqual(s.call("StudentService/ListStagevragen", api).code, "unauthenticated")  # a token does not come back

    def test_api_tokens(self):
        s, who = self.service, self.someone("coordinator")
        made = s.change("AccountService/CreateApiToken", who, label="sis", validDays=365)
        api = made["token"]
        self.assertNotIn(api, s.call("AccountService/ListApiTokens", who).body.decode())
        for method, fields in (("AccountService/CreateApiToken", {"label": "another", "validDays": 365}),
                               ("AuthService/Logout", {}),
                               ("AuthService/ChangePassword", {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD})):
            self.assertEqual(s.try_change(method, api, **fields).code, "permission_denied", method)
        for days in (0, 366, 4000000000):
            self.assertEqual(s.try_change("AccountService/CreateApiToken", who, label="x", validDays=days).code, "invalid_argument")
        for i in range(19):
            s.change("AccountService/CreateApiToken", who, label=f"t{i}", validDays=1)
        self.assertEqual(s.try_change("AccountService/CreateApiToken", who, label="one too many", validDays=1).code,
                         "resource_exhausted")
        s.change("AccountService/RevokeApiToken", who, tokenId=made["apiToken"]["tokenId"])
        self.assertEqual(s.call("StudentService/ListStagevragen", api).code, "unauthenticated")

    def test_sessions_of_one_account_are_bounded(self):
        s, who = self.service, self.someone()
        first = s.tokens[who]
        tokens = [self.login(who).json["token"] for _ in range(20)]
        self.assertEqual(self.session(tokens[-1]), "ok")
        self.assertEqual(self.session(tokens[0]), "ok")
        self.assertEqual(self.session(first), "unauthenticated")

    def test_a_code_works_once(self):
        s, who = self.service, "u" + uuid.uuid4().hex[:8]
        s.change("AccountService/InviteAccount", "coordinator", email=f"{who}@example.nl", name=who, role="ROLE_BEHANDELAAR",
                 scope=[SCHOOL])
        code = s.code_sent_to(f"{who}@example.nl")
        self.assertEqual(s.call("AuthService/ResetPassword", code=code, password=NEW_PASSWORD).code, "failed_precondition")
        almost = code[:-1] + ("1" if code[-1] == "0" else "0")
        self.assertEqual(s.call("AuthService/AcceptInvitation", code=almost, password=PASSWORD).code, "failed_precondition")
        self.assertEqual(s.call("AuthService/AcceptInvitation", code=code, password="kort").code, "invalid_argument")
        s.accept(who, code)
        for method in ("AuthService/AcceptInvitation", "AuthService/ResetPassword"):
            self.assertEqual(s.call(method, code=code, password=NEW_PASSWORD).code, "failed_precondition")
        self.assertEqual(self.login(who).code, "ok")
        self.assertEqual(self.login(who, NEW_PASSWORD).code, "unauthenticated")

    def test_a_new_password_ends_what_was_before(self):
        s, who = self.service, self.someone()
        nobody = s.call("AuthService/RequestPasswordReset", email="nobody@example.nl")
        somebody = s.call("AuthService/RequestPasswordReset", email=f"{who}@example.nl")
        self.assertEqual((nobody.status, nobody.body), (somebody.status, somebody.body))
        s.wait_until(lambda: len(s.messages_to(f"{who}@example.nl")) == 2, "a link beside the invitation")
        code = s.code_sent_to(f"{who}@example.nl")
        s.ok("AuthService/ResetPassword", code=code, password=NEW_PASSWORD)
        self.assertEqual(self.session(s.tokens[who]), "unauthenticated")
        self.assertEqual(self.login(who).code, "unauthenticated")
        one, two = self.login(who, NEW_PASSWORD).json["token"], self.login(who, NEW_PASSWORD).json["token"]
        s.ok("AuthService/ChangePassword", one, oldPassword=NEW_PASSWORD, newPassword=PASSWORD)
        self.assertEqual((self.session(one), self.session(two)), ("ok", "unauthenticated"))
        self.assertEqual(s.messages_to("nobody@example.nl"), [])

    def test_a_reset_revokes_what_systems_act_with(self):
        s, who = self.service, self.someone("coordinator")
        api = s.change("AccountService/CreateApiToken", who, label="sis", validDays=30)["token"]
        s.ok("AuthService/ChangePassword", who, oldPassword=PASSWORD, newPassword=NEW_PASSWORD)
        self.assertEqual(self.session(api), "ok")  # whoever knows the old password goes on with the systems
        s.ok("AuthService/RequestPasswordReset", email=f"{who}@example.nl")
        s.wait_until(lambda: len(s.messages_to(f"{who}@example.nl")) == 2, "a link beside the invitation")
        s.ok("AuthService/ResetPassword", code=s.code_sent_to(f"{who}@example.nl"), password=PASSWORD)
        self.assertEqual(self.session(api), "unauthenticated")
        self.assertEqual(self.login(who).code, "ok")
        s.tokens[who] = self.login(who).json["token"]
        self.assertEqual(s.ok("AccountService/ListApiTokens", who).get("apiTokens", []), [])

    def test_an_unknown_address_takes_as_long(self):
        def times(email):
            taken = []
            for _ in range(4):
                begin = time.monotonic()
                answer = self.service.call("AuthService/Login", email=email, password="iets anders dan dat")
                taken.append(time.monotonic() - begin)
                self.assertEqual(answer.code, "unauthenticated")
            return statistics.median(taken)
        known = times(self.someone() + "@example.nl")
        unknown = times("niemand-hier@example.nl")
        self.assertLess(max(known, unknown) / min(known, unknown), 5)  # without the same work it is a hundred times

    def test_guessing_is_slowed_down_and_a_crash_forgets_nothing(self):
        s, who = self.service, self.someone()
        other = self.someone()
        for wait in (0, 0, 0, 0, 0, 1.1, 2.1, 4.1, 8.1):
            time.sleep(wait)
            self.assertEqual(self.login(who, "fout fout fout").code, "unauthenticated")
        self.assertEqual(self.login(who, "fout fout fout").code, "resource_exhausted")
        self.assertEqual(self.login(who).code, "resource_exhausted")  # the right one neither
        self.assertEqual(self.login(other).code, "ok")                # nobody pays for another
        pid = s.role_pid("vault")
        os.kill(pid, signal.SIGKILL)
        s.wait_until(lambda: s.role_pid("vault") not in (None, pid), "a new vault")
        s.wait_ready()
        self.assertEqual(self.login(who).code, "resource_exhausted")
        s.wait_until(lambda: self.login(who).code == "ok", "the end of the wait", 30)


class Exhaustion(unittest.TestCase):
    """What one client could make the service spend."""
    @classmethod
    def setUpClass(cls):
        s = cls.service = cls.enterClassContext(Service())
        s.log_in_operator()
        s.invite("coordinator", "operator", "coordinator", [SCHOOL])

    def test_what_nobody_sends_is_not_unpacked(self):
        """A bomb of gzip or JSON costs nothing before it is known who sends it, and little afterwards."""
        s = self.service
        bomb = gzip.compress(b'{"requestId":"' + b"0" * (30 << 20) + b'"}')
        for token, codes in (("f" * 64, ("unauthenticated",)),
                             (s.tokens["operator"], ("permission_denied",)),
                             (s.tokens["coordinator"], ("invalid_argument", "resource_exhausted"))):
            begin = time.monotonic()
            answer = s.request("POST", "/stagematch.v1.StudentService/ImportStudents", bomb,
                               {"Content-Type": "application/json", "Content-Encoding": "gzip",
                                "Authorization": "Bearer " + token})
            self.assertIn(answer.code, codes)
            self.assertLess(time.monotonic() - begin, 3 if token != s.tokens["coordinator"] else 20)
        many = gzip.compress(b"[" * (1 << 20))
        answer = s.request("POST", "/stagematch.v1.AuthService/Login", many,
                           {"Content-Type": "application/json", "Content-Encoding": "gzip"})
        self.assertIn(answer.code, ("invalid_argument", "resource_exhausted"))

    def test_a_student_cannot_fill_the_engine(self):
        """Preferences as long as they may be, again and again: the account's measure for a day is soon full."""
        s = self.service
        ids = s.change("StudentService/SubmitStudents", "coordinator", students=[student("1"), student("2")])["stagevraagIds"]
        s.invite_student("student", "coordinator", ids[0], "s1@student.example")
        s.invite_student("other", "coordinator", ids[1], "s2@student.example")
        long = [f"{i:020d}/{'p' * 64}" for i in range(64)]
        refused = None
        for i in range(2000):
            now = s.ok("StudentService/GetStagevraag", "student", stagevraagId=ids[0])["stagevraag"]
            refused = s.try_change("StudentService/SetPreferences", "student", stagevraagId=ids[0], version=now["version"],
                                   preferred=long[i % 2:], excluded=[])
            if refused.code != "ok":
                break
        self.assertEqual((refused.code, refused.refusal.get("code")), ("resource_exhausted", "quota"))
        self.assertLess(i, 1500)
        self.assertEqual(s.call("StudentService/ListMyStagevragen", "student").code, "ok")
        now = s.ok("StudentService/GetStagevraag", "other", stagevraagId=ids[1])["stagevraag"]
        s.change("StudentService/SetPreferences", "other", stagevraagId=ids[1], version=now["version"], preferred=long)


if __name__ == "__main__":
    unittest.main(verbosity=2)

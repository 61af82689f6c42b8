"""A browser's session in a cookie: how it begins and ends, and that nothing but the service's own pages can use it."""
import base64
import unittest

from service import PASSWORD, Service

NAME = "__Host-stagematch"
PUBLIC = "https://stage.example.nl"


class Browser:
    """A client that keeps the one cookie as a browser would, and names its origin."""

    def __init__(self, service, origin=None):
        self.service, self.token, self.origin = service, None, origin or f"http://{service.host}:{service.port}"

    def headers(self, **more):
        cookie = {"Cookie": f"theme=dark; {NAME}={self.token}; x=1"} if self.token else {}
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **cookie, **more}
        return {name: value for name, value in headers.items() if value is not None}

    def call(self, method, headers=None, **fields):
        answer = self.service.call(method, headers=self.headers(**(headers or {})), **fields)
        made = answer.headers.get_all("Set-Cookie") or []
        assert len(made) <= 1, made
        if made:
            value = made[0].split(";")[0].removeprefix(NAME + "=")
            self.token = value or None
        return answer

    def log_in(self, email="operator@example.nl"):
        return self.call("AuthService/Login", {"X-Stagematch-Session": "cookie"}, email=email, password=PASSWORD)


class SessionCookie(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(settings={"public_url": "http://127.0.0.1"}))
        cls.service.log_in_operator()
        cls.service.invite("coordinator", "operator", "coordinator", ["25PT"])

    def setUp(self):
        self.browser = Browser(self.service)

    def session(self, headers, method="AuthService/GetSession", **fields):
        return self.service.call(method, headers=headers, **fields)

    def refused(self, answer, code="permission_denied", reason="cross_origin"):
        self.assertEqual((answer.code, answer.refusal.get("code")), (code, reason), answer)
        self.assertIsNone(answer.headers["Set-Cookie"])

    def test_logging_in_gives_a_cookie_and_no_token(self):
        answer = self.browser.log_in()
        self.assertEqual(answer.status, 200, answer)
        value, *attributes = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
        self.assertRegex(value, rf"^{NAME}=[A-Za-z0-9._-]{{40,}}$")
        self.assertEqual(sorted(attributes), ["HttpOnly", "Path=/", "SameSite=Strict", "Secure"])
        self.assertEqual(answer.json.get("token", ""), "")
        self.assertEqual(answer.json["session"]["role"], "ROLE_OPERATOR")
        self.assertNotIn(self.browser.token.encode(), answer.body)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_the_same_in_protobuf(self):
        def field(number, text):
            return bytes([number << 3 | 2, len(text)]) + text.encode()
        body = field(1, "operator@example.nl") + field(2, PASSWORD)
        headers = {"Content-Type": "application/proto", "Connect-Protocol-Version": "1"}
        plain = self.service.request("POST", "/stagematch.v1.AuthService/Login", body, headers)
        self.assertEqual((plain.status, plain.body[0]), (200, 1 << 3 | 2), "the token comes first")
        answer = self.service.request("POST", "/stagematch.v1.AuthService/Login", body,
                                      {**headers, **self.browser.headers(), "X-Stagematch-Session": "cookie"})
        token = answer.headers["Set-Cookie"].split(";")[0].removeprefix(NAME + "=")
        self.assertEqual((answer.status, answer.body[0]), (200, 2 << 3 | 2), "the session alone")
        self.assertNotIn(token.encode(), answer.body)
        self.browser.token = token
        self.assertEqual(self.browser.call("AuthService/GetSession").status, 200)

    def test_without_the_header_it_is_as_it_was(self):
        answer = self.browser.call("AuthService/Login", email="operator@example.nl", password=PASSWORD)
        self.assertTrue(answer.json["token"])
        self.assertIsNone(answer.headers["Set-Cookie"])

    def test_an_invitation_that_is_accepted(self):
        self.service.change("AccountService/InviteAccount", "operator", email="tweede@example.nl", name="tweede",
                            role="ROLE_COORDINATOR", scope=["25PT"])
        code = self.service.code_sent_to("tweede@example.nl")
        answer = self.browser.call("AuthService/AcceptInvitation", {"X-Stagematch-Session": "cookie"}, code=code, password=PASSWORD)
        self.assertEqual((answer.status, answer.json.get("token", "")), (200, ""), answer)
        self.assertEqual(self.browser.call("AuthService/GetSession").json["session"]["role"], "ROLE_COORDINATOR")
        self.service.ok("AuthService/RequestPasswordReset", email="tweede@example.nl")
        code = self.service.code_sent_to("tweede@example.nl")
        answer = self.browser.call("AuthService/ResetPassword", {"X-Stagematch-Session": "cookie"}, code=code,
                                   password=PASSWORD + " anders")
        self.assertEqual((answer.status, answer.headers["Set-Cookie"]), (200, None), "it begins no session")
        self.service.wait_until(lambda: self.browser.call("AuthService/GetSession").status == 401, "the end of all sessions")
        self.assertIsNone(self.browser.token, "and the browser was told")

    def test_calls_with_the_cookie(self):
        self.browser.log_in("coordinator@example.nl")
        self.assertEqual(self.browser.call("AuthService/GetSession").json["session"]["scope"], ["25PT"])
        self.assertEqual(self.browser.call("TaskService/ListTasks").status, 200)
        self.assertEqual(self.browser.call("AuthService/GetSession", {"Sec-Fetch-Site": None}).status, 200)
        body = {"school": "25PT", "file": base64.b64encode(b"x" * 1_200_000).decode()}
        large = self.browser.call("StudentService/ImportStudents", **body)
        self.assertNotIn(large.status, (401, 403), "a large body is taken from who has a cookie")

    def test_what_is_not_of_this_origin_is_refused(self):
        self.browser.log_in()
        host, port = self.service.host, self.service.port
        counted = self.service.metrics()["stagematch_front_origins_refused_total"]
        for headers in ({"Origin": None}, {"Origin": "null"}, {"Origin": ""}, {"Origin": "https://evil.example"},
                        {"Origin": f"https://{host}:{port}"}, {"Origin": f"http://{host}"[:-1]}, {"Origin": f"http://{host}:1"},
                        {"Origin": f"http://{host}:{port}.evil.example"}, {"Origin": f"http://{host}:{port}/"},
                        {"Origin": f"{self.browser.origin} https://evil.example"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
                        {"Sec-Fetch-Site": ""}):
            with self.subTest(headers=headers):
                self.refused(self.session(self.browser.headers(**headers)))
                self.refused(self.session({**self.browser.headers(**headers), "X-Stagematch-Session": "cookie"},
                                          "AuthService/Login", email="operator@example.nl", password=PASSWORD))
        self.assertEqual(self.browser.call("AuthService/GetSession").status, 200, "and the session goes on")
        self.service.wait_until(lambda: self.service.metrics()["stagematch_front_origins_refused_total"] >= counted + 28, "28 counted")

    def test_the_origin_that_people_know_counts_too(self):
        self.browser.log_in()
        for origin in ("http://127.0.0.1", "HTTP://127.0.0.1"):
            self.assertEqual(self.session(self.browser.headers(Origin=origin)).status, 200)

    def test_an_other_word_in_the_header_is_refused(self):
        answer = self.browser.call("AuthService/Login", {"X-Stagematch-Session": "koekje"}, email="operator@example.nl",
                                   password=PASSWORD)
        self.refused(answer, "invalid_argument", "session_header")

    def test_a_cookie_that_is_none_is_over(self):
        self.browser.log_in()
        token = self.browser.token
        for cookie in (f"{NAME}={token}; {NAME}={token}", f"{NAME}={token}; a=b; {NAME}=other", f'{NAME}="{token}"', f"{NAME}=",
                       NAME + "=" + "a" * 257, f"{NAME}={token}x y", f"{NAME}={token},b", NAME, f"{NAME}=unknown-token"):
            with self.subTest(cookie=cookie[:60]):
                answer = self.session(self.browser.headers(Cookie=cookie))
                self.assertEqual(answer.code, "unauthenticated", answer)
                self.assertIn(f"{NAME}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict", answer.headers["Set-Cookie"])
        for cookie in (f"{NAME}x={token}", f"stagematch={token}", f"__host-stagematch={token}", "", f"a={NAME}", f"={NAME}"):
            with self.subTest(cookie=cookie[:60]):
                answer = self.session(self.browser.headers(Cookie=cookie))
                self.assertEqual((answer.code, answer.headers["Set-Cookie"]), ("unauthenticated", None))
        self.assertEqual(self.session(self.browser.headers(Cookie=f"a=b;{NAME}={token}")).status, 200)

    def test_logging_out_takes_the_cookie_away(self):
        self.browser.log_in()
        token = self.browser.token
        answer = self.browser.call("AuthService/Logout")
        self.assertEqual((answer.status, self.browser.token), (200, None))
        self.assertIn("Max-Age=0", answer.headers["Set-Cookie"])
        self.assertEqual(self.session(self.browser.headers(Cookie=f"{NAME}={token}")).code, "unauthenticated")
        answer = self.service.call("AuthService/Logout", self.service.ok("AuthService/Login", email="operator@example.nl",
                                                                         password=PASSWORD)["token"])
        self.assertEqual((answer.status, answer.headers["Set-Cookie"]), (200, None), "who has no cookie is sent none")

    def test_authorization_goes_before_it(self):
        self.browser.log_in("coordinator@example.nl")
        bearer = {"Authorization": "Bearer " + self.service.tokens["operator"]}
        for headers in (self.browser.headers(**bearer), self.browser.headers(Origin="https://evil.example", **bearer)):
            self.assertEqual(self.session(headers).json["session"]["role"], "ROLE_OPERATOR")
        for word in ("Bearer nobody", "Basic YTpi", ""):
            answer = self.session(self.browser.headers(Authorization=word))
            self.assertEqual((answer.code, answer.headers["Set-Cookie"]), ("unauthenticated", None), word)

    def test_public_methods_do_not_look_at_it(self):
        self.browser.token = "nobody"
        path = "/stagematch.v1.CatalogService/ListReasons?connect=v1&encoding=json&message=%7B%7D"
        for headers in (self.browser.headers(), self.browser.headers(Origin=None), self.browser.headers(Origin="https://evil.example")):
            got = self.service.get(path, headers)
            self.assertEqual((got.status, got.headers["Set-Cookie"]), (200, None))
            self.assertEqual(self.session(headers, "CatalogService/ListReasons").status, 200)

    def test_a_stream(self):
        self.browser.log_in("coordinator@example.nl")
        opened = self.service.call("TaskService/WatchTasks", headers=self.browser.headers())
        self.assertEqual(opened.status, 200, opened)
        for headers in (self.browser.headers(Origin="https://evil.example"), self.browser.headers(**{"Sec-Fetch-Site": "cross-site"})):
            self.refused(self.service.call("TaskService/WatchTasks", headers=headers))
        self.browser.token = "nobody"
        self.assertEqual(self.service.call("TaskService/WatchTasks", headers=self.browser.headers()).code, "unauthenticated")

    def test_no_token_is_logged(self):
        self.browser.log_in()
        self.browser.call("AuthService/GetSession")
        self.refused(self.session(self.browser.headers(Origin=None)))
        self.assertNotIn(self.browser.token, self.service.read_log())


class BehindAProxy(unittest.TestCase):
    def test_only_the_origin_over_tls_counts(self):
        with Service(settings={"public_url": PUBLIC}) as s:
            s.log_in_operator()
            browser = Browser(s, PUBLIC)
            self.assertEqual(browser.log_in().status, 200)
            self.assertEqual(browser.call("AuthService/GetSession", {"Host": "stage.example.nl"}).status, 200)
            self.assertEqual(browser.call("AuthService/GetSession", {"Host": "10.0.0.3:8080"}).status, 200, "a host of the proxy's own")
            for origin, host in (("http://stage.example.nl", "stage.example.nl"), (f"http://{s.host}:{s.port}", f"{s.host}:{s.port}"),
                                 ("https://stage.example.nl:8443", "x"), ("https://example.nl", "stage.example.nl")):
                answer = browser.call("AuthService/GetSession", {"Origin": origin, "Host": host})
                self.assertEqual(answer.code, "permission_denied", (origin, host))


if __name__ == "__main__":
    unittest.main()

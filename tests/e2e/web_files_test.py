"""The web application as the front serves it: types, compression, caches, pages, headers, and nothing but the files that were read."""
import gzip
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

import support
from service import Service, read

INDEX = b"<!doctype html><html lang=nl><title>Stagematch</title>" + b"<p>een pagina</p>" * 40
SCRIPT = b"export const answer = 42;\n" * 60
PIXEL = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 3
THEME = b":root { --sm-color: navy }\n" * 30
FILES = {"index.html": INDEX, "assets/index-3f2a.js": SCRIPT, "assets/index-9c1b.css": b"body { margin: 0 }\n" * 40,
         "assets/logo-1.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 20, "assets/a.woff2": os.urandom(900),
         "assets/photo.webp": os.urandom(900), "icon.png": PIXEL, "app.webmanifest": b'{"name":"Stagematch"}',
         "data/list.json": b'{"a":[1,2,3]}' * 40, "robots.txt": b"User-agent: *\nDisallow: /\n", "theme.css": b"/* none */",
         "dates.ics": b"BEGIN:VCALENDAR\r\n" * 40, "empty.css": b"",
         "notes.md": b"of no known type", ".secret.txt": b"hidden", ".git/config.txt": b"hidden"}
TYPES = {"/": "text/html; charset=utf-8", "/assets/index-3f2a.js": "text/javascript; charset=utf-8",
         "/assets/index-9c1b.css": "text/css; charset=utf-8", "/assets/logo-1.svg": "image/svg+xml",
         "/assets/a.woff2": "font/woff2", "/assets/photo.webp": "image/webp", "/icon.png": "image/png",
         "/app.webmanifest": "application/manifest+json", "/data/list.json": "application/json",
         "/robots.txt": "text/plain; charset=utf-8", "/dates.ics": "text/calendar; charset=utf-8"}
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "worker-src": "'self'", "manifest-src": "'self'", "base-uri": "'none'", "form-action": "'none'",
    "frame-ancestors": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "stagematch-worker"}


def write_files(folder, files):
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        support.write_bytes(path, content)


def policy_of(answer):
    parts = [part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, value in parts}


class WebFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = tempfile.mkdtemp(prefix="stagematch-web-")
        cls.addClassCleanup(shutil.rmtree, cls.root)
        outside = tempfile.mkdtemp(prefix="stagematch-outside-")
        cls.addClassCleanup(shutil.rmtree, outside)
        support.write_bytes(os.path.join(outside, "outside.txt"), b"outside")
        write_files(cls.root, FILES)
        os.symlink(os.path.join(outside, "outside.txt"), os.path.join(cls.root, "link.txt"))
        os.symlink(outside, os.path.join(cls.root, "linked"))
        cls.service = cls.enterClassContext(Service(settings={"web_root": cls.root}))

    def get(self, path, verb="GET", **headers):
        return self.service.request(verb, path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def raw(self, request):
        """The status and the body of an answer to these bytes."""
        with socket.create_connection((self.service.host, int(self.service.port)), 20) as sock:
            sock.sendall(request)
            answer = http.client.HTTPResponse(sock)
            answer.begin()
            return answer.status, answer.read()

    def test_types_and_content(self):
        for path, kind in TYPES.items():
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, kind))
                self.assertEqual(answer.body, FILES["index.html" if path == "/" else path[1:]])
                self.assertIsNone(answer.headers["Content-Encoding"])
        self.assertEqual(self.get("/empty.css").body, b"")
        self.assertEqual(self.get("/index.html").body, INDEX)
        self.assertEqual(self.get("/index.html?a=b").body, INDEX)

    def test_compressed_where_it_is_accepted_and_pays(self):
        answer = self.get("/assets/index-3f2a.js", Accept_Encoding="br, gzip;q=0.5")
        self.assertEqual((answer.headers["Content-Encoding"], answer.headers["Vary"]), ("gzip", "Accept-Encoding"))
        self.assertEqual(gzip.decompress(answer.body), SCRIPT)
        self.assertLess(len(answer.body), len(SCRIPT) // 4)
        for accepted in ("gzip;q=0", "identity", "br"):
            plain = self.get("/assets/index-3f2a.js", Accept_Encoding=accepted)
            self.assertEqual((plain.headers["Content-Encoding"], plain.headers["Vary"]), (None, "Accept-Encoding"))
            self.assertEqual(plain.body, SCRIPT)
        self.assertNotEqual(answer.headers["ETag"], plain.headers["ETag"], "two forms are two representations")
        for path in ("/icon.png", "/assets/a.woff2", "/app.webmanifest", "/empty.css"):
            answer = self.get(path, Accept_Encoding="gzip")
            self.assertEqual((answer.headers["Content-Encoding"], answer.headers["Vary"]), (None, None), path)

    def test_what_a_browser_has_already(self):
        for accepted in ("gzip", "identity"):
            answer = self.get("/", Accept_Encoding=accepted)
            tag = answer.headers["ETag"]
            self.assertRegex(tag, r'^"[0-9a-f]{32}(-gz)?"$')
            for match in (tag, "W/" + tag, f'"other", {tag}', "*"):
                again = self.get("/", Accept_Encoding=accepted, If_None_Match=match)
                self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag), match)
                self.assertEqual(again.headers["Cache-Control"], "no-cache")
                self.assertEqual(again.headers["Vary"], "Accept-Encoding")
            for match in ('"other"', tag[:-1], tag.strip('"'), ""):
                self.assertEqual(self.get("/", Accept_Encoding=accepted, If_None_Match=match).status, 200, match)
        tags = {self.get(path).headers["ETag"] for path in TYPES}
        self.assertEqual(len(tags), len(TYPES), "of other content another tag")

    def test_what_may_be_kept(self):
        for path in ("/assets/index-3f2a.js", "/assets/a.woff2"):
            self.assertEqual(self.get(path).headers["Cache-Control"], "public, max-age=31536000, immutable")
        for path in ("/", "/index.html", "/theme.css", "/icon.png", "/rondes"):
            self.assertEqual(self.get(path).headers["Cache-Control"], "no-cache")

    def test_head_and_other_verbs(self):
        for path, accepted in (("/", "identity"), ("/assets/index-3f2a.js", "gzip")):
            got, head = self.get(path, Accept_Encoding=accepted), self.get(path, "HEAD", Accept_Encoding=accepted)
            self.assertEqual((head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(got.body))))
            self.assertEqual({**dict(got.headers), "Date": "", "X-Request-Id": ""},
                             {**dict(head.headers), "Date": "", "X-Request-Id": ""})
        for verb in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            for path in ("/", "/assets/index-3f2a.js", "/rondes/1"):
                answer = self.get(path, verb)
                self.assertEqual((answer.status, answer.headers["Allow"], answer.body), (405, "GET, HEAD", b""), (verb, path))

    def test_pages_of_the_application(self):
        for path in ("/rondes", "/rondes/0d9f-77_~/", "/nl/hoe-het-werkt?stap=2", "/assets", "/nested/deep/page"):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.body, answer.headers["Content-Type"]),
                             (200, INDEX, "text/html; charset=utf-8"), path)
        for path in ("/nothing.js", "/assets/gone-1.css", "/rondes/a.b", "/notes.md", "/a//b", "//host/x", "/met%20blank",
                     "/stagematch.v1.TaskService/Nothing", "/stagematch.v1.Nothing/Nothing", "/metrics",
                     "/.well-known/nothing", "/a:b", "/a@b"):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.body), (404, b""), path)

    def test_what_is_not_the_applications_is_as_it_was(self):
        self.assertEqual(self.get("/healthz").body, b"ok\n")
        self.assertEqual(self.get("/readyz").status, 200)
        self.assertIn(b"Contact:", self.get("/.well-known/security.txt").body)
        answer = self.service.call("CatalogService/ListReasons")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Security-Policy"], "default-src 'none'; frame-ancestors 'none'")

    def test_nothing_but_the_files_that_were_read(self):
        name = os.path.basename(self.root)
        for path in ("/link.txt", "/linked/outside.txt", "/.secret.txt", "/.git/config.txt", "/../etc/passwd",
                     f"/../{name}/index.html", "/assets/../index.html", "/assets/./index-3f2a.js", "/%2e%2e/index.html",
                     "/..%2fetc%2fpasswd", "/assets%2findex-3f2a.js", "/index%2ehtml", "/index.html%00", "/%00",
                     "/index.html/", "/INDEX.HTML", "/assets/..%5c..%5cetc/passwd", "/etc/passwd%00.html", "/....//etc"):
            status, body = self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            self.assertEqual((status, body), (404, b""), path)
        self.assertEqual(self.raw(b"GET /index.html\0 HTTP/1.1\r\nHost: x\r\n\r\n")[0], 400)
        self.assertEqual(self.raw(b"GET /..\\..\\etc HTTP/1.1\r\nHost: x\r\n\r\n")[0], 400)
        self.assertEqual(self.get("/" + "a" * 511).status, 404)
        self.assertEqual(self.get("/" + "a" * 500).status, 200)
        self.assertEqual(self.get("/" + "a" * 9000).status, 414)
        self.assertEqual(self.raw(b"GET http://x/assets/index-3f2a.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                         (200, SCRIPT))

    def test_headers_that_keep_others_out(self):
        for path, verb in (("/", "GET"), ("/assets/index-3f2a.js", "GET"), ("/icon.png", "HEAD"), ("/rondes", "GET")):
            headers = self.get(path, verb).headers
            self.assertEqual(policy_of(self.get(path, verb)), POLICY)
            for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                                ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin")):
                self.assertEqual(headers.get_all(name), [value], name)
            self.assertEqual(len(headers.get_all("Content-Security-Policy")), 1)
            for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
                self.assertIn(f"{feature}=()", headers["Permissions-Policy"])
            self.assertIsNone(headers["Set-Cookie"])

    def test_the_log_names_the_table_and_never_what_came(self):
        self.get("/rondes/geheim-van-sanne?naam=sanne")
        self.get("/geheim-van-sanne.js")
        self.get("/assets/index-3f2a.js")
        self.service.wait_until(lambda: "method=/assets/index-3f2a.js" in self.service.read_log(), "a line of the log")
        log = self.service.read_log()
        self.assertIn("method=/index.html", log)
        self.assertNotIn("sanne", log)
        self.assertRegex(log, r"web_files_read .*skipped=1\b")


class Settings(support.TestCase):
    def check(self, **settings):
        config = self.path("stagematch.conf")
        with open(config, "w") as file:
            lists = {f"{name}s": os.path.join(support.CONFIG, f"{name}s.csv") for name in ("reason", "skill", "holiday", "term")}
            file.writelines(f"{name} = {value}\n" for name, value in {"pc4": support.COARSE_PC4, **lists, **settings}.items())
        return support.run("check-config", "--config", config)

    def root(self, files):
        root = self.path("web")
        write_files(root, files)
        return root

    def test_a_theme_stands_in_for_the_applications(self):
        theme = self.path("school.css")
        support.write_bytes(theme, THEME)
        for files in (FILES, {"index.html": INDEX}):
            shutil.rmtree(self.path("web"), ignore_errors=True)
            with Service(settings={"web_root": self.root(files), "web_theme": theme}) as s:
                answer = s.get("/theme.css", {"Accept-Encoding": "gzip"})
                self.assertEqual(gzip.decompress(answer.body), THEME)
                self.assertEqual((answer.headers["Content-Type"], answer.headers["Cache-Control"]),
                                 ("text/css; charset=utf-8", "no-cache"))
                self.assertEqual(s.get("/theme.css").body, THEME)

    def test_without_a_folder_the_root_says_what_this_is(self):
        with Service() as s:
            answer = s.get("/")
            self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
            self.assertIn(b"Connect protocol", answer.body)
            self.assertEqual((s.get("/rondes").status, s.get("/index.html").status), (404, 404))

    def test_a_reload_takes_a_new_build(self):
        root = self.root({"index.html": INDEX})
        with Service(settings={"web_root": root}) as s:
            support.write_bytes(os.path.join(root, "new.html"), b"<p>new")
            os.replace(os.path.join(root, "new.html"), os.path.join(root, "index.html"))
            self.assertEqual(s.get("/").body, INDEX, "what was read at the start")
            s.process.send_signal(1)
            s.wait_until(lambda: s.get("/").body == b"<p>new", "the new build")

    def test_wrong_settings_are_said(self):
        nothing = self.path("nothing")
        os.mkdir(nothing)
        good = self.root({"index.html": INDEX})
        theme = self.path("school.css")
        support.write_bytes(theme, THEME)
        self.assertEqual(self.check(web_root=good, web_theme=theme).returncode, 0)
        for settings, complaint in (({"web_root": nothing}, "web_root: expected a folder"),
                                    ({"web_root": self.path("gone")}, "web_root: expected a folder"),
                                    ({"web_root": theme}, "web_root: expected a folder"),
                                    ({"web_root": good, "web_theme": self.path("gone.css")}, "web_theme: expected a file"),
                                    ({"web_root": good, "web_theme": good}, "web_theme: expected a file"),
                                    ({"web_theme": theme}, "web_theme: there is nothing to change without web_root")):
            done = self.check(**settings)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(complaint, done.stderr)

    def refuses(self, root, why):
        """A service with this folder ends by itself, and its log says why."""
        with Service() as s:
            s.stop()
            s.settings["web_root"] = root
            s.write_config()
            s.start(wait=False)
            self.assertNotEqual(s.process.wait(60), 0)
            self.assertIn(f"event=setting_refused setting=web_root why={why}", s.read_log())

    def test_a_folder_that_cannot_be_served_is_refused(self):
        for files, why in (({"index.html": INDEX, "met blank.js": b""}, "bad_file_name"),
                           ({"index.html": INDEX, "/".join("abcdefghi") + "/a.js": b""}, "bad_file_name"),
                           ({"index.html": INDEX, **{f"n/{i}.txt": b"" for i in range(2000)}}, "too_many_files"),
                           ({"index.html": INDEX, "large.txt": bytes((16 << 20) + 1)}, "too_large")):
            with self.subTest(why=why):
                shutil.rmtree(self.path("web"), ignore_errors=True)
                self.refuses(self.root(files), why)


class Demo(support.TestCase):
    def test_the_demo_serves_the_build_that_it_is_given(self):
        root = self.path("web")
        write_files(root, {"index.html": INDEX})
        process = subprocess.Popen([support.STAGEMATCH, "demo", "--listen", "127.0.0.1:0", "--web", root], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                   env=support.environment(TMPDIR=self.path(".")))
        try:
            said = ""
            while "Ctrl-C ends" not in said:
                line = process.stdout.readline()
                self.assertTrue(line, "it ended before it was ready: " + said)
                said += line
            address = said.split("address:")[1].split()[0]
            self.assertIn(f"open {address} in a browser", said)
            host, port = address.removeprefix("http://").rsplit(":", 1)
            connection = http.client.HTTPConnection(host, int(port), timeout=20)
            connection.request("GET", "/rondes")
            self.assertEqual(connection.getresponse().read(), INDEX)
            connection.close()
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


if __name__ == "__main__":
    unittest.main()

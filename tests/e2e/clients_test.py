"""Clients that others wrote work as they come: curl and `buf curl`, with JSON and with protobuf."""
import json
import os
import shutil
import subprocess
import unittest

import support
from service import PASSWORD, Service

BUF = shutil.which("buf") or os.path.join(support.SOURCE, "build", "tools", "node_modules", ".bin", "buf")
PROTO = os.path.join(support.SOURCE, "proto")


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.service.log_in_operator()
        cls.url = f"http://{cls.service.host}:{cls.service.port}"

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_curl(self):
        done = subprocess.run(["curl", "-sS", "--fail-with-body", "-H", "Content-Type: application/json", "-d",
                               json.dumps({"email": "operator@example.nl", "password": PASSWORD}),
                               f"{self.url}/stagematch.v1.AuthService/Login"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["session"]["role"], "ROLE_OPERATOR")

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_curl_with_get(self):
        done = subprocess.run(["curl", "-sS", "--fail-with-body", "-G", "--data-urlencode", 'message={"event":"company_objects"}',
                               "-d", "encoding=json&connect=v1", f"{self.url}/stagematch.v1.CatalogService/ListReasons"],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("geen-begeleider", [r["code"] for r in json.loads(done.stdout)["reasons"]])

    def buf_curl(self, method, data, *more):
        return subprocess.run([BUF, "curl", "--schema", PROTO, "--protocol", "connect", "-d", json.dumps(data), *more,
                               f"{self.url}/stagematch.v1.{method}"], capture_output=True, text=True)

    @unittest.skipUnless(os.path.exists(BUF), "buf is not installed")
    def test_buf_curl(self):
        done = self.buf_curl("AuthService/Login", {"email": "operator@example.nl", "password": PASSWORD})
        self.assertEqual(done.returncode, 0, done.stderr)
        token = json.loads(done.stdout)["token"]
        done = self.buf_curl("AuthService/GetSession", {}, "-H", f"Authorization: Bearer {token}")
        self.assertEqual(json.loads(done.stdout)["session"]["role"], "ROLE_OPERATOR", done.stderr)
        done = self.buf_curl("AuthService/GetSession", {}, "-H", "Authorization: Bearer nothing")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(json.loads(done.stderr)["code"], "unauthenticated")


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""The server's side of the Connect protocol against connectrpc.com/conformance, where scripts/conformance installed its runner."""
import os
import re
import subprocess
import unittest

import support

RUNNER = os.path.join(support.SOURCE, "build", "tools", "bin", "connectconformance")
CONFIG = os.path.join(support.SOURCE, "tests", "conformance", "config.yaml")
SERVER = os.environ.get("STAGEMATCH_CONFORMANCE_SERVER", "")  # named by ctest where it was built

CASES_MIN = 500  # a configuration that leaves most of them out is a mistake


@unittest.skipUnless(os.path.exists(RUNNER), "the runner is not installed (scripts/conformance installs it)")
class Conformance(support.TestCase):
    def setUp(self):
        if not SERVER:
            self.skipTest("its server was not built: run cmake again, now that scripts/conformance was there")

    def run_cases(self, *arguments):
        return subprocess.run([RUNNER, "--mode", "server", "--conf", CONFIG, *arguments, "--", SERVER],
                              capture_output=True, text=True, timeout=600)

    def test_every_case_passes(self):
        done = self.run_cases()
        text = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, text)
        passed, failed = map(int, re.search(r"(\d+) passed, (\d+) failed", text).groups())
        self.assertEqual(failed, 0, text)
        self.assertGreaterEqual(passed, CASES_MIN)
        self.assertNotIn("expected", text, "no case may be excused")
        for word in support.SANITIZER_WORDS:
            self.assertNotIn(word, text)

    def test_nothing_that_the_service_needs_is_left_out(self):
        for pattern in ("**/Codec:CODEC_JSON/**", "**/Codec:CODEC_PROTO/**", "**/Compression:COMPRESSION_GZIP/**",
                        "**/TLS:true/**", "**/server-stream/**", "Connect with GET/**", "Server Message Size/**",
                        "Timeouts/**"):
            done = self.run_cases("--run", pattern)
            self.assertEqual(done.returncode, 0, f"{pattern}: {done.stdout}{done.stderr}")
            passed = int(re.search(r"(\d+) passed", done.stdout + done.stderr).group(1))
            self.assertGreater(passed, 0, pattern)


if __name__ == "__main__":
    unittest.main()

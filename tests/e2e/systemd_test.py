"""The units in config/: systemd understands them, nothing in them is unknown to the program, and they give away little."""
import os
import re
import shutil
import subprocess
import unittest

import support

# How exposed `systemd-analyze security` may find the service, of 100. What is left: it is root for its roles' users, and has a network.
EXPOSURE_MAX = 30


def config(name):
    return support.read_bytes(os.path.join(support.CONFIG, name)).decode()


def value(unit, key):
    return re.search(rf"(?m)^{key}=(.*)$", unit).group(1)


class Units(support.TestCase):
    def test_the_program_knows_every_flag(self):
        words = value(config("stagematch.service"), "ExecStart").split()
        self.assertEqual(words[:2], ["/usr/bin/stagematch", "serve"])
        known = support.run("serve", "--help").stdout
        flags = [word for word in words if word.startswith("--")]
        self.assertGreater(len(flags), 4)
        for flag in flags:
            self.assertRegex(known, rf"(?m)^ +{flag}( |$)", flag)

    def test_socket_users_and_key_are_those_of_the_service(self):
        service, users = config("stagematch.service"), config("stagematch.sysusers")
        for role in ("front", "engine", "vault"):
            self.assertIn(f"--user-{role} stagematch-{role}", service)
            self.assertRegex(users, rf"(?m)^u stagematch-{role} ")
        source = value(service, "LoadCredential").split(":")[1]
        self.assertRegex(config("stagematch.tmpfiles"), rf"(?m)^z {source} 0400 root root ")
        socket = config("stagematch.socket")
        listen = next(row for row in support.run("check-config", "--markdown").stdout.splitlines() if row.startswith("| `listen`"))
        self.assertIn(f"| {value(socket, 'ListenStream')} |", listen)
        self.assertEqual(value(socket, "FileDescriptorName"), "api")

    def analyze(self, *words):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not there")
        names = ("stagematch.service", "stagematch.socket")
        for name in names:
            self.write(name, config(name).replace("/usr/bin/stagematch", support.STAGEMATCH))
        done = subprocess.run(["systemd-analyze", *words, *(self.path(n) for n in names[:2 if words[0] == "verify" else 1])],
                              capture_output=True, text=True, timeout=60)
        return done, done.stdout + done.stderr

    def test_systemd_understands_them(self):
        done, said = self.analyze("verify", "--man=no")
        own = [line for line in said.splitlines() if "stagematch" in line]  # others' units are not ours to judge
        self.assertEqual((done.returncode, own), (0, []), said)

    def test_little_is_exposed(self):
        done, said = self.analyze("security", "--no-pager", "--offline=yes", f"--threshold={EXPOSURE_MAX}")
        if "Unknown option" in said or "unrecognized option" in said:
            self.skipTest("this systemd cannot judge a file")
        self.assertEqual(done.returncode, 0, said[-1500:])
        self.assertIn("exposure level", said)

    def test_users_are_made(self):
        if not shutil.which("systemd-sysusers"):
            self.skipTest("systemd-sysusers is not there")
        os.mkdir(self.path("root"))
        os.mkdir(self.path("root/etc"))
        file = self.write("stagematch.conf", config("stagematch.sysusers"))
        done = subprocess.run(["systemd-sysusers", f"--root={self.path('root')}", "--inline", *(
            line for line in support.read_bytes(file).decode().splitlines() if line.startswith("u "))],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(support.read_bytes(self.path("root/etc/passwd")).count(b"stagematch-"), 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)

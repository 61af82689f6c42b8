"""A service that cannot start says in words why, leaves nothing half done, and starts when it was put right."""
import os
import shutil
import socket
import subprocess
import unittest

import support
from market import COMPANY
from service import Service, placement


class Start(support.TestCase):
    """What is wrong at a start is said in words, and nothing is left half done."""

    def setUp(self):
        super().setUp()
        self.service = Service()
        self.enterContext(self.service)
        self.service.stop()

    def refused(self, *says, within=30):
        s = self.service
        s.write_config()
        before = len(s.read_log())
        s.start(wait=False)
        self.assertEqual(s.process.wait(within), 1)
        said = s.read_log()[before:]
        for part in says:
            self.assertIn(part, said)
        for word in support.SANITIZER_WORDS:
            self.assertNotIn(word, said)

    def works(self):
        self.service.write_config()
        self.service.start()
        self.service.log_in_operator()

    def test_master_key(self):
        key = self.service.settings["master_key"]
        good = support.read_bytes(key)
        os.chmod(key, 0o644)
        self.refused(key, "chmod 600")
        os.unlink(key)
        self.refused(key, "No such file", "head -c 32 /dev/urandom")
        for wrong in (b"", good[:31], good + b"x"):
            support.write_bytes(key, wrong)
            os.chmod(key, 0o600)
            self.refused(key, "a file of 32 bytes")
        support.write_bytes(key, os.urandom(32))
        self.refused("not the one that these data were made with", "the vault could not start")
        support.write_bytes(key, good)
        self.works()

    def test_two_services_on_one_data_dir(self):
        s = self.service
        self.works()
        other = os.path.join(s.folder, "other.conf")
        shutil.copy(s.config, other)
        result = support.run("serve", "--config", other, "--listen", "127.0.0.1:0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("a service runs already on this data_dir", result.stderr)
        self.assertTrue(os.path.exists(os.path.join(s.data, "address")), "the second took the first's address away")
        self.assertEqual(s.get("/readyz").status, 200)

    def test_ports_in_use(self):
        s = self.service
        with socket.create_server(("127.0.0.1", 0)) as taken:
            endpoint = f"127.0.0.1:{taken.getsockname()[1]}"
            for name in ("listen", "metrics_listen"):
                s.settings[name] = endpoint
                self.refused(endpoint, "Address already in use")
                s.settings[name] = "127.0.0.1:0"
        self.works()

    def test_a_place_that_cannot_be_written(self):
        s = self.service
        kept = s.settings["data_dir"]
        for path, says in ((os.path.join(s.folder, "nowhere", "data"), "No such file"),
                           (os.path.join(s.config, "data"), "Not a directory"), (s.config, "")):
            s.settings["data_dir"] = path
            self.refused(path, says)
        s.settings["data_dir"] = kept
        self.works()

    def test_a_full_disk(self):
        s = self.service
        disk = os.path.join(s.folder, "disk")
        os.mkdir(disk)
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", disk],
                                              capture_output=True).returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        kept, s.settings["data_dir"] = s.settings["data_dir"], os.path.join(disk, "data")
        try:
            self.refused("could not start")
        finally:
            subprocess.run(["umount", disk], check=True)
        s.settings["data_dir"] = kept
        self.works()

    def test_a_disk_that_fills_while_it_runs(self):
        s = self.service
        disk = os.path.join(s.folder, "disk")
        os.mkdir(disk)
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk],
                                              capture_output=True).returncode != 0:
            self.skipTest("a tmpfs cannot be mounted here")
        try:
            shutil.copytree(s.data, os.path.join(disk, "data"))
            s.settings["data_dir"] = s.data = os.path.join(disk, "data")
            self.works()
            s.invite("coordinator", "operator", "coordinator", ["99AA"])
            s.invite("company", "coordinator", "company", [COMPANY])
            free = os.statvfs(disk)
            ballast = support.write_bytes(os.path.join(disk, "ballast"), bytes(free.f_bavail * free.f_frsize - 64 * 1024))
            kept, refused = [], None
            for i in range(400):
                answer = s.try_change("PlacementService/SubmitPlacement", "company", placement=placement(f"D{i}"))
                if answer.status != 200:
                    refused = answer
                    break
                kept.append(f"D{i}")
            self.assertEqual(refused.code, "unavailable", refused)
            self.assertEqual(s.ok("AuthService/GetSession", "company")["session"]["role"], "ROLE_COMPANY", "reading goes on")
            os.unlink(ballast)
            s.wait_until(lambda: s.try_change("PlacementService/SubmitPlacement", "company",
                                              placement=placement("after")).status == 200, "writing again", 30)
            names = [p["leerplaats"] for p in
                     s.ok("PlacementService/ListPlacements", "company", pageSize=1000)["placements"]]
            self.assertEqual(sorted(names), sorted([*kept, "after"]))
        finally:
            s.stop()
            subprocess.run(["umount", disk], check=True)

    def test_wrong_settings(self):
        s = self.service
        for name, value, says in (("listen", "nowhere", "listen: "), ("trusted_proxies", "10.0.0.0/99", "trusted_proxies: "),
                                  ("public_url", "ftp://x", "public_url: "), ("user_front", "no-such-user", "user_front: "),
                                  ("reasons", "/nonexistent.csv", "/nonexistent.csv"),
                                  ("notices", "/nonexistent", "notices: ")):
            with self.subTest(name):
                kept = s.settings.get(name)
                s.settings[name] = value
                self.refused(says)
                s.settings[name] = kept if kept is not None else ""
        self.works()


if __name__ == "__main__":
    unittest.main(verbosity=2)

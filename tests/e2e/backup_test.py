"""Backups of a running service, and services that go on from them: whole, at one moment, and with nothing that was revoked."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest
import uuid

import support
from market import Market, new_qualification
from service import Service, read, student

FILES = ["backup.json", "engine.sqlite", "keys/keys.sqlite", "vault.sqlite"]


def files_of(folder):
    found = []
    for where, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(where, name), folder) for name in names]
    return sorted(found)


class Backup(support.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.market = Market(cls.service)
        cls.placed = cls.market.to_state("RELEASED")
        cls.folder = tempfile.mkdtemp(prefix="stagematch-backup-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.backup = cls.make_backup(cls, "first")

    # -- helpers ------------------------------------------------------------------------------------------------------

    def make_backup(self, name):
        path = os.path.join(self.folder, name)
        done = support.run("backup", "--data-dir", self.service.data, "--out", path)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return path

    def restore(self, backup, *more, data=None):
        data = data or tempfile.mkdtemp(prefix="restored-", dir=self.folder)
        return data, support.run("restore", backup, "--data-dir", data, *more)

    def copy(self, backup, name):
        path = os.path.join(self.folder, name)
        shutil.copytree(backup, path)
        return path

    def refused(self, done, *words):
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)

    def started_on(self, data):
        """A service on restored data, with the same master key and people."""
        other = Service({"data_dir": data})
        other.data = data
        os.mkdir(other.mail)
        shutil.copy(self.service.settings["notify_command"], os.path.join(other.folder, "notify"))
        shutil.copy(self.service.settings["master_key"], os.path.join(other.folder, "master.key"))
        other.write_config()
        other.start()
        self.addCleanup(other.__exit__, None)
        return other

    def references(self, data):
        """What the engine has profiles of, and what the vault has identities of."""
        with sqlite3.connect(f"file:{data}/engine/engine.sqlite?mode=ro", uri=True) as engine:
            have = {key for key, in engine.execute("SELECT key FROM stagevraag")}
        with sqlite3.connect(f"file:{data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
            known = {key for key, in vault.execute("SELECT key FROM stagevraag")}
        return have, known

    # -- making -------------------------------------------------------------------------------------------------------

    def test_what_a_backup_is(self):
        self.assertEqual(files_of(self.backup), FILES)
        for name in FILES[1:]:
            self.assertEqual(os.stat(os.path.join(self.backup, name)).st_mode & 0o777, 0o600, name)
        self.assertEqual(os.stat(self.backup).st_mode & 0o777, 0o700)
        manifest = json.loads(read(os.path.join(self.backup, "backup.json")))
        for entry in manifest["files"]:
            data = support.read_bytes(os.path.join(self.backup, entry["name"]))
            self.assertEqual((entry["bytes"], entry["sha256"]), (len(data), support.sha256(data)))
        done = support.run("backup", "--check", self.backup)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_earlier_backup_is_not_replaced(self):
        done = support.run("backup", "--data-dir", self.service.data, "--out", self.backup)
        self.refused(done, self.backup)
        self.assertEqual(support.run("backup", "--check", self.backup).returncode, 0)

    def test_no_room(self):
        path = os.path.join(self.folder, "no-room")
        done = subprocess.run(["bash", "-c", 'trap "" XFSZ; ulimit -f 40; exec "$0" "$@"', support.STAGEMATCH, "backup",
                               "--data-dir", self.service.data, "--out", path], env=support.environment(), text=True,
                              stderr=subprocess.PIPE, timeout=60)
        self.refused(done)
        self.assertEqual([name for name in os.listdir(self.folder) if "no-room" in name], [])

    def test_wrong_use(self):
        for words in ([], ["--out", "a", "--check", "b"]):
            self.assertEqual(support.run("backup", *words).returncode, 2)
        self.assertEqual(support.run("restore").returncode, 2)
        self.refused(support.run("backup", "--data-dir", self.folder, "--out", os.path.join(self.folder, "x")), "engine.sqlite")

    # -- one moment ---------------------------------------------------------------------------------------------------

    def test_backups_under_load_are_of_one_moment(self):
        s, stop, sent, failures = self.service, threading.Event(), [], []

        def import_students():
            while not stop.is_set():
                rows = [student(uuid.uuid4().hex[:10], qualification=new_qualification()) for _ in range(20)]
                answer = s.try_change("StudentService/SubmitStudents", "coordinator", students=rows)
                (sent if answer.status == 200 else failures).append(answer)

        threads = [threading.Thread(target=import_students) for _ in range(4)]
        for thread in threads:
            thread.start()
        backups = []
        try:
            s.wait_until(lambda: len(sent) > 4, "the first imports")
            for i in range(5):
                before = len(sent)
                backups.append(self.make_backup(f"load-{i}"))
                s.wait_until(lambda: len(sent) > before, "an import after the backup")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        for backup in backups:
            data, done = self.restore(backup)
            self.assertEqual(done.returncode, 0, done.stderr)
            have, known = self.references(data)
            # What was between the two databases at that moment is finished or undone by the saga, as after a kill.
            self.assertEqual(have - known - self.staged(data), set())
        other = self.started_on(data)
        other.wait_until(lambda: len(set.symmetric_difference(*self.references(data))) == 0, "both databases agreeing")
        other.stop()
        verified = support.run("ledger", "verify", "--data", data)
        self.assertEqual(verified.returncode, 0, verified.stderr)

    def staged(self, data):
        """Whether anything is staged: then the engine may have what the vault still finishes."""
        with sqlite3.connect(f"file:{data}/vault/vault.sqlite?mode=ro", uri=True) as vault:
            waits = vault.execute("SELECT count(*) FROM stage").fetchone()[0]
        return self.references(data)[0] if waits else set()

    # -- going on -----------------------------------------------------------------------------------------------------

    def test_a_service_goes_on_from_it(self):
        data, done = self.restore(self.backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        other = self.started_on(data)
        old = other.call("TaskService/ListTasks", self.service.tokens["coordinator"])
        self.assertEqual(old.code, "unauthenticated")  # a session may have been ended after the backup
        other.log_in("coordinator")
        other.log_in("company")
        proposal = other.ok("ProposalService/GetProposal", "coordinator", proposalId=self.placed["proposal"])["proposal"]
        self.assertEqual(proposal["state"], "PROPOSAL_STATE_RELEASED")
        name = other.ok("IdentityService/GetCandidateIdentity", "company", candidate=proposal["candidate"])
        self.assertIn("Sanne", json.dumps(name))
        other.change("CandidateService/PlaceCandidate", "company", candidate=proposal["candidate"], version=proposal["version"])

    def test_erased_stays_erased_with_newer_keys(self):
        s = self.service
        number = uuid.uuid4().hex[:10]
        sid = s.change("StudentService/SubmitStudents", "coordinator",
                       students=[student(number, first_name="Vergeten", qualification=new_qualification())])["stagevraagIds"][0]
        old = self.make_backup("before-erasure")
        s.change("StudentService/EraseStudent", "coordinator", stagevraagId=sid)
        time.sleep(0.1)
        new = self.make_backup("after-erasure")
        shutil.rmtree(os.path.join(old, "keys"))  # as a school does after some days
        data, done = self.restore(old)
        self.refused(done, "--keys")
        self.assertEqual(files_of(data), [])
        data, done = self.restore(old, "--keys", new)
        self.assertEqual(done.returncode, 0, done.stderr)
        other = self.started_on(data)
        other.log_in("coordinator")
        answer = other.call("IdentityService/GetIdentities", "coordinator", stagevraagIds=[sid])
        self.assertNotIn(b"Vergeten", answer.body)
        mine = other.call("IdentityService/GetIdentities", "coordinator", stagevraagIds=[self.placed["stagevraag"]])
        self.assertIn(b"Sanne", mine.body)

    def test_older_keys_are_refused(self):
        newer = self.make_backup("newer")
        data, done = self.restore(newer, "--keys", self.backup)
        self.refused(done, "older")
        self.assertEqual(files_of(data), [])

    # -- not over what is there ---------------------------------------------------------------------------------------

    def test_a_running_service_is_left_alone(self):
        data, done = self.restore(self.backup, "--replace", data=self.service.data)
        self.refused(done, "stop it first")
        self.assertEqual(self.service.get("/readyz").status, 200)

    def test_data_are_set_aside_and_can_come_back(self):
        data, _ = self.restore(self.backup)
        before = support.read_bytes(os.path.join(data, "engine/engine.sqlite"))
        newer = self.make_backup("another")
        self.refused(self.restore(newer, data=data)[1], "--replace")
        _, done = self.restore(newer, "--replace", data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        aside, = [name for name in os.listdir(data) if name.startswith("before-restore-")]
        self.assertEqual(support.read_bytes(os.path.join(data, aside, "engine/engine.sqlite")), before)
        self.assertNotIn("restoring", os.listdir(data))

    def test_every_changed_byte_is_found_and_nothing_replaced(self):
        for number, name in enumerate(FILES):
            with self.subTest(name):
                bad = self.copy(self.backup, f"bad-{number}")
                path = os.path.join(bad, name)
                data = bytearray(support.read_bytes(path))
                data[len(data) // 2] ^= 1
                support.write_bytes(path, bytes(data))
                self.refused(support.run("backup", "--check", bad), name)
                where, done = self.restore(bad)
                self.refused(done)
                self.assertEqual(files_of(where), [])

    def test_a_ledger_that_was_cut_is_found(self):
        bad = self.copy(self.backup, "cut")
        path = os.path.join(bad, "engine.sqlite")
        with sqlite3.connect(path) as database:
            database.execute("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)")
        manifest = json.loads(read(os.path.join(bad, "backup.json")))
        data = support.read_bytes(path)
        manifest["files"][0].update(bytes=len(data), sha256=support.sha256(data))
        support.write_bytes(os.path.join(bad, "backup.json"), json.dumps(manifest).encode())
        self.refused(support.run("backup", "--check", bad), "ends before a checkpoint")

    def test_a_restore_that_was_cut_off_is_no_new_service(self):
        data, _ = self.restore(self.backup)
        support.write_bytes(os.path.join(data, "restoring"), b"")
        shutil.rmtree(os.path.join(data, "engine"))
        config = os.path.join(self.folder, "cut.conf")
        support.write_bytes(config, "".join(f"{name} = {value}\n" for name, value in
                                            {**self.service.settings, "data_dir": data}.items()).encode())
        done = support.run("serve", "--config", config)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("restore", done.stderr)
        _, done = self.restore(self.backup, "--replace", data=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.started_on(data).get("/readyz").status, 200)


if __name__ == "__main__":
    unittest.main()

"""`stagematch ledger` on the data of a service on which a story was played: it is intact, what the vault signed holds, and every
change is found and said where it is."""
import hashlib
import os
import shutil
import sqlite3
import unittest

import support
from market import Market
from service import Service

DAY_MS = 86400000


class Ledger(support.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        s = cls.service
        market = Market(s)
        market.to_state("RELEASED", students=2)
        s.stop()
        if support.has_fault_points():  # a day later, both heads are signed anew
            s.env["STAGEMATCH_CLOCK_OFFSET_MS"] = str(DAY_MS)
            s.start()
            s.wait_until(lambda: s.read_log().count("event=checkpoint chain=engine") >= 1
                         and s.read_log().count("event=checkpoint chain=vault") >= 2, "signed heads")
            s.stop()

    def setUp(self):
        super().setUp()
        self.data = self.path("data")
        self.fresh()

    def fresh(self):
        """A new copy of what the service left."""
        shutil.rmtree(self.data, ignore_errors=True)
        os.mkdir(self.data)
        for chain in ("engine", "vault"):
            shutil.copytree(os.path.join(self.service.data, chain), os.path.join(self.data, chain))

    def ledger(self, what, *more, data=None):
        result = support.run("ledger", what, "--data", data or self.data, *more)
        self.assert_clean(result)
        return result

    def database(self, chain):
        """The database of a copy; changes are committed and its log is folded in when it is closed."""
        return sqlite3.connect(os.path.join(self.data, chain, chain + ".sqlite"))

    def change(self, chain, sql, *values):
        database = self.database(chain)
        with database:
            database.execute(sql, values)
        database.close()

    def rows(self, chain):
        database = self.database(chain)
        count = database.execute("select count(*) from ledger").fetchone()[0]
        database.close()
        return count

    def unsigned(self):
        """Without what the vault keeps itself: an attacker would remove that too."""
        self.change("vault", "delete from checkpoint")

    # -- intact -------------------------------------------------------------------------------------------------------

    def test_a_played_story_is_intact(self):
        result = self.ledger("verify")
        self.assertEqual(result.returncode, 0, result.stderr)
        heads = result.stdout.splitlines()
        self.assertEqual([h.split()[0] for h in heads], ["engine", "vault"])
        for chain, head in zip(("engine", "vault"), heads):
            self.assertEqual(int(head.split()[1]), self.rows(chain))
            self.assertIn(f"{chain}: intact, {self.rows(chain)} entries", result.stderr)
        for chain, head in zip(("engine", "vault"), heads):
            self.assertEqual(self.ledger("verify", "--chain", chain).stdout, head + "\n")

    def test_a_running_service_is_checked_too(self):
        s = self.service
        s.start()
        try:
            result = self.ledger("verify", data=s.data)
            self.assertEqual(result.returncode, 0, result.stderr)
        finally:
            s.stop()

    def test_export_has_what_the_hashes_are_made_of(self):
        for chain in ("engine", "vault"):
            result = self.ledger("export", "--chain", chain)
            self.assertEqual(result.returncode, 0, result.stderr)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], "seq;time_ms;kind;subject;payload;previous;hash")
            self.assertEqual(len(lines), self.rows(chain) + 1)
            last = b"\0" * 32
            for number, line in enumerate(lines[1:], 1):
                seq, time_ms, kind, subject, payload, previous, digest = line.split(";")
                self.assertEqual((int(seq), bytes.fromhex(previous)), (number, last))
                parts = [kind.encode(), bytes.fromhex(subject), bytes.fromhex(payload)]
                data = b"stagematch/ledger/v1\0" + int(seq).to_bytes(8, "big") + int(time_ms).to_bytes(8, "big")
                data += b"".join(len(part).to_bytes(4, "big") + part for part in parts) + last
                last = hashlib.blake2b(data, digest_size=32).digest()
                self.assertEqual(bytes.fromhex(digest), last)
            for secret in ("Sanne", "Voorbeeld", "student.example"):
                self.assertNotIn(secret.encode().hex(), result.stdout)

    # -- changed ------------------------------------------------------------------------------------------------------

    def found(self, chain, where, *says, checkpoint=None):
        """Exit 1, and the message names the chain, the number and what is wrong; the other chain is intact all the same."""
        result = self.ledger("verify", *(["--checkpoint", checkpoint] if checkpoint else []))
        self.assertEqual(result.returncode, 1, result.stderr)
        line = next((l for l in result.stderr.splitlines() if l.startswith(f"{chain}: NOT intact")), result.stderr)
        self.assertTrue(line.endswith(f"at number {where}"), line)
        for part in says:
            self.assertIn(part, line)
        other = "vault" if chain == "engine" else "engine"
        self.assertIn(f"{other}: intact", result.stderr)

    def test_a_changed_byte(self):
        for chain in ("engine", "vault"):
            for column in ("payload", "subject", "kind", "time_ms", "hash", "previous"):
                with self.subTest(chain=chain, column=column):
                    self.fresh()
                    database = self.database(chain)
                    old = database.execute(f"select {column} from ledger where seq = 3").fetchone()[0]
                    database.close()
                    new = (old + 1 if column == "time_ms" else "x" + old[1:] if column == "kind"
                           else bytes([old[0] ^ 1]) + old[1:])
                    self.change(chain, f"update ledger set {column} = ? where seq = 3", new)
                    self.found(chain, 3)

    def test_a_removed_row(self):
        for chain in ("engine", "vault"):
            self.fresh()
            self.change(chain, "delete from ledger where seq = 2")
            self.found(chain, 2, "missing")

    def test_swapped_rows(self):
        for chain in ("engine", "vault"):
            self.fresh()
            database = self.database(chain)
            with database:
                for sql in ("update ledger set seq = -1 where seq = 2", "update ledger set seq = 2 where seq = 3",
                            "update ledger set seq = 3 where seq = -1"):
                    database.execute(sql)
            database.close()
            self.found(chain, 2)

    def test_a_row_that_was_put_in(self):
        for chain in ("engine", "vault"):
            last = self.rows(chain)
            self.change(chain, "insert into ledger select seq + 1, time_ms, kind, subject, payload, previous, hash from ledger "
                               "where seq = ?", last)
            self.found(chain, last + 1, "hash of the one before it")
            self.fresh()

    # -- checkpoints --------------------------------------------------------------------------------------------------

    def test_a_cut_tail_shows_against_a_kept_head(self):
        kept = self.write("kept", self.ledger("verify").stdout)
        self.unsigned()
        for chain in ("engine", "vault"):
            last = self.rows(chain)
            self.change(chain, "delete from ledger where seq > ?", last - 2)
            self.assertEqual(self.ledger("verify", "--chain", chain).returncode, 0, "the chain alone cannot tell")
            self.found(chain, last - 1, "ends before a checkpoint", checkpoint=kept)
            self.fresh()
            self.unsigned()

    def test_another_history_shows_against_a_kept_head(self):
        lines = self.ledger("verify").stdout.splitlines()
        self.unsigned()
        for line in lines:
            chain, seq, digest, rest = line.split(" ", 3)
            other = f"{chain} {seq} {'0' * 63 + '1'} {rest}\n"
            self.found(chain, seq, "not the one that a checkpoint saw", checkpoint=self.write("kept", other))

    def test_a_head_that_was_kept_still_holds_when_the_chain_grew(self):
        lines = self.ledger("export", "--chain", "engine").stdout.splitlines()
        seq, time_ms, *_, digest = lines[3].split(";")
        result = self.ledger("verify", "--checkpoint", self.write("kept", f"engine {seq} {digest} {time_ms} -\n"))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_bad_checkpoint_files(self):
        good = self.ledger("verify").stdout.splitlines()[0]
        for text, line in (("engine\n", 1), (f"{good}\n{good} x\n", 2), (f"{good}\nengine 1 zz 5 -\n", 2)):
            result = self.ledger("verify", "--checkpoint", self.write("kept", text))
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"line {line}", result.stderr)
        self.assertEqual(self.ledger("verify", "--checkpoint", self.path("nothing")).returncode, 1)
        self.assertEqual(self.ledger("verify", "--key", "12").returncode, 2)

    # -- signed heads -------------------------------------------------------------------------------------------------

    def signed(self, *more):
        result = self.ledger("checkpoints", *more)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [line.split() for line in result.stdout.splitlines()]

    def public_key(self):
        result = self.ledger("verify")
        return next(word for word in result.stderr.split() if len(word) == 64)

    @unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
    def test_the_vault_signs_both_heads(self):
        self.assertEqual({line[0] for line in self.signed()}, {"engine", "vault"})
        result = self.ledger("verify")
        for chain in ("engine", "vault"):
            self.assertRegex(result.stderr, rf"{chain}: intact.*signed by the vault: [1-9]")
        key = self.public_key()
        kept = self.write("kept", "".join(" ".join(line) + "\n" for line in self.signed()))
        self.assertEqual(self.ledger("verify", "--checkpoint", kept, "--key", key).returncode, 0)
        other = self.ledger("verify", "--key", "0" * 64)
        self.assertEqual(other.returncode, 1)
        self.assertIn("not signed by this key", other.stderr)

    @unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
    def test_a_cut_tail_shows_against_what_the_vault_signed(self):
        last = int([line for line in self.signed() if line[0] == "engine"][-1][1])
        self.change("engine", "delete from ledger where seq >= ?", last)
        self.found("engine", last, "ends before a checkpoint")

    @unittest.skipUnless(support.has_fault_points(), "built without STAGEMATCH_FAULT_POINTS")
    def test_a_forged_signature_is_found(self):
        database = self.database("vault")
        rows = database.execute("select key, value from checkpoint").fetchall()
        database.close()
        for key, value in rows:
            line = next(l for l in self.signed() if l[1] == str(int.from_bytes(key[-8:], "big")) and key.startswith(l[0].encode()))
            forged = value.replace(bytes.fromhex(line[2]), bytes(32))
            self.assertNotEqual(forged, value)
            self.change("vault", "update checkpoint set value = ? where key = ?", forged, key)
            result = self.ledger("verify")
            self.assertEqual(result.returncode, 1)
            self.assertIn("not signed by this key", result.stderr)
            self.fresh()

    # -- wrong use ----------------------------------------------------------------------------------------------------

    def test_wrong_use(self):
        self.assertEqual(self.ledger("nothing").returncode, 2)
        self.assertEqual(self.ledger("verify", "--chain", "front").returncode, 2)
        empty = self.path("empty")
        os.mkdir(empty)
        for what in ("verify", "export", "checkpoints"):
            result = self.ledger(what, data=empty)
            self.assertEqual(result.returncode, 1, what)
            self.assertIn(empty, result.stderr)


if __name__ == "__main__":
    support.main()

"""Faults from outside: a full disk, no permission, closed streams, signals, too little memory. Never half a result."""
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import unittest

import support
from support import placement, student

KIB, MIB = 1 << 10, 1 << 20
NOBODY = 65534


class Faults(support.TestCase):
    def market(self):
        return self.write_market([student(n) for n in range(60)], [placement(n) for n in range(20)])

    def assert_verifies(self, directory):
        self.assert_done(support.run("verify", directory))


def mount_tmpfs(directory, options):
    """True when a memory file system now stands on `directory`; only root may do it, and not in every container."""
    if os.getuid() != 0:
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", directory], capture_output=True)
    return done.returncode == 0


def unmount(directory):
    subprocess.run(["umount", directory], check=True)


class FullDisk(Faults):
    @contextlib.contextmanager
    def small_disk(self, options):
        disk = self.path("disk")
        os.makedirs(disk, exist_ok=True)
        if not mount_tmpfs(disk, options):
            self.skipTest("a tmpfs cannot be mounted here; the limit on file size stands in for it")
        try:
            yield disk
        finally:
            unmount(disk)

    def fill_until_it_fits(self, option, sizes):
        """Runs on ever larger disks: each failure leaves the disk empty, and at last one run succeeds."""
        arguments, failures = self.market(), 0
        for size in sizes:
            with self.small_disk(f"{option}={size},{'nr_inodes=100' if option == 'size' else 'size=1m'}") as disk:
                out = os.path.join(disk, "out")
                result = self.match(arguments, "--seed", "1", out=out)
                self.assert_clean(result)
                if result.returncode == 0:
                    self.assertEqual(os.listdir(disk), ["out"])
                    self.assert_verifies(out)
                    self.assertGreater(failures, 0, "the smallest disk was not small enough")
                    return
                failures += 1
                self.assertEqual(result.returncode, 1)
                self.assertIn("No space left on device", result.stderr)
                self.assertIn(out, result.stderr)
                self.assertEqual(os.listdir(disk), [], f"left behind with {option}={size}")
        self.fail("no disk was large enough")

    def test_a_disk_without_room_for_the_bytes(self):
        print("full disk: by tmpfs where it can be mounted", file=sys.stderr)
        self.fill_until_it_fits("size", [f"{4 * pages}k" for pages in range(1, 40)])

    def test_a_disk_without_room_for_the_files(self):
        self.fill_until_it_fits("nr_inodes", range(2, 30))

    def test_a_full_disk_keeps_the_earlier_result(self):
        arguments = self.market()
        with self.small_disk("size=48k") as disk:
            out = os.path.join(disk, "out")
            self.assert_done(self.match(arguments, "--seed", "1", out=out))
            before = support.result_bytes(out)
            result = self.match(arguments, "--seed", "2", "--force", out=out)
            self.assertEqual(result.returncode, 1, "the disk was to be too small for a second result")
            self.assertEqual(os.listdir(disk), ["out"])
            self.assert_same_result(before, support.result_bytes(out))

    def test_a_limit_on_the_size_of_files(self):
        """With SIGXFSZ ignored a write fails with EFBIG; with its default action it would kill."""
        arguments, refused = self.market(), 0
        for ignored in (True, False):
            for size in (0, 1, 100, 1000, 2000, 4000, 100_000):
                with self.subTest(size=size, ignored=ignored):
                    def limit(bytes_allowed=size, ignore=ignored):
                        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_allowed, bytes_allowed))
                        signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignore else signal.SIG_DFL)
                    result = self.match(arguments, preexec_fn=limit)
                    if result.returncode == 0:
                        self.assert_verifies(self.out)
                        self.take_results()
                    else:
                        self.assert_refused(result, self.out, "File too large")
                        refused += 1
        self.assertGreater(refused, 0)


class NoPermission(Faults):
    def test_a_directory_that_may_not_be_written(self):
        arguments = self.market()
        os.chmod(self.dir, 0o755)
        os.chmod(self.results, 0o555)
        self.addCleanup(os.chmod, self.results, 0o755)
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        with contextlib.suppress(PermissionError):
            if support.run("--version", **as_nobody).returncode == 0:
                self.assert_refused(self.match(arguments, **as_nobody), self.out, "Permission denied", "choose")
                return
        self.skipTest("the binary cannot be run as nobody from where it stands")

    def test_a_read_only_file_system(self):
        if not mount_tmpfs(self.results, "size=1m,ro"):
            self.skipTest("a tmpfs cannot be mounted here")
        self.addCleanup(unmount, self.results)
        self.assert_refused(self.match(self.market()), self.out, "Read-only file system", "choose")

    def test_a_result_of_somebody_else_is_not_replaced(self):
        arguments = self.market()
        self.assert_done(self.match(arguments, "--seed", "1"))
        before = support.result_bytes(self.out)
        os.chmod(self.dir, 0o755)
        if os.getuid() != 0:
            self.skipTest("needs root to become somebody else")
        with contextlib.suppress(PermissionError):
            if support.run("--version", user=NOBODY).returncode == 0:
                result = self.match(arguments, "--force", user=NOBODY, group=NOBODY, extra_groups=[])
                self.assertEqual(result.returncode, 1)
                self.assert_same_result(before, support.result_bytes(self.out))
                self.assertEqual(os.listdir(self.results), ["out"])
                return
        self.skipTest("the binary cannot be run as nobody from where it stands")


class WhereTheResultGoes(Faults):
    def test_places_where_no_directory_can_stand(self):
        arguments = self.market()
        file = self.write("file", "as it was")
        os.symlink(self.path("nowhere"), self.path("dangling"))
        for out, says in ((os.path.join(file, "out"), "Not a directory"), (file, "File exists"),
                          (self.path("absent/out"), "No such file"), ("/", ""), (self.path("dangling"), "File exists"),
                          (self.path("x" * 300), "File name too long"), (self.path("x" * 5000), "File name too long")):
            for force in ([], ["--force"]):
                with self.subTest(out=out[:80], force=force):
                    self.assert_refused(self.match(arguments, *force, out=out), "cannot write the result", says)
                    self.assertEqual(support.read_bytes(file), b"as it was")
        self.assertEqual(sorted(os.listdir(self.dir)),
                         ["dangling", "file", "pc4.csv", "placements.csv", "results", "students.csv"])

    def test_the_current_directory_with_files_in_it_is_refused(self):
        arguments = self.market()
        for force in ([], ["--force"]):
            for name in (".", "..", "./"):
                with self.subTest(name=name, force=force):
                    before = sorted(os.listdir(self.dir))
                    result = self.match(arguments, *force, out=name, cwd=self.results)
                    self.assert_clean(result)
                    self.assertEqual(result.returncode, 1)
                    self.assertEqual(sorted(os.listdir(self.dir)), before)
                    self.assertEqual(os.listdir(self.results), [])


class Streams(Faults):
    TEXT = "1 1\ns 0 lottery 1 : 0\np 0 cap 1 : (0)\n"

    def setUp(self):
        super().setUp()
        self.arguments = self.market()
        self.done = self.path("done")
        self.assert_done(self.match(self.arguments, "--seed", "1", out=self.done))

    def commands(self):
        return [["solve", self.write("a.txt", self.TEXT)], ["verify", self.done], ["match", *self.arguments, "--out", self.out],
                ["explain", self.done, "--student", "99AA/1"], ["check-config", "--markdown"], ["check-config"],
                ["import-pc4", self.write("NL.csv", "pc4,lat,lon\n3511,52.09,5.11\n3512,52.09,5.12\n")],
                ["match", "--help"], ["--help"], ["--version"]]

    def check(self, arguments, **options):
        result = support.run(*arguments, **options)
        self.assert_clean(result)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("cannot write the output", result.stderr)
        if os.path.exists(self.out):  # it was complete before the summary could not be printed
            self.assert_verifies(self.out)
        self.assertIn(self.take_results(), ([], ["out"]))

    def test_a_full_device_as_stdout(self):
        for arguments in self.commands():
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                self.check(arguments, stdout=full)

    def test_a_closed_stdout(self):
        for arguments in self.commands():
            with self.subTest(arguments=arguments):
                self.check(arguments, stdout=None, preexec_fn=lambda: os.close(1))

    def test_a_large_answer_to_a_full_device(self):
        lines = [f"s {n} lottery {n} : 0\n" for n in range(20000)]
        ranked = " ".join(str(n) for n in range(20000))
        path = self.write("large.txt", f"20000 1\n{''.join(lines)}p 0 cap 1 : ({ranked})\n")
        with open("/dev/full", "wb") as full:
            self.check(["solve", path], stdout=full)

    def test_with_every_stream_closed_nothing_strays_into_the_result(self):
        wanted = support.result_bytes(self.done)
        for closed in ((0,), (2,), (0, 2), (1, 2), (0, 1, 2)):
            for more in ([], ["--log-level", "debug"]):
                with self.subTest(closed=closed, more=more):
                    result = support.run("match", *self.arguments, "--seed", "1", "--out", self.out, *more,
                                         preexec_fn=lambda numbers=closed: [os.close(number) for number in numbers])
                    self.assert_clean(result)
                    self.assertEqual(result.returncode, 1 if 1 in closed else 0)
                    if result.returncode == 0 or os.path.exists(self.out):
                        self.assert_same_result(wanted, support.result_bytes(self.out))
                    self.take_results()

    def test_a_reader_that_went_away_leaves_a_complete_result_or_none(self):
        process = subprocess.Popen([support.STAGEMATCH, "match", *self.arguments, "--out", self.out],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=support.environment())
        process.stdout.close()
        status = process.wait(timeout=120)
        self.assertIn(status, (1, -signal.SIGPIPE))
        if os.path.exists(self.out):
            self.assert_verifies(self.out)
        self.assertIn(os.listdir(self.results), ([], ["out"]))


class Signals(Faults):
    """Stopped in the middle: at moments spread over the time that a run takes."""

    STUDENTS, PLACEMENTS, MOMENTS = 20_000, 200, 8

    def setUp(self):
        super().setUp()
        rng = random.Random(11)
        postcodes = [row["pc4"] for row in support.PC4_ROWS]
        students = [student(n, postcode=rng.choice(postcodes), vaardigheden=f"sql={rng.randint(0, 5)}")
                    for n in range(self.STUDENTS)]
        placements = [placement(n, postcode=rng.choice(postcodes), plaatsen=str(rng.randint(1, 30)), wegingen="sql*1")
                      for n in range(self.PLACEMENTS)]
        self.arguments = self.write_market(students, placements) + ["--list-max", "20", "--seed", "1"]
        began = time.monotonic()
        self.assert_done(self.match(self.arguments))
        self.run_s = time.monotonic() - began
        self.wanted = support.result_bytes(self.out)
        self.take_results()

    def stop(self, number, part, *more):
        """Starts a run and sends the signal when this part of its time has passed; True when that ended it."""
        process = subprocess.Popen([support.STAGEMATCH, "match", *self.arguments, "--out", self.out, *more],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=support.environment())
        # A program that has not begun its result yet has not asked to be told: wait until it has.
        while process.poll() is None and not any(name.startswith(".") for name in os.listdir(self.results)):
            time.sleep(0.0005)
        time.sleep(max(0.002, part * self.run_s))
        process.send_signal(number)
        status = process.wait(timeout=300)
        self.assertIn(status, (0, -number))
        return status != 0

    def moments(self):
        return [moment / self.MOMENTS for moment in range(self.MOMENTS)]

    def test_sigterm_sigint_and_sighup_leave_nothing(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            stopped = 0
            for part in self.moments():
                with self.subTest(signal=number.name, part=part):
                    ended = self.stop(number, part)
                    if ended and not os.path.exists(self.out):
                        stopped += 1
                        self.assert_nothing_left()
                    else:  # it was done, or the signal came after the result had taken its name: then all of it is there
                        self.assert_same_result(self.wanted, support.result_bytes(self.out))
                        self.take_results()
            self.assertGreater(stopped, 0, f"no run was caught by {number.name}")

    def test_a_signal_keeps_the_earlier_result(self):
        small = self.write_market([student(1)], [placement("p")])
        self.assert_done(self.match(small, "--seed", "9"))
        earlier, stopped = support.result_bytes(self.out), 0
        self.arguments = self.write_market([student(n) for n in range(self.STUDENTS)],
                                           [placement(n) for n in range(self.PLACEMENTS)]) + ["--list-max", "20"]
        for part in self.moments():
            ended = self.stop(signal.SIGTERM, part, "--force")
            if ended and support.result_bytes(self.out)["matches.csv"] == earlier["matches.csv"]:
                stopped += 1
                self.assert_same_result(earlier, support.result_bytes(self.out))
                self.assertEqual(os.listdir(self.results), ["out"])
            else:  # it was done, or the signal came after the exchange
                self.assert_verifies(self.out)
                break
        self.assertGreater(stopped, 0)

    def test_a_kill_never_leaves_half_a_result_under_its_name(self):
        killed = 0
        for part in self.moments():
            with self.subTest(part=part):
                killed += self.stop(signal.SIGKILL, part)
                if os.path.exists(self.out):
                    self.assert_same_result(self.wanted, support.result_bytes(self.out))
                    shutil.rmtree(self.out)
                # What the killed run began may be there, hidden; it is in nobody's way.
                self.assertTrue(all(re.fullmatch(r"\.out\.partial-\w+", name) for name in os.listdir(self.results)))
        self.assertGreater(killed, 0)
        self.assert_done(self.match(self.arguments))
        self.assert_same_result(self.wanted, support.result_bytes(self.out))

    def test_an_ignored_signal_stays_ignored(self):
        process = subprocess.Popen([support.STAGEMATCH, "match", *self.arguments, "--out", self.out],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=support.environment(),
                                   preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        while process.poll() is None:
            process.send_signal(signal.SIGHUP)
            time.sleep(0.02)
        self.assertEqual(process.returncode, 0)
        self.assert_same_result(self.wanted, support.result_bytes(self.out))


@unittest.skipIf(support.STAGEMATCH and support.is_sanitized(), "AddressSanitizer reserves terabytes of address space")
class LittleMemory(Faults):
    def limited(self, arguments, size):
        return support.run(*arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))

    def smallest_that_starts(self):
        for size in range(2 * MIB, 100 * MIB, MIB):
            with contextlib.suppress(subprocess.SubprocessError):  # below that not even exec succeeds
                if self.limited(["--version"], size).returncode == 0:
                    return size
        self.fail("the program does not start with 100 MiB")

    def sweep(self, arguments, step, says):
        """Ever more memory, from where the program starts to where the job succeeds."""
        size, refused = self.smallest_that_starts(), 0
        while True:
            result = self.limited(arguments, size)
            with self.subTest(arguments=arguments[0], size=size):
                if result.returncode == 0:
                    break
                self.assert_refused(result, "memory")
                self.assertEqual(result.stdout, "")
                refused += 1
            size += step
            self.assertLess(size, 2048 * MIB)
        self.assertGreater(refused, 0, says)

    def test_match_with_too_little_memory(self):
        arguments = self.write_market([student(n, vaardigheden="sql=1|vca=2", tags="zorg") for n in range(5_000)],
                                      [placement(n) for n in range(50)])
        self.sweep(["match", *arguments, "--out", self.out], 50 * KIB, "memory was never short")
        self.assert_verifies(self.out)

    def test_solve_with_too_little_memory(self):
        count = 5_000
        lines = [f"s {n} lottery {n} : 0 1\n" for n in range(count)]
        ranked = " ".join(str(n) for n in range(count))
        path = self.write("large.txt", f"{count} 2\n{''.join(lines)}p 0 cap 1 : ({ranked})\np 1 cap 9 : ({ranked})\n")
        self.sweep(["solve", path], 20 * KIB, "memory was never short")


if __name__ == "__main__":
    support.main()

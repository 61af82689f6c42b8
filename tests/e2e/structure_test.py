"""The shape of the source: what stands where, which folder may include which, and how long things may get."""
import os
import re
import shutil
import subprocess
import unittest

import support

TOP_LEVEL = ("CMakeLists.txt CMakePresets.json matcher proto config scripts tests docker README.md ARCHITECTURE.md "
             "CONTRIBUTING.md CHANGELOG.md SECURITY.md LICENSE publiccode.yml").split()
FOLDERS_THAT_MAY_BE_EMPTY = {"proto", "scripts", "docker"}  # git keeps no empty folder

# A folder may include itself and the folders of earlier lines, none beside it on its own line.
# The generated messages of proto/ are found under stagematch/ and google/.
LAYERS = ["base", "stagematch google", "api", "match wire blind signal", "domain intake ipc store cache",
          "offline front engine vault backup", "serve", "cmd", "main.c"]
LAYER_OF = {folder: number for number, layer in enumerate(LAYERS) for folder in layer.split()}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]*)"', re.M)
FUNCTION_LINES_MAX, FILE_LINES_MAX = 60, 800


def source_files(matcher, *endings):
    """Paths of the C files below matcher/, relative to it."""
    found = []
    for folder, folders, names in os.walk(matcher):
        folders[:] = [name for name in folders if name != "node_modules"]
        found += [os.path.relpath(os.path.join(folder, name), matcher) for name in names if name.endswith(endings)]
    return sorted(found)


def read(matcher, path):
    return support.read_bytes(os.path.join(matcher, path)).decode()


def wrong_includes(matcher):
    """["file: include"] of every include that goes against the table, or is written in another form than "folder/…"."""
    wrong = []
    for path in source_files(matcher, ".c", ".h"):
        own = path.split(os.sep)[0]
        for name in INCLUDE.findall(read(matcher, path)):
            folder = name.split("/")[0]
            known = own in LAYER_OF and folder in LAYER_OF and "/" in name
            if not known or not (folder == own or LAYER_OF[folder] < LAYER_OF[own]):
                wrong.append(f"{path}: {name}")
    return wrong


def function_lengths(text):
    """[(first line, number of lines)] of the functions in a formatted C file: from signature to closing brace."""
    lengths, begun = [], None
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line == "{":
            begun = number
            while begun > 0 and lines[begun - 1] and not re.match(r"^[}#/*]|^ \*", lines[begun - 1]):
                begun -= 1
        elif line == "}" and begun is not None:
            lengths.append((begun + 1, number - begun + 1))
            begun = None
    return lengths


class Layout(unittest.TestCase):
    def test_the_top_level_is_the_designed_one(self):
        listed = subprocess.run(["git", "-C", support.SOURCE, "ls-files", "--cached", "--others", "--exclude-standard"],
                                capture_output=True, text=True)
        names = listed.stdout.splitlines() if listed.returncode == 0 else os.listdir(support.SOURCE)
        found = {name.split("/")[0] for name in names} - {"build"}
        visible = {name for name in found if not name.startswith(".")}
        self.assertEqual(visible - set(TOP_LEVEL), set(), "not in the design")
        self.assertEqual(set(TOP_LEVEL) - visible - FOLDERS_THAT_MAY_BE_EMPTY, set(), "missing")

    def test_no_file_of_the_shared_data_is_copied(self):
        data = os.path.join(support.SHARED, "data")
        if not os.path.isdir(data):
            self.skipTest("shared/data is not there")
        shared = {support.sha256(support.read_bytes(os.path.join(data, name))): name for name in os.listdir(data)}
        self.assertGreater(len(shared), 5)
        compared = 0
        for folder, folders, names in os.walk(support.SOURCE):
            folders[:] = [name for name in folders if name not in (".git", "build", "node_modules")]
            for name in names:
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    compared += 1
                    self.assertNotIn(support.sha256(support.read_bytes(path)), shared, path)
        self.assertGreater(compared, 50)

    def test_the_readme_has_the_settings_as_the_program_knows_them(self):
        readme = os.path.join(support.SOURCE, "README.md")
        if not os.path.exists(readme):
            self.skipTest("README.md is not there")
        table = support.run("check-config", "--markdown")
        self.assertEqual(table.returncode, 0, table.stderr)
        self.assertGreater(len(table.stdout.splitlines()), 5)
        self.assertIn(table.stdout, support.read_bytes(readme).decode(), "copy the output of check-config --markdown")


class Sources(support.TestCase):
    def setUp(self):
        super().setUp()
        self.matcher = os.path.join(support.SOURCE, "matcher")

    def test_every_folder_is_in_the_table(self):
        folders = {path.split(os.sep)[0] for path in source_files(self.matcher, ".c", ".h")}
        self.assertLessEqual(folders, set(LAYER_OF))
        self.assertGreaterEqual(folders, {"base", "match", "main.c"})

    def test_includes_point_one_way(self):
        self.assertEqual(wrong_includes(self.matcher), [])

    def test_a_wrong_include_is_found(self):
        cases = [("base/err.c", "match/market.h"), ("match/geo.c", "intake/row.h"), ("intake/row.c", "store/store.h"),
                 ("match/geo.c", "signal/exact.h"), ("offline/job.h", "engine/round.h"), ("intake/row.c", "cmd/options.h"),
                 ("cmd/command.c", "main.c"), ("base/err.c", "err.h"), ("base/err.c", "../match/geo.h"),
                 ("base/err.c", "nowhere/x.h")]
        for path, name in cases:
            with self.subTest(path=path, name=name):
                copy = self.path("matcher")
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(self.matcher, copy, ignore=shutil.ignore_patterns("node_modules"))
                text = read(copy, path)
                support.write_bytes(os.path.join(copy, path), f'#  include "{name}"\n{text}'.encode())
                self.assertEqual(wrong_includes(copy), [f"{path}: {name}"])

    def test_header_guards_are_the_paths(self):
        headers = source_files(self.matcher, ".h")
        self.assertGreater(len(headers), 10)
        for path in headers:
            guard = re.sub(r"[^A-Z0-9]", "_", path.upper())
            text = read(self.matcher, path)
            directives = re.findall(r"(?m)^#.*$", text)
            self.assertEqual(directives[:2], [f"#ifndef {guard}", f"#define {guard}"], path)
            self.assertEqual(text.rstrip().split("\n")[-1], "#endif", path)

    def test_headers_begin_with_a_comment_that_names_them(self):
        for path in source_files(self.matcher, ".h"):
            start = rf"/\*\n \* {re.escape(os.path.basename(path))} - \S"
            self.assertRegex(read(self.matcher, path), rf"\A{start}", path)

    def test_no_function_and_no_file_is_too_long(self):
        functions = 0
        for path in source_files(self.matcher, ".c", ".h"):
            text = read(self.matcher, path)
            self.assertLessEqual(len(text.splitlines()), FILE_LINES_MAX, path)
            for line, length in function_lengths(text):
                functions += 1
                self.assertLessEqual(length, FUNCTION_LINES_MAX, f"{path}:{line}")
        self.assertGreater(functions, 200)

    def test_no_file_of_the_tests_is_too_long_either(self):
        tests = os.path.join(support.SOURCE, "tests")
        paths = source_files(tests, ".c", ".h")
        self.assertGreater(len(paths), 50)
        for path in paths:
            text = read(tests, path)
            self.assertLessEqual(len(text.splitlines()), FILE_LINES_MAX, path)
            for line, length in function_lengths(text):
                self.assertLessEqual(length, FUNCTION_LINES_MAX, f"{path}:{line}")

    def test_long_functions_are_found(self):
        body = "    step();\n" * 57
        fits = f"static int f(int a,\n             int b)\n{{\n{body[:-12]}}}\n"
        self.assertEqual(function_lengths(f"#include <x.h>\n\n{fits}"), [(3, 60)])
        self.assertEqual(function_lengths(f"/* why */\nint g(void)\n{{\n{body}    return 1;\n}}\n\n{fits}"), [(2, 61), (64, 60)])


if __name__ == "__main__":
    support.main()

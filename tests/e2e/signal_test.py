"""`stagematch signal` against values that other programs computed: R (exact tests) and exact rational arithmetic (e-values)."""
import json
import math
import os
import unittest

import support

CLOSE = 1e-9


class Signal(support.TestCase):
    def compute(self, content):
        path = self.path("vectors.json")
        support.write_bytes(path, json.dumps(content).encode())
        done = support.run("signal", "--vectors", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def shared(self, name):
        path = os.path.join(support.SHARED, "vectors", name)
        if not os.path.exists(path):
            self.skipTest(f"{path} is not there")
        with open(path) as file:
            return json.load(file)

    def assert_close(self, got, expected, where):
        if isinstance(expected, (list, tuple)):
            self.assertEqual(len(got), len(expected), where)
            for i, pair in enumerate(zip(got, expected)):
                self.assert_close(*pair, f"{where}[{i}]")
        elif isinstance(expected, (int, float)) and isinstance(got, (int, float)):
            self.assertTrue(math.isclose(got, expected, rel_tol=CLOSE, abs_tol=1e-300 if expected else 1e-12), f"{where}: {got}, not {expected}")
        else:
            self.assertEqual(got, expected, where)

    def test_small_tables(self):
        got = self.compute({"vectors": [{"id": "tea", "tables": [{"n": 8, "m": 4, "r": 4, "x": 3}]}]})["tea"]
        self.assertEqual(list(got), ["p_greater", "p_less", "p_two_sided", "midp_greater", "midp_less", "cond_mle_or", "ci95"])
        self.assert_close(got["p_greater"], 17 / 70, "tea")
        got = self.compute({"single": [{"n": 2, "m": 1, "r": 1, "x": 1, "gamma": "1"}]})
        self.assert_close(got["single"][0]["e_mix"], 3239 / 2200, "single")

    def test_exact_tests_are_those_of_r(self):
        vectors = self.shared("cmh.json")
        got = self.compute(vectors)
        self.assertEqual(list(got), [vector["id"] for vector in vectors["vectors"]])
        for vector in vectors["vectors"]:
            mine, name = got[vector["id"]], vector["id"]
            for key in ("p_greater", "p_less", "p_two_sided"):
                self.assert_close(mine[key], vector["R"][key], f"{name} {key}")
            for key in ("midp_greater", "midp_less"):
                self.assert_close(mine[key], vector[key], f"{name} {key}")
            # R finds these with a root finder of low precision; the unit tests hold ours against their definition.
            for one, other in zip([mine["cond_mle_or"], *mine["ci95"]], [vector["R"]["cond_mle_or"], *vector["R"]["ci95"]]):
                if isinstance(other, float) and other:
                    self.assertTrue(math.isclose(one, other, rel_tol=0.01), f"{name}: {one}, not {other}")
                else:
                    self.assertEqual(one, other, name)

    def test_e_values_are_exact(self):
        vectors = self.shared("evalues.json")
        got = self.compute(vectors)
        for name in ("single", "product", "did", "ebh", "adjuster"):
            self.assertEqual(len(got[name]), len(vectors[name]))
            for i, (mine, expected) in enumerate(zip(got[name], vectors[name])):
                for key, value in mine.items():
                    self.assert_close(value, expected[key], f"{name}[{i}] {key}")

    def test_bad_files_are_refused(self):
        for content in (b"{", b"{}", b'{"vectors": [{"id": "x", "tables": [{"n": 1, "m": 2, "r": 1, "x": 0}]}]}',
                        b'{"single": [{"n": 2, "m": 1, "r": 1, "x": 1, "gamma": "0"}]}',
                        b'{"single": [{"n": -2, "m": 1, "r": 1, "x": 1, "gamma": 1}]}', b'{"adjuster": [{"sup": 0.5}]}'):
            path = self.path("bad.json")
            support.write_bytes(path, content)
            done = support.run("signal", "--vectors", path)
            self.assertEqual(done.returncode, 1, content)
            self.assertNotEqual(done.stderr, "")
        self.assertEqual(support.run("signal").returncode, 2)
        self.assertEqual(support.run("signal", "--vectors", "/nowhere.json").returncode, 1)

    def test_what_is_no_ledger_is_refused(self):
        path = self.path("engine.sqlite")
        support.write_bytes(path, b"SQLite format 3\0" + bytes(4096))
        for wrong in (path, "/nowhere", os.path.dirname(path)):
            done = support.run("signal", "--ledger", wrong)
            self.assertEqual((done.returncode, done.stdout), (1, ""), wrong)
            self.assertNotEqual(done.stderr, "")
        self.assertEqual(support.run("signal", "--ledger", path, "--vectors", path).returncode, 2)


if __name__ == "__main__":
    unittest.main()

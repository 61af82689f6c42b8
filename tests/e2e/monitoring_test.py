"""The dashboard and the alert rules name metrics that a running service has, with the labels that it gives them."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import urllib.request

import support
from certificates import Certificates
from service import Service, read

FOLDER = os.path.join(support.CONFIG, "monitoring")


class Monitoring(support.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="stagematch-monitoring-"))
        certificates = Certificates(folder)
        certificates.make("own")
        certificates.use("own")
        service = Service(settings=certificates.settings)
        service.tls = certificates.context("own")
        cls.enterClassContext(service)
        service.log_in_operator()
        with urllib.request.urlopen(f"http://{service.metrics_address}/metrics", timeout=30) as answer:
            cls.text = answer.read().decode()
        cls.names = set(re.findall(r"^(stagematch_\w+)", cls.text, re.M))
        cls.dashboard = json.loads(read(os.path.join(FOLDER, "dashboard.json")))
        cls.rules = read(os.path.join(FOLDER, "alerts.yaml"))

    def expressions(self):
        for panel in self.dashboard["panels"]:
            for target in panel["targets"]:
                yield panel["title"], target["expr"]
        for line in re.findall(r"^\s+expr: (.*)$", self.rules, re.M):
            yield "alert", line

    def test_every_metric_is_there(self):
        expressions = list(self.expressions())
        self.assertGreater(len(expressions), 30)
        for title, expression in expressions:
            for name in re.findall(r"\bstagematch_\w+", expression):
                self.assertIn(name, self.names, title)

    def test_every_label_is_there(self):
        for title, expression in self.expressions():
            for labels in re.findall(r"\bby \(([^)]*)\) \((?:rate\()?(stagematch_\w+)", expression):
                for label in labels[0].split(", "):
                    self.assertRegex(self.text, rf"{labels[1]}{{[^}}]*\b{label}=", title)

    def test_every_legend_has_its_label(self):
        for panel in self.dashboard["panels"]:
            for target in panel["targets"]:
                for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
                    self.assertIn(f"by ({label})", target["expr"], panel["title"])

    def test_every_alert_says_what_to_do(self):
        alerts = self.rules.split("- alert: ")[1:]
        self.assertGreater(len(alerts), 8)
        for alert in alerts:
            for field in ("expr:", "severity:", "summary:", "action:"):
                self.assertIn(field, alert)

    @unittest.skipUnless(shutil.which("promtool"), "promtool (of Prometheus) is not installed")
    def test_prometheus_reads_the_rules(self):
        done = subprocess.run(["promtool", "check", "rules", os.path.join(FOLDER, "alerts.yaml")], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

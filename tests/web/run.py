"""Runs one file of browser tests: usage: run.py FILE.test.mjs. Exits with 77 (skipped, saying why) where a browser or the built pages are not there.

What Node needs is installed once beside the build (STAGEMATCH_TOOLS), not in the source tree; so the tests run from a copy there.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
BROWSERS = ("chromium", "chromium-browser")


def read(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read()


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def install(folder):
    """The packages of package-lock.json, once for each version of it; another run may be doing so at the same time."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, ".installed")):
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(os.path.join(HERE, name), folder)
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder, check=True)
            open(os.path.join(folder, ".installed"), "w").close()
        for name in os.listdir(HERE):
            if name.endswith((".mjs", ".py")):
                shutil.copy(os.path.join(HERE, name), folder)


def main():
    browser = os.environ.get("STAGEMATCH_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        skip("no Chromium (Debian's package chromium)")
    if not shutil.which("npm"):
        skip("no npm")
    if not os.path.exists(os.path.join(os.environ.get("STAGEMATCH_WEB_ROOT", ""), "index.html")):
        skip("the web application was not built")
    key = hashlib.sha256(read("package-lock.json")).hexdigest()[:16]
    folder = os.path.join(os.environ.get("STAGEMATCH_TOOLS", os.path.join(HERE, "..", "..", "build", "tools")), f"web-tests-{key}")
    install(folder)
    environment = {**os.environ, "STAGEMATCH_BROWSER": browser}
    sys.exit(subprocess.run(["node", "--test-reporter=spec", os.path.join(folder, sys.argv[1])], env=environment).returncode)


if __name__ == "__main__":
    main()

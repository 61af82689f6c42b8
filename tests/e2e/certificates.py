"""Certificates for one test, made with openssl."""
import os
import shutil
import ssl
import subprocess

import support


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Certificates:
    """Certificates that vouch for themselves, in one folder."""

    def __init__(self, folder):
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, days=30):
        """NAME.crt and NAME.key; `days` below 0: expired so long ago."""
        key, request, extension = self.path(f"{name}.key"), self.path("request"), self.path("extension")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
                "-subj", f"/CN={name}")
        support.write_bytes(extension, b"subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        openssl("x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-extfile", extension,
                "-out", self.path(f"{name}.crt"))
        os.chmod(key, 0o600)

    def use(self, certificate, key=None):
        """What the service reads next."""
        for source, target in ((f"{certificate}.crt", "served.crt"), (f"{key or certificate}.key", "served.key")):
            shutil.copyfile(self.path(source), self.path(target))
            os.chmod(self.path(target), 0o600)

    @property
    def settings(self):
        return {"tls_certificate": self.path("served.crt"), "tls_key": self.path("served.key"),
                "public_url": "https://stage.example.nl"}

    def context(self, *names):
        """A client that trusts these."""
        context = ssl.create_default_context()
        for name in names:
            context.load_verify_locations(self.path(f"{name}.crt"))
        return context

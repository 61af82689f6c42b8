"""A redis-server of its own for one test: with the project's configuration on a Unix socket, or on a port of loopback."""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import support


def is_there():
    return shutil.which("redis-server") is not None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    def __init__(self, *arguments, config=True, sentinel_port=None):
        self.folder = tempfile.mkdtemp(prefix="stagematch-redis-")
        os.chmod(self.folder, 0o755)
        self.socket = os.path.join(self.folder, "socket")
        self.words = ["redis-server"]
        self.words += [os.path.join(support.CONFIG, "redis.conf")] if config else ["--save", "", "--appendonly", "no"]
        if sentinel_port:
            own = os.path.join(self.folder, "sentinel.conf")  # it writes there what it knows
            support.write_bytes(own, f"port {sentinel_port}\nbind 127.0.0.1\n".encode())
            self.words = ["redis-server", own, "--sentinel"]
        self.words += ["--unixsocket", self.socket, "--dir", self.folder, *arguments]
        self.process = None

    @property
    def address(self):
        return "unix:" + self.socket

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 30
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                try:
                    probe.connect(self.socket)
                    return
                except OSError:
                    pass
            log = support.read_bytes(os.path.join(self.folder, "log")).decode()
            assert self.process.poll() is None and time.monotonic() < end, log
            time.sleep(0.01)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if os.path.exists(self.socket):
            os.unlink(self.socket)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def tell(self, line):
        """One command as text, past the service; the beginning of the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(30)
            connection.connect(self.socket)
            connection.sendall(line.encode() + b"\r\n")
            return connection.recv(65536).decode("utf-8", "replace")

"""A client of Connect's server streams: one stream read by a thread of its own, message by message."""
import json
import socket
import ssl
import struct
import threading
import time

GZIP, END = 1, 2


class Watcher:
    """Calls Service/Method and collects what comes. `events` has messages that say something, `all` the heartbeats too; `end` is the JSON
    of the last envelope once it came."""

    def __init__(self, service, method, who=None, headers=None, reads=True, receive_bytes=None, **fields):
        self.all, self.end, self.status, self.cut = [], None, None, False
        self.changed = threading.Condition()
        body = json.dumps(fields).encode()
        sent = {"Host": "localhost", "Content-Type": "application/connect+json", "Connect-Protocol-Version": "1",
                "Content-Length": str(5 + len(body)), **(headers or {})}
        if who is not None:
            sent["Authorization"] = "Bearer " + service.tokens.get(who, who)
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(60)
        self.socket.connect((service.host, int(service.port)))
        if isinstance(service.tls, ssl.SSLContext):
            self.socket = service.tls.wrap_socket(self.socket, server_hostname="localhost")
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.socket.sendall(f"POST /stagematch.v1.{method} HTTP/1.1\r\n{head}\r\n".encode()
                            + struct.pack(">BI", 0, len(body)) + body)
        self.thread = threading.Thread(target=self.read, daemon=True)
        if reads:
            self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        if self.thread.is_alive():
            self.thread.join(30)
        self.socket.close()

    def start_reading(self):
        self.thread.start()

    # -- the thread ---------------------------------------------------------------------------------------------------

    def read(self):
        try:
            file = self.socket.makefile("rb")
            self.read_head(file)
            self.read_messages(self.chunks(file))
        except (OSError, ValueError, EOFError, struct.error):
            pass
        with self.changed:
            self.cut = True
            self.changed.notify_all()

    def read_head(self, file):
        status = file.readline()
        headers = {}
        while (line := file.readline().strip()):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        with self.changed:
            self.status, self.headers = int(status.split()[1]), headers
            self.changed.notify_all()

    def chunks(self, file):
        if self.headers.get("transfer-encoding") != "chunked":
            yield file.read(int(self.headers.get("content-length", 0)))
            return
        while True:
            line = file.readline()
            if not line:
                raise EOFError
            length = int(line, 16)
            chunk = file.read(length)
            file.readline()
            if length == 0:
                return
            yield chunk

    def read_messages(self, chunks):
        pending = b""
        for chunk in chunks:
            pending += chunk
            while len(pending) >= 5:
                flags, length = struct.unpack(">BI", pending[:5])
                if len(pending) < 5 + length:
                    break
                self.take(flags, pending[5:5 + length])
                pending = pending[5 + length:]

    def take(self, flags, message):
        with self.changed:
            if flags & END:
                self.end = json.loads(message)
            else:
                self.all.append(json.loads(message))
            self.changed.notify_all()

    # -- the test -----------------------------------------------------------------------------------------------------

    @property
    def events(self):
        return [message for message in list(self.all) if not message.get("heartbeat")]

    def until(self, condition, what, within=60):
        """What the condition gives, once that is true."""
        end = time.monotonic() + within
        with self.changed:
            while not (result := condition()):
                left = end - time.monotonic()
                if left <= 0 or (self.cut and not condition()):
                    raise AssertionError(f"no {what}: status {self.status}, end {self.end}, {self.all[-3:]}")
                self.changed.wait(min(left, 1))
            return result

    def first(self, within=60):
        return self.until(lambda: self.all and self.all[0], "first message", within)

    def event(self, fits, what="such an event", within=60):
        return self.until(lambda: next((e for e in self.events if fits(e)), None), what, within)

    def ended(self, within=60):
        """The error of the end; {} for none."""
        self.until(lambda: self.end is not None, "end", within)
        return self.end.get("error", {})

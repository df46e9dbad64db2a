"""A thin stretch of network between a browser and the site: it can lose an answer, go silent, or bring a newer app."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Passing:
    """`lose_answers`: so many answers of the door are swallowed once the site has them. `newer` (old, new): the text
    of the app's version, replaced in what passes. `sent` counts what reached the door,
    `bytes` what went back to the browser, compressed as the site compresses it."""

    def __init__(self, base_url: str) -> None:
        self.base = urlsplit(base_url)
        self.lose_answers = 0
        self.newer: tuple[bytes, bytes] | None = None
        self.sent = 0
        self.bytes = 0
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    passing: Passing

    def log_message(self, *_arguments: object) -> None:
        """The test says what matters."""

    def do_GET(self) -> None:
        self._pass()

    def do_POST(self) -> None:
        self._pass()

    def do_HEAD(self) -> None:
        self._pass()

    def _pass(self) -> None:
        passing = self.passing
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict(self.headers.items())
        if passing.newer is not None:
            headers.pop("Accept-Encoding", None)
        connection = http.client.HTTPConnection(passing.base.hostname or "", passing.base.port or 80, timeout=30)
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if self.path.startswith("/field/send/"):
            passing.sent += 1
            if passing.lose_answers:
                passing.lose_answers -= 1
                self.close_connection = True
                self.connection.close()
                return
        if passing.newer is not None:
            content = content.replace(*passing.newer)
        passing.bytes += len(content) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "server", "date"}:
                self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def passing_to(base_url: str) -> Iterator[Passing]:
    passing = Passing(base_url)
    handler = type("Handler", (_Handler,), {"passing": passing})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    passing.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield passing
    finally:
        server.shutdown()
        server.server_close()

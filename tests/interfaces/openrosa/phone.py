"""A client that behaves as ODK Collect does: asks by HEAD first, answers a Digest challenge and keeps it for the next
requests, gives up when refused twice, splits attachments by the length the server accepts, and sends again."""

from __future__ import annotations

import hashlib
import http.client
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from django.test import Client

BOUNDARY = "--7d1c-phone"
Part = tuple[str, str | None, str, bytes]  # field, file name, content type, content


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def message(self) -> str:
        found = re.search(r"<message>(.*)</message>", self.body.decode())
        return found[1] if found else ""


class Transport(Protocol):
    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@dataclass
class InProcess:
    """Through Django's own handler."""

    secure: bool = False
    client: Client = field(default_factory=Client)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        kind = given.pop("HTTP_CONTENT_TYPE", "")
        found = self.client.generic(method, path, body, content_type=kind, secure=self.secure, **given)
        return Answer(found.status_code, _first(found.items()), found.content)


@dataclass
class OverTheWire:
    """Through a server at `address`, one connection a request."""

    address: str  # 127.0.0.1:8000

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        link = http.client.HTTPConnection(self.address, timeout=60)
        try:
            link.request(method, path, body or None, dict(headers))
            found = link.getresponse()
            return Answer(found.status, _first(found.getheaders()), found.read())
        finally:
            link.close()


@dataclass
class Phone:
    server_url: str  # as scanned from the code
    username: str
    password: str
    transport: Transport = field(default_factory=InProcess)
    asked: list[tuple[str, int]] = field(default_factory=list)  # method and status, as they went
    _challenge: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "", **headers: str) -> Answer:
        """Signed where a challenge is known; once more where the server challenges anew."""
        found = self._once(method, path, body, content_type, headers)
        if found.status == 401 and found.headers["www-authenticate"].startswith("Digest "):
            was_signed = bool(self._challenge)
            challenge = dict(re.findall(r'(\w+)="?([^",]+)"?', found.headers["www-authenticate"][7:]))
            if was_signed and challenge.get("stale") != "true":
                return found  # refused twice: the password is wrong
            self._challenge, self._count = challenge, 0
            found = self._once(method, path, body, content_type, headers)
        return found

    def form_list(self, query: str = "") -> Answer:
        return self.ask("GET", f"{self.path}/formList{query}")

    def fetch(self, url: str) -> Answer:
        parts = urlsplit(url)
        return self.ask("GET", parts.path + (f"?{parts.query}" if parts.query else ""))

    def submit(self, xml: bytes, files: Sequence[tuple[str, bytes]] = ()) -> list[Answer]:
        """HEAD, then as many posts as the accepted length asks for, each with the form first."""
        head = self.ask("HEAD", f"{self.path}/submission?deviceID=collect%3Aabc")
        if head.status != 204:
            return [head]
        most = int(head.headers["x-openrosa-accept-content-length"])
        answers, left = [], list(files)
        while True:
            batch: list[tuple[str, bytes]] = []
            size = len(xml)
            while left and (not batch or size + len(left[0][1]) < most):
                name, content = left.pop(0)
                batch.append((name, content))
                size += len(content)
            parts: list[Part] = [("xml_submission_file", "submission.xml", "text/xml", xml)]
            parts += [(name, name, "image/jpeg", content) for name, content in batch]
            if left:
                parts.append(("*isIncomplete*", None, "", b"yes"))
            answers.append(self.post(parts))
            if not left:
                return answers

    def post(self, parts: Sequence[Part], query: str = "?deviceID=collect%3Aabc") -> Answer:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", f"{self.path}/submission{query}", multipart(parts), kind)

    @property
    def path(self) -> str:
        return urlsplit(self.server_url).path

    def signed(self, method: str, path: str) -> str:
        """The next Authorization header for this request."""
        self._count += 1
        known, nc, cnonce = self._challenge, f"{self._count:08x}", secrets.token_hex(8)
        ha1 = _md5(f"{self.username}:{known['realm']}:{self.password}")
        ha2 = _md5(f"{method}:{path}")
        response = _md5(f"{ha1}:{known['nonce']}:{nc}:{cnonce}:auth:{ha2}")
        return (
            f'Digest username="{self.username}", realm="{known["realm"]}", nonce="{known["nonce"]}", uri="{path}", '
            f'response="{response}", qop=auth, nc={nc}, cnonce="{cnonce}", algorithm=MD5'
        )

    def _once(self, method: str, path: str, body: bytes, content_type: str, headers: Mapping[str, str]) -> Answer:
        told = {"X-OpenRosa-Version": "1.0", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if content_type:
            told["Content-Type"] = content_type
        if self._challenge:
            told["Authorization"] = self.signed(method, path)
        found = self.transport(method, path, told, body)
        self.asked.append((method, found.status))
        return found


def multipart(parts: Sequence[Part], *, boundary: str = BOUNDARY) -> bytes:
    """As OkHttp writes it: names in raw UTF-8."""
    body = b""
    for name, file_name, kind, content in parts:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        body += f'; filename="{file_name}"'.encode() if file_name is not None else b""
        body += f"\r\nContent-Type: {kind}".encode() if kind else b""
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def _first(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of a header that comes twice the first, as a client reads that knows Digest."""
    found: dict[str, str] = {}
    for name, value in headers:
        found.setdefault(name.lower(), value)
    return found


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()

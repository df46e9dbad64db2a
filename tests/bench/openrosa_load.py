"""Phones that send without a pause: each keeps a connection, proves itself by Digest, and sends the next at once."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Iterator, Sequence

BOUNDARY = "----samaki-bench-7d1c"
NONCE_LASTS = 200  # seconds; the server's last five minutes


class Refused(Exception):
    """An answer that is not 2xx ends the run."""


class Phone:
    """One connection of one user; `send` waits for the answer."""

    def __init__(self, host: str, port: int, path: str, name: str, password: str) -> None:
        self.host, self.port, self.path, self.name, self.password = host, port, path, name, password
        self.count = 0
        self.asked_at = 0.0

    async def open(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def challenge(self) -> None:
        """A new nonce, as a phone gets it: by a HEAD that is refused. Raises Refused where none is offered."""
        status, head = await self._ask("HEAD", b"", "")
        offered = re.search(r"(?i)www-authenticate: digest (.*)", head)
        if offered is None:
            raise Refused(f"{status}, and no Digest challenge: {head[:400]}")
        found = dict(re.findall(r'(\w+)="?([^",]+)"?', offered[1]))
        self.nonce, self.realm, self.count, self.asked_at = found["nonce"], found["realm"], 0, time.monotonic()

    async def send(self, body: bytes) -> float:
        """Seconds until the answer. Raises Refused."""
        if time.monotonic() - self.asked_at > NONCE_LASTS:
            await self.challenge()
        begun = time.perf_counter()
        status, head = await self._ask("POST", body, self._authorization())
        if not 200 <= status < 300:
            raise Refused(f"{status}: {head[:400]}")
        return time.perf_counter() - begun

    def _authorization(self) -> str:
        self.count += 1
        nc, cnonce = f"{self.count:08x}", "0a4f113b"
        ha1 = _md5(f"{self.name}:{self.realm}:{self.password}")
        response = _md5(f"{ha1}:{self.nonce}:{nc}:{cnonce}:auth:{_md5(f'POST:{self.path}')}")
        return (
            f'Authorization: Digest username="{self.name}", realm="{self.realm}", nonce="{self.nonce}", '
            f'uri="{self.path}", qop=auth, nc={nc}, cnonce="{cnonce}", response="{response}", algorithm=MD5\r\n'
        )

    async def _ask(self, method: str, body: bytes, authorization: str, *, again: bool = False) -> tuple[int, str]:
        head = (
            f"{method} {self.path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nX-OpenRosa-Version: 1.0\r\n"
            f"{authorization}"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        try:
            answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError as closed:
            if closed.partial or again:
                raise
            await self.open()  # the server lets go of a connection that is long idle; a client asks again
            return await self._ask(method, body, authorization, again=True)
        length = re.search(r"(?im)^content-length: (\d+)", answer)
        if method != "HEAD" and length:
            await self.reader.readexactly(int(length[1]))
        return int(answer[9:12]), answer


def multipart(xml: bytes) -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="submission.xml"\r\n'
        "Content-Type: text/xml\r\n\r\n"
    )
    return head.encode() + xml + f"\r\n--{BOUNDARY}--\r\n".encode()


async def _run(phones: Sequence[Phone], bodies: Sequence[bytes]) -> tuple[float, list[float]]:
    for phone in phones:
        await phone.open()
        await phone.challenge()
    left: Iterator[bytes] = iter(bodies)
    waits: list[float] = []

    async def work(phone: Phone) -> None:
        for body in left:
            waits.append(await phone.send(body))

    begun = time.perf_counter()
    await asyncio.gather(*(work(phone) for phone in phones))
    seconds = time.perf_counter() - begun
    for phone in phones:
        phone.writer.close()
    return seconds, waits


def load(
    host: str, port: int, path: str, people: Sequence[tuple[str, str]], submissions: Sequence[bytes]
) -> tuple[float, list[float]]:
    """Sends all, one phone for each of `people` (user name, password); seconds in all, and of each."""
    bodies = [multipart(xml) for xml in submissions]
    return asyncio.run(_run([Phone(host, port, path, *one) for one in people], bodies))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

"""A real server: what only sockets, threads and a killed process can show. On both databases."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.interfaces.openrosa.forms import filled, new_id
from tests.interfaces.openrosa.phone import BOUNDARY, Answer, Part, multipart
from tests.interfaces.openrosa.site import Site, a_site
from tests.interfaces.openrosa.test_form_list import listed
from tests.interfaces.openrosa.test_submission import file_part, form_part

KIND = f"multipart/form-data; boundary={BOUNDARY}"
STORED = (
    "__import__('samaki.engines.fieldforms.models', fromlist=['x']).Submission.objects.count(), "
    "__import__('samaki.engines.fieldforms.models', fromlist=['x']).Attachment.objects.exclude(stored='').count()"
)
INSTANCES = (
    "list(__import__('samaki.engines.fieldforms.models', fromlist=['x'])"
    ".Submission.objects.values_list('instance_id', flat=True))"
)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with django_db_blocker.unblock(), a_site(tmp_path_factory.mktemp("wire")) as made:
        made.start()
        yield made


def stored(site: Site) -> list[int]:
    """Submissions and files, as the site's database counts them."""
    found = site.asked(f"[{STORED}]")
    assert isinstance(found, list)
    return found


def raw(site: Site, head: str, *chunks: bytes, close: bool = False, wait: float = 30) -> bytes:
    """What the server says to these bytes."""
    host, port = site.address.split(":")
    with socket.create_connection((host, int(port)), timeout=wait) as link:
        link.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
        for chunk in chunks:
            link.sendall(chunk)
        if close:
            return b""
        said = b""
        while b"\r\n\r\n" not in said and (found := link.recv(65536)):
            said += found
        return said


def test_what_collect_does_from_the_first_list_to_a_record_in_parts(site: Site) -> None:
    phone = site.phone()
    (entry,) = listed(phone.form_list("?formID=visit"))
    assert phone.fetch(entry["downloadUrl"]).status == 200
    before = stored(site)
    xml = filled(new_id(), place="ភូមិ", picture="រូប.jpg", sound="b.mp3")
    answers = phone.submit(xml, [("រូប.jpg", b"x" * 100_000), ("b.mp3", b"y" * 50)])
    again = phone.submit(xml, [("រូប.jpg", b"x" * 100_000), ("b.mp3", b"y" * 50)])
    assert [one.status for one in (*answers, *again)] == [201, 202]
    assert stored(site) == [before[0] + 1, before[1] + 2]


def test_each_answer_has_one_date_and_the_version(site: Site) -> None:
    phone = site.phone()
    for answer in (phone.form_list(), phone.ask("HEAD", f"{phone.path}/submission"), phone.ask("GET", "/or/none")):
        assert answer.headers["x-openrosa-version"] == "1.0"
    said = raw(site, f"GET {phone.path}/formList HTTP/1.1\nHost: {site.address}")
    assert said.startswith(b"HTTP/1.1 401")
    assert (said.lower().count(b"\r\ndate:"), said.lower().count(b"\r\nx-openrosa-version:")) == (1, 1)


def test_a_body_of_200_mb_is_a_413_before_it_is_sent(site: Site) -> None:
    phone = site.phone()
    phone.form_list()
    path = f"{phone.path}/submission"
    head = f"POST {path} HTTP/1.1\nHost: {site.address}\nContent-Type: {KIND}\nContent-Length: {200 * 1024 * 1024}"
    before = time.monotonic()
    for signed in ("", f"\nAuthorization: {phone.signed('POST', path)}"):
        assert raw(site, head + signed).startswith(b"HTTP/1.1 413")
    assert time.monotonic() - before < 10


def chunked(body: bytes, size: int = 8_192) -> Iterator[bytes]:
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    yield b"0\r\n\r\n"


def test_a_chunked_body_is_taken_whole(site: Site) -> None:
    phone = site.phone()
    phone.form_list()
    path, before = f"{phone.path}/submission", stored(site)
    body = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg", b"x" * 60_000)])
    head = (
        f"POST {path} HTTP/1.1\nHost: {site.address}\nContent-Type: {KIND}\nTransfer-Encoding: chunked\n"
        f"Authorization: {phone.signed('POST', path)}"
    )
    assert raw(site, head, *chunked(body)).startswith(b"HTTP/1.1 201")
    assert stored(site) == [before[0] + 1, before[1] + 1]


def test_a_chunked_body_is_bounded_too(site: Site) -> None:
    phone = site.phone()
    phone.form_list()
    path, before = f"{phone.path}/submission", stored(site)
    head = (
        f"POST {path} HTTP/1.1\nHost: {site.address}\nContent-Type: {KIND}\nTransfer-Encoding: chunked\n"
        f"Authorization: {phone.signed('POST', path)}"
    )
    start = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg")]).removesuffix(
        f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    said = b""
    with contextlib.suppress(ConnectionError):  # it stopped reading, which is the point
        said = raw(site, head, *chunked(start, len(start)), *chunked(b"x" * 64_000_000, 1_000_000))
    assert said[:12] in {b"", b"HTTP/1.1 413"}
    assert stored(site) == before
    assert files_on_disk(site) == before[1]


def files_on_disk(site: Site) -> int:
    return len([path for path in (site.folder / "files").rglob("*") if path.is_file()])


def test_a_client_that_hangs_up_half_way_leaves_nothing(site: Site) -> None:
    phone = site.phone()
    phone.form_list()
    path, before = f"{phone.path}/submission", stored(site)
    body = multipart([form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg", b"x" * 500_000)])
    for share in (0.05, 0.5, 0.99):
        head = (
            f"POST {path} HTTP/1.1\nHost: {site.address}\nContent-Type: {KIND}\nContent-Length: {len(body)}\n"
            f"Authorization: {phone.signed('POST', path)}"
        )
        raw(site, head, body[: int(len(body) * share)], close=True)
    until = time.monotonic() + 10
    while files_on_disk(site) > before[1] and time.monotonic() < until:
        time.sleep(0.1)
    assert (stored(site), files_on_disk(site)) == (before, before[1])
    assert phone.form_list().status == 200


def test_parallel_identical_posts_make_one_record(site: Site) -> None:
    before = stored(site)
    xml = filled(new_id(), place="x", picture="a.jpg")
    start = threading.Barrier(16)

    def post(_number: int) -> Answer:
        phone = site.phone()
        phone.form_list()
        start.wait()
        return phone.post([form_part(xml), file_part("a.jpg")])

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, range(16)))
    assert Counter(one.status for one in answers) == {201: 1, 202: 15}
    assert len({one.message for one in answers}) == 1
    assert stored(site) == [before[0] + 1, before[1] + 1]
    assert files_on_disk(site) == stored(site)[1]


def test_many_posts_at_once_are_all_taken_in_bounded_memory(site: Site) -> None:
    before, instances = stored(site), [new_id() for _post in range(1_000)]
    mine = iter(instances)
    lock = threading.Lock()

    def sender(_number: int) -> list[int]:
        phone = site.phone()
        statuses: list[int] = []
        phone.form_list()
        while True:
            with lock:
                instance = next(mine, None)
            if instance is None:
                return statuses
            statuses.append(phone.post([form_part(filled(instance, place="x"))]).status)

    with ThreadPoolExecutor(50) as pool:
        statuses = [status for some in pool.map(sender, range(50)) for status in some]
    assert Counter(statuses) == {201: 1_000}
    assert stored(site)[0] == before[0] + 1_000
    assert 40 * 1024 * 1024 < most_memory(site) < 400 * 1024 * 1024


def most_memory(site: Site) -> int:
    """Bytes that the largest process of the server ever held."""
    found = [0]
    for pid in site.processes():
        with contextlib.suppress(OSError):
            told = Path(f"/proc/{pid}/status").read_text().splitlines()
            found += [int(line.split()[1]) * 1024 for line in told if line.startswith("VmHWM")]
    return max(found)


def test_an_unauthenticated_post_is_read_to_its_end_so_that_the_client_hears_the_challenge(site: Site) -> None:
    phone = site.phone()
    parts: list[Part] = [form_part(filled(new_id(), picture="a.jpg")), file_part("a.jpg", b"x" * 5_000_000)]
    assert phone.post(parts).status == 201
    assert [status for _method, status in phone.asked] == [401, 201]


@pytest.mark.parametrize("kills", [3])
def test_a_server_killed_between_posts_loses_nothing_it_acknowledged(
    tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker, kills: int
) -> None:
    acknowledged: list[str] = []
    with django_db_blocker.unblock(), a_site(tmp_path) as site:
        for _kill in range(kills):
            site.start()
            running = threading.Event()

            def post(running: threading.Event = running) -> None:
                phone = site.phone()
                with contextlib.suppress(OSError, HTTPException):  # until the server is gone, be it half-way
                    phone.form_list()
                    while True:
                        instance = new_id()
                        xml = filled(instance, place="x", picture="a.jpg")
                        answer = phone.post([form_part(xml), file_part("a.jpg", instance.encode())])
                        if answer.status == 201:
                            acknowledged.append(instance)
                            running.set()

            threads = [threading.Thread(target=post) for _thread in range(6)]
            for thread in threads:
                thread.start()
            assert running.wait(30)
            time.sleep(0.7)
            site.kill()
            for thread in threads:
                thread.join(30)
        site.start()
        kept = site.asked(INSTANCES)
        assert isinstance(kept, list)
        assert len(acknowledged) > 10
        assert set(acknowledged) - set(kept) == set()
        contents = site.asked(
            "[b''.join(__import__('samaki.engines.fieldforms.attachments', fromlist=['x']).content_of(one.stored))"
            ".decode() == one.submission.instance_id for one in "
            "__import__('samaki.engines.fieldforms.models', fromlist=['x']).Attachment.objects.all()]"
        )
        assert isinstance(contents, list)
        assert (len(contents), set(contents)) == (len(kept), {True})
        assert site.phone().submit(filled(acknowledged[-1], place="x", picture="a.jpg"))[0].status == 202

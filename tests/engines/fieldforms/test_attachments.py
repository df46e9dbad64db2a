"""Files of submissions lie sealed: cut, changed or swapped they do not open, and nobody's are swept away."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from pytest_django import Settings

from samaki.engines.fieldforms import attachments
from samaki.engines.fieldforms.attachments import PIECE, SEALED_PIECE, Sealing, content_of, sweep_files
from samaki.engines.fieldforms.models import Attachment, Form, Submission
from samaki.engines.fieldforms.operations.parcels import Received
from samaki.kernel.sealed import SealBroken
from tests.factories.programmes import a_setting

DAY = 24 * 60 * 60


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(content: bytes, chunk: int = 64 * 1024) -> Received:
    sealing = Sealing()
    for start in range(0, len(content), chunk):
        sealing.add(content[start : start + chunk])
    return sealing.finished("image/jpeg")


def the_file(folder: Path) -> Path:
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    return path


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_a_file_comes_back_as_it_came_whatever_its_size(size: int) -> None:
    content = os.urandom(size)
    received = kept(content)
    attachments.settle([received.stored])
    assert b"".join(content_of(received.stored)) == content
    assert (received.size, received.content_type, len(received.stored) <= 80) == (size, "image/jpeg", True)


def test_no_piece_of_a_file_may_be_changed_cut_moved_or_added(folder: Path) -> None:
    received = kept(os.urandom(3 * PIECE))
    whole = the_file(folder).read_bytes()
    first, second, rest = whole[:SEALED_PIECE], whole[SEALED_PIECE : 2 * SEALED_PIECE], whole[2 * SEALED_PIECE :]
    forged = [
        whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
        first + second,
        second + first + rest,
        first + second + second + rest,
        whole + rest,
        b"",
    ]
    for content in forged:
        the_file(folder).write_bytes(content)
        with pytest.raises(SealBroken):
            list(content_of(received.stored))


def test_the_folder_alone_tells_nothing_of_a_key(folder: Path) -> None:
    received = kept(b"a face")
    path = the_file(folder)
    assert received.stored not in str(path)
    assert b"a face" not in path.read_bytes()


def test_a_file_in_anothers_place_does_not_open(folder: Path) -> None:
    one = kept(b"one")
    path = the_file(folder)
    other = kept(b"other")
    (theirs,) = [found for found in folder.rglob("*") if found.is_file() and found != path]
    path.write_bytes(theirs.read_bytes())
    with pytest.raises(SealBroken):
        list(content_of(one.stored))
    assert b"".join(content_of(other.stored)) == b"other"


def test_what_is_dropped_or_destroyed_leaves_nothing(folder: Path) -> None:
    sealing = Sealing()
    sealing.add(b"x" * 2 * PIECE)
    sealing.dropped()
    received = kept(b"x")
    attachments.destroy(received.stored)
    attachments.destroy(received.stored)
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    with pytest.raises(OSError):
        list(content_of(received.stored))


@pytest.mark.django_db
def test_the_sweep_takes_old_files_nobody_claims_and_no_others(folder: Path) -> None:
    setting = a_setting()
    form = Form.objects.create(programme=setting.programme, key="visit")
    submission = Submission.objects.create(
        form=form,
        programme=setting.programme,
        organisation=setting.ours,
        instance_id="uuid:1",
        digest=b"",
        salt=b"",
        xml=b"",
        answers=b"",
        state=Submission.State.KEPT,
        received_at="2024-05-01T00:00:00Z",
    )
    claimed, left = kept(b"claimed"), kept(b"left")
    Attachment.objects.create(submission=submission, name="a.jpg", stored=claimed.stored)
    Attachment.objects.create(submission=submission, name="b.jpg")  # expected, not here yet
    unfinished = Sealing()
    assert sweep_files() == 0
    assert sweep_files(now=time.time() + DAY + 60) == 2
    assert b"".join(content_of(claimed.stored)) == b"claimed"
    with pytest.raises(OSError):
        list(content_of(left.stored))
    unfinished.dropped()

"""A file that no page asked for is kept nowhere: neither on disk nor in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files import uploadedfile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.interfaces.web.conftest import MakeUser

pytestmark = pytest.mark.django_db
ROSTER = b"name,gender\n" + b"Neang Sokunthea,woman\n" * 200_000  # 4 MB: above what Django spools to a folder


@pytest.fixture
def spooled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that Django opens on disk for what is sent."""
    opened: list[str] = []
    real = uploadedfile.TemporaryUploadedFile.__init__

    def counted(self: uploadedfile.TemporaryUploadedFile, *args: object, **kwargs: object) -> None:
        real(self, *args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        opened.append(Path(self.temporary_file_path()).name)

    monkeypatch.setattr(uploadedfile.TemporaryUploadedFile, "__init__", counted)
    return opened


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("roster.csv", ROSTER)


def test_a_file_sent_where_none_is_asked_for_is_dropped_and_the_entries_are_kept(spooled: list[str]) -> None:
    request = RequestFactory().post("/", {"before": "1", "file": _file(), "where": "fia"})
    assert (request.POST.dict(), dict(request.FILES), spooled) == ({"before": "1", "where": "fia"}, {}, [])


@pytest.mark.parametrize("address", ["import_send", "unlock", "account_login"])
def test_a_roster_sent_to_a_locked_session_or_another_page_never_reaches_the_disk(
    signed_in: Client, spooled: list[str], address: str
) -> None:
    signed_in.post(reverse("lock"))
    to = reverse(address, args=["roster"] if address == "import_send" else [])
    assert signed_in.post(to, {"where": "fia", "file": _file()}).status_code in {302, 401, 422}
    assert spooled == []


def test_a_roster_sent_by_a_stranger_never_reaches_the_disk(spooled: list[str], make_user: MakeUser) -> None:
    make_user()
    assert Client().post(reverse("account_login"), {"login": "sokha", "file": _file()}).status_code == 200
    assert spooled == []

"""Files that go with a version of a form: pictures, prompts to be heard, tables. Only those of a draft change."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping

from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import FormMedia, FormVersion
from samaki.engines.fieldforms.operations.publishing import scope_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action

MOST_BYTES = 10 * 1024 * 1024  # one file
MOST_BYTES_TOGETHER = 50 * 1024 * 1024  # of a version: every phone fetches all of it
MOST_FILES = 300
CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "xml": "text/xml",
    "geojson": "application/geo+json",
    "json": "application/json",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "amr": "audio/amr",
    "3gp": "video/3gpp",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
}
_BARE = re.compile(r"[^/\\\x00-\x1f\x7f]{1,200}")


def attach_media(*, version: FormVersion, files: Mapping[str, bytes], by: AnyActor, at: dt.datetime) -> list[FormMedia]:
    """Files by name; one of a name that is there already takes its place. Raises Conflict("not_a_draft"), Invalid:
    media_name, media_kind, media_too_big, media_too_many."""
    with acting(by, Action.EDIT_FORMS, version, **scope_of(version.form)):
        version = _draft(version)
        for name, content in files.items():
            _expect_good(name, content)
        others = version.media.exclude(name__in=files)
        held = others.aggregate(size=Sum(Length("content")))["size"] or 0
        if held + sum(map(len, files.values())) > MOST_BYTES_TOGETHER:
            raise _too_big(MOST_BYTES_TOGETHER)
        if others.count() + len(files) > MOST_FILES:
            raise Invalid("media_too_many", _("A form takes at most %(most)s files."), field="files", most=MOST_FILES)
        version.media.filter(name__in=files).delete()
        kept = FormMedia.objects.bulk_create(
            FormMedia(
                version=version,
                name=name,
                md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
                content_type=CONTENT_TYPES[_ending(name)],
                content=content,
            )
            for name, content in files.items()
        )
        record(by, "attach_form_media", version, **scope_of(version.form), details={"files": len(files)})
    return kept


def remove_media(*, version: FormVersion, name: str, by: AnyActor, at: dt.datetime) -> None:
    """Asking twice does no harm. Raises Conflict("not_a_draft")."""
    with acting(by, Action.EDIT_FORMS, version, **scope_of(version.form)):
        version = _draft(version)
        version.media.filter(name=name).delete()
        record(by, "remove_form_media", version, **scope_of(version.form), details={"files": 1})


def _expect_good(name: str, content: bytes) -> None:
    if not _BARE.fullmatch(name) or name.startswith("."):
        raise Invalid("media_name", _("The name of a file may hold no folder: %(name)s"), field="files", name=name[:80])
    if _ending(name) not in CONTENT_TYPES:
        kinds = ", ".join(sorted(CONTENT_TYPES))
        raise Invalid("media_kind", _("Phones take files of these kinds: %(kinds)s."), field="files", kinds=kinds)
    if len(content) > MOST_BYTES:
        raise _too_big(MOST_BYTES)


def _too_big(most: int) -> Invalid:
    return Invalid(
        "media_too_big",
        _("The files are larger than %(most)s MB. Phones would fetch them slowly."),
        field="files",
        most=most // 1024 // 1024,
    )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _draft(version: FormVersion) -> FormVersion:
    found = FormVersion.objects.select_for_update(of=("self",), no_key=True).select_related("form").get(pk=version.pk)
    if found.state != FormVersion.State.DRAFT:
        raise Conflict("not_a_draft", _("This version is published; it does not change any more."))
    return found

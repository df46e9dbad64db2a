"""What a phone is told: small XML by hand, since a template would cost more than everything else in the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.http import HttpResponse

LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
RESPONSE = "http://openrosa.org/http/response"
XML = "text/xml; charset=utf-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0


@dataclass(frozen=True)
class ListedForm:
    form_id: str
    name: str
    version: str
    md5: str
    download: str
    manifest: str  # "" where nothing goes with the form


@dataclass(frozen=True)
class ListedFile:
    name: str
    md5: str
    download: str


class Told(HttpResponse):
    """Two challenges are two headers: some clients read no further than the first of one."""

    second_challenge = ""

    def items(self) -> Iterable[tuple[str, str]]:
        more = [("WWW-Authenticate", self.second_challenge)] if self.second_challenge else []
        return [*self.headers.items(), *more]


def told(message: str, status: int) -> Told:
    """An OpenRosaResponse: the one form in which a phone shows words of the server."""
    body = f'<OpenRosaResponse xmlns="{RESPONSE}"><message>{_text(message)}</message></OpenRosaResponse>'
    return Told(_xml(body), status=status, content_type=XML)


def form_list(forms: Iterable[ListedForm]) -> HttpResponse:
    listed = "".join(
        f"<xform><formID>{_text(form.form_id)}</formID><name>{_text(form.name)}</name>"
        f"<version>{_text(form.version)}</version><hash>md5:{form.md5}</hash>"
        f"<downloadUrl>{_text(form.download)}</downloadUrl>"
        + (f"<manifestUrl>{_text(form.manifest)}</manifestUrl>" if form.manifest else "")
        + "</xform>"
        for form in forms
    )
    return HttpResponse(_xml(f'<xforms xmlns="{LIST}">{listed}</xforms>'), content_type=XML)


def manifest(files: Iterable[ListedFile]) -> HttpResponse:
    listed = "".join(
        f"<mediaFile><filename>{_text(file.name)}</filename><hash>md5:{file.md5}</hash>"
        f"<downloadUrl>{_text(file.download)}</downloadUrl></mediaFile>"
        for file in files
    )
    return HttpResponse(_xml(f'<manifest xmlns="{MANIFEST}">{listed}</manifest>'), content_type=XML)


def _xml(body: str) -> bytes:
    return (_HEAD + body).encode()


def _text(text: str) -> str:
    return escape(_UNWRITABLE.sub("", text))

"""A submission's body: read once, bounded, its files sealed as they arrive, nothing left behind of one that fails."""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms import attachments
from samaki.engines.fieldforms.operations.parcels import Received, other_file
from samaki.kernel.errors import DomainError, Invalid

XML_PART = "xml_submission_file"
MOST_XML = 5 * 1024 * 1024  # bytes: a form of 20 people takes 4,000
LONGEST_NAME = 255  # characters
CHUNK = 64 * 1024
SMALL = 256 * 1024  # bytes read at once, before anything is made of them
_BOUNDARY = re.compile(r"multipart/form-data; ?boundary=([\w'()+,./:=?-]{1,70})", re.ASCII | re.IGNORECASE)
_USUAL = re.compile(
    rb'content-disposition: form-data; name="xml_submission_file"; filename="[^"\\\r\n]{1,255}"'
    rb"|content-type: (?:text|application)/xml",
    re.IGNORECASE,
)
_LAST = frozenset({b"--", b"--\r\n"})
END_SEEN = 512  # bytes at the end among which the closing boundary is looked for


class TooLarge(DomainError):
    """The body is larger than this door takes (413)."""

    status = 413


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Body:
    """The bytes of a request, at most as many as this door takes; remembers how they ended."""

    def __init__(self, request: HttpRequest) -> None:
        declared = request.META.get("CONTENT_LENGTH") or ""
        self.is_chunked = not declared and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
        self.declared = int(declared) if declared.isascii() and declared.isdigit() else 0
        if self.declared > settings.OPENROSA_MOST_BYTES:
            raise too_large()
        # Of a chunked body Django reads nothing; the server says where it ends.
        raw = self.is_chunked and request.META.get("wsgi.input_terminated")
        self._source = cast(_Source, request.META["wsgi.input"] if raw else request)
        self.read_so_far = 0
        self.end = b""
        self._again: io.BytesIO | None = None

    def read(self, size: int) -> bytes:
        """Raises TooLarge, UnreadablePostError where the client has gone."""
        if self._again is not None:
            return self._again.read(size)
        try:
            found = self._source.read(size)
        except OSError as error:
            raise UnreadablePostError(*error.args) from error
        self.read_so_far += len(found)
        if self.read_so_far > settings.OPENROSA_MOST_BYTES:
            raise too_large()
        self.end = (self.end + found)[-END_SEEN:]
        return found

    def whole(self) -> bytes:
        """All of it, to be read once more, where it is small; else nothing. Raises as `read`."""
        if not 0 < self.declared <= SMALL:
            return b""
        content = b""
        while len(content) < self.declared and (block := self.read(self.declared - len(content))):
            content += block
        self._again = io.BytesIO(content)
        return content

    def drained(self) -> None:
        """Reads on to the end without keeping anything: a client that still sends would not read the answer."""
        with contextlib.suppress(OSError, TooLarge, SuspiciousOperation):
            while self.read(CHUNK):
                pass

    def meta(self, request: HttpRequest) -> dict[str, str]:
        """What the parser asks for; of a chunked body it is told that there is something."""
        length = self.declared or (1 if self.is_chunked else 0)
        return {"CONTENT_TYPE": request.META.get("CONTENT_TYPE", ""), "CONTENT_LENGTH": str(length)}


class Parts(FileUploadHandler):
    """The XML stays in memory, bounded; every other file goes sealed to the disk."""

    def __init__(self) -> None:
        super().__init__()
        self.xml: bytearray | None = None
        self.files: dict[str, Received] = {}
        self.stored: list[str] = []
        self._sealing: attachments.Sealing | None = None
        self._reads_xml = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._reads_xml = self.field_name == XML_PART
        if self._reads_xml:
            if self.xml is not None:
                raise Invalid("two_forms", _("The request holds more than one filled form."))
            self.xml = bytearray()
        else:
            if len(self.file_name or "") > LONGEST_NAME:
                raise Invalid("name_too_long", _("The name of a file is too long."))
            self._sealing = attachments.Sealing()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self._reads_xml:
            assert self.xml is not None
            self.xml += raw_data
            if len(self.xml) > MOST_XML:
                raise too_large()
        else:
            assert self._sealing is not None
            self._sealing.add(raw_data)

    def file_complete(self, file_size: int) -> None:
        if not self._reads_xml:
            assert self._sealing is not None
            name, taken = self.file_name or "", self._sealing.finished((self.content_type or "")[:100])
            self._sealing = None
            self.stored.append(taken.stored)
            if (before := self.files.setdefault(name, taken)).digest != taken.digest:
                raise other_file(name)
            if before is not taken:
                self.stored.pop()
                attachments.destroy(taken.stored)

    def forget(self, kept: frozenset[str] = frozenset()) -> None:
        """Removes every file but those a submission now claims, by name."""
        if self._sealing is not None:
            self._sealing.dropped()
            self._sealing = None
        claimed = {self.files[name].stored for name in kept if name in self.files}
        for stored in self.stored:
            if stored not in claimed:
                attachments.destroy(stored)
        self.stored = []


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """The last part of a path, as the form names it: Khmer and its joiners stay, which Django's own would drop."""
        name = file_name.replace("\\", "/").rpartition("/")[2]
        name = "".join(letter for letter in name if unicodedata.category(letter) != "Cc")
        return None if name in {"", ".", ".."} else name


@contextmanager
def submission_of(request: HttpRequest, body: Body) -> Iterator[tuple[bytes, Parts]]:
    """The filled form's bytes and the files with it. Whoever asks says by `forget` which files are kept; a submission
    that is refused keeps none, and what nobody can tell of is left to the sweep. Raises Invalid for what is no whole
    multipart submission, TooLarge, Conflict("other_file")."""
    parts = Parts()
    try:
        xml = _alone(request, body)
        if not xml:
            fields = _parsed(request, body, parts)
            xml = bytes(parts.xml) if parts.xml is not None else _as_field(fields)
        if not xml:
            raise Invalid("no_xml", _("The filled form itself is missing from what was sent."))
        attachments.settle(parts.stored)
    except BaseException:
        parts.forget()
        raise
    try:
        yield xml, parts
    except DomainError:
        parts.forget()
        raise


def _alone(request: HttpRequest, body: Body) -> bytes:
    """The filled form that came without files and in the way apps write it, as most do. Nothing where anything about it
    is unusual: that is left to the general parser, which takes longer."""
    said = _BOUNDARY.fullmatch(request.META.get("CONTENT_TYPE", ""))
    if said is None:
        return b""
    try:
        content = body.whole()
    except UnreadablePostError as error:
        raise _cut_short() from error
    boundary = b"--" + said[1].encode()
    head, blank, rest = content.partition(b"\r\n\r\n")
    xml, _boundary, after = rest.partition(b"\r\n" + boundary)
    lines = head.split(b"\r\n")
    usual = (
        blank
        and lines[0] == boundary
        and after in _LAST
        and boundary not in xml
        and all(_USUAL.fullmatch(line) for line in lines[1:])
        and sum(b"filename=" in line for line in lines) == 1
    )
    return xml if usual else b""


def _parsed(request: HttpRequest, body: Body, parts: Parts) -> dict[str, list[str]]:
    try:
        parser = _Parser(body.meta(request), cast(Any, body), [parts], "utf-8")
        post, _files = parser.parse()
    except (RequestDataTooBig, TooManyFilesSent) as error:
        raise too_large() from error
    except (MultiPartParserError, SuspiciousOperation) as error:
        raise _malformed() from error
    except UnreadablePostError as error:  # the client's end; a disk of ours that is full is no fault of hers
        raise _cut_short() from error
    if body.declared and body.read_so_far < body.declared:
        raise _cut_short()
    if b"--" + parser._boundary + b"--" not in body.end:  # type: ignore[attr-defined]  # the parser's own reading of it
        raise _cut_short()
    return dict(post.lists())


def _as_field(fields: dict[str, list[str]]) -> bytes:
    """Some clients send the form as a plain entry, without a file's name."""
    found = fields.get(XML_PART, [])
    return found[0].encode() if len(found) == 1 else b""


def too_large() -> TooLarge:
    return TooLarge("too_large", _("What was sent is too large. Send fewer or smaller files at a time."))


def _malformed() -> Invalid:
    return Invalid("malformed", _("What was sent cannot be read. Please send it again."))


def _cut_short() -> Invalid:
    return Invalid("cut_short", _("What was sent arrived only in part. Please send it again."))

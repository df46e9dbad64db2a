"""An uploaded file stays in memory: on disk it would lie unsealed, and a roster holds names."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from samaki.interfaces.web.requests import ActorRequest
from samaki.kernel.tables.content import MOST_BYTES

Rest = ParamSpec("Rest")


class InMemory(FileUploadHandler):
    """Keeps at most one byte more than an import may have; what follows is let pass and dropped."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start > 4 * MOST_BYTES:
            raise StopUpload(connection_reset=True)
        self.kept.write(raw_data[: max(0, MOST_BYTES + 1 - self.kept.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = self.kept.tell()
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept,
            self.field_name,
            self.file_name or "",
            self.content_type,
            size,
            self.charset,
            self.content_type_extra,
        )


def kept_in_memory(
    view: Callable[Concatenate[ActorRequest, Rest], HttpResponse],
) -> Callable[Concatenate[ActorRequest, Rest], HttpResponse]:
    """The handler must be set before anything reads the request, and the check of the form's origin reads it; so that
    check comes after."""
    protected = csrf_protect(view)

    @wraps(view)
    def receiving(request: ActorRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        request.upload_handlers = [InMemory(request)]
        return protected(request, *args, **kwargs)

    return csrf_exempt(receiving)

"""What becomes of a file that is sent. Where no page asked for it, it is not kept. A page that takes files keeps them
in memory: on disk they would lie unsealed, and a roster holds names."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from samaki.ui.requests import ActorRequest

Rest = ParamSpec("Rest")
_View = Callable[Concatenate[ActorRequest, Rest], HttpResponse]


class NotKept(FileUploadHandler):
    """Reads on past the file: on disk it would lie unsealed, in memory nothing would bound it. Entries are kept."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class InMemory(FileUploadHandler):
    """Keeps at most one byte more than a file may have, and than all may have together; what follows is let pass and
    dropped, up to four times as much."""

    def __init__(self, request: ActorRequest, most: int, together: int) -> None:
        super().__init__(request)
        self.most, self.together, self.held, self.passed = most, together, 0, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.passed += len(raw_data)
        if self.passed > 4 * self.together:
            raise StopUpload(connection_reset=True)
        room = min(self.most + 1 - self.kept.tell(), self.together + 1 - self.held)
        self.held += self.kept.write(raw_data[: max(0, room)])

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


def kept_in_memory(most: int, together: int | None = None) -> Callable[[_View[Rest]], _View[Rest]]:
    """For a view that takes files of at most `most` bytes each, `together` in all. The handler must be set before
    anything reads the request, and the check of the form's origin reads it; so that check comes after."""

    def keeping(view: _View[Rest]) -> _View[Rest]:
        protected = csrf_protect(view)

        @wraps(view)
        def receiving(request: ActorRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            request.upload_handlers = [InMemory(request, most, together or most)]
            return protected(request, *args, **kwargs)

        return csrf_exempt(receiving)

    return keeping

"""What becomes of a file that no page asked for. A page that takes files sets handlers of its own before it reads."""

from __future__ import annotations

from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class NotKept(FileUploadHandler):
    """Reads on past the file: on disk it would lie unsealed, in memory nothing would bound it. Entries are kept."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None

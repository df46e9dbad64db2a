"""Python's collector of cycles, held still while one file is taken in.

A file makes some hundred thousand objects that live until it is saved, and none of them refers to itself: looking
through all of them again and again was a quarter of the work. What other threads let go waits until the file is done.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_turn = Lock()
_files, _was_on = 0, True


@contextmanager
def held_still() -> Iterator[None]:
    """Several threads may take files at once: the last to end lets it go on. Where it was off it stays off."""
    global _files, _was_on
    with _turn:
        if not _files:
            _was_on = gc.isenabled()
            gc.disable()
        _files += 1
    try:
        yield
    finally:
        with _turn:
            _files -= 1
            if not _files and _was_on:
                gc.enable()

"""Processes of one site: started together, started again when one falls, ended together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

GRACE = 25  # seconds a child has to finish what it is doing
PR_SET_PDEATHSIG = 1
LONGEST_WAIT = 30.0


def _end_with_parent() -> None:
    """On Linux a child outlives no parent, however the parent ended."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One process. Without a `vital` one the site cannot be; any other is started again when it ends."""

    def __init__(self, name: str, command: Sequence[str], *, vital: bool = False) -> None:
        self.name = name
        self.vital = vital
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._falls = 0
        self._not_before = 0.0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # our own words, no shell
            self._command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which ends its children in order
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "samaki.project.settings"},
        )

    def fell(self) -> None:
        """Says so, and puts off the next start: 1, 2, 4 … 30 seconds."""
        code = self._process.returncode if self._process else None
        wait = min(2.0**self._falls, LONGEST_WAIT)
        print(f"samaki: {self.name} ended with {code}; starting it again in {wait:.0f} s", file=sys.stderr, flush=True)
        self._falls += 1
        self._not_before = time.monotonic() + wait
        self._process = None

    def start_again_when_due(self) -> None:
        if time.monotonic() >= self._not_before:
            self.start()

    @property
    def fallen(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    @property
    def waiting(self) -> bool:
        return self._process is None

    def ask_to_end(self) -> None:
        if self.running and self._process:
            self._process.terminate()

    def see_ended(self, until: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


class Watch:
    def __init__(self, children: Sequence[Child], ending: threading.Event) -> None:
        self._children = children
        self._ending = ending

    def start(self) -> None:
        for child in self._children:
            child.start()

    def until_the_end(self) -> bool:
        """Returns when told to end, or when a vital child fell: then False."""
        try:
            while not self._ending.wait(0.2):
                for child in self._children:
                    if child.fallen and child.vital:
                        print(f"samaki: {child.name} ended by itself", file=sys.stderr, flush=True)
                        return False
                    if child.fallen:
                        child.fell()
                    elif child.waiting:
                        child.start_again_when_due()
            return True
        finally:
            for child in self._children:
                child.ask_to_end()
            until = time.monotonic() + GRACE
            for child in self._children:
                child.see_ended(until)

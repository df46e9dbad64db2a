"""`samaki serve`: the web, the tasks that may be late and the sealer, started, watched and ended together."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from types import FrameType

from django.conf import settings

from samaki.interfaces.cli import children, reference_data, static_files
from samaki.interfaces.cli.outcome import Outcome, WrongArgument
from samaki.interfaces.cli.sealing import Sealer

THREADS = 8  # a request waits for the database more than it computes
MOST_WORKERS = 4
READY_WITHIN = 60  # seconds


def serve(arguments: Namespace) -> int:
    port = _free(arguments.host, arguments.port)
    reference_data.load()
    static_files.collect()
    ending = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ending.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    sealer = Sealer(ending)
    web = children.Child("web", _gunicorn(arguments, port), vital=True)
    tasks = children.Child("tasks", [sys.executable, "-m", "samaki.interfaces.cli.tasks"])
    try:
        sealer.start()
        watch = children.Watch([web, tasks], ending)
        watch.start()
        if _answers(arguments.host, port, web, ending):
            print(f"Samaki is at http://{_shown(arguments.host)}:{port} (Ctrl-C ends it)", flush=True)
            _address_file().write_text(f"http://{_reached(arguments.host)}:{port}\n", encoding="utf-8")
        return Outcome.DONE if watch.until_the_end() else Outcome.REFUSED
    finally:
        ending.set()
        sealer.join(10)
        for number, handler in before.items():
            signal.signal(number, handler)


def served_at() -> str:
    """Where `serve` last said the site is, "" where nobody has served it from this folder."""
    try:
        return _address_file().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _address_file() -> Path:
    return Path(settings.DATA) / "served-at"


def _reached(host: str) -> str:
    """A host that a phone can name: of a site that listens everywhere, the first it answers to."""
    return settings.ALLOWED_HOSTS[0] if host in {"", "0.0.0.0", "::"} else _shown(host)  # noqa: S104  # compared


def _gunicorn(arguments: Namespace, port: int) -> list[str]:
    workers = arguments.workers or min(MOST_WORKERS, os.cpu_count() or 1)
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "samaki.project.wsgi:application",
        f"--bind={_shown(arguments.host)}:{port}",
        f"--workers={workers}",
        f"--threads={THREADS}",
        "--worker-class=gthread",
        "--graceful-timeout=20",
        "--limit-request-line=8190",  # a long search in Khmer takes nine bytes a letter
        "--log-level=warning",
        "--no-control-socket",
        *(["--worker-tmp-dir=/dev/shm"] if os.access("/dev/shm", os.W_OK) else []),  # noqa: S108  # a heartbeat, not data
    ]


def _free(host: str, port: int) -> int:
    """The port, or a free one for 0. Raises WrongArgument where it is taken, or the host is none of ours."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            return int(trial.getsockname()[1])
    except OSError as error:
        raise WrongArgument(f"cannot serve at {host}:{port}: {error.strerror or error}") from error


def _answers(host: str, port: int, web: children.Child, ending: threading.Event) -> bool:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and web.running and not ending.is_set():
        try:
            socket.create_connection(("127.0.0.1" if host in {"", "0.0.0.0"} else host, port), 1).close()  # noqa: S104
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host

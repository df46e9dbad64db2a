"""Every setting read from the environment, typed, in one place. `docs/run/settings.md` is written from this table."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

TRUE = {"1", "true", "yes", "on"}


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str


VARIABLES = (
    Variable("SAMAKI_DATA", "var", "Folder of the database, uploaded files and keys; made on first use."),
    Variable("SAMAKI_DATABASE", "", "postgresql://user:password@host:port/name; empty means SQLite in SAMAKI_DATA."),
    Variable(
        "SAMAKI_MASTER_KEY",
        "",
        "64 hex digits that seal names and phones, later keys behind a comma; empty means SAMAKI_DATA/keys/master.key.",
    ),
    Variable("SAMAKI_HIS_KEY", "", "The same for counselling and vetting; empty means SAMAKI_DATA/keys/his.key."),
    Variable("SAMAKI_HERS_KEY", "", "The same for the women’s services; empty means SAMAKI_DATA/keys/hers.key."),
    Variable(
        "SAMAKI_ANCHOR",
        "",
        "File that marks of the audit trail are added to, best elsewhere; empty means SAMAKI_DATA/audit.anchor.",
    ),
    Variable(
        "SAMAKI_VAULT",
        "",
        "File of the secrets of single people and records; empty means SAMAKI_DATA/keys/vault. Never in a copy of the "
        "database, and in no copy older than two weeks.",
    ),
    Variable(
        "SAMAKI_ERASURES",
        "",
        "File that erasures are added to, best elsewhere; empty means SAMAKI_DATA/erasures.",
    ),
    Variable("SAMAKI_CASE_MINUTES", "15", "Minutes after which pages of cases ask again who is there; 1 to 60."),
    Variable("SAMAKI_HOSTS", "localhost,127.0.0.1,[::1]", "Host names the site answers to, separated by commas."),
    Variable("SAMAKI_HTTPS", "", "1 where the site stands behind HTTPS: secure cookies, HSTS, redirects."),
    Variable("SAMAKI_DEBUG", "", "1 shows errors in full; never on a site that holds real records."),
    Variable("SAMAKI_LANGUAGE", "km", "Language of a page or command when nobody has chosen one: km or en."),
    Variable(
        "SAMAKI_SYNCHRONOUS",
        "FULL",
        "SQLite's durability: FULL keeps each commit through a power cut; NORMAL is faster.",
    ),
)
_DEFAULTS = {variable.name: variable.default for variable in VARIABLES}


def value(name: str) -> str:
    """The variable as text. Raises KeyError for one that is not in VARIABLES."""
    return os.environ.get(name) or _DEFAULTS[name]


def minutes(name: str) -> int:
    """Raises ValueError for anything but 1 to 60."""
    found = int(value(name))
    if not 1 <= found <= 60:
        raise ValueError(f"{name} must be 1 to 60 minutes, not {found}")
    return found


def switched_on(name: str) -> bool:
    return value(name).lower() in TRUE


def data_folder() -> Path:
    """SAMAKI_DATA, made where it is not there yet; closed to others where it is ours and not one that all share."""
    folder = Path(value("SAMAKI_DATA")).expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o077 and not found.st_mode & stat.S_ISVTX:
        folder.chmod(0o700)
    return folder


def secret_file(name: str) -> str:
    """64 hex digits kept in SAMAKI_DATA/keys/NAME, made once and readable by its owner only."""
    return key_file(name).read_text().strip()


def key_file(name: str) -> Path:
    """SAMAKI_DATA/keys/NAME, made with one key where it is not there yet."""
    folder = data_folder() / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # two processes starting together agree on one key
        draft.unlink()
    return path


def database() -> dict[str, object]:
    """Django's DATABASES entry for SAMAKI_DATABASE. Raises ValueError for another scheme than postgresql."""
    url = value("SAMAKI_DATABASE")
    if not url:
        return {
            "ENGINE": "samaki.kernel.database.sqlite",
            "NAME": str(data_folder() / "samaki.sqlite3"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; "
                f"PRAGMA synchronous={'NORMAL' if value('SAMAKI_SYNCHRONOUS').upper() == 'NORMAL' else 'FULL'}",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"SAMAKI_DATABASE must begin with postgresql://, not {parts.scheme}://")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }

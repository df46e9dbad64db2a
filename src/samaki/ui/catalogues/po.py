"""PO files as gettext writes them, as much of the format as our catalogues use; and the MO files made of them."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

PLURALS = {"km": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}


@dataclass
class Entry:
    """`texts` holds one translation, or one for each plural form. `comments` are for translators."""

    message: str
    texts: list[str]
    context: str | None = None
    plural: str | None = None
    comments: list[str] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.message

    @property
    def translated(self) -> bool:
        return all(self.texts) and bool(self.texts)


def parse(text: str) -> list[Entry]:
    """The entries of a PO file, without its header. Raises ValueError for a line it cannot read."""
    entries: list[Entry] = []
    for block in text.split("\n\n"):
        entry = _entry(block)
        if entry and entry.message:
            entries.append(entry)
    return entries


def _entry(block: str) -> Entry | None:
    parts: dict[str, str] = {}
    comments: list[str] = []
    fuzzy, at = False, ""
    for line in block.splitlines():
        if line.startswith("#. "):
            comments.append(line[3:])
        elif line.startswith("#,"):
            fuzzy = "fuzzy" in line
        elif line.startswith('"'):
            parts[at] += ast.literal_eval(line)
        elif line.startswith("msg"):
            at, _space, quoted = line.partition(" ")
            parts[at] = ast.literal_eval(quoted)
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"not a line of a PO file: {line!r}")
    if "msgid" not in parts:
        return None
    texts = [parts[key] for key in sorted(parts) if key.startswith("msgstr")]
    return Entry(parts["msgid"], texts, parts.get("msgctxt"), parts.get("msgid_plural"), comments, fuzzy)


def render(entries: Iterable[Entry], language: str) -> str:
    """A PO file, entries in the order of their messages."""
    blocks = [f'msgid ""\nmsgstr ""\n{_quoted(_header(language), lines=True)}']
    for entry in sorted(entries, key=lambda entry: (entry.message, entry.context or "")):
        lines = [f"#. {comment}" for comment in entry.comments]
        lines += ["#, fuzzy"] if entry.fuzzy else []
        lines += [f"msgctxt {_quoted(entry.context)}"] if entry.context is not None else []
        lines.append(f"msgid {_quoted(entry.message)}")
        if entry.plural is None:
            lines.append(f"msgstr {_quoted(entry.texts[0])}")
        else:
            lines.append(f"msgid_plural {_quoted(entry.plural)}")
            lines += [f"msgstr[{at}] {_quoted(text)}" for at, text in enumerate(entry.texts)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def compiled(entries: Iterable[Entry], language: str) -> bytes:
    """The MO file: the layout of the GNU gettext manual, section 10.3, without the hash table that readers may skip."""
    pairs = {b"": _header(language).encode()}
    for entry in entries:
        if entry.translated and not entry.fuzzy:
            key = entry.message if entry.context is None else f"{entry.context}\x04{entry.message}"
            key = key if entry.plural is None else f"{key}\0{entry.plural}"
            pairs[key.encode()] = "\0".join(entry.texts).encode()
    names = sorted(pairs)
    start = 28 + 16 * len(names)
    of_names, of_texts, heap = b"", b"", b""
    for name in names:
        of_names += struct.pack("<II", len(name), start + len(heap))
        heap += name + b"\0"
    for name in names:
        of_texts += struct.pack("<II", len(pairs[name]), start + len(heap))
        heap += pairs[name] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(names), 28, 28 + 8 * len(names), 0, start)
    return head + of_names + of_texts + heap


def _header(language: str) -> str:
    return (
        f"Project-Id-Version: samaki\nLanguage: {language}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    )


def _quoted(text: str, *, lines: bool = False) -> str:
    if lines:
        return "\n".join(_quoted(line) for line in text.splitlines(keepends=True))
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'

"""`python -m samaki.ui.catalogues`: find the messages of the source, bring the PO files up to date, compile them.

A new message stands untranslated in km until somebody writes it, but for terms of the glossary, which are filled in.
The English catalogue holds only messages whose English needs other words than their key, such as `More (navigation
tab)`. What no source uses any more is dropped.
"""

from __future__ import annotations

import sys

from samaki.ui.catalogues import GLOSSARY, PACKAGE, checks, extract, mo_path, po, po_path


def updated(
    found: dict[tuple[str | None, str], extract.Found], old: list[po.Entry], terms: dict[str, dict[str, str]]
) -> list[po.Entry]:
    """The Khmer catalogue for the messages found, keeping what was translated."""
    kept = {entry.key: entry for entry in old}
    entries = []
    for key, message in found.items():
        term = terms.get(message.message) if message.context is None else None
        texts = kept[key].texts[:1] if key in kept else [""]
        if term and not texts[0]:
            texts = [term["term_km"]]
        notes = [note for note in kept[key].comments if not note.startswith("glossary: ")] if key in kept else []
        if term:
            notes.append(f"glossary: {term['confidence']}")
        entries.append(po.Entry(message.message, texts, message.context, message.plural, notes))
    return entries


def main() -> int:
    found = extract.messages(PACKAGE)
    terms = checks.glossary(GLOSSARY)
    path = po_path("km")
    old = po.parse(path.read_text()) if path.exists() else []
    khmer = updated(found, old, terms)
    english = [e for e in po.parse(po_path("en").read_text()) if e.key in found or e.message in terms]
    for language, entries in (("km", khmer), ("en", english)):
        po_path(language).write_text(po.render(entries, language))
        mo_path(language).write_bytes(po.compiled(entries, language))
    missing = checks.untranslated(khmer)
    for message in missing:
        print(repr(message))
    print(f"{len(khmer)} messages, {len(missing)} untranslated", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

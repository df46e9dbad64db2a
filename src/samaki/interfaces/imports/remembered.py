"""What an organisation's own headings mean. Of files about people only keyed digests of the headings are kept: where a
file has no row of headings, what stands in their place are names and codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from samaki.interfaces.imports.models import ImportMapping
from samaki.kernel.policy import Action
from samaki.kernel.sealed import keyed_digest
from samaki.kernel.tables import TableKind
from samaki.kernel.tables.cells import folded


def is_of_cases(kind: TableKind) -> bool:
    """Whether its rows are opened only for a reason."""
    return kind.action is Action.RECORD_CASE


def is_of_people(kind: TableKind) -> bool:
    return kind.holds_names or is_of_cases(kind)


class Digested(Mapping[str, str]):
    """Column keys by folded heading, asked by the heading's digest; its own keys are the digests, in hexadecimal."""

    def __init__(self, kept: Mapping[str, str], purpose: str) -> None:
        self._kept = kept
        self._purpose = purpose

    def __getitem__(self, heading: str) -> str:
        return self._kept[_digest(heading, self._purpose)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def remembered_headings(mapping: ImportMapping, kind: TableKind) -> Mapping[str, str]:
    """Column keys by folded heading, to be asked for one heading after another."""
    return Digested(mapping.headings, _purpose(mapping)) if is_of_people(kind) else mapping.headings


def remember_headings(mapping: ImportMapping, kind: TableKind, headings: Mapping[str, str]) -> None:
    """Adds heading → column key ("" for one that is not read); the caller saves."""
    meant = {folded(heading): key for heading, key in headings.items()}
    if is_of_people(kind):
        meant = {_digest(heading, _purpose(mapping)): key for heading, key in meant.items()}
    mapping.headings = {**mapping.headings, **meant}


def _digest(heading: str, purpose: str) -> str:
    return keyed_digest(heading, purpose=purpose).hex()


def _purpose(mapping: ImportMapping) -> str:
    return f"import-heading:{mapping.organisation_id}:{mapping.kind}"

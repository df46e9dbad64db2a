"""A small real part of the gazetteer, loaded the way the whole is."""

from __future__ import annotations

from samaki.ground.places import rules
from samaki.ground.places.operations import Loaded, load_table
from samaki.ground.places.queries import KnownPlace, place
from samaki.ground.places.tables import cambodia
from samaki.kernel.actors import System

LOADER = System("tests load places")
# Kampong Chhnang town, Rolea B'ier, Prey Veng town and its neighbours.
WITHIN = ("0403", "0406", "1410", "1411")


def load_few_places() -> Loaded:
    """All provinces, and every place of four districts."""
    rows = [row for row in cambodia.rows() if row.level == rules.PROVINCE or row.code.startswith(WITHIN)]
    return load_table(rows, country="kh", source="tests", digits=rules.NCDD_DIGITS, by=LOADER)


def a_commune() -> KnownPlace:
    load_few_places()
    return place("040601")

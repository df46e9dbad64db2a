"""What a site knows before anyone has recorded anything: the gazetteer, the definitions of the indicators, the
instruments, and the forms that its programmes have from the start."""

from __future__ import annotations

from django.utils import timezone

from samaki.engines.fieldforms.built_in import ensure_all_built_in
from samaki.engines.results.loading import load_catalogue
from samaki.ground.places.models import GazetteerEdition
from samaki.ground.places.operations import load_gazetteer
from samaki.ground.places.tables import cambodia
from samaki.kernel.actors import System
from samaki.strands.learning.operations.instruments import load_instruments


def load() -> None:
    """Loads what is new since last time."""
    by = System("reference data of this version")
    if not GazetteerEdition.objects.filter(source=cambodia.source()).exists():
        load_gazetteer(by=by)
    load_catalogue(by=by)
    load_instruments(by=by)
    ensure_all_built_in(by=by, at=timezone.now())

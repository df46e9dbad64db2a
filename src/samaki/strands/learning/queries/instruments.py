"""Instruments are words that anyone inside a programme may read; the answers to them are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import Instrument, InstrumentItem, InstrumentVersion
from samaki.strands.learning.rules.instruments import Band, Choice, Definition, Question


def instruments(actor: AnyActor) -> QuerySet[Instrument]:
    """Those of all programmes and of the actor's own, by key."""
    own = reach(actor, Action.SEE_PROGRAMME)
    programmes = own.programmes()
    if not own:
        return Instrument.objects.none()
    found = Instrument.objects.order_by("key")
    return found if programmes is None else found.filter(Q(programme=None) | Q(programme__in=programmes))


def instrument(actor: AnyActor, key: str) -> Instrument:
    """Raises NotFound, saying the same whether it exists or not."""
    found = instruments(actor).filter(key=key).first()
    if found is None:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    return found


def version(actor: AnyActor, key: str, number: int) -> InstrumentVersion:
    """One version with its items. Raises NotFound, as `instrument`."""
    items = Prefetch("items", InstrumentItem.objects.order_by("number"))
    of = instrument(actor, key)
    found = of.versions.filter(number=number).select_related("instrument__programme").prefetch_related(items).first()
    if found is None:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    return found


def listed(actor: AnyActor) -> list[tuple[Instrument, InstrumentVersion]]:
    """Each instrument within the actor's sight with its last version, draft or not, by key."""
    found = instruments(actor).select_related("programme").prefetch_related("versions")
    return [(one, max(held, key=lambda version: version.number)) for one in found if (held := one.versions.all())]


def versions(one: Instrument) -> list[InstrumentVersion]:
    """The latest first, each with its items. Asks nobody's leave: `instrument` has."""
    items = Prefetch("items", InstrumentItem.objects.order_by("number"))
    return list(one.versions.order_by("-number").prefetch_related(items))


def published(programme: Programme) -> list[InstrumentVersion]:
    """Every version that answers can be given to in the programme, the latest of each instrument first."""
    found = InstrumentVersion.objects.filter(
        Q(instrument__programme=None) | Q(instrument__programme=programme), is_published=True
    )
    items = Prefetch("items", InstrumentItem.objects.order_by("number"))
    return list(found.select_related("instrument").order_by("instrument__key", "-number").prefetch_related(items))


def latest(programme: Programme) -> list[InstrumentVersion]:
    """The version of each instrument that is used now."""
    found: dict[int, InstrumentVersion] = {}
    for version in published(programme):
        found.setdefault(version.instrument_id, version)
    return list(found.values())


def questions_of(items: Sequence[InstrumentItem]) -> tuple[Question, ...]:
    return tuple(
        Question(
            item.text_km,
            item.text_en,
            tuple(Choice(one["value"], one["km"], one["en"]) for one in item.choices),
            item.is_reversed,
            item.right,
        )
        for item in items
    )


def definition_of(version: InstrumentVersion) -> Definition:
    one = version.instrument
    items = sorted(version.items.all(), key=lambda item: item.number)
    return Definition(
        one.key,
        one.scoring,
        one.title_km,
        one.title_en,
        version.wording_km,
        version.wording_en,
        version.source,
        questions_of(items),
        tuple(Band(one["from"], one["km"], one["en"]) for one in version.bands),
    )


def by_name(programme: Programme) -> dict[str, InstrumentVersion]:
    """What answers may be given to, as a form names it: by key (the latest version), and by key and version."""
    found = {one.instrument.key: one for one in latest(programme)}
    return found | {f"{one.instrument.key} {one.number}": one for one in published(programme)}

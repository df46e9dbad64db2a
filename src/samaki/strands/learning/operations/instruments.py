"""Instruments: those that ship with Samaki, and versions that people write themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import count
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.built_in import ensure_built_in
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, NotFound
from samaki.kernel.policy import Action, reach
from samaki.kernel.records import expect_revision
from samaki.strands.learning.models import Instrument, InstrumentItem, InstrumentVersion
from samaki.strands.learning.queries.instruments import definition_of
from samaki.strands.learning.rules.instruments import Definition, InstrumentFault, check, read

SHIPPED = Path(__file__).parent.parent / "instruments"
ORIGIN = "samaki:{digest}"
FAULTS: Mapping[str, Promise] = {
    "items_number": _("An instrument has between 1 and 60 questions."),
    "words_missing": _("Please write question %(where)s and its answers in both languages."),
    "choices": _("Question %(where)s needs at least two different answers."),
    "right_answer": _("Please say which answer of question %(where)s is right."),
    "reversed": _("Only a scale of agreement has reversed questions."),
    "bands_number": _("A scale of agreement may have between 2 and 5 bands; other instruments have none."),
    "bands_words": _("Please name each band in both languages."),
    "bands_order": _("The sum goes %(where)s: the first band begins at its lowest, and each is higher than the last."),
    "gem_shape": _("The GEM scale has 24 sentences, 7 of them equitable, and three answers."),
    "washington_group_shape": _("The Washington Group’s six questions and their answers stay as they are."),
}


def load_instruments(*, by: AnyActor) -> list[InstrumentVersion]:
    """The definitions that ship, each once: one that changed becomes its next version. Returns what is new.

    What people published since stays: the shipped text of a version is known by its digest. Asks nobody's leave: it is
    part of the release, like the definitions of the indicators. Raises InstrumentFault for a wrong file.
    """
    made = []
    with transaction.atomic():
        known = set(InstrumentVersion.objects.filter(origin__startswith="samaki:").values_list("origin", flat=True))
        for file in sorted(SHIPPED.glob("*.toml")):
            definition = read(file.read_text(encoding="utf-8"))
            origin = ORIGIN.format(digest=definition.digest()[:40])
            if origin in known:
                continue
            one, _is_new = Instrument.objects.get_or_create(
                key=definition.key,
                defaults={
                    "scoring": definition.scoring,
                    "title_km": definition.title_km,
                    "title_en": definition.title_en,
                    "origin": "samaki",
                },
            )
            version = _write(one, definition, origin=origin, is_published=True)
            record(by, "instrument.publish", version, details={"key": one.key, "version": version.number})
            made.append(version)
    return made


def begin_scale(*, definition: Definition, programme: Programme, by: AnyActor, at: dt.datetime) -> InstrumentVersion:
    """The first draft of a scale of agreement of the programme's own; the key is made of its English title.

    Raises Refused, or Invalid with what is wrong.
    """
    with _editing(by, programme, ("learning.instrument", "")):
        if definition.scoring != Instrument.Scoring.LIKERT:
            raise Invalid("not_a_scale", _("Only a scale of agreement is written from nothing."))
        if not definition.title_km.strip() or not definition.title_en.strip():
            raise Invalid("title_wanted", _("Please write the title in both languages."), field="title_en")
        _checked(definition)
        one = Instrument.objects.create(
            key=_free_key(f"{slugify(definition.title_en)[:40].strip('-') or 'scale'}-{programme.key}"[:56]),
            scoring=definition.scoring,
            title_km=definition.title_km,
            title_en=definition.title_en,
            programme=programme,
            is_example=programme.is_example,
        )
        version = _write(one, definition, origin="page", is_published=False)
        record(by, "instrument.draft", version, programme_id=programme.pk, details={"key": one.key})
        return version


def _free_key(wanted: str) -> str:
    taken = set(Instrument.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    return next(key for n in count(1) if (key := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def draft_instrument(
    *, of: InstrumentVersion, programme: Programme, by: AnyActor, at: dt.datetime
) -> InstrumentVersion:
    """A draft with the words of another version: the next of its own instrument, or, of one that belongs to every
    programme, the first of a copy that belongs to this one, because what all use is not for one to change.

    Raises Refused, Conflict("already_drafted").
    """
    with _editing(by, programme, of):
        one = of.instrument
        if one.programme_id is None:
            key = f"{one.key}-{programme.key}"[:60]
            one, _is_new = Instrument.objects.get_or_create(
                key=key,
                defaults={
                    "scoring": one.scoring,
                    "title_km": one.title_km,
                    "title_en": one.title_en,
                    "programme": programme,
                    "is_example": programme.is_example,
                },
            )
        Instrument.objects.select_for_update(no_key=True).get(pk=one.pk)
        if one.versions.filter(is_published=False).exists():
            raise Conflict("already_drafted", _("There is a draft already. Please edit that one."))
        definition = replace(definition_of(of), key=one.key)
        version = _write(one, definition, origin="page", is_published=False)
        record(by, "instrument.draft", version, programme_id=programme.pk, details={"key": one.key})
        return version


def edit_instrument(
    version: InstrumentVersion, definition: Definition, *, revision: int | None = None, by: AnyActor, at: dt.datetime
) -> InstrumentVersion:
    """New words of a draft, as it was read at `revision` (None: however it stands now).

    Raises Refused, Conflict("published_already" or "changed_meanwhile"), or Invalid with what is wrong.
    """
    programme = _programme_of(version)
    with _editing(by, programme, version):
        _still_a_draft(version)
        if revision is not None:
            expect_revision(version, revision, {})
        _checked(definition)
        version.bands = _bands(definition)
        one = version.instrument
        one.title_km, one.title_en = definition.title_km, definition.title_en
        one.revision += 1
        one.save()
        for name in ("wording_km", "wording_en", "source"):
            setattr(version, name, getattr(definition, name))
        version.revision += 1
        version.save()
        version.items.all().delete()
        _write_items(version, definition)
        record(by, "instrument.edit", version, programme_id=programme.pk, details={"key": one.key})
        return version


def publish_instrument(version: InstrumentVersion, *, by: AnyActor, at: dt.datetime) -> InstrumentVersion:
    """From now on the draft can be answered, on paper and by its forms on phones, and never changes.

    Raises as `edit_instrument`.
    """
    programme = _programme_of(version)
    with _editing(by, programme, version):
        _still_a_draft(version)
        _checked(definition_of(version))
        version.is_published = True
        version.revision += 1
        version.save()
        details = {"key": version.instrument.key, "version": version.number}
        record(by, "instrument.publish", version, programme_id=programme.pk, details=details)
        ensure_built_in(programme, by=by, at=at)
        return version


def may_edit(actor: AnyActor, programme_id: int) -> bool:
    """Whether the actor may write instruments of the programme, for whichever organisation she works."""
    programmes = reach(actor, Action.EDIT_CURRICULUM).programmes()
    return programmes is None or programme_id in programmes


def _editing(
    by: AnyActor, programme: Programme, on: InstrumentVersion | tuple[str, str]
) -> AbstractContextManager[None]:
    """Leave over the programme: an instrument belongs to no one organisation of it."""
    extents = reach(by, Action.EDIT_CURRICULUM).extents
    own = next((one.organisation_id for one in extents if one.programme_id in (None, programme.pk)), None)
    return acting(by, Action.EDIT_CURRICULUM, on, organisation_id=own, programme_id=programme.pk)


def _programme_of(version: InstrumentVersion) -> Programme:
    programme = version.instrument.programme
    if programme is None:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    return programme


def _still_a_draft(version: InstrumentVersion) -> None:
    now = InstrumentVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
    version.revision = now.revision
    if now.is_published:
        raise Conflict("published_already", _("This version is published and stays as it is. Please make a new one."))


def _checked(definition: Definition) -> None:
    try:
        check(definition)
    except InstrumentFault as fault:
        raise Invalid(fault.code, FAULTS[fault.code], where=fault.where) from fault


def _write(one: Instrument, definition: Definition, *, origin: str, is_published: bool) -> InstrumentVersion:
    last = one.versions.aggregate(last=Max("number"))["last"] or 0
    version = InstrumentVersion.objects.create(
        instrument=one,
        number=last + 1,
        wording_km=definition.wording_km,
        wording_en=definition.wording_en,
        source=definition.source,
        bands=_bands(definition),
        origin=origin,
        is_example=one.is_example,
    )
    _write_items(version, definition)
    if is_published:  # last: what is published takes no more questions
        version.is_published = True
        version.save()
    return version


def _bands(definition: Definition) -> list[dict[str, object]]:
    return [{"from": band.least, "km": band.km, "en": band.en} for band in definition.bands]


def _write_items(version: InstrumentVersion, definition: Definition) -> None:
    InstrumentItem.objects.bulk_create(
        InstrumentItem(
            version=version,
            number=number,
            text_km=question.km,
            text_en=question.en,
            choices=[{"value": one.value, "km": one.km, "en": one.en} for one in question.choices],
            is_reversed=question.is_reversed,
            right=question.right,
        )
        for number, question in enumerate(definition.questions, start=1)
    )

"""Somebody who withdraws, with everything that names her, and a search for her through all that is kept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models

from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.activities.models import Session
from samaki.ground.people.models import Person
from samaki.ground.people.operations import Identity
from samaki.ground.people.rules import phone_digits
from samaki.ground.places.rules import folded
from samaki.kernel.keyrings.stores import SealedColumn, SealedFiles, stores
from samaki.kernel.sealed import SealBroken, opens, unseal_bytes
from samaki.kernel.vault import path_of
from tests.factories.field import Field
from tests.factories.fieldforms import AT, a_form, a_parcel, sender, xml

ROSTER = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Session</h:title><model><instance><data id="{key}" version="{version}"><held_on/><kind/><all/><notes/>
<people><family_km/><given_km/><family_latin/><given_latin/><gender/><birth_year/><phone/><consent/></people>
<meta><instanceID/></meta></data></instance></model></h:head>
<h:body><input ref="/data/held_on"><label>Day</label></input><input ref="/data/notes"><label>Notes</label></input>
<group ref="/data/people"><repeat nodeset="/data/people"><input ref="/data/people/family_km"><label>Name</label></input>
</repeat></group></h:body></h:html>"""
_FIELDS = ("family_km", "given_km", "family_latin", "given_latin", "gender", "birth_year", "phone", "consent")
MAPPING = {
    "fields": {
        "held_on": "held_on",
        "kind": "kind",
        "all": "all",
        **{f"people.{name}": f"people/{name}" for name in _FIELDS},
    },
    "repeats": {"people": "people"},
}
STAYS = Identity(family_km="សុខ", given_km="វណ្ណា", family_latin="Sok", given_latin="Vanna", phone="011 222 333")
LEAVES = Identity(
    family_km="ទេព", given_km="រស្មីពេជ្រ", family_latin="Tep", given_latin="Raksmeypich", phone="012 345 678"
)


def a_roster_form(field: Field) -> Form:
    return a_form(field.programme, "roster", xform=ROSTER, handler="session", mapping=MAPPING)


def a_line(who: Identity, birth_year: int | str, *, consent: str = "spoken", gender: str = "woman") -> str:
    values = (who.family_km, who.given_km, who.family_latin, who.given_latin, gender, birth_year, who.phone, consent)
    return "<people>" + "".join(f"<{n}>{v}</{n}>" for n, v in zip(_FIELDS, values, strict=True) if v) + "</people>"


def a_roster(day: str, *lines: str, notes: str = "", instance: str | None = None) -> bytes:
    more = f"<notes>{notes}</notes>" if notes else ""
    inner = f"<held_on>{day}</held_on><kind>training</kind>{more}{''.join(lines)}"
    return xml(inner, key="roster", instance=instance)


def sent(field: Field, content: bytes, *, at: dt.datetime = AT) -> Submission:
    parcel = a_parcel(field, content, actor=sender(field, "partner_me", "data"))
    # People are added by whoever may edit them, with her second factor.
    object.__setattr__(parcel.actor, "second_factor", True)
    return Submission.objects.get(pk=receive(parcel, at=at).number)


def session_of(submission: Submission) -> Session:
    return Session.objects.get(origin=submission.origin)


def person_named(who: Identity) -> Person:
    from samaki.ground.people.identities import opened

    ids = list(Person.objects.values_list("pk", flat=True))
    return Person.objects.get(pk=min(pk for pk, name in opened(ids).items() if name.phone == who.phone))


def places_that_name(who: Identity) -> list[str]:
    """Every column and file in which she is named in any form, all that any key opens opened; in order."""
    return sorted({place for place, text in everything() if _names(who, text)})


def everything() -> Iterator[tuple[str, str]]:
    """Place and text of all that is kept: each column of each table, each sealed column opened, each file."""
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if not isinstance(one, models.BooleanField)]
        for row in model._base_manager.values(*(one.attname for one in fields)).iterator():
            for name, value in row.items():
                yield f"{model._meta.label}.{name}", _text(value)
    for store in stores:
        if isinstance(store, SealedColumn):
            columns = dict.fromkeys(("pk", store.field, store.salt, *store.told))
            for row in store.model._base_manager.filter(**(store.only or {})).values(*columns):
                if row[store.field] and row[store.salt] and opens(row[store.salt]):
                    salt, context = bytes(row[store.salt]), store.context(row)
                    try:
                        plain = unseal_bytes(bytes(row[store.field]), salt=salt, context=context, ring=store.ring)
                    except SealBroken:
                        continue
                    yield f"{store.key} opened", _text(plain)
        elif isinstance(store, SealedFiles):
            for path, anew in store.files():
                if path.exists():
                    yield f"{store.key} {path.name}", _text(anew())
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            yield str(path), _text(path.read_bytes())
    for path in (Path(settings.ERASURES), path_of()):
        if path.exists():
            yield str(path), _text(path.read_bytes())


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="ignore")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _names(who: Identity, text: str) -> bool:
    plain = folded(text)
    parts = [folded(part) for part in (who.given_km, who.given_latin, who.full_km, who.full_latin)]
    digits = "".join(sign for sign in text if sign.isdigit())
    return any(part and part in plain for part in parts) or phone_digits(who.phone) in digits

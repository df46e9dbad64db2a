"""Forms and submissions as phones send them."""

from __future__ import annotations

import datetime as dt
import hashlib
from uuid import uuid4

from django.utils import timezone

from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.operations.parcels import Parcel
from samaki.engines.fieldforms.xforms import read_definition
from samaki.ground.accounts.models import User
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Actor, Grant, Role
from tests.factories.field import Field

VISIT = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Visit</h:title><model><instance><data id="{key}" version="{version}"><day/><women/><photo/>
<people><sex/></people><meta><instanceID/></meta></data></instance><bind nodeset="/data/day" type="date"/>
<bind nodeset="/data/women" type="int"/><bind nodeset="/data/photo" type="binary"/></model></h:head>
<h:body><input ref="/data/day"><label>Day</label></input><input ref="/data/women"><label>Women</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
<group ref="/data/people"><repeat nodeset="/data/people"><input ref="/data/people/sex"><label>Sex</label></input>
</repeat></group></h:body></h:html>"""


def a_form(
    programme: Programme, key: str = "visit", *, version: str = "1", xform: str = VISIT, **values: object
) -> Form:
    form = Form.objects.create(
        programme=programme,
        key=key,
        title_km="ទម្រង់",
        title_en="Visit",
        **values,  # type: ignore[misc]  # a form's own
    )
    a_version(form, version, xform=xform)
    return form


def a_version(form: Form, version: str, *, xform: str = VISIT, state: str = FormVersion.State.PUBLISHED) -> FormVersion:
    text = xform.format(key=form.key, version=version)
    definition = read_definition(text)
    return FormVersion.objects.create(
        form=form,
        version=version,
        state=state,
        xform=text,
        md5=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        questions=[question.as_json() for question in definition.questions],
        repeats=sorted(definition.repeats),
        made_by="tests",
        published_at=timezone.now(),
    )


def xml(
    inner: str = "<day>2024-03-05</day>",
    *,
    key: str = "visit",
    version: str = "1",
    instance: str | None = None,
    corrects: str = "",
) -> bytes:
    deprecated = f"<deprecatedID>{corrects}</deprecatedID>" if corrects else ""
    instance = instance or f"uuid:{uuid4()}"
    meta = f"<meta><instanceID>{instance}</instanceID>{deprecated}</meta>"
    return f'<?xml version="1.0"?><data id="{key}" version="{version}">{inner}{meta}</data>'.encode()


def a_user(name: str = "sender") -> User:
    return User.objects.get_or_create(username=name)[0]


def sender(field: Field, role: str = "facilitator", name: str = "sender") -> Actor:
    """An actor who is a user, as whoever holds a device is."""
    grant = Grant(Role(role), field.ours.pk, field.programme.pk)
    return Actor(a_user(name).pk, name, (grant,))


def a_parcel(field: Field, content: bytes, **values: object) -> Parcel:
    found = {
        "programme_id": field.programme.pk,
        "organisation_id": field.ours.pk,
        "actor": values.pop("actor", None) or sender(field),
        "xml": content,
        **values,
    }
    return Parcel(**found)  # type: ignore[arg-type]  # those of a parcel


AT = dt.datetime(2024, 6, 15, 3, 0, tzinfo=dt.UTC)

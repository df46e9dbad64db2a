"""Forms and filled forms for tests."""

from __future__ import annotations

import hashlib
import uuid

from django.utils import timezone

from samaki.engines.fieldforms.models import Form, FormMedia, FormVersion
from samaki.engines.fieldforms.xforms import read_definition
from tests.factories.programmes import Setting

State = FormVersion.State


def a_form(
    setting: Setting,
    key: str = "visit",
    version: str = "1",
    *,
    title: str = "Visit",
    state: str = State.PUBLISHED,
    questions: tuple[str, ...] = ("place", "note"),
    pictures: tuple[str, ...] = ("picture", "sound"),
    **of_form: object,
) -> FormVersion:
    """A version of a form that is kept as data; more versions by calling again with the same key."""
    form, _made = Form.objects.get_or_create(
        programme=setting.programme, key=key, defaults={"title_km": "ទស្សនកិច្ច", "title_en": title, **of_form}
    )
    text = xform_of(key, version, title, questions, pictures)
    questions_read = read_definition(text).questions
    return FormVersion.objects.create(
        form=form,
        version=version,
        state=state,
        xform=text,
        md5=hashlib.md5(text.encode()).hexdigest(),
        questions=[question.as_json() for question in questions_read],
        made_by="tests",
        published_at=None if state == State.DRAFT else timezone.now(),
    )


def a_file(version: FormVersion, name: str, content: bytes = b"picture") -> FormMedia:
    return FormMedia.objects.create(
        version=version,
        name=name,
        md5=hashlib.md5(content).hexdigest(),
        content_type="image/png",
        content=content,
    )


def xform_of(
    key: str, version: str, title: str = "Visit", questions: tuple[str, ...] = (), pictures: tuple[str, ...] = ()
) -> str:
    names = [*questions, *pictures]
    binds = "".join(f'<bind nodeset="/data/{name}" type="string"/>' for name in questions)
    binds += "".join(f'<bind nodeset="/data/{name}" type="binary"/>' for name in pictures)
    body = "".join(f'<input ref="/data/{name}"><label>{name}</label></input>' for name in questions)
    body += "".join(
        f'<upload ref="/data/{name}" mediatype="image/*"><label>{name}</label></upload>' for name in pictures
    )
    said = f' version="{version}"' if version else ""
    return (
        '<?xml version="1.0"?><h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">'
        f'<h:head><h:title>{title}</h:title><model><instance><data id="{key}"{said}>'
        + "".join(f"<{name}/>" for name in names)
        + f"<meta><instanceID/></meta></data></instance>{binds}</model></h:head><h:body>{body}</h:body></h:html>"
    )


def new_id() -> str:
    return f"uuid:{uuid.uuid4()}"


def filled(
    instance: str,
    key: str = "visit",
    version: str | None = "1",
    *,
    corrects: str = "",
    root: str = "data",
    orx: bool = False,
    **answers: str,
) -> bytes:
    """A filled form; `meta` stands in the OpenRosa namespace with `orx`."""
    prefix = "orx:" if orx else ""
    said = f' version="{version}"' if version is not None else ""
    space = ' xmlns:orx="http://openrosa.org/xforms"' if orx else ""
    meta = f"<{prefix}instanceID>{instance}</{prefix}instanceID>"
    meta += f"<{prefix}deprecatedID>{corrects}</{prefix}deprecatedID>" if corrects else ""
    return (
        f'<?xml version="1.0"?><{root} id="{key}"{said}{space}>'
        + "".join(f"<{name}>{text}</{name}>" for name, text in answers.items())
        + f"<{prefix}meta>{meta}</{prefix}meta></{root}>"
    ).encode()

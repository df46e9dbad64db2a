"""The whole way: a workbook becomes a form, a phone fills it in, a figure counts it and opens down to what was sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_django import Settings

from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.results.operations import load_catalogue
from samaki.ground.accounts.models import DeviceCredential, RoleGrant, User
from samaki.kernel.actors import Role, System
from tests.factories.forms import a_form, filled
from tests.factories.programmes import a_setting
from tests.interfaces.openrosa.conftest import issue
from tests.interfaces.openrosa.phone import Phone
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db
ANSWERS = "<held_on>2024-03-05</held_on><kind>training</kind><women>12</women>"


def test_a_workbook_a_phone_and_a_figure_meet(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    setting = a_setting()
    load_catalogue(by=System("tests"))
    programme, me = setting.programme, somebody(setting, Role.PARTNER_ME)

    workbook = tmp_path / "visits.xlsx"
    workbook.write_bytes(a_form())
    with workbook.open("rb") as file:
        me.post("/forms/send/", {"where": f"{programme.key}/{setting.ours.key}", "file": file})
    form = Form.objects.get(key="visits")
    me.post(f"/forms/{form.pk}/versions/{form.versions.get().pk}/")
    proposed = me.get(f"/forms/{form.pk}/match/?handler=session").context["entries"]
    matched = {one.name: str(one.value() or "") for one in proposed} | {"field_people.name": "", "part_people": ""}
    assert me.post(f"/forms/{form.pk}/match/?handler=session", {**matched, "save": "1"}).status_code == 302

    user = User.objects.create(username="sokha", language="en")
    RoleGrant.objects.create(user=user, role=Role.FACILITATOR, organisation=setting.ours, programme_id=programme.pk)
    issued = issue(user, setting.ours, programme.pk, DeviceCredential.Kind.APP)
    phone = Phone(f"http://testserver/or/{programme.key}", issued.device.username, issued.password)
    assert b"<formID>visits</formID>" in phone.form_list().body
    (answer,) = phone.submit(filled("visits", "1", "6d2f0c8e-0001", ANSWERS))
    number = Submission.objects.get(form=form).pk
    assert (answer.status, answer.message) == (201, f"Received, no. {number}")

    about = f"/programmes/{programme.key}/indicators/activities_held/"
    assert re.search(r">\s*1\s*<", me.get(about).content.decode())
    rows = me.get(f"{about}records/").content.decode()
    assert f'href="/submissions/{number}/"' in rows
    assert "12" in me.get(f"/submissions/{number}/").content.decode()

"""Records made again of what was sent, by whom, and how often it makes no difference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from samaki.engines.fieldforms.models import Form, Submission
from samaki.engines.fieldforms.operations.deriving import (
    Derived,
    delete_submission,
    derive_again,
    take_as,
    try_again,
)
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.ground.groups.models import Group
from samaki.kernel.actors import Role
from samaki.kernel.errors import Conflict, Refused
from samaki.kernel.form_handlers import FormHandler
from tests.factories.field import Field
from tests.factories.fieldforms import AT, a_form, a_parcel, xml

pytestmark = pytest.mark.django_db
Mapped = {"fields": {"day": "day", "women": "women"}}


@pytest.fixture
def form(field: Field, visits: FormHandler) -> Form:
    return a_form(field.programme, handler=visits.key, mapping=Mapped)


def _send(field: Field, women: object, **values: str) -> Submission:
    content = xml(f"<day>2024-03-05</day><women>{women}</women>", **values)
    return Submission.objects.get(pk=receive(a_parcel(field, content), at=AT).number)


def _names() -> list[str]:
    return sorted(Group.objects.filter(origin__startswith="submission:").values_list("name_latin", flat=True))


@pytest.mark.parametrize(
    "act",
    [
        lambda one, by: try_again(submission=one, by=by, at=AT),
        lambda one, by: delete_submission(submission=one, reason="why", by=by, at=AT),
        lambda one, by: take_as(submission=one, version=one.form_version, by=by, at=AT),
        lambda one, by: derive_again(form=one.form, organisation_id=one.organisation_id, by=by, at=AT),
    ],
)
def test_only_the_organisations_own_data_staff_may(
    field: Field, form: Form, act: Callable[[Submission, object], object]
) -> None:
    one = _send(field, 3)
    others = [field.actor(Role.PARTNER_ME, field.theirs), field.officer, field.actor(Role.FACILITATOR)]
    for actor in [*others, field.actor(Role.PARTNER_ME, second_factor=False)]:
        with pytest.raises(Refused):
            act(one, actor)
    one.refresh_from_db()
    assert (one.state, _names()) == ("handled", ["3"])


def test_everything_derived_again_is_the_same(field: Field, form: Form) -> None:
    for women in (1, 2, 99):
        _send(field, women)
    Group.objects.filter(name_latin="1").delete()
    for _again in range(2):
        assert derive_again(form=form, by=field.me, at=AT, organisation_id=field.ours.pk) == Derived(2, 1)
        assert _names() == ["1", "2"]


def test_only_the_newest_of_a_chain_is_derived(field: Field, form: Form) -> None:
    _send(field, 1, instance="uuid:1")
    _send(field, 2, corrects="uuid:1")
    assert derive_again(form=form, by=field.me, at=AT, organisation_id=field.ours.pk) == Derived(1, 0)
    assert _names() == ["2"]


def test_what_failed_is_recorded_once_its_cause_is_mended(field: Field, form: Form) -> None:
    one = _send(field, "many")
    assert try_again(submission=one, by=field.me, at=AT).state == "failed"
    form.mapping = {"fields": {"day": "day"}}
    form.revision += 1
    form.save()
    mended = try_again(submission=one, by=field.me, at=AT)
    assert (mended.state, mended.faults, _names()) == ("handled", [], ["None"])


def test_an_unknown_version_is_read_as_one_that_is_known(field: Field, form: Form) -> None:
    one = _send(field, 4, version="99")
    taken = take_as(submission=one, version=form.versions.get(), by=field.me, at=AT)
    assert (taken.state, _names()) == ("handled", ["4"])
    other = a_form(field.programme, "other").versions.get()
    with pytest.raises(Conflict):
        take_as(submission=_send(field, 5, version="99"), version=other, by=field.me, at=AT)


def test_a_deleted_submission_takes_its_record_with_it(field: Field, form: Form) -> None:
    one = _send(field, 3)
    assert delete_submission(submission=one, reason="twice", by=field.me, at=AT).state == "deleted"
    assert _names() == []
    with pytest.raises(Conflict):
        try_again(submission=one, by=field.me, at=AT)
    assert derive_again(form=form, by=field.me, at=AT, organisation_id=field.ours.pk) == Derived(0, 0)


def test_a_verified_submission_is_not_deleted(field: Field, form: Form) -> None:
    one = _send(field, 3)
    Submission.objects.update(review="verified")
    with pytest.raises(Conflict):
        delete_submission(submission=one, reason="twice", by=field.me, at=AT)
    assert _names() == ["3"]

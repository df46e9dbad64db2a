"""An agreed curriculum and a published instrument stand in the database too, whoever goes round the operations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from samaki.strands.learning.models import (
    Curriculum,
    CurriculumVersion,
    InstrumentItem,
    InstrumentVersion,
    Material,
    Module,
    Theme,
)
from tests.factories.field import a_field
from tests.factories.instruments import LAW, an_instrument

pytestmark = pytest.mark.django_db
AGREED = dt.date(2024, 1, 10)


@pytest.fixture
def version() -> CurriculumVersion:
    field = a_field()
    curriculum = Curriculum.objects.create(programme=field.programme, organisation=field.ours, key="c", title_en="C")
    made = CurriculumVersion.objects.create(curriculum=curriculum, number=1, summary_en="First")
    module = Module.objects.create(version=made, number=1, title_en="Rights")
    module.themes.add(Theme.objects.create(programme=field.programme, key="rights", name_en="Rights"))
    Material.objects.create(
        module=module, language="en", title="A", name="a.txt", content_type="text/plain", content=b"a"
    )
    CurriculumVersion.objects.create(curriculum=curriculum, number=2)
    return made


def _agree(version: CurriculumVersion) -> None:
    CurriculumVersion.objects.filter(pk=version.pk).update(state="agreed", agreed_on=AGREED)


def _draft() -> CurriculumVersion:
    return CurriculumVersion.objects.get(number=2)


CHANGES: dict[str, Callable[[CurriculumVersion], object]] = {
    "a word of the version": lambda v: CurriculumVersion.objects.filter(pk=v.pk).update(summary_en="Other"),
    "the version itself": lambda v: CurriculumVersion.objects.filter(pk=v.pk)._raw_delete("default"),
    "a module more": lambda v: Module.objects.create(version=v, number=2, title_en="More"),
    "a module's words": lambda v: Module.objects.filter(version=v).update(title_en="Other"),
    "a module less": lambda v: Module.objects.filter(version=v)._raw_delete("default"),
    "a module moved out": lambda v: Module.objects.filter(version=v).update(version=_draft()),
    "a module moved in": lambda v: Module.objects.filter(pk=_module_of(_draft()).pk).update(version=v, number=2),
    "a theme of a module": lambda v: Module.objects.get(version=v).themes.clear(),
    "a file more": lambda v: Material.objects.create(
        module=Module.objects.get(version=v), language="km", name="b.txt", content=b"b"
    ),
    "a file's content": lambda v: Material.objects.filter(module__version=v).update(content=b"b"),
    "a file less": lambda v: Material.objects.filter(module__version=v)._raw_delete("default"),
}


def _module_of(version: CurriculumVersion) -> Module:
    return Module.objects.create(version=version, number=1, title_en="Draft")


def _stands(change: Callable[[], object]) -> bool:
    """Whether the database refuses the change."""
    try:
        with transaction.atomic():
            change()
            if connection.vendor == "sqlite":
                connection.check_constraints()
    except IntegrityError as refused:
        if "stands as it was agreed" not in str(refused):
            raise
        return True
    return False


@pytest.mark.parametrize("what", CHANGES)
def test_of_an_agreed_version_nothing_changes(version: CurriculumVersion, what: str) -> None:
    _agree(version)
    assert _stands(lambda: CHANGES[what](version))


@pytest.mark.parametrize("what", [what for what in CHANGES if what not in {"the version itself", "a module less"}])
def test_of_a_draft_everything_does(version: CurriculumVersion, what: str) -> None:
    assert not _stands(lambda: CHANGES[what](version))


def test_an_agreed_version_is_retired_used_again_and_taken_back(version: CurriculumVersion) -> None:
    _agree(version)
    for state, agreed_on in (("retired", AGREED), ("agreed", AGREED), ("draft", None)):
        version.refresh_from_db()
        version.state, version.agreed_on = state, agreed_on
        version.save()
    Module.objects.filter(version=version).update(title_en="Other")
    assert Module.objects.get(version=version).title_en == "Other"


def test_of_a_published_instrument_neither_words_nor_questions_change() -> None:
    published = an_instrument(LAW)
    item = InstrumentItem.objects.filter(version=published).order_by("number")[0]
    changes: list[Callable[[], object]] = [
        lambda: InstrumentItem.objects.filter(pk=item.pk).update(right=2),
        lambda: InstrumentItem.objects.filter(pk=item.pk)._raw_delete("default"),
        lambda: InstrumentItem.objects.create(version=published, number=60, text_km="ក", text_en="A", choices=[]),
        lambda: InstrumentVersion.objects.filter(pk=published.pk).update(source="Another"),
    ]
    assert [_stands(change) for change in changes] == [True] * 4

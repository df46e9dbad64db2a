"""Pages of curricula: written by who may, read by the programme, and files that no browser runs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from samaki.ground.activities.models import Activity
from samaki.kernel.actors import Role
from samaki.strands.learning.models import Curriculum, CurriculumVersion, Material, Module, Review, SessionUse
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


def day(on: dt.date) -> dict[str, str]:
    return {"on_day": str(on.day), "on_month": str(on.month), "on_year": str(on.year)}


@pytest.fixture
def setting() -> Setting:
    return a_setting()


@pytest.fixture
def client(setting: Setting) -> Client:
    return somebody(setting, Role.PARTNER_ME)


def a_version(setting: Setting, key: str = "power") -> CurriculumVersion:
    curriculum = Curriculum.objects.create(
        key=key, programme=setting.programme, organisation=setting.ours, title_en="Power", title_km="អំណាច"
    )
    version = CurriculumVersion.objects.create(curriculum=curriculum, number=1)
    Module.objects.create(version=version, number=1, title_en="Rights", title_km="សិទ្ធិ")
    return version


def agree(version: CurriculumVersion) -> None:
    CurriculumVersion.objects.filter(pk=version.pk).update(state="agreed", agreed_on=dt.date(2008, 1, 1))


def test_a_curriculum_goes_from_a_title_to_a_second_version(setting: Setting, client: Client) -> None:
    assert client.post(reverse("curriculum_new"), {"title_en": "Power"}).status_code == 302
    curriculum = Curriculum.objects.get()
    key = curriculum.key
    version = [key, 1]
    module = {"title_en": "Rights", "minutes": "១២០"}
    assert client.post(reverse("curriculum_module_new", args=version), module).status_code == 302
    said = {"text": "Add care", "said_by": "Programme staff", **day(dt.date(2024, 1, 5))}
    assert client.post(reverse("curriculum_version", args=version), {"propose": "1", **said}).status_code == 302
    agreeing = reverse("curriculum_step", args=[*version, "agree"])
    refused = client.post(agreeing, day(dt.date(2024, 2, 1)))
    assert (refused.status_code, "agree or decline each proposal" in refused.content.decode()) == (422, True)
    proposal = reverse("curriculum_proposal", args=[*version, Review.objects.get().pk])
    assert client.post(proposal, {"answer": "1", "step": "declined", **said}).status_code == 302
    assert client.post(agreeing, day(dt.date(2024, 2, 1))).status_code == 302
    assert client.post(reverse("curriculum_draft", args=[key])).status_code == 302
    second = CurriculumVersion.objects.get(number=2)
    copied = second.modules.get()
    assert (copied.title_en, copied.minutes, second.state) == ("Rights", 120, "draft")
    change = {"module": "1", "title_en": "Rights", "minutes": "150", "revision": str(copied.revision)}
    assert client.post(reverse("curriculum_module", args=[key, 2, copied.pk]), change).status_code == 302
    page = client.get(reverse("curriculum_version", args=[key, 2])).content.decode()
    assert ("<del>120</del> <ins>150</ins>" in page, "What changed since version 1" in page) == (True, True)
    assert client.post(reverse("curriculum_module_remove", args=[key, 1, Module.objects.first().pk])).status_code == 409  # type: ignore[union-attr]  # there are two


def test_a_material_is_sent_fetched_as_a_file_to_keep_and_removed(setting: Setting, client: Client) -> None:
    version = a_version(setting)
    address = reverse("curriculum_module", args=["power", 1, version.modules.get().pk])
    script = SimpleUploadedFile("x.html", b"<script>alert(1)</script>", "text/html")
    refused = client.post(address, {"attach": "1", "language": "en", "file": script})
    assert (refused.status_code, Material.objects.count()) == (422, 0)
    file = SimpleUploadedFile("ក្រដាស.txt", b"<script>", "text/html")
    assert client.post(address, {"attach": "1", "language": "km", "title": "Handout", "file": file}).status_code == 302
    material = Material.objects.get()
    answer = client.get(reverse("material", args=[material.pk]))
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"<script>", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert client.post(reverse("material_remove", args=[material.pk])).status_code == 302
    assert Material.objects.count() == 0


def test_a_partner_of_the_programme_reads_it_and_changes_nothing(setting: Setting) -> None:
    version = a_version(setting)
    module = version.modules.get()
    material = Material.objects.create(
        module=module, language="en", title="a", name="a.txt", content_type="text/plain", content=b"a"
    )
    posts = [
        reverse("curriculum_draft", args=["power"]),
        *(reverse("curriculum_step", args=["power", 1, step]) for step in ("retire", "use-again", "discard")),
        reverse("curriculum_module_remove", args=["power", 1, module.pk]),
        reverse("material_remove", args=[material.pk]),
    ]
    for role, organisation, seen, written in (
        (Role.PARTNER_ME, setting.theirs, 200, 403),
        (Role.FACILITATOR, None, 200, 403),
        (Role.AUDITOR, None, 200, 403),
        (Role.DONOR, None, 404, 404),
        (Role.ADMINISTRATOR, None, 404, 404),
    ):
        who = somebody(setting, role, organisation)
        assert who.get(reverse("curriculum_version", args=["power", 1])).status_code == seen
        assert {who.post(address).status_code for address in posts} == {written}
        assert (
            who.post(reverse("curriculum", args=["power"]), {"title_en": "x", "revision": "1"}).status_code == written
        )
    assert (Curriculum.objects.get().title_en, Module.objects.count(), Material.objects.count()) == ("Power", 1, 1)


def test_an_activity_says_which_version_its_sessions_taught(setting: Setting, client: Client) -> None:
    version = a_version(setting)
    session = setting.session(on=dt.date(2008, 6, 1))
    Activity.objects.update(kind="training")
    address = reverse("activity_taught", args=[session.activity.key])
    assert "No version of a curriculum was agreed by then" in client.get(address).content.decode()
    agree(version)
    sent = {f"session_{session.pk}": [str(version.modules.get().pk)]}
    assert client.post(address, sent).status_code == 302
    assert SessionUse.objects.get().module == version.modules.get()
    assert "1. Rights" in client.get(reverse("activity", args=[session.activity.key])).content.decode()
    used = client.get(reverse("curriculum_version", args=["power", 1])).content.decode()
    assert reverse("activity", args=[session.activity.key]) in used
    stranger = somebody(setting, Role.PARTNER_ME, setting.theirs)
    unseen = stranger.get(reverse("curriculum_version", args=["power", 1])).content.decode()
    assert (reverse("activity", args=[session.activity.key]) in unseen, stranger.post(address, sent).status_code) == (
        False,
        404,
    )


def test_themes_are_kept_by_who_oversees_the_programme(setting: Setting, client: Client) -> None:
    address = reverse("themes", args=[setting.programme.key])
    officer = somebody(setting, Role.PROGRAMME_OFFICER)
    sent = {"name_km": "ការថែទាំ", "name_en": "Care", "is_current": "on"}
    assert (client.post(address, sent).status_code, officer.post(address, sent).status_code) == (403, 302)
    again = officer.post(address, sent)
    assert (again.status_code, "such a theme already" in again.content.decode()) == (422, True)


def test_the_pages_take_as_many_queries_for_three_as_for_one(setting: Setting, client: Client) -> None:
    counts = []
    version = a_version(setting)
    agree(version)
    for number in range(3):
        if number:
            held = CurriculumVersion.objects.filter(pk=version.pk)
            held.update(state="draft", agreed_on=None)  # an agreed one takes no module
            Module.objects.create(version=version, number=number + 1, title_en=f"Module {number}")
            held.update(state="agreed", agreed_on=dt.date(2023, 1, 10))
            a_version(setting, f"more-{number}")
        session = setting.session(on=dt.date(2008, 6, 1), code=f"04010{number + 1}")
        SessionUse.objects.create(session=session, version=version, module=version.modules.order_by("-number")[0])
        Review.objects.create(version=version, step="proposed", on=dt.date(2008, 1, 1), by="staff", text="More")
        pages = (
            reverse("curricula"),
            reverse("curriculum", args=["power"]),
            reverse("curriculum_version", args=["power", 1]),
        )
        counts.append([queries_of(client, address) for address in pages])
    assert counts[0] == counts[2]


def test_what_is_done_with_a_version_is_told_with_what_stays(setting: Setting) -> None:
    version = a_version(setting)
    version.state, version.agreed_on = "agreed", dt.date(2023, 1, 10)
    version.save()
    client = somebody(setting, Role.PARTNER_ME)
    for step, said in (
        ("retire", "No longer offered to new trainings. What used it stays as it was; it can be used again."),
        ("use-again", "Offered to new trainings again."),
        ("take-back", "It is a draft again, because nothing has used it yet."),
    ):
        page = client.post(reverse("curriculum_step", args=["power", 1, step]), follow=True).content.decode()
        assert said in page, step

"""A form is sent as a workbook, looked at, published, withdrawn: in the browser, by those who may."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.interfaces.web.second_factor import PROVED
from samaki.kernel.audit.models import AuditEntry
from tests.factories.forms import a_form, asking
from tests.interfaces.forms.conftest import Site

pytestmark = pytest.mark.django_db
NO_VERSION = (("form_id", "form_title"), ("visits", "Visits"))


def _version_page(form: Form) -> str:
    return f"/forms/{form.pk}/versions/{form.versions.order_by('-pk')[0].pk}/"


def test_a_workbook_becomes_a_draft_that_shows_its_questions_in_both_languages(site: Site) -> None:
    page = site.me.get(_version_page(site.draft())).content.decode()
    for words in (
        "Kind of meeting",
        "ប្រភេទ",
        "Training",
        "វគ្គបណ្តុះបណ្តាល",
        "Asked only if:",
        "«Kind of meeting» is «Training»",
    ):
        assert words in page
    assert Form.objects.get().versions.get().state == "draft"


def test_faults_are_told_by_row_and_nothing_is_kept(site: Site) -> None:
    answer = site.send(site.me, asking(("txt", "a", "ក", "A"), ("text", "b", "ខ", "B")))
    said = answer.content.decode()  # type: ignore[attr-defined]  # a response
    assert answer.status_code == 422  # type: ignore[attr-defined]  # a response
    assert "There is no type of question named txt." in said
    assert "Unknown question type &#x27;txt&#x27;" in said
    assert Form.objects.count() == 0


def test_publishing_freezes_the_bytes_and_their_md5(site: Site) -> None:
    form = site.published()
    version = form.versions.get()
    assert (version.state, version.md5) == ("published", hashlib.md5(version.xform.encode()).hexdigest())
    again = site.send(site.me, a_form())
    assert (again.status_code, form.versions.count()) == (302, 1)  # type: ignore[attr-defined]  # the same file
    other = site.send(site.me, asking(("text", "a", "ក", "A")))
    assert "is published already" in other.content.decode()  # type: ignore[attr-defined]  # a response
    kept = form.versions.get()
    assert (kept.xform, kept.md5) == (version.xform, version.md5)
    assert AuditEntry.objects.filter(action="publish_form", details__md5=version.md5).count() == 1


def test_a_form_without_a_version_gets_one_that_grows(site: Site) -> None:
    form = site.published(asking(("text", "a", "ក", "A"), settings=NO_VERSION))
    site.send(site.me, asking(("text", "b", "ខ", "B"), settings=NO_VERSION))
    first, second = form.versions.order_by("pk")
    assert (len(first.version), int(second.version) - int(first.version)) == (10, 1)
    assert f'version="{second.version}"' in second.xform


def test_a_draft_of_the_same_version_takes_the_place_of_the_one_before(site: Site) -> None:
    form = site.draft()
    site.send(site.me, asking(("text", "a", "ក", "A")))
    assert [question["name"] for question in form.versions.get().questions] == ["a"]


def test_withdrawing_leaves_the_version_known_and_closing_is_undone(site: Site) -> None:
    form = site.published()
    page = _version_page(form)
    assert site.me.post(f"{page}withdraw/").status_code == 302
    assert form.versions.get().state == "withdrawn"
    assert site.me.post(f"{page}withdraw/").status_code == 409
    assert site.submit(form).state == "kept"
    for step, is_open in (("close", False), ("open", True)):
        site.me.post(f"/forms/{form.pk}/{step}/")
        form.refresh_from_db()
        assert form.is_open is is_open


def test_a_question_that_seems_to_ask_what_is_never_stored_is_answered_first(site: Site) -> None:
    form = site.draft(asking(("text", "a", "ក", "Did the HIV training take place?")))
    page = _version_page(form)
    refused = site.me.post(page)
    assert (refused.status_code, form.versions.get().state) == (422, "draft")
    place = next(at for at, one in enumerate(form.versions.get().notices) if one["level"] == "ask")
    site.me.post(page, {f"why_{place}": "It asks about a training"})
    version = form.versions.get()
    assert (version.state, version.notices[place]["answer"]) == ("published", "It asks about a training")
    assert AuditEntry.objects.get(action="publish_form").reason == "It asks about a training"


def test_files_that_the_form_names_are_attached_before_it_is_published(site: Site) -> None:
    form = site.draft(asking(("select_one_from_file villages.csv", "village", "ភូមិ", "Village")))
    page = _version_page(form)
    assert "villages.csv" in site.me.get(page).content.decode()
    assert site.me.post(page).status_code == 422
    for name, content, status in (
        ("villages.exe", b"MZ", 422),
        ("big.csv", b"x" * (10 * 1024 * 1024 + 5), 422),
        ("villages.csv", b"name,label\n1,Thmei\n", 302),
    ):
        sent = site.me.post(f"{page}files/", {"files": SimpleUploadedFile(name, content)})
        assert sent.status_code == status, name
    assert list(form.versions.get().media.values_list("name", flat=True)) == ["villages.csv"]
    assert site.me.post(page).status_code == 302
    late = site.me.post(f"{page}files/", {"files": SimpleUploadedFile("villages.csv", b"name,label\n")})
    assert late.status_code == 422
    assert bytes(form.versions.get().media.get().content) == b"name,label\n1,Thmei\n"


def test_a_name_with_a_folder_in_it_is_bare_or_refused(site: Site) -> None:
    from samaki.engines.fieldforms.operations.media import attach_media
    from samaki.kernel.errors import Invalid

    version = site.draft().versions.get()
    for name in ("../../x.csv", "a/b.csv", "a\\b.csv", "x\0.csv", ".csv", "n" * 300 + ".csv"):
        with pytest.raises(Invalid) as refused:
            attach_media(version=version, files={name: b"a"}, by=site.setting.partner(), at=version.made_at)
        assert refused.value.code == "media_name"


def test_files_are_carried_on_to_the_next_version(site: Site) -> None:
    rows = (("select_one_from_file villages.csv", "village", "ភូមិ", "Village"),)
    form = site.draft(asking(*rows, settings=NO_VERSION))
    site.me.post(f"{_version_page(form)}files/", {"files": SimpleUploadedFile("villages.csv", b"name,label\n1,x\n")})
    site.me.post(_version_page(form))
    site.send(site.me, asking(*rows, ("text", "b", "ខ", "B"), settings=NO_VERSION))
    assert [list(one.media.values_list("name", flat=True)) for one in form.versions.all()] == [["villages.csv"]] * 2


def test_a_form_with_t4_content_says_why_phones_do_not_get_it(site: Site) -> None:
    form = site.draft(is_sensitive="on")
    for page in (f"/forms/{form.pk}/", _version_page(form)):
        assert "Phone apps keep answers unlocked" in site.me.get(page).content.decode()
    assert site.me.get(f"/forms/{form.pk}/data/").status_code == 403


def test_another_partner_neither_sees_nor_changes_the_form(site: Site) -> None:
    form = site.published()
    page = _version_page(form)
    asked = [site.other.get(f"/forms/{form.pk}/"), site.other.get(page), site.other.post(f"{page}withdraw/")]
    assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert "visits" not in site.other.get("/forms/").content.decode()
    taken = site.send(site.other, a_form(), organisation=site.setting.theirs.key)
    assert "Another form has the id visits" in taken.content.decode()  # type: ignore[attr-defined]  # a response
    assert form.versions.get().state == FormVersion.State.PUBLISHED


def test_without_her_second_step_she_is_told_what_her_own_answers_wait_for(site: Site) -> None:
    form = site.published()
    session = site.me.session
    del session[PROVED]
    session.save()
    told = site.me.get(f"/forms/{form.pk}/").content.decode()
    assert "This part needs a second sign-in step" in told
    assert f"/forms/{form.pk}/data/" not in told


def test_a_partner_sees_the_programmes_form_and_may_not_change_it(site: Site) -> None:
    site.send(site.officer, a_form(), organisation="")
    form = Form.objects.get()
    page = _version_page(form)
    assert site.me.get(page).status_code == 404  # a draft is its makers' alone
    assert site.officer.post(page).status_code == 302
    assert (site.me.get(page).status_code, site.me.post(f"{page}withdraw/").status_code) == (200, 403)
    assert AuditEntry.objects.filter(refused=True, action="edit_forms").count() == 1


def test_who_makes_no_forms_gets_none_of_these_pages(site: Site) -> None:
    form = site.published()
    asked = [f"/forms/{form.pk}/", _version_page(form), f"/forms/{form.pk}/data/"]
    assert [site.donor.get(one).status_code for one in asked] == [404, 404, 404]
    assert (site.donor.get("/forms/").status_code, site.donor.get("/forms/send/").status_code) == (403, 403)


def test_odk_validate_is_offered_where_java_is_and_its_absence_said(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = _version_page(site.draft())
    monkeypatch.setenv("PATH", "/nowhere")
    assert "ODK Validate needs Java" in site.me.get(page).content.decode()
    assert site.me.post(f"{page}check/").status_code == 409

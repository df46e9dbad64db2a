"""Section 1 of field capture: which forms a phone is offered, and what goes with them."""

from __future__ import annotations

import hashlib
from email.utils import parsedate_to_datetime

import pytest
from lxml import etree

from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.kernel.actors import Role
from samaki.kernel.form_handlers import FormHandler, Tier, form_handlers
from samaki.kernel.policy import Action
from tests.interfaces.openrosa.conftest import Field
from tests.interfaces.openrosa.forms import State, a_file, a_form
from tests.interfaces.openrosa.phone import Answer, Phone

pytestmark = pytest.mark.django_db

LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


def listed(answer: Answer) -> list[dict[str, str]]:
    """The entries of a formList, as Collect reads them: every one must have what it cannot do without."""
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    root = etree.fromstring(answer.body)
    assert root.tag == f"{LIST}xforms"
    entries = [{child.tag.removeprefix(LIST): child.text or "" for child in entry} for entry in root]
    for entry in entries:
        assert entry["formID"] and entry["name"] and entry["downloadUrl"] and entry["hash"].startswith("md5:")
    return entries


def ids(answer: Answer) -> list[str]:
    return [entry["formID"] for entry in listed(answer)]


def files(answer: Answer) -> list[dict[str, str]]:
    root = etree.fromstring(answer.body)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert root.tag == f"{MANIFEST}manifest"
    return [{child.tag.removeprefix(MANIFEST): child.text or "" for child in entry} for entry in root]


@pytest.fixture
def handler() -> FormHandler:
    """A handler of T4, for one test."""
    return FormHandler(
        key="for-tests",
        label="Cases",
        action=Action.RECORD_ACTIVITY,
        fields=(),
        take=lambda entries, handling: None,
        take_back=lambda origins, handling, by: None,
        find=lambda origins: {},
        tier=Tier.T4,
    )


def test_every_answer_has_the_version_and_the_date(in_field: Field, phone: Phone) -> None:
    base = phone.path
    stranger = Phone(phone.server_url, "nobody", "wrong")
    answers = [
        phone.form_list(),
        phone.ask("HEAD", f"{base}/submission"),
        phone.ask("GET", f"{base}/xforms/999.xml"),
        phone.ask("GET", f"{base}/submission"),
        phone.ask("POST", f"{base}/submission", b"x", "text/plain"),
        phone.ask("DELETE", f"{base}/formList"),
        phone.ask("GET", f"{base}/no/such/address"),
        phone.ask("GET", "/or/"),
        phone.ask("GET", "/or/another-programme/formList"),
        stranger.form_list(),
    ]
    assert [one.status for one in answers] == [200, 204, 404, 405, 400, 405, 404, 404, 404, 401]
    for one in answers:
        assert one.headers["x-openrosa-version"] == "1.0"
        assert parsedate_to_datetime(one.headers["date"]) is not None
        if one.status >= 400:
            assert one.headers["content-type"] == "text/xml; charset=utf-8"
            assert etree.fromstring(one.body).tag == "{http://openrosa.org/http/response}OpenRosaResponse"
            assert one.message


def test_a_form_is_listed_with_all_a_client_needs_and_no_manifest_without_media(phone: Phone) -> None:
    version = FormVersion.objects.get()
    assert listed(phone.form_list()) == [
        {
            "formID": "visit",
            "name": "Visit",
            "version": "1",
            "hash": f"md5:{version.md5}",
            "downloadUrl": f"{phone.server_url}/xforms/{version.pk}.xml",
        }
    ]


def test_the_address_opens_with_and_without_a_trailing_slash(phone: Phone) -> None:
    for end in ("/formList", "/formList/"):
        assert phone.ask("GET", phone.path + end).status == 200
    for end in ("/submission", "/submission/"):
        assert phone.ask("HEAD", phone.path + end).status == 204


def test_device_id_and_verbose_are_tolerated(phone: Phone) -> None:
    assert ids(phone.form_list("?deviceID=collect%3Aabc&verbose=true&listAllVersions=true")) == ["visit"]


def test_the_list_can_be_asked_for_one_form(in_field: Field, phone: Phone) -> None:
    a_form(in_field.setting, "other")
    assert ids(phone.form_list("?formID=other")) == ["other"]
    assert ids(phone.form_list("?formID=none")) == []
    assert ids(phone.form_list("?formID=")) == []


def test_head_of_the_list_is_a_2xx_without_a_body(phone: Phone) -> None:
    answer = phone.ask("HEAD", f"{phone.path}/formList")
    assert (answer.status, answer.body) == (200, b"")


def test_the_hash_is_of_the_exact_bytes_and_the_same_at_each_call(in_field: Field, phone: Phone) -> None:
    a_form(in_field.setting, "khmer", title="ចុះមូលដ្ឋាន ស្ត្រី & «បុរស»".replace("&", "&amp;"))
    first, second = listed(phone.form_list()), listed(phone.form_list())
    assert first == second
    assert len(first) == 2
    for entry in first:
        for _time in range(2):
            download = phone.fetch(entry["downloadUrl"])
            assert (download.status, download.headers["content-type"]) == (200, "text/xml; charset=utf-8")
            assert f"md5:{hashlib.md5(download.body).hexdigest()}" == entry["hash"]


def test_the_version_listed_is_the_one_in_the_form(in_field: Field, phone: Phone) -> None:
    a_form(in_field.setting, "dated", "2024050101")
    a_form(in_field.setting, "unversioned", "")
    for entry in listed(phone.form_list()):
        root = etree.fromstring(phone.fetch(entry["downloadUrl"]).body)
        (instance,) = root.iterfind(".//{http://www.w3.org/2002/xforms}instance")
        assert instance[0].get("id") == entry["formID"]
        assert instance[0].get("version", "") == entry["version"]


def test_only_the_newest_published_version_is_listed_and_older_ones_still_open(in_field: Field, phone: Phone) -> None:
    old = FormVersion.objects.get()
    new = a_form(in_field.setting, "visit", "2")
    a_form(in_field.setting, "visit", "3", state=State.DRAFT)
    a_form(in_field.setting, "visit", "4", state=State.WITHDRAWN)
    assert [(entry["version"], entry["hash"]) for entry in listed(phone.form_list())] == [("2", f"md5:{new.md5}")]
    states = {
        version.version: phone.ask("GET", f"{phone.path}/xforms/{version.pk}.xml").status
        for version in FormVersion.objects.order_by("pk")
    }
    assert states == {"1": 200, "2": 200, "3": 404, "4": 404}
    assert old.version == "1"


def test_titles_are_in_the_language_of_the_user_and_never_empty(in_field: Field) -> None:
    a_form(in_field.setting, "untitled")
    Form.objects.filter(key="untitled").update(title_km=" ", title_en="")
    khmer = in_field.phone(in_field.another(language="km"))
    assert [entry["name"] for entry in listed(khmer.form_list())] == ["untitled", "ទស្សនកិច្ច"]
    assert [entry["name"] for entry in listed(in_field.phone().form_list())] == ["untitled", "Visit"]


def test_one_bad_entry_never_drops_the_list(in_field: Field, phone: Phone) -> None:
    a_form(in_field.setting, "bad\u200bid")
    a_form(in_field.setting, "no-hash")
    a_form(in_field.setting, "odd-title", title="fine")
    FormVersion.objects.filter(form__key="no-hash").update(md5="")
    Form.objects.filter(key="odd-title").update(title_en="a<b>&\x0b\ufffe\U0001f600")
    entries = listed(phone.form_list())
    assert [(entry["formID"], entry["name"]) for entry in entries] == [
        ("odd-title", "a<b>&\U0001f600"),
        ("visit", "Visit"),
    ]


def test_an_empty_list_is_a_list(in_field: Field, phone: Phone) -> None:
    Form.objects.update(is_open=False)
    assert listed(phone.form_list()) == []


@pytest.mark.parametrize(
    "change",
    [{"is_open": False}, {"is_sensitive": True}, {"organisation": "theirs"}, {"programme": "another"}],
)
def test_a_form_that_is_closed_sensitive_or_of_others_is_neither_listed_nor_opened(
    in_field: Field, phone: Phone, change: dict[str, object]
) -> None:
    version = a_form(in_field.setting, "hidden")
    a_file(version, "a.png")
    media = version.media.get()
    addresses = [
        f"/xforms/{version.pk}.xml",
        f"/xforms/{version.pk}/manifest",
        f"/xforms/{version.pk}/media/{media.pk}",
    ]
    assert [phone.ask("GET", phone.path + address).status for address in addresses] == [200, 200, 200]
    if "organisation" in change:
        change = {"organisation": in_field.setting.theirs}
    if "programme" in change:
        from tests.factories.programmes import a_setting

        change = {"programme": a_setting().programme}
    Form.objects.filter(key="hidden").update(**change)
    assert ids(phone.form_list()) == ["visit"]
    assert [phone.ask("GET", phone.path + address).status for address in addresses] == [404, 404, 404]


def test_a_form_that_would_carry_t4_is_not_offered_to_an_app(
    in_field: Field, phone: Phone, handler: FormHandler
) -> None:
    a_form(in_field.setting, "cases", handler=handler.key)
    assert ids(phone.form_list()) == ["cases", "visit"]
    form_handlers.register(handler)
    try:
        assert ids(phone.form_list()) == ["visit"]
    finally:
        del form_handlers._entries[handler.key]


def test_a_form_of_ones_own_organisation_is_offered(in_field: Field, phone: Phone) -> None:
    a_form(in_field.setting, "ours", organisation=in_field.setting.ours)
    assert ids(phone.form_list()) == ["ours", "visit"]


def test_a_user_is_offered_only_what_she_may_record(in_field: Field) -> None:
    coordinator = in_field.phone(in_field.another(Role.GROUP_COORDINATOR))
    assert ids(coordinator.form_list()) == []  # she records tallies, no activities
    assert ids(in_field.phone(in_field.another(Role.PARTNER_ME)).form_list()) == ["visit"]


def test_each_file_of_the_manifest_is_a_bare_name_with_its_hash(in_field: Field, phone: Phone) -> None:
    version = a_form(in_field.setting, "with-media")
    content = {"រូបភាព.png": b"\x89PNG", "places.csv": b"a,b\n1,2\n"}
    for name, data in content.items():
        a_file(version, name, data)
    a_file(version, "../up.png")
    a_file(version, "..")
    (entry,) = listed(phone.form_list("?formID=with-media"))
    found = files(phone.fetch(entry["manifestUrl"]))
    assert {one["filename"] for one in found} == set(content)
    for one in found:
        download = phone.fetch(one["downloadUrl"])
        assert (download.status, download.body) == (200, content[one["filename"]])
        assert one["hash"] == f"md5:{hashlib.md5(download.body).hexdigest()}"


def test_a_file_opens_only_with_the_version_it_belongs_to(in_field: Field, phone: Phone) -> None:
    first, second = a_form(in_field.setting, "first"), a_form(in_field.setting, "second")
    media = a_file(first, "a.png")
    statuses = [phone.ask("GET", f"{phone.path}/xforms/{v.pk}/media/{media.pk}").status for v in (first, second)]
    assert statuses == [200, 404]


def test_addresses_are_absolute_and_those_the_client_reached_us_by(phone: Phone) -> None:
    phone.transport.secure = True  # type: ignore[attr-defined]
    (entry,) = listed(phone.form_list())
    assert entry["downloadUrl"].startswith(f"https://testserver{phone.path}/xforms/")


def test_the_list_takes_as_many_queries_for_three_forms_as_for_one(in_field: Field, phone: Phone) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    phone.form_list()
    counts = []
    for number in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert len(listed(phone.form_list())) == number + 1
        counts.append(len(captured))
        a_file(a_form(in_field.setting, f"more-{number}"), "a.png")
    assert counts[2] == counts[0]

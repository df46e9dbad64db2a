"""Definitions and filled forms, as apps write them."""

from __future__ import annotations

import pytest

from samaki.engines.fieldforms.xforms import Answers, read_definition, read_submission
from samaki.kernel.errors import Invalid

pytestmark = pytest.mark.once

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Session</h:title><model>
 <itext><translation lang="Khmer (km)"><text id="day"><value>ថ្ងៃ</value><value form="audio">jr://audio/day.mp3</value></text>
 <text id="w"><value>ស្រី</value></text></translation>
 <translation lang="English (en)"><text id="day"><value>Day</value></text><text id="w"><value>Woman</value></text>
 </translation></itext>
 <instance><data id="visit" version="7"><day/><who><name/><people jr:template=""><sex/></people>
 </who><meta><instanceID/></meta></data></instance>
 <instance id="sexes"><root><item><name>w</name><itextId>w</itextId></item></root></instance>
 <instance id="villages" src="jr://file-csv/villages.csv"/>
 <bind nodeset="/data/day" type="date" required="true()"/>
 <bind nodeset="/data/who/people/sex" type="string"/></model></h:head>
 <h:body><input ref="/data/day"><label ref="jr:itext('day')"/></input>
 <group ref="/data/who"><repeat nodeset="/data/who/people"><select1 ref="/data/who/people/sex"><label>Sex</label>
 <itemset nodeset="instance('sexes')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/>
 </itemset></select1></repeat></group>
 </h:body></h:html>"""


def test_a_definition_tells_its_questions_in_both_languages() -> None:
    definition = read_definition(FORM)
    assert (definition.form_id, definition.version, definition.title) == ("visit", "7", "Session")
    assert definition.repeats == {"who/people"}
    assert definition.media == {"day.mp3", "villages.csv"}
    day, name, sex = definition.questions
    assert (day.path, day.kind, day.label_km, day.label_en, day.required) == ("day", "date", "ថ្ងៃ", "Day", True)
    assert (name.path, name.is_asked) == ("who/name", False)
    assert (sex.repeat, sex.kind, sex.choices) == ("who/people", "select_one", (("w", "ស្រី", "Woman"),))


def test_a_question_survives_being_stored() -> None:
    for question in read_definition(FORM).questions:
        assert type(question).from_json(question.as_json()) == question


def _filled(inner: str, attributes: str = 'id="visit" version="7"') -> bytes:
    return f'<?xml version="1.0"?><data {attributes}>{inner}</data>'.encode()


@pytest.mark.parametrize(
    "meta",
    [
        "<meta><instanceID>uuid:1</instanceID></meta>",
        '<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>uuid:1</orx:instanceID></orx:meta>',
    ],
)
def test_the_instance_id_is_found_with_and_without_the_namespace(meta: str) -> None:
    assert read_submission(_filled(meta)).instance_id == "uuid:1"


def test_the_root_may_have_any_name_and_the_form_id_may_be_its_namespace() -> None:
    filled = read_submission(b'<visit xmlns="http://example.org/visit"><a>1</a></visit>')
    assert filled.form_id == "http://example.org/visit"
    assert filled.answers(frozenset()).values == {"a": "1"}


def test_the_same_bytes_without_an_instance_id_are_the_same_submission() -> None:
    first, again = read_submission(_filled("<a>1</a>")), read_submission(_filled("<a>1</a>"))
    assert first.instance_id == again.instance_id
    assert read_submission(_filled("<a>2</a>")).instance_id != first.instance_id


def test_rows_of_a_repeated_part_keep_their_place_and_one_row_is_still_a_row() -> None:
    xml = _filled("<day>2026-01-02</day><who><name>A</name><people><sex>w</sex></people></who>")
    answers = read_submission(xml).answers(frozenset({"who/people"}))
    assert answers.values == {"day": "2026-01-02", "who/name": "A"}
    assert answers.repeats == {"who/people": [{"#": "1", "who/people/sex": "w"}]}
    assert Answers.from_json(answers.as_json()) == answers


def test_rows_inside_rows_say_which_row_they_stand_in() -> None:
    xml = _filled("<a><b><c>1</c></b><b><c>2</c></b></a><a><b><c>3</c></b></a>")
    answers = read_submission(xml).answers(frozenset({"a", "a/b"}))
    assert [row["#"] for row in answers.repeats["a/b"]] == ["1/1", "1/2", "2/1"]


def test_without_a_definition_what_stands_twice_is_a_repeated_part() -> None:
    answers = read_submission(_filled("<p><x>1</x></p><p><x>2</x></p><y>3</y>")).answers(None)
    assert answers.values == {"y": "3"}
    assert [row["p/x"] for row in answers.repeats["p"]] == ["1", "2"]


def test_an_encrypted_form_names_its_files_and_has_no_answers() -> None:
    xml = _filled(
        "<base64EncryptedKey>k</base64EncryptedKey><media><file>a.jpg.enc</file></media>"
        "<encryptedXmlFile>submission.xml.enc</encryptedXmlFile>",
        'id="visit" version="7" encrypted="yes"',
    )
    filled = read_submission(xml)
    assert filled.is_encrypted
    assert set(filled.encrypted_names()) == {"a.jpg.enc", "submission.xml.enc"}
    assert filled.answers(None) == Answers()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><data id="visit"><a>&c;</a></data>"""
FETCH = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="visit"><a>&x;</a></data>'
ONLY_DTD = b'<!DOCTYPE data SYSTEM "http://127.0.0.1:9/x.dtd"><data id="visit"/>'


@pytest.mark.parametrize(
    "xml", [BOMB, FETCH, ONLY_DTD, BOMB.decode().replace('1.0"?>', '1.0" encoding="utf-16"?>').encode("utf-16")]
)
def test_a_document_type_is_refused_in_any_encoding(xml: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_submission(xml)
    assert refused.value.code == "entities_refused"


@pytest.mark.parametrize("xml", [b"", b"\0", b"<data", b"<data id='a'><b></data>", b"<data id='a'>\0</data>", b"{}"])
def test_what_is_no_xml_is_malformed(xml: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        read_submission(xml)
    assert refused.value.code == "malformed_xml"


def test_xml_deeper_than_any_form_is_malformed() -> None:
    with pytest.raises(Invalid) as refused:
        read_submission(b"<data id='a'>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</data>")
    assert refused.value.code == "malformed_xml"


def test_a_submission_that_says_no_form_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        read_submission(b"<data><a>1</a></data>")
    assert refused.value.code == "no_form_id"

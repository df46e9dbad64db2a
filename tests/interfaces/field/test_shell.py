"""The app itself: the same for everyone, so that a phone may keep it."""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client
from django.urls import reverse

from samaki.interfaces.field import joined, shell
from samaki.interfaces.field.words import WORDS, both
from samaki.kernel.actors import Role
from tests.factories.programmes import a_setting
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db


def test_the_page_is_the_same_for_who_is_signed_in_and_who_is_not() -> None:
    client = somebody(a_setting(), Role.FACILITATOR)
    client.cookies["django_language"] = "en"
    stranger = Client()
    stranger.cookies["django_language"] = "en"
    assert client.get(reverse("field")).content == stranger.get(reverse("field")).content


def test_the_page_carries_no_script_and_no_style_of_its_own() -> None:
    text = Client().get(reverse("field")).content.decode()
    scripts = re.findall(r"<script([^>]*)>([^<]*)", text)
    assert [inside for about, inside in scripts if "application/json" not in about and inside.strip()] == []
    assert re.findall(r"<style|\son\w+=|\sstyle=", text) == []


def test_the_page_speaks_both_languages() -> None:
    text = Client().get(reverse("field")).content.decode()
    words = json.loads(re.search(r'<script id="words"[^>]*>(.*?)</script>', text, re.S)[1])  # type: ignore[index]
    assert {language: set(found) for language, found in words.items()} == {
        language: {*WORDS, "months"} for language in ("km", "en")
    }
    assert words["km"] == both()["km"]


def test_every_word_that_a_script_says_is_there() -> None:
    said = set(re.findall(r'\bsay\("(\w+)"', joined.joined()))
    said |= {word for pair in re.findall(r'\bsay\([^()]*\? "(\w+)" : "(\w+)"', joined.joined()) for word in pair}
    assert said - set(WORDS) == set()


def test_the_one_script_is_that_of_the_modules() -> None:
    assert joined.MADE.read_text(encoding="utf-8") == joined.joined()
    assert {path.stem for path in joined.SOURCES.glob("*.js")} == set(joined.MODULES)


def test_the_worker_keeps_files_that_exist_and_nothing_of_anybody() -> None:
    text = Client().get(reverse("field_worker")).content.decode()
    files = json.loads(re.search(r"const FILES = (\[.*?\]);", text)[1])  # type: ignore[index]
    static = [path.removeprefix("/static/") for path in files if path.startswith("/static/")]
    assert [path for path in static if not find(path)] == []
    assert {path for path in files if not path.startswith("/static/")} == {reverse("field_manifest")}
    assert f'const VERSION = "{shell.version()}"' in text


def test_the_app_says_on_the_phone_nothing_of_what_it_is_for() -> None:
    manifest = Client().get(reverse("field_manifest")).json()
    assert (manifest["scope"], manifest["start_url"]) == (reverse("field"), reverse("field"))
    assert not re.search("samaki|សាមគ្គី|gender|យេនឌ័រ", json.dumps(manifest, ensure_ascii=False), re.I)

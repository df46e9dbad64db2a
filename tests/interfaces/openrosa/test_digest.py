"""The RFCs' own examples, and each way of asking that is none."""

from __future__ import annotations

import hashlib

import pytest

from samaki.interfaces.openrosa.digest import (
    LIFETIME,
    Credentials,
    age_of,
    challenge,
    expires,
    is_about,
    new_nonce,
    proves,
    read_credentials,
    response_of,
)

pytestmark = pytest.mark.once

RFC2617 = (
    'username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", '
    'qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
RFC7616 = (
    'username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
    'response="8ca523f5e9506fed4657c9700eebdbec", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)


def ha1_of(username: str, realm: str, password: str) -> str:
    return hashlib.md5(f"{username}:{realm}:{password}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("told", "realm", "password", "response"),
    [
        (RFC2617, "testrealm@host.com", "Circle Of Life", "6629fae49393a05397450978507c4ef1"),
        (RFC7616, "http-auth@example.org", "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"),
    ],
)
def test_the_examples_of_the_standards_are_proved(told: str, realm: str, password: str, response: str) -> None:
    said = read_credentials(told)
    assert said is not None
    ha1 = ha1_of("Mufasa", realm, password)
    assert response_of(ha1, said, "GET") == response
    assert proves(ha1, said, "GET")
    assert not proves(ha1, said, "POST")
    assert not proves(ha1_of("Mufasa", realm, "another"), said, "GET")


def test_what_is_quoted_is_read_with_its_commas_and_escapes() -> None:
    said = read_credentials(RFC2617.replace('"/dir/index.html"', r'"/dir/a,\"b\"?formID=x,y"'))
    assert said is not None
    assert said.uri == '/dir/a,"b"?formID=x,y'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('username="Mufasa", ', ""),
        ("qop=auth, ", ""),
        ("qop=auth", "qop=auth-int"),
        ("nc=00000001", "nc=1"),
        ("nc=00000001", "nc=00000000"),
        ("nc=00000001", "nc=ffffffff"),
        ("nc=00000001", "nc=0000000g"),
        ("nc=00000001", "nc=00000001, nc=00000002"),
        ('cnonce="0a4f113b"', 'cnonce=""'),
        ('realm="testrealm@host.com"', 'realm="x", algorithm=SHA-256'),
        ('username="Mufasa"', 'username="Mufasa'),
        ('username="Mufasa"', ";"),
    ],
)
def test_what_is_incomplete_ambiguous_or_of_another_kind_is_nothing(old: str, new: str) -> None:
    assert read_credentials(RFC2617) is not None
    assert read_credentials(RFC2617.replace(old, new)) is None


def test_a_nonce_is_known_again_and_grows_old() -> None:
    nonce = new_nonce(1_700_000_000.5)
    assert age_of(nonce, 1_700_000_010.0) == 10.0
    assert expires(nonce) == 1_700_000_000 + LIFETIME
    assert len(nonce) <= 80  # the column that keeps it once it is spent


@pytest.mark.parametrize("change", ["later", "other", "short", "empty", "foreign"])
def test_a_nonce_that_we_never_gave_is_none(change: str) -> None:
    nonce = new_nonce(1_700_000_000)
    forged = {
        "later": f"{int(nonce[:8], 16) + 100:08x}{nonce[8:]}",
        "other": nonce[:-1] + ("0" if nonce[-1] != "0" else "1"),
        "short": nonce[:20],
        "empty": "",
        "foreign": "ខ្មែរ",
    }[change]
    assert age_of(forged, 1_700_000_000) is None


def test_two_nonces_of_one_second_differ() -> None:
    assert new_nonce(1_700_000_000) != new_nonce(1_700_000_000)


@pytest.mark.parametrize(
    ("uri", "same"),
    [
        ("/or/fia/formList?formID=x", True),
        ("http://samaki.example/or/fia/formList?formID=x", True),
        ("/or/%66ia/formList?formID=x", True),
        ("/or/fia/formList", False),
        ("/or/fia/formList?formID=y", False),
        ("/or/mpp/formList?formID=x", False),
        ("http://[", False),
    ],
)
def test_the_address_that_was_signed_is_the_one_that_is_asked_for(uri: str, same: bool) -> None:
    assert is_about(uri, path="/or/fia/formList", query="formID=x") is same


def test_the_challenge_says_when_only_the_nonce_was_too_old() -> None:
    assert challenge("Samaki", "n", stale=False) == 'Digest realm="Samaki", nonce="n", qop="auth", algorithm=MD5'
    assert challenge("Samaki", "n", stale=True).endswith(", stale=true")


def test_a_response_is_compared_whatever_its_letters() -> None:
    said = Credentials("u", "Samaki", "n", "/", "0" * 31 + "é", "00000001", "c")
    assert not proves("0" * 32, said, "GET")

"""Signing in to pages, for tests of pages."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def signed_in(username: str, language: str = "en") -> Client:
    """An example user after one tap."""
    client = Client()
    client.cookies["django_language"] = language
    answer = client.post(reverse("sign_in_as_example", args=[username]))
    assert answer.status_code == 302
    return client


def queries_of(client: Client, address: str) -> int:
    """How many queries one page takes, once everything that is kept in memory is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)

"""The world as a fixture of a module, and asking it without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.conftest import kept_for_a_module
from tests.interfaces.matrix.world import World


@pytest.fixture(scope="module")
def world(example: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with kept_for_a_module(django_db_blocker):
        yield World()


def asked(client: Client, method: str, address: str, sent: Mapping[str, str]) -> HttpResponse:
    """The answer; what the asking wrote is undone."""
    kept = copy(client.cookies)  # some routes end the session
    with transaction.atomic():
        answer = client.get(address) if method == "GET" else client.post(address, dict(sent))
        transaction.set_rollback(True)
    client.cookies = kept
    return answer  # type: ignore[return-value]  # the client's own kind of it

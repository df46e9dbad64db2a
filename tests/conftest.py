from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from tests.settings import DATABASE


def pytest_report_header() -> str:
    return f"samaki: asked for {DATABASE}, runs on {connection.vendor} ({connection.settings_dict['ENGINE']})"


@contextmanager
def kept_for_a_module(blocker: DjangoDbBlocker) -> Iterator[None]:
    """One transaction around all tests of a module, undone after the last; each test still undoes its own."""
    with blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # type: ignore[attr-defined]  # durable blocks inside are as in Django's TestCase
        with around:
            yield
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def gazetteer(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Cambodia's places, for a module of tests marked django_db."""
    from samaki.ground.places.operations import load_gazetteer
    from samaki.kernel.actors import System

    with kept_for_a_module(django_db_blocker):
        load_gazetteer(by=System("test"))
        yield


@pytest.fixture(scope="module")
def example_without_records(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What `samaki demo --without-records` loads: programmes, groups and users with nothing recorded yet."""
    from samaki.interfaces.demo import load

    with kept_for_a_module(django_db_blocker):
        load(records=False, progress=lambda part: None)
        yield


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything `samaki demo` loads, for a module of tests marked django_db."""
    from samaki.interfaces.demo import load

    with kept_for_a_module(django_db_blocker):
        load(progress=lambda part: None)
        yield


@pytest.fixture(autouse=True)
def own_anchor(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> None:
    """Each test keeps marks of its own audit trail: databases come and go, and no trail bears out another's marks."""
    settings.AUDIT_ANCHOR = str(tmp_path_factory.getbasetemp() / f"{uuid4().hex}.anchor")
    settings.ERASURES = str(tmp_path_factory.getbasetemp() / f"{uuid4().hex}.erasures")

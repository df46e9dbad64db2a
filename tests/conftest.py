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


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Another database of the same server or folder."""
    ours = connection.settings_dict["NAME"]
    _connect_to(name)
    try:
        yield
    finally:
        _connect_to(ours)


def _connect_to(name: str) -> None:
    from samaki.engines.results.columns import reading

    connection.close()
    connection.settings_dict["NAME"] = name
    reading._process = reading.Process()  # what this process remembers is of the other database


@pytest.fixture(scope="session")
def example_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of a second database with everything `samaki demo` loads: made once, and written to by no test."""
    from samaki.interfaces.demo import load

    with django_db_blocker.unblock():
        connection.close()  # what lies in SQLite's log is written to the file that is copied
        connection.creation.clone_test_db("example", verbosity=0)
        name = str(connection.creation.get_test_db_clone_settings("example")["NAME"])
        with _connected_to(name):
            load(progress=lambda part: None)
            if connection.vendor == "postgresql":  # as it does by itself within a minute
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
    return name


@pytest.fixture(scope="module")
def example(example_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Everything `samaki demo` loads, for a module of tests marked django_db; each undoes what it wrote."""
    from samaki.engines.results.columns import at_one_moment

    with django_db_blocker.unblock(), _connected_to(example_database):
        with at_one_moment():  # read once, as a process does; inside the tests' transactions it would be each time
            pass
        yield


@pytest.fixture(autouse=True)
def own_anchor(tmp_path_factory: pytest.TempPathFactory, settings: LazySettings) -> None:
    """Each test keeps marks of its own audit trail: databases come and go, and no trail bears out another's marks."""
    settings.AUDIT_ANCHOR = str(tmp_path_factory.getbasetemp() / f"{uuid4().hex}.anchor")
    settings.ERASURES = str(tmp_path_factory.getbasetemp() / f"{uuid4().hex}.erasures")

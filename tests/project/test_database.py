import pytest
from django.db import connection

from tests.settings import DATABASE

SPEAKS = {"sqlite": "SELECT 'SQLite ' || sqlite_version()", "postgresql": "SELECT version()"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_asked_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute(SPEAKS[DATABASE])
        said = cursor.fetchone()[0]
    assert (connection.vendor, said.split()[0]) == (DATABASE, NAMES[DATABASE])

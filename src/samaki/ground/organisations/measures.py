"""Organisations as columns: each figure can be asked of some of them."""

from samaki.ground.organisations.models import Organisation
from samaki.kernel.measures import Table, Text, tables

ORGANISATIONS = tables.register(Table(Organisation, (Text("key"),)))

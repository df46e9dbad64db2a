"""Places as columns: any place is rolled up to the levels above it."""

from samaki.ground.places.models import Level, Place
from samaki.kernel.measures import Link, Number, PlaceTree, Table, Text, places, tables

PLACES = tables.register(Table(Place, (Text("code"), Number("level"), Link("parent", to=Place._meta.db_table))))
places.register(
    PlaceTree(
        table=PLACES.key,
        code="code",
        level="level",
        parent="parent",
        levels={"province": Level.PROVINCE, "district": Level.DISTRICT, "commune": Level.COMMUNE},
    )
)

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Headings of files about people were kept as written; names may stand among them."""
    mappings = apps.get_model("imports", "ImportMapping")
    mappings.objects.filter(kind__in=("roster", "cases")).update(headings={})


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]

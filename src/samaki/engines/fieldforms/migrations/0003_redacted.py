from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("fieldforms", "0002_repeats")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="is_redacted",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]

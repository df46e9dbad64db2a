from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("keyrings", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="ErasuresApplied",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("upto", models.PositiveBigIntegerField(default=0)),
            ],
        ),
    ]

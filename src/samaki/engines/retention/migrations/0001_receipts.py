import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rule", models.CharField(max_length=40)),
                ("things", models.PositiveIntegerField()),
                ("went", models.JSONField(default=dict)),
                ("let_go_at", models.DateTimeField()),
                ("let_go_by", models.CharField(max_length=150)),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "-id"], name="receipt_organisation")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("things__gt", 0)), name="receipt_of_something"),
                    models.UniqueConstraint(fields=("rule", "organisation", "number"), name="receipt_number_once"),
                ],
            },
        ),
    ]

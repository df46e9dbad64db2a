import datetime as dt

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("counselling", "0004_his_file"),
        ("groups", "0002_members_of_organisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="authorityresponse",
            name="group",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="groups.group"
            ),
        ),
        migrations.AddField(
            model_name="authorityresponse",
            name="reported_on",
            field=models.DateField(default=dt.date(2000, 1, 1)),  # nothing was ever written here before
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="authorityresponse", name="minutes", field=models.PositiveIntegerField(null=True)
        ),
        migrations.AlterField(
            model_name="authorityresponse",
            name="action",
            field=models.CharField(
                blank=True,
                choices=[
                    ("stopped", "Went there and stopped the violence"),
                    ("safety", "Brought people to safety"),
                    ("weapon", "Took a weapon away"),
                    ("record", "Made a record of it"),
                    ("court", "Sent it to the court"),
                    ("mediated", "Mediated between the two"),
                    ("other", "Another act"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acted_at__isnull", True), ("action", ""), ("mediated", False), ("minutes__isnull", True)),
                    models.Q(
                        ("acted_at__isnull", False),
                        ("minutes__isnull", False),
                        models.Q(("action", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="authority_answered_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityresponse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("action", "mediated"), ("mediated", True)),
                    models.Q(models.Q(("action", "mediated"), _negated=True), ("mediated", False)),
                    _connector="OR",
                ),
                name="authority_mediation_flagged",
            ),
        ),
    ]

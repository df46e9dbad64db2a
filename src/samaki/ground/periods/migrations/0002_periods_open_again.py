import datetime as dt

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("periods", "0001_initial")]

    operations = [
        migrations.AddField("periodlock", "first", models.DateField(default=dt.date(1, 1, 1)), preserve_default=False),
        migrations.AddField("periodlock", "last", models.DateField(default=dt.date(1, 1, 2)), preserve_default=False),
        migrations.AddField("periodlock", "reopened_at", models.DateTimeField(null=True)),
        migrations.AddField("periodlock", "reopened_by", models.CharField(max_length=150, blank=True)),
        migrations.AddField("periodlock", "reopen_reason", models.TextField(blank=True)),
        migrations.AddConstraint(
            "periodlock",
            models.UniqueConstraint(
                fields=["programme", "period"],
                condition=models.Q(reopened_at__isnull=True),
                name="period_lock_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            "periodlock",
            models.CheckConstraint(condition=models.Q(last__gt=models.F("first")), name="period_lock_in_order"),
        ),
        migrations.AddConstraint(
            "periodlock",
            models.CheckConstraint(
                condition=models.Q(version=1) | ~models.Q(reason=""), name="period_lock_again_with_reason"
            ),
        ),
        migrations.AddConstraint(
            "periodlock",
            models.CheckConstraint(
                condition=models.Q(reopened_at__isnull=True) | ~models.Q(reopen_reason=""),
                name="period_lock_reopened_with_reason",
            ),
        ),
    ]

from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("people", "0004_across_organisations")]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_example", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("origin", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("asked_on", models.DateField()),
                ("erase_on", models.DateField()),
                ("consents", models.JSONField(default=list)),
                ("recorded_by", models.CharField(max_length=150)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="withdrawals", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("erased_at__isnull", True), ("taken_back_at__isnull", True)),
                        fields=("person",),
                        name="withdrawal_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True), ("erased_at__isnull", True), _connector="OR"
                        ),
                        name="withdrawal_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("erase_on__gte", models.F("asked_on"))), name="withdrawal_in_order"
                    ),
                ],
            },
        ),
    ]

from django.db import models


class Change(models.Model):
    """A row of a counted table that was added, changed or deleted; written by database triggers.

    `table_name` with no `row_id` asks for that whole table again, and an empty `table_name` for all of them.
    `mark` is the transaction's id on PostgreSQL and a random number on SQLite: it tells this row from another one
    that took its id after a rollback.
    """

    id = models.BigAutoField(primary_key=True)
    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField(null=True)
    mark = models.BigIntegerField()

    class Meta:
        app_label = "results"
        indexes = [models.Index(fields=["mark"], name="results_change_mark")]

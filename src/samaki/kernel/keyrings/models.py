from django.db import models


class KeyMark(models.Model):
    """A digest of a key this database was sealed with, by which a wrong key is known before it does anything."""

    ring = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    mark = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring", "number"], name="key_mark_once")]

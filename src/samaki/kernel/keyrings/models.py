from django.db import models


class KeyMark(models.Model):
    """A digest of a key this database was sealed with, by which a wrong key is known before it does anything."""

    ring = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    mark = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring", "number"], name="key_mark_once")]


class Erasure(models.Model):
    """A line for the journal of erasures, written with the act it follows from; gone once it is done outside."""

    line = models.CharField(max_length=200)


class ErasuresApplied(models.Model):
    """Up to which byte this database has applied the journal. A copy put back has applied less. One row."""

    upto = models.PositiveBigIntegerField(default=0)

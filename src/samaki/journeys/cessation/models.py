from django.db import models

from samaki.ground.programmes.models import Programme


class Release(models.Model):
    """What was told of one indicator as of the end of a quarter, to everyone. It holds only what may be published, so
    it is not sealed; it is never changed, so that what was told stays told when a file is corrected or erased.

    `content`: by dimension ("" for the whole) and value the numbers told; a dimension that may not be told is null.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    as_of = models.DateField()
    taken_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "source", "as_of"], name="cessation_release_once"),
        ]

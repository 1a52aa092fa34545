"""The near-duplicate index: a few hashed bands of each tip's MinHash signature, as rows."""

from django.db import models


class BandKey(models.Model):
    """Two tips of one object that share a key are candidates for saying the same."""

    object = models.ForeignKey("objects.TraceObject", on_delete=models.CASCADE, related_name="+")
    key = models.BigIntegerField()
    tip = models.ForeignKey("tips.Tip", on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tip", "key"], name="band_once"),
        ]
        indexes = [models.Index(fields=["object", "key", "tip"])]

    def __str__(self) -> str:
        return f"{self.key:x} of tip {self.tip_id}"

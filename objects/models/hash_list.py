"""Hash lists and their entries."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from objects.models.bits import Bits256


class HashList(models.Model):
    """Hashes of known pictures from one source, as of one date."""

    source = models.CharField(max_length=120)
    dated = models.DateField()
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["source", "-dated"]
        constraints = [models.UniqueConstraint(fields=["source", "dated"], name="hash_list_once")]

    def __str__(self) -> str:
        return f"{self.source}, {self.dated}"

    @property
    def audit_name(self) -> str:
        return f"hash list {self}"


class KnownHash(models.Model):
    """One entry of a list: a PDQ or a SHA-256, each 64 hexadecimal digits."""

    hash_list = models.ForeignKey(HashList, on_delete=models.CASCADE, related_name="hashes")
    pdq = Bits256(null=True)
    sha256 = models.CharField(max_length=64, null=True)

    class Meta:
        verbose_name_plural = "known hashes"
        constraints = [
            models.CheckConstraint(
                name="known_hash_of_one_kind",
                condition=Q(pdq__isnull=True, sha256__isnull=False)
                | Q(pdq__isnull=False, sha256__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["hash_list", "pdq"], name="pdq_once", condition=Q(pdq__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["sha256", "hash_list"],
                name="sha256_once",
                condition=Q(sha256__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{'PDQ' if self.pdq else 'SHA-256'} of {self.hash_list}"

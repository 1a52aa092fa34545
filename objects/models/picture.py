"""Pictures of an object, their renditions and overrides."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.urls import reverse
from parler.models import TranslatableModel, TranslatedFields

from objects.models import rules
from objects.models.bits import Bits256
from objects.models.trace_object import TraceObject
from objects.pictures.derivatives import CONTENT_TYPES


@dataclass(frozen=True)
class Source:
    """One format of a picture with its sizes, for a ``source`` element."""

    content_type: str
    srcset: str


class Picture(TranslatableModel):
    """A sanitised crop. ``master`` names its file in the private store.

    ``findings`` is the person gate's list of label, score, x, y, width and height. It counts only with
    ``inspected_at``, which is set when all checks have run.
    """

    object = models.ForeignKey(TraceObject, on_delete=models.CASCADE, related_name="pictures")
    translations = TranslatedFields(
        meta={"triggers": [rules.public_generation()]},
        alt=models.CharField(
            "alternative text",
            max_length=300,
            help_text="Describes the picture for people who cannot see it.",
        ),
    )
    master = models.CharField(max_length=100, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    placeholder = models.TextField(blank=True, editable=False)
    upload_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    master_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pdq = Bits256(null=True, editable=False)
    pdq_turned = models.JSONField(default=list, editable=False)
    pdq_quality = models.PositiveSmallIntegerField(default=0, editable=False)
    inspected_at = models.DateTimeField(null=True, editable=False)
    gate_version = models.CharField(max_length=40, blank=True, editable=False)
    findings = models.JSONField(default=list, editable=False)
    inspection_error = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        ordering = ["position", "id"]
        triggers = [
            rules.pictures_of_drafts(),
            rules.public_pictures_pass(),
            rules.never_emptied(),
            rules.public_generation(),
        ]

    def __str__(self) -> str:
        return f"Picture {self.pk} of {self.object.reference}"

    @property
    def largest(self) -> Rendition:
        """The full size as JPEG, which every browser can show."""
        return [each for each in self.renditions.all() if each.kind == "jpg"][-1]

    @property
    def preview(self) -> Rendition:
        """The largest JPEG of at most 1,920 pixels, for link previews."""
        jpegs = [each for each in self.renditions.all() if each.kind == "jpg"]
        return next((each for each in reversed(jpegs) if each.width <= 1920), jpegs[0])

    @property
    def sources(self) -> list[Source]:
        """The formats that not every browser supports, best first, with all their sizes."""
        return [self._source(kind) for kind in CONTENT_TYPES if kind != "jpg"]

    @property
    def fallback(self) -> Source:
        """All sizes as JPEG."""
        return self._source("jpg")

    def _source(self, kind: str) -> Source:
        sizes = [each for each in self.renditions.all() if each.kind == kind]
        listed = ", ".join(f"{each.get_absolute_url()} {each.width}w" for each in sizes)
        return Source(CONTENT_TYPES[kind], listed)


class Rendition(models.Model):
    """One size and format of a picture. ``name`` is the hash of its bytes, and reveals no object."""

    picture = models.ForeignKey(
        Picture, on_delete=models.CASCADE, related_name="renditions", db_index=False
    )  # rendition_once begins with it
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=[(kind, kind) for kind in CONTENT_TYPES])
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["width"]
        indexes = [models.Index(fields=["name"], name="rendition_name")]
        constraints = [
            models.UniqueConstraint(fields=["picture", "kind", "width"], name="rendition_once")
        ]
        triggers = [rules.renditions_stay(), rules.public_generation()]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} {self.kind}"

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.name])


class Override(models.Model):
    """An analyst's decision that a finding does not hold a picture. It takes two analysts.

    ``about`` names the finding: ``GATE`` or a withdrawn object. The override applies only to it.
    """

    GATE = rules.PERSON_GATE

    picture = models.ForeignKey(
        Picture, on_delete=models.CASCADE, related_name="overrides", db_index=False
    )  # override_once_each begins with it
    analyst = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=60)
    reason = models.CharField(max_length=400)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["picture", "analyst", "about"], name="override_once_each"
            ),
            models.CheckConstraint(name="override_says_why", condition=~models.Q(reason="")),
        ]
        triggers = [rules.overrides_of_public_pictures(), rules.never_emptied()]

    def __str__(self) -> str:
        return f"{self.analyst}: {self.reason}"

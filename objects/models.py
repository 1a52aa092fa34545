"""Fields, states and what the database itself enforces; no input or output."""

from __future__ import annotations

import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O: they look like digits


def new_reference() -> str:
    """Make a short code that can be said over the telephone, such as G4-19."""
    number = secrets.randbelow(100)
    return f"{secrets.choice(LETTERS)}{secrets.randbelow(10)}-{number:02}"


class Category(models.Model):
    """A kind of object, by which visitors filter."""

    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(unique=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class TraceObjectQuerySet(models.QuerySet["TraceObject"]):
    def public(self) -> TraceObjectQuerySet:
        """Keep what the public may see: published, and identified."""
        return self.filter(state__in=[TraceObject.State.PUBLISHED, TraceObject.State.IDENTIFIED])


class TraceObject(models.Model):
    """A thing in the background of a picture that the public may recognise."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waits for a second analyst"
        PUBLISHED = "published", "Published"
        IDENTIFIED = "identified", "Identified"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Priority(models.IntegerChoices):
        URGENT = 1, "Urgent"
        NORMAL = 2, "Normal"
        LOW = 3, "Low"

    reference = models.CharField(
        max_length=12,
        unique=True,
        default=new_reference,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{0,5}-[0-9]{1,4}$", "A code like G4-19.")],
        help_text="Short and easy to say, like G4-19. It is public.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    title = models.CharField(max_length=80, help_text="What it is: 'Shopping bag with a red bird'.")
    question = models.TextField(
        max_length=600, help_text="What the public is asked: 'Where is this bag sold?'"
    )
    known = models.TextField(
        "what is known",
        max_length=1000,
        blank=True,
        help_text="When made, in which regions. Public.",
    )
    excluded = models.TextField(
        "already ruled out",
        max_length=1000,
        blank=True,
        help_text="Spares volunteers the work. Public.",
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    case_reference = models.CharField(
        "internal case reference", max_length=80, blank=True, help_text="Never leaves these pages."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    author = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    approver = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)
    closing_words = models.TextField(
        max_length=600, blank=True, editable=False, help_text="What the public is told of an end."
    )

    objects = TraceObjectQuerySet.as_manager()

    class Meta:
        ordering = ["priority", "-published_at", "-id"]
        verbose_name = "object"
        permissions = [
            ("publish_traceobject", "Can submit, approve, identify and withdraw objects")
        ]
        indexes = [models.Index(fields=["state", "priority", "-published_at"])]
        constraints = [
            models.CheckConstraint(
                name="object_state_known",
                condition=Q(
                    state__in=["draft", "submitted", "published", "identified", "withdrawn"]
                ),
            ),
            models.CheckConstraint(
                name="object_four_eyes",
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                violation_error_message="Somebody other than the author has to approve.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("object", args=[self.reference])

    @property
    def audit_name(self) -> str:
        return f"object {self.reference}"

    @property
    def is_public(self) -> bool:
        return self.state in (self.State.PUBLISHED, self.State.IDENTIFIED)

    @property
    def takes_tips(self) -> bool:
        return self.state == self.State.PUBLISHED


class Picture(models.Model):
    """A sanitised crop. ``master`` names its file in the private store."""

    object = models.ForeignKey(TraceObject, on_delete=models.CASCADE, related_name="pictures")
    alt = models.CharField(
        "alternative text", max_length=300, help_text="What is to be seen, for who cannot see it."
    )
    master = models.CharField(max_length=100, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"Picture {self.pk} of {self.object.reference}"

    @property
    def largest(self) -> Rendition:
        """The rendition with the most pixels."""
        return list(self.renditions.all())[-1]

    @property
    def srcset(self) -> str:
        """All renditions as the srcset attribute lists them."""
        sizes = self.renditions.all()
        return ", ".join(f"{size.get_absolute_url()} {size.width}w" for size in sizes)


class Rendition(models.Model):
    """One size of a picture; ``name`` is the hash of its bytes and says nothing of the object."""

    picture = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=80, db_index=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["width"]
        constraints = [models.UniqueConstraint(fields=["picture", "width"], name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.width} × {self.height}"

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.name])

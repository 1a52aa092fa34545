"""Objects, their wordings and their categories."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django_countries.fields import Country, CountryField
from parler.managers import TranslatableManager, TranslatableQuerySet
from parler.models import TranslatableModel, TranslatedFields

from objects.models import rules
from objects.models.states import PUBLIC, State

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # no I and O: they look like digits


@dataclass(frozen=True)
class LocalisedText:
    """A text and the code of its language."""

    text: str
    language: str


def new_reference() -> str:
    """Return an unused reference, such as G4-19, which is easy to say over the telephone."""
    while True:
        number = secrets.randbelow(100)
        made = f"{secrets.choice(LETTERS)}{secrets.randbelow(10)}-{number:02}"
        if not TraceObject.objects.filter(reference=made).exists():
            return made


class CategoryManager(TranslatableManager):
    """Prefetch the names, so that a list of categories takes two queries."""

    def get_queryset(self) -> TranslatableQuerySet:
        return super().get_queryset().prefetch_related("translations")


class Category(TranslatableModel):
    """A kind of object, by which visitors filter. A missing translation of its name is shown in English."""

    translations = TranslatedFields(
        meta={"triggers": [rules.public_generation()]},
        name=models.CharField(max_length=60),
    )
    slug = models.SlugField(unique=True)

    objects = CategoryManager()

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = "categories"
        triggers = [rules.public_generation()]

    def __str__(self) -> str:
        """Return the name in the language of the page, else in English, else any."""
        names = {each.language_code: each.name for each in self.translations.all()}
        for language in (get_language(), settings.LANGUAGE_CODE):
            if language in names:
                return names[language]
        return next(iter(names.values()), self.slug)


class TraceObjectQuerySet(TranslatableQuerySet):
    """Queries of objects."""

    def public(self) -> TraceObjectQuerySet:
        """Return the published and identified objects."""
        return self.filter(state__in=PUBLIC)

    def with_pictures(self) -> TraceObjectQuerySet:
        """Prefetch all that a page shows of objects, in a fixed number of queries."""
        return self.prefetch_related(
            "category__translations",
            "translations",
            "pictures__translations",
            "pictures__renditions",
        )


if TYPE_CHECKING:  # parler has no types

    class TraceObjectManager(models.Manager["TraceObject"]):
        def public(self) -> TraceObjectQuerySet: ...
        def with_pictures(self) -> TraceObjectQuerySet: ...

else:

    class TraceObjectManager(TranslatableManager.from_queryset(TraceObjectQuerySet)):
        pass


class TraceObject(TranslatableModel):
    """A thing in the background of a picture that the public may recognise."""

    State = State

    class Priority(models.IntegerChoices):
        """How urgent an object is; the most urgent comes first."""

        URGENT = 1, "Urgent"
        NORMAL = 2, "Normal"
        LOW = 3, "Low"

    class Region(models.TextChoices):
        """The continents of the United Nations' standard M49."""

        AFRICA = "africa", gettext_lazy("Africa")
        AMERICAS = "americas", gettext_lazy("Americas")
        ASIA = "asia", gettext_lazy("Asia")
        EUROPE = "europe", gettext_lazy("Europe")
        OCEANIA = "oceania", gettext_lazy("Oceania")

    reference = models.CharField(
        max_length=12,
        unique=True,
        default=new_reference,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{0,5}-[0-9]{1,4}$", "Enter a code like G4-19.")],
        help_text="A short code such as G4-19. Public.",
    )
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT, editable=False)
    translations = TranslatedFields(
        meta={"triggers": [rules.public_generation(), rules.closing_words()]},
        title=models.CharField(
            max_length=80, help_text="For example 'Shopping bag with a red bird'. Public."
        ),
        question=models.TextField(
            max_length=600, help_text="For example 'Where is this bag sold?' Public."
        ),
        known=models.TextField(
            "what we know",
            max_length=1000,
            blank=True,
            help_text="Facts that help to place it. Public.",
        ),
        excluded=models.TextField(
            "already ruled out",
            max_length=1000,
            blank=True,
            help_text="So that nobody checks it again. Public.",
        ),
        closing_words=models.TextField(
            max_length=600,
            blank=True,
            editable=False,
            help_text="What the public can read once it has been recognised.",
        ),
    )
    made = models.CharField(
        "when it was made",
        max_length=60,
        blank=True,
        help_text="For example '1998 to 2004' or 'after 2010'. Public.",
    )
    regions = ArrayField(
        models.CharField(max_length=10, choices=Region),
        blank=True,
        default=list,
        help_text="Where it may come from. Public.",
    )
    excluded_countries: models.Field[Sequence[str], list[Country]] = CountryField(
        "countries ruled out", multiple=True, blank=True, help_text="Public."
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    case_reference = models.CharField(
        "internal case reference", max_length=80, blank=True, help_text="Only shown on these pages."
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
    approved_at = models.DateTimeField(null=True, editable=False)
    publish_at = models.DateTimeField(
        "publish on",
        null=True,
        blank=True,
        help_text="Leave empty to publish on approval. In the site's time zone.",
    )
    campaign = models.ForeignKey(
        "objects.Campaign",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trace_objects",
        help_text="All objects of a campaign are published together.",
    )
    hold_reason = models.CharField(max_length=400, blank=True, editable=False)
    # Words by language code that a second analyst has not read yet, and who stands for the public ones.
    closing_proposal = models.JSONField(default=dict, blank=True, editable=False)
    closing_proposed_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    closing_author = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    closing_approver = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = TraceObjectManager()

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
                condition=Q(state__in=State.values),
            ),
            models.CheckConstraint(
                name="object_four_eyes",
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                violation_error_message="Another analyst than the author has to approve it.",
            ),
            models.CheckConstraint(
                name="object_closing_four_eyes",
                condition=Q(closing_approver__isnull=True)
                | Q(closing_author__isnull=False) & ~Q(closing_approver=F("closing_author")),
                violation_error_message="Another analyst has to publish the closing words.",
            ),
            models.CheckConstraint(
                name="object_draft_is_not_approved",
                condition=~Q(state=State.DRAFT)
                | Q(approver__isnull=True, approved_at__isnull=True),
            ),
            models.CheckConstraint(
                name="object_approved_by_somebody",
                condition=Q(approved_at__isnull=True) | Q(approver__isnull=False),
            ),
            models.CheckConstraint(
                name="object_approved_before_it_is_public",
                condition=~Q(state__in=PUBLIC)
                | Q(author__isnull=False, approver__isnull=False, approved_at__isnull=False),
                violation_error_message="Somebody other than the author has to approve.",
            ),
        ]
        triggers = [
            rules.publication(),
            rules.no_return(),
            rules.approval(),
            rules.public_generation(),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.safe_translation_getter('title', any_language=True) or ''}"

    def get_absolute_url(self) -> str:
        return reverse("object", args=[self.reference])

    @property
    def audit_name(self) -> str:
        return f"object {self.reference}"

    @property
    def is_public(self) -> bool:
        return self.state in PUBLIC

    @property
    def is_approved(self) -> bool:
        """Whether it is approved and waits for its time or its campaign."""
        return self.state == self.State.SUBMITTED and self.approved_at is not None

    @property
    def has_current_language(self) -> bool:
        """Whether it has a wording in the current language. If not, it is shown in English."""
        return any(
            each.language_code == self.get_current_language() for each in self.translations.all()
        )

    def _localised(self, name: str) -> LocalisedText | None:
        """Return a text in the current language, else in English, else None."""
        by_language = {each.language_code: getattr(each, name) for each in self.translations.all()}
        for language in (self.get_current_language(), "en"):
            if by_language.get(language):
                return LocalisedText(by_language[language], language)
        return None

    @property
    def known_shown(self) -> LocalisedText | None:
        return self._localised("known")

    @property
    def excluded_shown(self) -> LocalisedText | None:
        return self._localised("excluded")

    @property
    def closing_words_shown(self) -> LocalisedText | None:
        return self._localised("closing_words")

    @property
    def other_wordings(self) -> list[models.Model]:
        """Its wordings in all other languages, each with the language's own name (``language_name``)."""
        language_name = dict(settings.LANGUAGES)
        shown = self.get_current_language() if self.has_current_language else "en"
        others = [
            each
            for each in self.translations.all()
            if each.language_code != shown and each.language_code in language_name
        ]
        for each in others:
            each.language_name = language_name[each.language_code]
        return sorted(others, key=lambda each: list(language_name).index(each.language_code))

    @property
    def region_names(self) -> list[str]:
        return [str(self.Region(region).label) for region in self.regions]

    @property
    def accepts_tips(self) -> bool:
        return self.state == self.State.PUBLISHED

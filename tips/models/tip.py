"""A tip: one message from the public about one object."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django_countries.fields import CountryField

from tips.models import rules


class Tip(models.Model):
    """One message. It is never deleted; matching only assigns it to a claim.

    What the sender wrote can be erased (:mod:`tips.retention`). The row stays: its number, object, day,
    state, claim and relation.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        MATCHED = "matched", "Matched"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Relation(models.TextChoices):
        FIRST = "first", "First"
        DUPLICATE = "duplicate", "Duplicate"
        RELATED = "related", "Related: similar, but differs in a key detail"
        SAME_SENDER = "same_sender", "Added by the same sender"
        FLOOD = "flood", "Part of a flood"

    class Source(models.TextChoices):
        FORM = "form", "Tip form"
        IMPORT = "import", "Import"
        RECEIPT = "receipt", "Added with a receipt"

    class Sureness(models.TextChoices):
        CERTAIN = "certain", "Certain"
        LIKELY = "likely", "Fairly sure"
        UNSURE = "unsure", "Not sure"

    class Trust(models.TextChoices):
        """How a tip was sent. It does not say whether the tip is true."""

        PROVEN = "proven", "Passed proof of work"
        PLAIN = "plain", "No proof of work"
        DOUBTFUL = "doubtful", "Looks automated"

    # Foreign keys have no index of their own if one in Meta.indexes begins with them.
    object = models.ForeignKey(
        "objects.TraceObject", on_delete=models.PROTECT, related_name="tips", db_index=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    source = models.CharField(max_length=10, choices=Source, default=Source.FORM)
    external_id = models.CharField("external ID", max_length=200, null=True)
    receipt = models.CharField(
        max_length=64, null=True, help_text="Keyed hash of the receipt code."
    )
    text = models.TextField()
    country = CountryField(blank=True, help_text="The country selected by the sender.")
    place = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Town, shop or street."
    )
    url = models.CharField("web page", max_length=2000, blank=True)
    seen_when = models.CharField("when seen", max_length=200, blank=True, default="", db_default="")
    sureness = models.CharField(
        "certainty", max_length=10, choices=Sureness, blank=True, default="", db_default=""
    )
    why = models.TextField("how they know", blank=True, default="", db_default="")
    language = models.CharField(max_length=10, blank=True)
    contact = models.BinaryField(
        null=True, help_text="Email address or phone number, encrypted (Fernet)."
    )
    received_at = models.DateTimeField(
        "received", help_text="Rounded to the hour to protect senders."
    )

    trust = models.CharField(
        max_length=10, choices=Trust, default=Trust.PLAIN, db_default=Trust.PLAIN
    )
    sender = models.CharField(
        max_length=32,
        blank=True,
        default="",
        db_default="",
        help_text="Keyed hash of the network, with a salt that changes daily. Emptied after two days.",
    )
    is_flagged = models.BooleanField(
        "flagged",
        default=False,
        db_default=False,
        help_text="One of its pictures is on a hash list.",
    )
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="additions",
        db_index=False,
        help_text="The tip that this one adds to.",
    )
    answers = models.OneToOneField(
        "tips.Question", on_delete=models.PROTECT, null=True, related_name="answer"
    )

    claim = models.ForeignKey(
        "tips.Claim", on_delete=models.PROTECT, null=True, related_name="tips", db_index=False
    )
    relation = models.CharField(max_length=12, choices=Relation, blank=True)
    related_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    reasons = ArrayField(models.CharField(max_length=200), default=list)
    matcher_version = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Version of the matcher (details.VERSION)."
    )
    countries = ArrayField(
        models.CharField(max_length=2), default=list, help_text="Countries named in the tip."
    )

    account = models.JSONField(
        "what it says", null=True, help_text="As the reader understood it (tips.reading.stored)."
    )

    erased_on = models.DateField("erased", null=True, help_text="When its content was erased.")

    has_place = models.BooleanField(default=False, db_default=False)
    has_link = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("view_contact", "Can view a tip's contact details (recorded)"),
            ("export_tip", "Can export tips"),
        ]
        indexes = [
            models.Index(fields=["object", "id"]),
            models.Index(fields=["claim", "id"]),
            models.Index(
                fields=["follows"], condition=Q(follows__isnull=False), name="tip_follows"
            ),
            models.Index(
                fields=["related_to"], condition=Q(related_to__isnull=False), name="tip_related_to"
            ),
            models.Index(fields=["sender", "object"], condition=~Q(sender=""), name="tip_sender"),
            models.Index(
                fields=["object", "received_at"],
                condition=Q(sender="", source="form") & ~Q(trust="proven"),
                name="tip_unproven",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="tip_matched_has_claim",
                condition=Q(state__in=["received", "withdrawn"], claim__isnull=True, relation="")
                | Q(
                    state="matched",
                    claim__isnull=False,
                    relation__in=["first", "duplicate", "related", "same_sender", "flood"],
                ),
            ),
            models.CheckConstraint(
                name="tip_text_not_empty", condition=~Q(text="") | Q(erased_on__isnull=False)
            ),
            models.CheckConstraint(
                name="tip_erased_is_empty",
                condition=Q(erased_on__isnull=True)
                | Q(
                    **dict.fromkeys(("text", "place", "url", "why", "seen_when", "sureness"), ""),
                    **dict.fromkeys(("country", "language", "sender"), ""),
                    contact__isnull=True,
                    receipt__isnull=True,
                    account__isnull=True,
                    countries=[],
                ),
            ),
            models.CheckConstraint(
                name="tip_related_has_target",
                condition=Q(related_to__isnull=False) | ~Q(relation="related"),
            ),
            models.CheckConstraint(
                name="tip_answer_follows",
                condition=Q(answers__isnull=True) | Q(follows__isnull=False),
            ),
            # Partial, because most tips have neither.
            models.UniqueConstraint(
                name="tip_external_id_once",
                fields=["external_id"],
                condition=Q(external_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="tip_receipt_once", fields=["receipt"], condition=Q(receipt__isnull=False)
            ),
        ]
        triggers = [rules.next_step(), rules.hours("received_at"), rules.erased_stays()]

    def __str__(self) -> str:
        return f"Tip {self.pk}"

    @property
    def shown_text(self) -> str:
        """Return the text for staff, or when it was erased."""
        return f"[Erased on {self.erased_on:%Y-%m-%d}]" if self.erased_on else self.text

    @property
    def full_text(self) -> str:
        """Return all that the sender wrote: the text, the place and the reason."""
        return "\n".join(part for part in (self.text, self.place, self.why) if part)

    @property
    def audit_name(self) -> str:
        return f"tip {self.pk}"

"""The table of the audit trail, which only grows, and of what waits for its place in it."""

from django.db import models
from pgtrigger import Before, Delete, Insert, Statement, Truncate, Update

from traceobject.triggers import Rule

_REFUSE = "RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP;"

_FOLLOWS = """
    IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit_entry)
        OR (NEW.number > 1 AND NEW.previous IS DISTINCT FROM
            (SELECT digest FROM audit_entry WHERE number = NEW.number - 1))
    THEN
        RAISE EXCEPTION 'an entry of the audit trail follows the last one'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Entry(models.Model):
    """One decision, access or export. ``digest`` covers all other columns and the entry before."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(
        max_length=150, help_text="User name, or the part of the site that acted."
    )
    # Numbers, not foreign keys: an entry is never changed, whatever becomes of the account.
    actor_id = models.BigIntegerField(
        null=True, help_text="Number of the account that acted; empty for the site itself."
    )
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=100, blank=True)
    target_user_id = models.BigIntegerField(
        null=True, help_text="Number of the account that the action was about, if any."
    )
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, help_text="Digest of the entry before.")
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-number"]
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["target"]),
            models.Index(fields=["actor_id", "number"]),
            models.Index(
                fields=["target_user_id", "number"],
                condition=models.Q(target_user_id__isnull=False),
                name="audit_entry_about_person",
            ),
            models.Index(fields=["action", "number"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["previous"], name="audit_entry_follows_one"),
            models.UniqueConstraint(fields=["digest"], name="audit_entry_digest_once"),
        ]
        # An entry cannot be changed or removed, nor can the table be emptied.
        triggers = [
            Rule(name="follows", when=Before, operation=Insert, func=_FOLLOWS),
            Rule(name="append_only", when=Before, operation=Update | Delete, func=_REFUSE),
            Rule(
                name="never_emptied",
                when=Before,
                operation=Truncate,
                level=Statement,
                func=_REFUSE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.target}"


class PendingEntry(models.Model):
    """An entry about a tip until its hour has ended (:func:`traceobject.audit.trail.append_pending`)."""

    at = models.DateTimeField(help_text="The start of the hour.")
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=100, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.target}"

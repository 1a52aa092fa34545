"""Forms that notice what a colleague has changed since their page was opened."""

from __future__ import annotations

import hashlib
import json
from typing import Any, cast

from django import forms
from django.http import QueryDict


class ShownMixin(forms.BaseForm):
    """A model form with a hidden digest of what its page showed.

    Saving an old page would undo, under the saver's name, what a colleague has changed meanwhile. So it is
    refused once, with what is stored now beside what was typed; saving again is a choice.

    Subclasses declare ``shown = shown_field()`` and may override :meth:`stored_values`.
    """

    instance: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = self.stored_values() if self.instance.pk else {}
        self.digest = digest_of(self.stored)
        if "shown" in self.fields:
            self.initial["shown"] = self.fields["shown"].initial = self.digest

    def stored_values(self) -> dict[str, str]:
        """Return what the database has of each field, as text, by the field's name."""
        return {
            name: plain(self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if name != "shown"
        }

    def refuse_if_changed(self) -> None:
        """Add an error if the page showed something else than is stored. Call it in ``clean``."""
        if not self.instance.pk or self.data.get("shown", "") == self.digest:
            return
        data = cast("QueryDict", self.data).copy()
        data["shown"] = self.digest
        self.data = data
        changed = [name for name in self.changed_data if name in self.stored]
        said = [
            f"{self.fields[name].label or name}: {self.stored[name] or 'empty'}" for name in changed
        ]
        self.add_error(
            None,
            "A colleague has changed this since you opened the page. What you typed is below; nothing has"
            " been saved. Compare, then save again."
            + (f" Stored now: {'; '.join(said)}." if said else ""),
        )


def shown_field() -> forms.CharField:
    """Return the hidden field for the digest."""
    return forms.CharField(widget=forms.HiddenInput, required=False)


def digest_of(values: dict[str, str]) -> str:
    """Return a SHA-256 digest of values by name."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def plain(value: Any) -> str:
    """Return a field's initial value as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple, set)):
        return ", ".join(sorted(str(each) for each in value))
    return "" if value is None else str(value)

"""The fields and validation of the tip form."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from tips.intake import countries
from tips.intake.form import nonces
from tips.intake.public_form import (
    PublicForm,
    location_field,
    pictures_field,
    share_fields,
    text_field,
)
from tips.models import Tip

_TELEPHONE = re.compile(r"\+?[\d\s().\-/]{6,30}")
MAX_EMAIL_LENGTH = 254


def _contact_help() -> str:
    days = settings.CONTACT_RETENTION.days
    return ngettext(
        "We encrypt it straight away and delete it after %(days)s day.",
        "We encrypt it straight away and delete it after %(days)s days.",
        days,
    ) % {"days": days}


contact_help = lazy(_contact_help, str)


@share_fields
class TipForm(PublicForm):
    """A tip from the public. Only the text is required."""

    text_fields = ("text", "country", "place", "url", "seen_when", "why", "contact", "nonce")

    text = text_field(
        gettext_lazy("What do you know about it?"),
        gettext_lazy("What is it? Where is it made, sold or used? A few words are enough."),
        gettext_lazy("Tell us what you know. A few words are enough."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Start typing and choose from the list, or leave it empty."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"list": "countries", "autocomplete": "off"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Town, shop or street"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Web page that shows it"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "dir": "ltr"}),
    )
    seen_when = forms.CharField(
        label=gettext_lazy("When did you see it?"),
        help_text=gettext_lazy("For example a day, a year or “when I was a child”."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    sureness = forms.ChoiceField(
        label=gettext_lazy("How sure are you?"),
        choices=[
            ("certain", gettext_lazy("Certain")),
            ("likely", gettext_lazy("Fairly sure")),
            ("unsure", gettext_lazy("Not sure")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    why = forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy("For example “I had one”, “I work there” or “I compared pictures”."),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    pictures = pictures_field()
    location_allowed = location_field()
    contact_by = forms.ChoiceField(
        label=gettext_lazy("May we contact you?"),
        choices=[
            ("none", gettext_lazy("No, I want to stay anonymous")),
            ("email", gettext_lazy("Yes, by email")),
            ("telephone", gettext_lazy("Yes, by phone")),
        ],
        required=False,
        initial="none",
        widget=forms.RadioSelect,
    )
    contact = forms.CharField(
        label=gettext_lazy("Email address or phone number"),
        help_text=contact_help(),
        required=False,
        max_length=MAX_EMAIL_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your tip"),
        choices=[*settings.LANGUAGES, ("other", gettext_lazy("Another language"))],
        required=False,
    )
    # A honeypot for programs that fill in every field: people neither see nor reach it.
    website = forms.CharField(
        label=gettext_lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    nonce = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=nonces.LENGTH, strip=False
    )

    def add_aria_attributes(self) -> None:
        super().add_aria_attributes()
        self.fields["nonce"].initial = nonces.create()
        self.fields["language"].initial = get_language() or "en"

    def clean_country(self) -> str:
        typed = self.cleaned_data["country"].strip()
        if not typed:
            return ""
        code = countries.code_of(typed)
        if code is None:
            raise ValidationError(
                gettext_lazy(
                    "We do not know this country. Choose one from the list, or leave this empty and name "
                    "the country in your text."
                )
            )
        return code

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if len(url) > 2000:
            raise ValidationError(
                gettext_lazy(
                    "The web address must have 2,000 characters or fewer. Shorten it, or put it in your "
                    "text."
                )
            )
        return url

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        by, contact = values.get("contact_by"), (values.get("contact") or "").strip()
        values["contact"] = contact
        if contact and by == "none":
            self.add_error(
                "contact",
                gettext(
                    "You chose to stay anonymous, but you also entered contact details. Choose one. We "
                    "have not saved anything yet."
                ),
            )
        elif contact and by == "telephone" and not _TELEPHONE.fullmatch(contact):
            self.add_error("contact", gettext("Enter a valid phone number."))
        elif contact and by != "telephone" and not _is_reachable(contact, by):
            self.add_error("contact", gettext("Enter a valid email address, or leave this empty."))
        elif not contact and by in ("email", "telephone") and "contact" not in self.errors:
            self.add_error(
                "contact", gettext("Enter your contact details, or choose to stay anonymous.")
            )
        self.check_total_pictures()
        return values

    def trust(self, *, is_proven: bool, age: float | None) -> str:
        """Return how the tip was sent (``Tip.Trust``)."""
        if self.cleaned_data["website"] or (age is not None and age < nonces.MIN_SECONDS):
            return Tip.Trust.DOUBTFUL
        return Tip.Trust.PROVEN if is_proven else Tip.Trust.PLAIN


def _is_reachable(contact: str, by: str | None) -> bool:
    # Without a choice between email and phone, both are valid.
    if by != "email" and _TELEPHONE.fullmatch(contact):
        return True
    try:
        validate_email(contact)
    except ValidationError:
        return False
    return True

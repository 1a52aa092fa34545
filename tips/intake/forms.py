"""The tip form and the receipt form."""

from __future__ import annotations

import secrets
from functools import lru_cache

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_lazy
from django_countries import countries

UNDECODABLE = "\ufffd"
MENDED = gettext_lazy(
    "Your message held characters that cannot be stored. We have marked or removed them: "
    "please read it through and send it again."
)


@lru_cache(maxsize=32)
def country_choices(language: str) -> list[tuple[str, str]]:
    """List the countries in one language, once a process: 250 translations are slow."""
    return [("", gettext("I do not know, or none")), *((c.code, c.name) for c in countries)]


class CountryChoice(forms.ChoiceField):
    """A country, or none. The list is made when it is shown, not for each tip that comes in."""

    def __init__(self, **options: object):
        super().__init__(choices=lambda: country_choices(get_language() or "en"), **options)

    def valid_value(self, value: str) -> bool:
        return value in countries.countries


class TipForm(forms.Form):
    """What somebody tells us. Only the text is needed."""

    text = forms.CharField(
        label=gettext_lazy("What do you know about it?"),
        help_text=gettext_lazy("What is it? Where and when did you see it? How sure are you?"),
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": None}),
        error_messages={"required": gettext_lazy("Tell us what you know. A few words are enough.")},
    )
    country = CountryChoice(label=gettext_lazy("Which country does it point to?"), required=False)
    url = forms.CharField(
        label=gettext_lazy("A web page that shows it"),
        help_text=gettext_lazy("A shop, a map, a picture."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    contact = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("Leave it empty to stay anonymous. It is encrypted at once."),
        required=False,
        max_length=254,
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It may also stay empty.")
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    nonce = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data=None, **kwargs):
        mended = False
        if data is not None:
            data = data.copy()
            for name in ("text", "url", "contact", "nonce"):
                value = data.get(name, "")
                clean = "".join(
                    char for char in value if char != "\x00" and not "\ud800" <= char <= "\udfff"
                )
                mended = mended or clean != value or (name == "text" and UNDECODABLE in value)
                data[name] = clean
        super().__init__(data, **kwargs)
        self.mended = mended
        self.fields["nonce"].initial = secrets.token_urlsafe(16)
        for name, field in self.fields.items():
            described = [f"id_{name}_help"] if field.help_text else []
            if data is not None and name in self.errors:
                described.append(f"id_{name}_error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        if len(text) > settings.TIP_LONGEST:
            raise forms.ValidationError(
                gettext_lazy(
                    "This is too long: %(length)s characters, and %(limit)s fit. Your text is still "
                    "here: shorten it, or send the rest as a second message."
                ),
                params={"length": f"{len(text):,}", "limit": f"{settings.TIP_LONGEST:,}"},
            )
        if self.mended:
            raise forms.ValidationError(MENDED)
        return text

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if len(url) > 2000:
            raise forms.ValidationError(
                gettext_lazy(
                    "This address is longer than 2,000 characters. Shorten it, or put it into the text."
                )
            )
        return url


class ReceiptForm(forms.Form):
    """A receipt code."""

    code = forms.CharField(
        label=gettext_lazy("Your receipt code"),
        max_length=60,
        error_messages={
            "required": gettext_lazy("Type the code that you were given, such as 7K2M-…."),
            "max_length": gettext_lazy("A receipt code has 20 letters and digits."),
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

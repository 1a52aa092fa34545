"""The forms of the receipt page: the code, and an addition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tips.intake.public_form import (
    PublicForm,
    location_field,
    pictures_field,
    share_fields,
    text_field,
)


@share_fields
class AddForm(PublicForm):
    """An addition to a tip, or an answer to a question."""

    text_fields = ("text",)

    text = text_field(
        gettext_lazy("What do you want to add?"),
        "",
        gettext_lazy("Enter what you want to add."),
        rows=5,
    )
    pictures = pictures_field()
    location_allowed = location_field()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.check_total_pictures()
        return values


class ReceiptForm(forms.Form):
    """A receipt code."""

    code = forms.CharField(
        label=gettext_lazy("Your receipt code"),
        max_length=60,
        error_messages={
            "required": gettext_lazy("Enter your receipt code, for example 7K2M-…."),
            "max_length": gettext_lazy("A receipt code has 20 letters and digits."),
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

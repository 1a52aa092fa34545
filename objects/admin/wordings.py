"""A form for an object's wordings, with a tab for each language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from objects.models import TraceObject
from traceobject.staff.shown import ShownMixin, shown_field

NAMES = ("title", "question", "known", "excluded")
REQUIRED = ("title", "question")
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
_Wording = TraceObject._parler_meta.root_model


def field_name(name: str, language: str) -> str:
    """Return the form field's name for a text in a language."""
    return f"{name}_{language}"


def _field(name: str, language: str) -> forms.Field:
    field = _Wording._meta.get_field(name).formfield()
    field.required = language == "en" and name in REQUIRED
    field.widget.attrs |= {"lang": language, "dir": "rtl" if language in RIGHT_TO_LEFT else "ltr"}
    if isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3
    else:
        field.widget.attrs["class"] = "vTextField"
    return field


class WordingForm(ShownMixin, forms.ModelForm):
    """A form with an object's wording in each language of ``settings.LANGUAGES``."""

    shown = shown_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = kwargs.setdefault("initial", {})
        instance = kwargs.get("instance")
        if instance is not None and instance.pk:
            for wording in instance.translations.all():
                for name in NAMES:
                    initial[field_name(name, wording.language_code)] = getattr(wording, name)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self.refuse_if_changed()
        for language, language_name in settings.LANGUAGES:
            given = {
                name for name in NAMES if (values.get(field_name(name, language)) or "").strip()
            }
            for name in REQUIRED:
                if given and name not in given and field_name(name, language) not in self.errors:
                    self.add_error(
                        field_name(name, language),
                        ValidationError(
                            f"Enter a {name} in {language_name}, or leave all its fields empty."
                        ),
                    )
        return values

    def save_wordings(self) -> None:
        """Store the wording in each language. Delete an empty one."""
        for language, _ in settings.LANGUAGES:
            words = {
                name: self.cleaned_data.get(field_name(name, language)) or "" for name in NAMES
            }
            of_language = self.instance.translations.filter(language_code=language)
            if any(words.values()):
                if not of_language.update(**words):
                    self.instance.translations.create(language_code=language, **words)
            else:
                of_language.delete()


for _language, _ in settings.LANGUAGES:
    for _name in NAMES:
        WordingForm.base_fields[field_name(_name, _language)] = _field(_name, _language)
        WordingForm.declared_fields[field_name(_name, _language)] = WordingForm.base_fields[
            field_name(_name, _language)
        ]

FIELDSETS = [
    (
        language_name,
        {
            "fields": [field_name(name, code) for name in NAMES],
            "classes": ["language", f"in-{code}"],
        },
    )
    for code, language_name in settings.LANGUAGES
]

"""The base of the public forms: unstorable characters, pictures, and accessible errors."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from tips.intake.uploads import attachments
from tips.models import Attachment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
UNDECODABLE = "\ufffd"
UNSTORABLE_ERROR = gettext_lazy(
    "Your text contained characters that we cannot store. We have marked or removed them. Check "
    "your text and send it again."
)


def _format_number(number: int) -> str:
    return number_format(number, force_grouping=True)


class MultipleFileInput(forms.FileInput):
    """A file input for more than one file."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict, name: str
    ) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class PicturesField(forms.FileField):
    """A field for up to five pictures. Each rejected file is named in the error."""

    widget = MultipleFileInput

    def clean(self, data: Sequence[UploadedFile], initial: object = None) -> list[UploadedFile]:
        found = [file for file in data or [] if file]
        wrong = [
            f"{(file.name or '')[:60]}: {why}"
            for file in found
            if (why := attachments.validation_error(file))
        ]
        if wrong:
            raise ValidationError(wrong)
        return found


class _SharedFields(dict[str, forms.Field]):
    """Form fields that all instances share. Django would copy them for each instance."""

    def __deepcopy__(self, memo: object) -> _SharedFields:
        return self


def share_fields(form: type[PublicForm]) -> type[PublicForm]:
    """Let all instances of a form class share its fields until one is rendered.

    Validation does not change the fields, and most forms are never rendered.
    :meth:`PublicForm.add_aria_attributes` copies the fields for one instance.
    """
    form.base_fields = _SharedFields(form.base_fields)
    return form


class PublicForm(forms.Form):
    """A form for the public that handles unstorable characters and ties errors to their fields."""

    text_fields: tuple[str, ...] = ()
    data: Any
    fields: dict[str, forms.Field]
    _bound_fields_cache: dict[str, forms.BoundField]

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.had_unstorable = data is not None and UNDECODABLE in data.get("text", "")
        for name in self.text_fields if data is not None else ():
            if _UNSTORABLE.search(value := data.get(name, "")):
                self.replace(name, _UNSTORABLE.sub("", value))
                self.had_unstorable = True
        self.kept: list[Attachment] = []
        self.stored_hashes: list[str] = []
        self.pictures_rejected = False

    def replace(self, name: str, value: str) -> None:
        """Replace the submitted value of a field."""
        self.data = self.data.copy()
        self.data[name] = value

    def reject_pictures(self) -> None:
        """Add an error that only text is accepted at the moment."""
        self.pictures_rejected = True
        self.add_error(
            "pictures",
            gettext(
                "We cannot take pictures right now. Send your text without pictures. You can add them "
                "later with your receipt."
            ),
        )

    def add_aria_attributes(self) -> None:
        """Tie each field to its help and errors with ARIA attributes. Call it before rendering."""
        self.fields = {name: copy.deepcopy(field) for name, field in self.fields.items()}
        self._bound_fields_cache = {}
        for name, field in self.fields.items():
            described = [f"id_{name}_help"] if field.help_text else []
            if self.is_bound and name in self.errors:
                described.append(f"id_{name}_error")
                field.widget.attrs["aria-invalid"] = "true"
            if described:
                field.widget.attrs["aria-describedby"] = " ".join(described)

    def clean_text(self) -> str:
        text = self.cleaned_data["text"].strip()
        if len(text) > settings.TIP_LONGEST:
            raise ValidationError(
                gettext_lazy(
                    "Your text is too long: %(length)s of %(limit)s characters. Shorten it, or send the "
                    "rest as another tip."
                ),
                params={
                    "length": _format_number(len(text)),
                    "limit": _format_number(settings.TIP_LONGEST),
                },
            )
        if self.had_unstorable:
            raise ValidationError(UNSTORABLE_ERROR)
        return text

    def check_total_pictures(self) -> None:
        """Add an error if the new and stored pictures together are too many or too large."""
        new = self.cleaned_data.get("pictures") or []
        if len(new) + len(self.kept) > attachments.MAX_PICTURES:
            self.add_error(
                "pictures",
                gettext("You can send up to 5 pictures. Remove some."),
            )
        elif sum(file.size for file in new) > attachments.MAX_BYTES_TOGETHER:
            self.add_error(
                "pictures",
                gettext(
                    "Together, your pictures are larger than 40 MB. Remove some, or choose smaller ones."
                ),
            )


def text_field(
    label: StrOrPromise, help_text: StrOrPromise, required: StrOrPromise, rows: int = 6
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages={"required": required},
    )


def pictures_field() -> PicturesField:
    return PicturesField(
        label=gettext_lazy("Pictures"),
        help_text=gettext_lazy(
            "Up to 5 photos of an object or a place, 15 MB each. Never a picture of a child or of "
            "abuse."
        ),
        required=False,
        widget=MultipleFileInput(attrs={"accept": "image/*"}),
    )


def location_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("Investigators may read where and when my photos were taken"),
        help_text=gettext_lazy(
            "We delete the place and time from every photo. If you tick this, investigators can read "
            "them first."
        ),
        required=False,
    )

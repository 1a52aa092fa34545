"""The forms of the public: a tip, a receipt, and what is added with one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext, gettext_lazy

from tips.intake import countries
from tips.intake.form import nonces
from tips.intake.uploads import attachments
from tips.models import Attachment, Tip

UNDECODABLE = "\ufffd"
MENDED = gettext_lazy(
    "Your message held characters that cannot be stored. We have marked or removed them: "
    "please read it through and send it again."
)
_TELEPHONE = re.compile(r"\+?[\d\s().\-/]{6,30}")
LONGEST_ADDRESS = 254


class SeveralFiles(forms.FileInput):
    """A choice of more than one file."""

    allow_multiple_selected = True

    def value_from_datadict(
        self, data: MultiValueDict, files: MultiValueDict, name: str
    ) -> list[UploadedFile]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class Pictures(forms.FileField):
    """Up to five pictures; each that cannot be taken is named with what is wrong with it."""

    widget = SeveralFiles

    def clean(self, data: Sequence[UploadedFile], initial: object = None) -> list[UploadedFile]:
        found = [file for file in data or [] if file]
        wrong = [f"{file.name[:60]}: {why}" for file in found if (why := attachments.refusal(file))]
        if wrong:
            raise ValidationError(wrong)
        return found


class PublicForm(forms.Form):
    """What the public's forms share: characters that cannot be stored, and errors tied to their fields."""

    text_fields: tuple[str, ...] = ()

    def __init__(self, data=None, files=None, **kwargs):
        mended = False
        if data is not None:
            data = data.copy()
            for name in self.text_fields:
                value = data.get(name, "")
                clean = "".join(
                    char for char in value if char != "\x00" and not "\ud800" <= char <= "\udfff"
                )
                mended = mended or clean != value or (name == "text" and UNDECODABLE in value)
                if clean != value:
                    data[name] = clean
        super().__init__(data, files, **kwargs)
        self.mended = mended
        self.kept: list[Attachment] = []
        self.pictures_refused = False

    def refuse_pictures(self) -> None:
        """Say beside the field that the site takes words alone at the moment."""
        self.pictures_refused = True
        self.add_error(
            "pictures",
            gettext(
                "We can’t take pictures right now. Please send your message without pictures; you can "
                "add them later with your receipt."
            ),
        )

    def describe(self) -> None:
        """Tie each field to its help and its errors for those who do not see the page; before it is shown."""
        if "nonce" in self.fields:
            self.fields["nonce"].initial = nonces.make()
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
                    "This is too long: %(length)s characters, and %(limit)s fit. Your text is still "
                    "here: shorten it, or send the rest as a second message."
                ),
                params={"length": f"{len(text):,}", "limit": f"{settings.TIP_LONGEST:,}"},
            )
        if self.mended:
            raise ValidationError(MENDED)
        return text

    def check_together(self) -> None:
        """See that new and kept pictures together are no more than fit."""
        new = self.cleaned_data.get("pictures") or []
        if len(new) + len(self.kept) > attachments.MOST:
            self.add_error(
                "pictures",
                gettext("At most five pictures fit in one message. Leave some out."),
            )
        elif sum(file.size for file in new) > attachments.LARGEST_TOGETHER:
            self.add_error(
                "pictures",
                gettext("These pictures are larger than 40 MB together. Leave some out."),
            )


def text_field(label: str, help_text: str, required: str, rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows, "maxlength": None, "dir": "auto"}),
        error_messages={"required": required},
    )


def pictures_field() -> Pictures:
    return Pictures(
        label=gettext_lazy("Pictures of the thing"),
        help_text=gettext_lazy(
            "Up to five photos of a thing or a place, 15 MB each. Never a picture of a child or of "
            "abuse."
        ),
        required=False,
        widget=SeveralFiles(attrs={"accept": "image/*"}),
    )


def place_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=gettext_lazy("The place in my photo may help"),
        help_text=gettext_lazy(
            "We remove where and when a photo was taken. Tick this, and investigators may read it "
            "first."
        ),
        required=False,
    )


class TipForm(PublicForm):
    """What somebody tells us. Only the text is needed."""

    text_fields = ("text", "country", "place", "url", "seen_when", "why", "contact", "nonce")

    text = text_field(
        gettext_lazy("What do you know about it?"),
        gettext_lazy("What is it? Where is it made, sold or used? A few words are enough."),
        gettext_lazy("Tell us what you know. A few words are enough."),
    )
    country = forms.CharField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Type its first letters, or leave it empty."),
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
        label=gettext_lazy("A web page that shows it"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "dir": "ltr"}),
    )
    seen_when = forms.CharField(
        label=gettext_lazy("When did you see it?"),
        help_text=gettext_lazy("A day, a year, or “when I was a child”."),
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
        help_text=gettext_lazy("“I had one”, “I work there”, “I compared pictures”."),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    pictures = pictures_field()
    place_wanted = place_field()
    contact_by = forms.ChoiceField(
        label=gettext_lazy("May we ask you something?"),
        choices=[
            ("none", gettext_lazy("No, I stay anonymous")),
            ("email", gettext_lazy("By e-mail")),
            ("telephone", gettext_lazy("By telephone")),
        ],
        required=False,
        initial="none",
        widget=forms.RadioSelect,
    )
    contact = forms.CharField(
        label=gettext_lazy("E-mail address or telephone number"),
        help_text=gettext_lazy("It is encrypted at once, and removed after a fixed time."),
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of your message"),
        choices=[*settings.LANGUAGES, ("other", gettext_lazy("Another"))],
        required=False,
    )
    # A trap for programs that fill in everything: people neither see nor reach it.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    nonce = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=nonces.LENGTH, strip=False
    )

    def __init__(self, data=None, files=None, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["language"].initial = get_language() or "en"

    def clean_country(self) -> str:
        typed = self.cleaned_data["country"].strip()
        if not typed:
            return ""
        code = countries.code_of(typed)
        if code is None:
            raise ValidationError(
                gettext_lazy(
                    "We know no country of this name. Choose one from the list, or leave this empty "
                    "and write it above."
                )
            )
        return code

    def clean_url(self) -> str:
        url = self.cleaned_data["url"].strip()
        if len(url) > 2000:
            raise ValidationError(
                gettext_lazy(
                    "This address is longer than 2,000 characters. Shorten it, or put it into the text."
                )
            )
        return url

    def clean(self) -> dict[str, object]:
        values = super().clean()
        by, contact = values.get("contact_by"), (values.get("contact") or "").strip()
        values["contact"] = contact
        if contact and by == "none":
            self.add_error(
                "contact",
                gettext(
                    "You chose to stay anonymous, and wrote how to reach you. Choose one of the two: "
                    "nothing has been kept."
                ),
            )
        elif contact and by == "telephone" and not _TELEPHONE.fullmatch(contact):
            self.add_error("contact", gettext("This is no telephone number."))
        elif contact and by != "telephone" and not _is_reachable(contact, by):
            self.add_error(
                "contact", gettext("This is not an e-mail address. It may also stay empty.")
            )
        elif not contact and by in ("email", "telephone") and "contact" not in self.errors:
            self.add_error(
                "contact", gettext("Write how to reach you, or choose to stay anonymous.")
            )
        self.check_together()
        return values

    def trust(self, *, is_proven: bool, age: float | None) -> str:
        """Say how a tip came: whether a browser worked for it, and whether it looks sent by a program."""
        if self.cleaned_data["website"] or (age is not None and age < nonces.FASTEST):
            return Tip.Trust.DOUBTFUL
        return Tip.Trust.PROVEN if is_proven else Tip.Trust.PLAIN


def _is_reachable(contact: str, by: str | None) -> bool:
    if by != "email" and _TELEPHONE.fullmatch(contact):  # they chose neither: either will do
        return True
    try:
        validate_email(contact)
    except ValidationError:
        return False
    return True


class AddForm(PublicForm):
    """What somebody adds to their tip, or answers."""

    text_fields = ("text",)

    text = text_field(
        gettext_lazy("What do you want to add?"),
        "",
        gettext_lazy("Write something, or leave this page."),
        rows=5,
    )
    pictures = pictures_field()
    place_wanted = place_field()

    def clean(self) -> dict[str, object]:
        values = super().clean()
        self.check_together()
        return values


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

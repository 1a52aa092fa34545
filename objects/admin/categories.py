"""Admin pages of categories and their translated names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from objects.models import Category
from traceobject.audit import trail
from traceobject.staff.authority import user_of

LANGUAGES = dict(settings.LANGUAGES)


def name_field(language: str) -> str:
    """Return the form field's name for a category's name in a language."""
    return f"name_{language}"


class CategoryForm(forms.ModelForm):
    """A form for a category's slug and its name in each language. Only English is required."""

    class Meta:
        model = Category
        fields = ["slug"]
        help_texts = {"slug": "Part of web addresses, for example 'shopping-bags'."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for each in self.instance.translations.all():
                self.initial[name_field(each.language_code)] = each.name

    @transaction.atomic
    def save_names(self) -> None:
        """Store the name in each language. Delete it where the field is empty."""
        for language in LANGUAGES:
            name = self.cleaned_data[name_field(language)]
            of_language = self.instance.translations.filter(language_code=language)
            if not name:
                of_language.delete()
            elif not of_language.update(name=name):
                self.instance.translations.create(language_code=language, name=name)


for _language, _spoken in LANGUAGES.items():
    _field = forms.CharField(
        label=_spoken,
        max_length=60,
        required=_language == settings.LANGUAGE_CODE,
        widget=forms.TextInput(attrs={"lang": _language, "dir": "auto", "class": "vTextField"}),
    )
    CategoryForm.base_fields[name_field(_language)] = _field
    CategoryForm.declared_fields[name_field(_language)] = _field


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """Edit categories and their names."""

    form = CategoryForm
    list_display = ["__str__", "slug", "translated_into"]
    fieldsets = [
        ("Name", {"fields": [name_field(language) for language in LANGUAGES]}),
        (None, {"fields": ["slug"]}),
    ]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Category | None = None
    ) -> dict[str, Sequence[str]]:
        """Fill the slug from the English name. Django's attribute accepts only fields of the model."""
        return {} if obj else {"slug": [name_field(settings.LANGUAGE_CODE)]}

    @admin.display(description="languages")
    def translated_into(self, category: Category) -> str:
        codes = {each.language_code for each in category.translations.all()}
        return ", ".join(code for code in LANGUAGES if code in codes)

    def save_model(
        self, request: HttpRequest, obj: Category, form: CategoryForm, change: bool
    ) -> None:
        before = names_of(obj) if change else {}
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            form.save_names()
            action = "category.changed" if change else "category.added"
            trail.record(action, obj.slug, by=user_of(request), before=before, after=names_of(obj))

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        with transaction.atomic():
            trail.record("category.removed", obj.slug, by=user_of(request), before=names_of(obj))
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Category]) -> None:
        for category in queryset:
            self.delete_model(request, category)


def names_of(category: Category) -> dict[str, str]:
    """Return a category's slug and its name in each language, read from the database."""
    stored = Category.objects.get(pk=category.pk)
    names = stored.translations.values_list("language_code", "name")
    return {"slug": stored.slug, **dict(names)}

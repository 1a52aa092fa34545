"""Find the case officer who gets a country's referrals."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from traceobject.staff.models import User
from traceobject.staff.roles import Role


def _officers(country: str | OuterRef) -> QuerySet[User]:
    return User.objects.filter(
        is_active=True, groups__name=Role.CASE_OFFICER, officer_countries__country=country
    ).order_by("id")


def officers_of(country: str) -> list[User]:
    """Return the active case officers of a country, longest-serving first."""
    return list(_officers(country))


def officer_names(country: OuterRef) -> ArraySubquery:
    """Return the names of the active case officers of another query's country, as an expression."""
    return ArraySubquery(_officers(country).values("username"))


def officer_for(country: str) -> User | None:
    """Return the officer on duty, if they still have the country; else its longest-serving officer."""
    from tips.models import Desk

    officers = officers_of(country)
    desk = Desk.objects.filter(country=country).first()
    on_duty = desk.on_duty_id if desk else None
    return next(
        (officer for officer in officers if officer.pk == on_duty),
        officers[0] if officers else None,
    )

"""Find the case officer who gets a country's referrals."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from tips.models import Desk, Referral
from traceobject.staff.models import User
from traceobject.staff.roles import Role


def _officers(country: str | OuterRef) -> QuerySet[User]:
    return User.objects.filter(
        is_active=True, groups__name=Role.CASE_OFFICER, officer_countries__country=country
    ).order_by("id")


def is_officer_of(officer: User, country: str) -> bool:
    """Return whether a member of staff is, at this moment, an active case officer of a country."""
    return _officers(country).filter(pk=officer.pk).exists()


def without_officer(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """Return the open referrals whose officer has left, or no longer answers for the country.

    Who acknowledged a referral has it; until then, the one whom it was sent to.
    """
    has_it = Coalesce("acknowledged_by", "officer")
    still = _officers(OuterRef("country")).filter(pk=OuterRef("has_it"))
    is_open = [Referral.State.SENT, Referral.State.ACKNOWLEDGED]
    return referrals.filter(state__in=is_open).annotate(has_it=has_it).exclude(Exists(still))


def officers_of(country: str) -> list[User]:
    """Return the active case officers of a country, longest-serving first."""
    return list(_officers(country))


def officer_names(country: OuterRef) -> ArraySubquery:
    """Return the names of the active case officers of another query's country, as an expression."""
    return ArraySubquery(_officers(country).values("username"))


def officer_for(country: str) -> User | None:
    """Return the officer on duty, if they still have the country; else its longest-serving officer."""
    officers = officers_of(country)
    desk = Desk.objects.filter(country=country).first()
    on_duty = desk.on_duty_id if desk else None
    return next(
        (officer for officer in officers if officer.pk == on_duty),
        officers[0] if officers else None,
    )

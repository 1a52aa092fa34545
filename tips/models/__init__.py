"""The tables of a tip's way. Fields, states and constraints; the steps live in the stages."""

from tips.models.claim import Claim
from tips.models.desk import Desk
from tips.models.lead import Lead, LeadCountry
from tips.models.referral import Delivery, Referral
from tips.models.signature import BandKey
from tips.models.tip import Tip

__all__ = ["BandKey", "Claim", "Delivery", "Desk", "Lead", "LeadCountry", "Referral", "Tip"]

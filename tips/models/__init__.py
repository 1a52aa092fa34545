"""The tables of tips: fields, states and constraints. The steps are in the stages."""

from tips.models.alert import Alert
from tips.models.attachment import Attachment
from tips.models.band_key import BandKey
from tips.models.claim import Claim
from tips.models.desk import Desk
from tips.models.hotline import Hotline
from tips.models.lead import Lead, LeadCountry
from tips.models.legal_hold import LegalHold
from tips.models.proposal import Proposal
from tips.models.question import Question
from tips.models.referral import Delivery, Referral
from tips.models.tip import Tip
from tips.models.tip_embedding import TipEmbedding

__all__ = [
    "Alert",
    "Attachment",
    "BandKey",
    "Claim",
    "Delivery",
    "Desk",
    "Hotline",
    "Lead",
    "LeadCountry",
    "LegalHold",
    "Proposal",
    "Question",
    "Referral",
    "Tip",
    "TipEmbedding",
]

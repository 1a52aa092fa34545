"""The admin's pages live in their stages; Django looks for them here."""

from tips.routing import admin as routing_admin
from tips.triage import admin as triage_admin

__all__ = ["routing_admin", "triage_admin"]

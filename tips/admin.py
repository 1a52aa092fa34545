"""The admin's pages live in their stages; Django looks for them here."""

from tips.retention import admin as retention_admin
from tips.routing import admin as routing_admin
from tips.triage import admin as triage_admin

__all__ = ["retention_admin", "routing_admin", "triage_admin"]

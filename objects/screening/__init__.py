"""Checks of a picture before publication: inspection, hash lists and overrides."""

from objects.screening.inspection import inspect, reinspect_outdated
from objects.screening.overrides import obstacles, overridable, override

__all__ = ["inspect", "obstacles", "overridable", "override", "reinspect_outdated"]

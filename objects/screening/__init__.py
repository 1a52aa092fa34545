"""Whether a picture may be published: inspection, hash lists, and what analysts override."""

from objects.screening.inspection import inspect, reinspect_outdated
from objects.screening.overrides import obstacles, overridable, override

__all__ = ["inspect", "obstacles", "overridable", "override", "reinspect_outdated"]

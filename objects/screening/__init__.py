"""Whether a picture may be published: inspection, hash lists, and what analysts override."""

from objects.screening.inspection import inspect, inspect_again
from objects.screening.overrides import obstacles, open_to_override, override

__all__ = ["inspect", "inspect_again", "obstacles", "open_to_override", "override"]

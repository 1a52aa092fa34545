"""The analysts' pages."""

from objects.admin import campaigns, hash_lists, trace_objects

__all__ = ["campaigns", "hash_lists", "trace_objects"]

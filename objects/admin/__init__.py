"""The analysts' pages in the admin."""

from objects.admin import campaigns, categories, hash_lists, trace_objects

__all__ = ["campaigns", "categories", "hash_lists", "trace_objects"]

"""Models of objects: fields, states, constraints and triggers, without input or output."""

from objects.models.campaign import Campaign
from objects.models.hash_list import HashList, KnownHash
from objects.models.picture import Override, Picture, Rendition
from objects.models.public_generation import PublicGeneration
from objects.models.purge import Purge
from objects.models.trace_object import Category, TraceObject, new_reference

__all__ = [
    "Campaign",
    "Category",
    "HashList",
    "KnownHash",
    "Override",
    "Picture",
    "PublicGeneration",
    "Purge",
    "Rendition",
    "TraceObject",
    "new_reference",
]

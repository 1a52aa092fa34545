"""The states of an object, for its model and its triggers."""

from django.db import models


class State(models.TextChoices):
    """The states of an object, with their labels for staff."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Waiting for approval"
    PUBLISHED = "published", "Published"
    IDENTIFIED = "identified", "Identified"
    WITHDRAWN = "withdrawn", "Withdrawn"


PUBLIC = (State.PUBLISHED, State.IDENTIFIED)

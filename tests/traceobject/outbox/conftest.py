"""Fixtures for tests of the outbox: steps that exist for one test."""

from contextlib import ExitStack

import pytest

from traceobject.outbox import registry
from traceobject.outbox.lanes import Lane


@pytest.fixture
def steps():
    """Return a function that registers a step for one test: ``steps("note", work, lane=...)``."""
    with ExitStack() as registered:
        yield lambda name, work, **how: registered.enter_context(
            registry.registered(name, work, **how)
        )


@pytest.fixture
def done(steps):
    """Register the steps 'note' (in a transaction) and 'reach' (outside). Return the subjects done."""
    seen = []
    steps("note", seen.append)
    steps("reach", seen.append, lane=Lane.OUTSIDE, in_transaction=False, destination="harbour")
    return seen

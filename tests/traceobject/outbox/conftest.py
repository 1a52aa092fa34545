"""Fixtures for tests of the outbox: steps that exist for one test."""

from contextlib import ExitStack

import pytest

from traceobject.outbox import registry
from traceobject.outbox.lanes import Lane


@pytest.fixture
def steps():
    """Register steps for the length of a test: ``steps("note", work, lane=...)``."""
    with ExitStack() as registered:
        yield lambda name, work, **how: registered.enter_context(
            registry.registered(name, work, **how)
        )


@pytest.fixture
def done(steps):
    """What the test's own steps have done: 'note' inside the database, 'reach' outside."""
    seen = []
    steps("note", seen.append)
    steps("reach", seen.append, lane=Lane.OUTSIDE, in_transaction=False, destination="harbour")
    return seen

"""Each step is declared and has one handler."""

import pytest
from django.db import connection

from traceobject.outbox import registry
from traceobject.outbox.lanes import Lane


def test_a_step_has_one_handler(done):
    with pytest.raises(ValueError, match="two handlers"):
        registry.register("note", done.append, label="again")


def test_a_step_that_reaches_outside_is_leased_alone(done):
    with pytest.raises(ValueError, match="one at a time"):
        registry.register("bulk", done.append, label="bulk", lane=Lane.QUICK, in_transaction=False)


def test_the_check_finds_steps_without_a_handler_and_handlers_without_a_step(done):
    found = {error.id for error in registry.every_step_has_a_handler()}
    assert found == {"outbox.E002"}  # the two of this test are declared nowhere


def test_every_step_is_declared_and_handled():
    assert registry.every_step_has_a_handler() == []


def test_the_database_puts_a_step_that_exists():
    from tips.steps import TipStep

    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%INTO outbox_step%'")
        sources = [source for (source,) in cursor.fetchall()]
    assert len(sources) == 1
    assert f"'{TipStep.MATCH}'" in sources[0]

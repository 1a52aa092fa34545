"""Changing the machine's clock delays no periodic task and no step."""

from datetime import timedelta

import pytest
from celery.beat import PersistentScheduler
from django.db import connection

from traceobject.beat import SteadyScheduler
from traceobject.celery import app


@pytest.fixture
def started(tmp_path):
    """Return a function that starts a scheduler on one file. All are closed at the end."""
    made = []

    def start(kind):
        scheduler = kind(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)
        scheduler.setup_schedule()
        scheduler.schedule.pop("celery.backend_cleanup", None)  # Celery's own, once a night
        scheduler.sent = []
        scheduler.apply_entry = lambda entry, producer=None: scheduler.sent.append(entry.name)
        made.append(scheduler)
        return scheduler

    yield start
    for scheduler in made:
        scheduler.close()


def an_hour_ahead_until_now(scheduler):
    """Run a scheduler under a clock that was an hour ahead and is now set back."""
    for entry in scheduler.schedule.values():
        entry.last_run_at = entry.default_now() + timedelta(hours=1)
    scheduler.tick()
    return scheduler


def test_celerys_own_scheduler_would_wait_for_the_hour(started):
    plain = an_hour_ahead_until_now(started(PersistentScheduler))
    for _ in range(50):
        plain.tick()
    assert plain.sent == []


@pytest.mark.parametrize("hours", [-1, 24])
def test_after_the_clock_was_set_every_periodic_work_goes_on(started, hours):
    steady = an_hour_ahead_until_now(started(SteadyScheduler))
    steady._offset -= hours * 3600  # what the two clocks differed by before
    for entry in steady.schedule.values():
        entry.schedule.run_every = timedelta(0)  # due as soon as its time is no longer ahead
    for _ in range(3 * len(steady.schedule)):
        steady.tick()
    assert set(steady.sent) == set(steady.schedule)


def test_beat_that_starts_with_times_of_tomorrow_does_not_wait_for_it(started):
    first = an_hour_ahead_until_now(started(SteadyScheduler))
    first.close()  # an hour ahead stands in its file
    second = started(SteadyScheduler)
    assert all(entry.last_run_at <= entry.default_now() for entry in second.schedule.values())


def test_new_steps_are_due_whatever_the_clock_says():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_default FROM information_schema.columns "
            "WHERE table_name = 'outbox_step' AND column_name = 'due_at'"
        )
        assert "2000-01-01" in cursor.fetchone()[0]

"""The outbox: the next step of everything accepted, kept in the database until it is done.

``registry`` lists the steps and their handlers. ``queue`` puts and runs them. ``lanes`` keeps slow steps
from delaying others. ``breaker`` pauses destinations that do not answer. ``nudge`` wakes Celery's workers.
``health`` reports what waits, fails or was given up. ``failures`` explains a failure to staff.
"""

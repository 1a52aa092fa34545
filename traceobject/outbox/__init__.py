"""The outbox: the next step of everything accepted, kept in the database until it is done.

Where to find what: ``registry`` (which steps there are and how each is done), ``queue`` (put, drain),
``lanes`` (what runs beside what), ``breaker`` (destinations that do not answer), ``nudge`` (telling
Celery), ``health`` (what waits, fails or was given up), ``failures`` (why a step failed, in plain words).
"""

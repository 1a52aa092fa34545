"""A log has the place and kind of an error, never what somebody typed."""

import errno
import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from traceobject import logs
from traceobject.lastresort import catch_errors
from traceobject.logs import RequestFilter


@pytest.fixture
def written():
    """Return what our console handler would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RequestFilter())
    logger = logging.getLogger("a.test")
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def test_the_message_of_an_error_is_left_out_and_its_kind_and_place_stay(written):
    logger, stream = written
    typed = "saw it in {}, ask {}@mail.example".format("Lyon", "jane")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT CAST(%s AS integer)", [typed])
    except DataError:
        logger.exception("step %s failed", "match")
    text = stream.getvalue()
    assert "step match failed" in text
    assert "test_logs.py" in text
    assert "DataError" in text
    assert "jane@" not in text
    assert typed not in text


def test_every_handler_of_the_site_has_the_filter():
    for name, handler in settings.LOGGING["handlers"].items():
        assert handler["filters"] == ["typed"], name
    assert settings.ADMINS == []
    assert settings.DEBUG is False


def test_an_error_page_shows_nothing_of_the_error(client, monkeypatch):
    from objects.gallery import views

    def fail(*_):
        raise RuntimeError("jane@mail.example")

    monkeypatch.setattr(views, "Paginator", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"Sorry, something went wrong" in answer.content
    assert b"jane@" not in answer.content


class Unwritable(Exception):
    def __str__(self):
        raise RuntimeError("cannot be written")


@given(words=st.text(min_size=logs.SHORTEST_TEXT).filter(lambda text: len(text.strip()) >= 4))
@settings_of_hypothesis(max_examples=60, deadline=None)
def test_no_way_of_logging_an_error_writes_its_words(words):
    marked = f"telltale {words} telltale"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)  # anybody's handler, without our filter
    logger = logging.getLogger("somebody.else")
    logger.addHandler(handler)
    logger.propagate = False
    try:
        try:
            try:
                raise KeyError(marked.encode())
            except KeyError as error:
                error.add_note(marked)
                raise OSError(errno.ENOSPC, marked, f"/{marked}") from error
        except OSError as error:
            logger.exception("failed")
            logger.error("failed: %s %r", error, error)
            logger.error(error)
            logger.error(f"failed: {error} {error!r} {error.__cause__!r}")
            logger.error("failed: %(error)s", {"error": error})
            logger.error("failed: %s", [error, error.args])
            given_on = error
        logger.error("failed: %s", given_on)  # when it is no longer being handled
        logger.error("failed", exc_info=given_on)
    finally:
        logger.removeHandler(handler)
    assert "telltale" not in stream.getvalue()
    assert "No space left on device" in stream.getvalue()


def test_an_error_that_cannot_be_written_is_logged_all_the_same(written):
    logger, stream = written
    try:
        raise Unwritable("telltale")
    except Unwritable as error:
        logger.error("failed: %s", error)
    assert "failed: Unwritable" in stream.getvalue()


def test_a_record_that_names_a_request_names_its_view_and_not_its_address(written, rf):
    logger, stream = written
    request = rf.get("/telltale/?telltale=1")
    logger.warning("Not Found: %s", request.path, extra={"request": request, "status_code": 404})
    assert stream.getvalue() == "404 Not Found (GET no page)\n"


def test_an_error_outside_django_is_a_plain_500_and_its_message_is_not_logged(caplog):
    def fails(environment, start):
        raise ValueError("telltale")

    def fails_halfway(environment, start):
        yield b"a"
        raise ValueError("telltale")

    told = []
    page = catch_errors(fails)({}, lambda *given: told.extend(given))
    assert told[0].startswith("500 ")
    assert b"Every tip that we have confirmed is safe" in b"".join(page)
    assert list(catch_errors(fails_halfway)({}, None)) == [b"a"]
    assert caplog.text.count("ValueError") >= 2
    assert 'ValueError("telltale")' in caplog.text  # the line of code, which is ours
    assert "ValueError: telltale" not in caplog.text

"""A log keeps where something failed and of what kind it was, never what somebody typed."""

import io
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import DataError, connection, transaction

from traceobject.logs import WithoutRequests


@pytest.fixture
def written():
    """What our console handler would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(WithoutRequests())
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
    from objects import views

    def fail(*_):
        raise RuntimeError("jane@mail.example")

    monkeypatch.setattr(views, "Paginator", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"jane@" not in answer.content

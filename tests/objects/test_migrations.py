"""Objects from before the checks keep their words and stay public; their pictures are looked at."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from objects import screening, stores
from objects.models import Picture, TraceObject
from tests.factories import drawing, encoded, remembered
from traceobject.outbox.models import Step

BEFORE = [("objects", "0001_initial")]
AFTER = [("objects", "0003_guards")]


@pytest.fixture
def as_before(own_database):
    MigrationExecutor(connection).migrate(BEFORE)
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    MigrationExecutor(connection).migrate(AFTER)


def test_an_older_site_is_carried_over(as_before, client):
    old = as_before.get_model("objects", "TraceObject").objects.create(
        reference="A1-01", state="published", title="A bag", question="Where?", known="Old"
    )
    picture = as_before.get_model("objects", "Picture").objects.create(
        object=old, alt="A red bag", master="", width=1200, height=900
    )
    MigrationExecutor(connection).migrate(AFTER)

    made = TraceObject.objects.get()
    assert (made.title, made.question, made.known) == ("A bag", "Where?", "Old")
    assert made.state == "published"
    assert Picture.objects.get().alt == "A red bag"
    assert Step.objects.filter(name="picture.inspect", subject=picture.pk).exists()

    with connection.cursor() as cursor:  # the file's name, as it was written then
        cursor.execute("ALTER TABLE objects_picture DISABLE TRIGGER objects_guard_pictures")
        name = stores.keep_master(Picture.objects.get(), encoded(drawing()))
        Picture.objects.update(master=name)
        cursor.execute("ALTER TABLE objects_picture ENABLE TRIGGER objects_guard_pictures")
    with remembered():
        screening.inspect(picture.pk)
    page = client.get("/objects/A1-01/")
    assert page.status_code == 200
    for name in stores.names_of(made):
        assert client.get(f"/pictures/{name}").status_code == 200


def test_the_way_back_keeps_the_english_words(own_database):
    made = TraceObject.objects.create(reference="A1-02", title="A bag", question="Where?")
    made.translations.create(language_code="fr", title="Un sac", question="Où ?")
    MigrationExecutor(connection).migrate(BEFORE)
    try:
        state = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        assert state.get_model("objects", "TraceObject").objects.get().title == "A bag"
    finally:
        MigrationExecutor(connection).migrate(AFTER)

"""The table of vectors: absent where pgvector is, made by a command once it is there."""

import uuid

import psycopg2
import pytest
from django.db import connection

from tests.factories import published, send, staff
from tests.stack import database_url, manage
from tips.claims import proposals, vectors
from tips.matching import embedding
from tips.models import Proposal, TipEmbedding
from tips.models.tip_embedding import DIMENSIONS
from tips.triage import decisions
from traceobject.outbox import queue
from traceobject.staff.roles import Role

ENGLISH = "I saw this bag in a Lidl in Seville in 2016"
SPANISH = "vi esta bolsa en un Lidl de Sevilla en 2016"

# The extensions that a server without pgvector shows.
WITHOUT_PGVECTOR = """
    CREATE VIEW public.pg_available_extensions AS
        SELECT * FROM pg_catalog.pg_available_extensions WHERE name <> 'vector';
    ALTER DATABASE {name} SET search_path = public, pg_catalog;
"""


@pytest.fixture(autouse=True)
def _forget():
    vectors.forget_tables()
    yield
    vectors.forget_tables()


def address(name):
    return {"DATABASE_URL": database_url(name)}


def in_database(name, *statements):
    control = psycopg2.connect(database_url(name))
    control.autocommit = True
    with control.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    control.close()


@pytest.fixture
def stock():
    """Create an empty database on a server without pgvector."""
    name = f"stock_{uuid.uuid4().hex[:12]}"
    in_database("postgres", f"CREATE DATABASE {name}")
    in_database(name, WITHOUT_PGVECTOR.format(name=name))
    yield name
    in_database("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def test_a_stock_database_migrates_and_gets_the_table_later(pgvector, stock):
    assert manage("migrate", environment=address(stock)).returncode == 0
    before = manage("create_vectors", environment=address(stock))
    assert (before.returncode, before.stdout) == (1, "")
    assert before.stderr.endswith(
        "CommandError: the database server has no pgvector; install it there first\n"
    )
    assert before.stderr.count("\n") == 1
    in_database(stock, "DROP VIEW public.pg_available_extensions")
    for _ in range(2):  # it is safe to repeat
        after = manage("create_vectors", environment=address(stock))
        assert (after.returncode, after.stderr) == (0, "")
        assert after.stdout == (
            "The table of vectors exists; tips that the workers still have to embed: 0\n"
        )


def test_a_user_who_may_not_enable_pgvector_is_told_who_has_to(own_database, embedded_only):
    name = connection.settings_dict["NAME"]
    role = f"plain_{uuid.uuid4().hex[:8]}"
    in_database(
        name,
        "DROP TABLE tips_tipembedding",
        "DROP EXTENSION vector",
        f"CREATE ROLE {role} LOGIN",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
    )
    plain = address(name)["DATABASE_URL"].replace("user=postgres", f"user={role}")
    try:
        done = manage("create_vectors", environment={"DATABASE_URL": plain})
    finally:
        in_database(name, f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    assert done.returncode == 1
    assert done.stderr.endswith("run: CREATE EXTENSION vector\n")
    assert done.stderr.count("\n") == 1


def test_tips_from_before_pgvector_are_proposed_once_the_command_ran(own_database, pgvector):
    name = connection.settings_dict["NAME"]
    in_database(name, "DROP TABLE tips_tipembedding", "DROP EXTENSION vector")
    made = published(pictures=0)
    one, other = send(made, ENGLISH, language="en"), send(made, SPANISH, language="es")
    assert "pgvector" in proposals.disabled_reason()
    queue.drain(names=["propose"])
    assert not Proposal.objects.exists()
    done = manage("create_vectors", environment=address(name))
    assert (done.returncode, done.stdout.rsplit(": ", 1)[1]) == (0, "2\n")
    assert (
        proposals.disabled_reason() == ""
    )  # also in a process that found the table missing before
    queue.drain(names=["propose"])
    assert set(TipEmbedding.objects.values_list("tip", flat=True)) == {one.pk, other.pk}
    proposal = Proposal.objects.get()
    assert {proposal.tip, proposal.other} == {one, other}


def test_the_embedding_is_deleted_with_its_tip(own_database, pgvector):
    tip = send(published(pictures=0), ENGLISH)
    proposals.propose(tip.pk)
    assert TipEmbedding.objects.get().vector == pytest.approx(embedding.embed(ENGLISH), abs=1e-5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tips_bandkey; DELETE FROM tips_tip")
    assert not TipEmbedding.objects.exists()


SAYINGS = [f"My {who} bought this {thing} in Porto" for who in ("aunt", "dentist", "boss") for thing in ("bag", "lamp", "chair", "rug")]  # fmt: skip


@pytest.mark.parametrize("compared", [0, 10_000], ids=["by the index", "one by one"])
def test_the_nearest_open_claims_are_found_whichever_way_they_are_searched(
    own_database, pgvector, monkeypatch, compared
):
    monkeypatch.setattr(proposals, "MAX_COMPARED", compared)
    monkeypatch.setattr(proposals, "MAX_NEAREST", 3)
    made = published(pictures=0)
    tips = [send(made, text, trust="proven") for text in SAYINGS]
    for tip in tips:
        proposals.propose(tip.pk)
    vector = embedding.embed(SAYINGS[0])
    alike = sorted(tips[1:], key=lambda tip: -float(vector @ embedding.embed(tip.text)))
    assert list(proposals.nearest(tips[0], vector, least=0)) == [tip.pk for tip in alike[:3]]
    for tip in alike[:2]:
        decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="known")
    assert list(proposals.nearest(tips[0], vector, least=0)) == [tip.pk for tip in alike[2:5]]


def test_an_older_table_gets_the_index_that_it_lacks(own_database, pgvector):
    name = connection.settings_dict["NAME"]
    in_database(name, "DROP INDEX tips_tipembedding_nearest")
    assert manage("create_vectors", environment=address(name)).returncode == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('tips_tipembedding_nearest') IS NOT NULL")
        assert cursor.fetchone()[0]


def test_the_table_and_the_model_agree_on_the_dimensions():
    assert DIMENSIONS == embedding.DIMENSIONS

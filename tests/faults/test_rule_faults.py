"""The database's rules refuse what SQL or faulty code must not do."""

import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from objects import publishing, screening
from objects.models import Override, PublicGeneration, TraceObject
from objects.models.rules import OVERRIDES_NEEDED
from objects.screening import overrides
from tests.factories import (
    ALL_CHECKED,
    cached_picture_jobs,
    draft,
    drawing,
    encoded,
    published,
    staff,
    submitted,
    with_picture,
)
from tests.stack import wait_until
from tips.models import Tip
from tips.steps import TipStep
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role

FACE = '[{"label": "face", "score": 0.9, "x": 0, "y": 0, "width": 9, "height": 9}]'


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def refused(match, statement, *values):
    with pytest.raises(IntegrityError, match=match):
        run(statement, *values)


def is_anybody_waiting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


@pytest.fixture
def people():
    return staff(Role.ANALYST), staff(Role.ANALYST)


@pytest.fixture
def waiting():
    """A submitted object with a clean picture, not approved."""
    return submitted(pictures=0)


@pytest.fixture
def public():
    return published(pictures=0)


# --- becoming public ------------------------------------------------------------------------------

APPROVE = (
    "UPDATE objects_traceobject SET state = 'published', approver_id = %s, approved_at = now() "
    "WHERE id = %s"
)


@pytest.mark.parametrize("state", ["published", "identified"])
def test_an_object_cannot_be_inserted_as_public(people, state):
    author, approver = people
    with pytest.raises(IntegrityError, match="has no picture"), transaction.atomic():
        TraceObject.objects.create(state=state)
    refused(
        "has no picture",
        "INSERT INTO objects_traceobject (reference, state, made, regions, excluded_countries, "
        "priority, case_reference, created_at, updated_at, hold_reason, author_id, approver_id, "
        "approved_at) VALUES ('X1-01', %s, '', '{}', '', 2, '', now(), now(), '', %s, %s, now())",
        *(state, author.pk, approver.pk),
    )


def test_an_object_without_a_picture_cannot_become_public(people):
    author, approver = people
    made = draft(author=author)
    run("UPDATE objects_traceobject SET state = 'submitted' WHERE id = %s", made.pk)
    refused("has no picture", APPROVE, approver.pk, made.pk)


def test_an_object_that_nobody_approved_cannot_become_public(waiting):
    refused(
        "object_approved_before_it_is_public",
        "UPDATE objects_traceobject SET state = 'published' WHERE id = %s",
        waiting.pk,
    )


def test_an_object_without_an_author_cannot_become_public(waiting, people):
    refused(
        "object_approved_before_it_is_public",
        APPROVE.replace("SET", "SET author_id = NULL,"),
        *(people[0].pk, waiting.pk),
    )


def test_an_author_cannot_approve_not_even_as_a_new_author(waiting, people):
    refused("object_four_eyes", APPROVE, waiting.author.pk, waiting.pk)
    refused(
        "object_four_eyes",
        APPROVE.replace("SET", "SET author_id = %s,"),
        *(people[0].pk, people[0].pk, waiting.pk),
    )


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_only_a_submitted_object_can_be_published(waiting, people, state):
    run("UPDATE objects_traceobject SET state = %s WHERE id = %s", state, waiting.pk)
    refused(
        f"is {state}, it cannot become published|approval .* cannot be changed",
        *(APPROVE, people[0].pk, waiting.pk),
    )


def test_only_a_published_object_can_be_identified(waiting, people):
    refused(
        "is submitted, it cannot become identified",
        APPROVE.replace("'published'", "'identified'"),
        *(people[0].pk, waiting.pk),
    )


def test_an_identified_object_cannot_be_published_again(public):
    publishing.identify(public, by=public.approver)
    refused(
        "is identified, it cannot become published",
        "UPDATE objects_traceobject SET state = 'published' WHERE id = %s",
        public.pk,
    )


@pytest.mark.parametrize(
    "flaw", ["inspected_at = NULL", f"findings = '{FACE}'::jsonb"], ids=["not inspected", "a face"]
)
def test_a_picture_that_did_not_pass_prevents_the_publication(waiting, people, flaw):
    run(f"UPDATE objects_picture SET {flaw} WHERE object_id = %s", waiting.pk)
    refused("has not passed the person gate", APPROVE, people[0].pk, waiting.pk)


def test_one_analyst_who_overrides_twice_is_one(waiting, people):
    picture = waiting.pictures.get()
    run(f"UPDATE objects_picture SET findings = '{FACE}'::jsonb WHERE id = %s", picture.pk)
    for about in (Override.GATE, "withdrawn X1-01"):
        Override.objects.create(picture=picture, analyst=people[0], about=about, reason="x")
    refused("has not passed the person gate", APPROVE, people[1].pk, waiting.pk)
    Override.objects.create(picture=picture, analyst=people[1], about=Override.GATE, reason="x")
    assert run(APPROVE, people[1].pk, waiting.pk) == 1


# --- what is public stays as it was approved -------------------------------------------------------


@pytest.mark.parametrize("column", ["approver_id", "author_id"])
@pytest.mark.parametrize("value", ["NULL", "%s"])
def test_the_author_and_approver_of_a_public_object_cannot_be_changed(
    public, people, column, value
):
    values = [people[0].pk] if value == "%s" else []
    refused(
        "the approval of object .* cannot be changed",
        f"UPDATE objects_traceobject SET {column} = {value} WHERE id = %s",
        *(*values, public.pk),
    )


def test_when_it_was_approved_cannot_be_changed_even_after_a_withdrawal(public):
    publishing.withdraw(public, by=public.author, reason="x")
    refused(
        "cannot be changed",
        "UPDATE objects_traceobject SET approved_at = now() + interval '1 day' WHERE id = %s",
        public.pk,
    )


@pytest.mark.parametrize("state", ["submitted", "published"])
def test_pictures_of_an_object_that_is_not_a_draft_cannot_be_added_removed_or_replaced(
    state, people
):
    made = submitted(pictures=0) if state == "submitted" else published(pictures=0)
    picture = made.pictures.get()
    for statement in (
        "DELETE FROM objects_picture WHERE id = %s",
        "UPDATE objects_picture SET master = 'pictures/1.png' WHERE id = %s",
        "INSERT INTO objects_picture SELECT (p).* FROM (SELECT jsonb_populate_record(p, "
        "'{\"id\": 0}') AS p FROM objects_picture p WHERE id = %s) q",
    ):
        refused(f"of an object that is {state} cannot be changed", statement, picture.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.delete()


def test_a_picture_is_moved_neither_to_nor_from_a_public_object(public, people):
    other = draft(author=people[0])
    loose = with_picture(other)
    move = "UPDATE objects_picture SET object_id = %s WHERE id = %s"
    refused("is published cannot be changed", move, public.pk, loose.pk)
    refused("is published cannot be changed", move, other.pk, public.pictures.get().pk)


@pytest.mark.parametrize("table", ["objects_picture", "objects_override"])
def test_pictures_and_overrides_cannot_be_emptied(public, table):
    run("SET CONSTRAINTS ALL IMMEDIATE")
    refused("cannot be emptied", f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("flaw", ["inspected_at = NULL", f"findings = '{FACE}'::jsonb"])
def test_a_public_picture_never_becomes_one_that_did_not_pass(public, flaw):
    refused(
        "cannot become one that has not passed",
        f"UPDATE objects_picture SET {flaw} WHERE object_id = %s",
        public.pk,
    )


def test_overrides_of_a_public_picture_stay(waiting, people):
    picture = waiting.pictures.get()
    run(f"UPDATE objects_picture SET findings = '{FACE}'::jsonb WHERE id = %s", picture.pk)
    for analyst in people:
        Override.objects.create(picture=picture, analyst=analyst, about=Override.GATE, reason="x")
    assert run("UPDATE objects_override SET reason = 'y' WHERE picture_id = %s", picture.pk) == 2
    assert run(APPROVE, people[0].pk, waiting.pk) == 1
    for statement in (
        "DELETE FROM objects_override WHERE picture_id = %s",
        "UPDATE objects_override SET about = 'else' WHERE picture_id = %s",
    ):
        refused("an override of a public picture cannot be changed", statement, picture.pk)


def test_a_public_picture_never_gets_the_file_of_one_that_is_not(public, waiting):
    with_picture(hidden := draft(author=public.author), encoded(drawing((60, 40), seed=9)))
    name = hidden.pictures.get().renditions.first().name
    picture = public.pictures.get()
    for statement, value in (
        ("UPDATE objects_rendition SET name = %s WHERE picture_id = %s AND kind = 'jpg'", name),
        ("UPDATE objects_rendition SET picture_id = %s, width = 1", picture.pk),
        (
            "INSERT INTO objects_rendition (name, picture_id, kind, width, height) "
            "VALUES (%s, %s, 'jpg', 1, 1)",
            name,
        ),
    ):
        values = [value, picture.pk][: statement.count("%s")]
        refused("cannot have the file of another", statement, *values)


def test_the_files_of_a_public_picture_can_be_made_anew(public):
    picture = public.pictures.get()
    names = sorted(picture.renditions.values_list("name", flat=True))
    run("DELETE FROM objects_rendition WHERE picture_id = %s", picture.pk)
    with cached_picture_jobs():
        screening.inspect(picture.pk)
    assert sorted(picture.renditions.values_list("name", flat=True)) == names


def test_no_setting_of_a_session_switches_a_rule_off(waiting):
    names = [rule.get_pgid(TraceObject) for rule in TraceObject._meta.triggers]
    with transaction.atomic():
        run("SELECT set_config('pgtrigger.ignore', %s, true)", f"{{{','.join(names)}}}")
        refused(
            "has no picture",
            APPROVE,
            staff(Role.ANALYST).pk,
            _submitted_without_picture().pk,
        )


def _submitted_without_picture():
    made = draft(author=staff(Role.ANALYST))
    run("UPDATE objects_traceobject SET state = 'submitted' WHERE id = %s", made.pk)
    return made


def test_a_picture_added_during_the_publication_waits_and_is_refused(own_database):
    author, approver = staff(Role.ANALYST), staff(Role.ANALYST)
    made = draft(author=author)
    with_picture(made)
    refusals = []

    def add():
        try:
            run(
                "INSERT INTO objects_picture SELECT (p).* FROM (SELECT jsonb_populate_record(p, "
                '\'{"id": 9999, "inspected_at": null}\') AS p FROM objects_picture p '
                "WHERE object_id = %s) q",
                made.pk,
            )
        except IntegrityError as error:
            refusals.append(str(error))
        finally:
            connections.close_all()

    other = threading.Thread(target=add)
    with transaction.atomic():
        publishing.submit(made, by=author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
        publishing.approve(
            made, by=approver, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
        other.start()
        wait_until(is_anybody_waiting)
    other.join(20)
    assert "cannot be changed" in refusals[0]
    assert made.pictures.count() == 1


# --- what the rules do ------------------------------------------------------------------------------


def test_a_temporary_table_in_the_place_of_a_real_one_deceives_no_rule(waiting, people):
    run(f"UPDATE objects_picture SET findings = '{FACE}'::jsonb WHERE object_id = %s", waiting.pk)
    run(
        "CREATE TEMP TABLE objects_picture AS SELECT %s AS object_id, 1 AS id, now() AS inspected_at,"
        " '[]'::jsonb AS findings",
        waiting.pk,
    )
    refused("has not passed the person gate", APPROVE, people[0].pk, waiting.pk)


def test_the_trigger_of_tips_puts_a_step_of_the_enum():
    made = published(pictures=0)
    run(
        "INSERT INTO tips_tip (object_id, state, source, text, country, url, language, received_at, "
        "relation, reasons, countries) VALUES (%s, 'received', 'form', 'x', '', '', '', now(), '', "
        "'{}', '{}')",
        made.pk,
    )
    tip = Tip.objects.get()
    about = Step.objects.filter(subject=tip.pk, name__in=list(TipStep))
    assert [TipStep(step.name) for step in about] == [TipStep.MATCH]


def test_the_gates_rule_and_the_gates_code_ask_for_the_same():
    assert overrides.OVERRIDES_NEEDED == OVERRIDES_NEEDED
    assert Override.GATE in _passed_condition()


def _passed_condition():
    from objects.models import rules

    return rules.publication().func


def test_the_generation_is_one_row(public):
    refused("public_generation_is_one", "INSERT INTO public_generation (id, number) VALUES (2, 1)")
    assert PublicGeneration.objects.count() == 1


def test_a_picture_of_a_draft_is_free_to_change(people):
    made = draft(author=people[0])
    picture = with_picture(made, encoded(drawing(seed=5)))
    screening.inspect(picture.pk)
    publishing.remove_picture(picture, by=people[0])
    assert not made.pictures.exists()

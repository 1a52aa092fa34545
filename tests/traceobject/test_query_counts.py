"""No staff page needs more than fifteen queries, however many rows it shows."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from objects.models import Campaign, HashList
from tests.factories import published, referral, send, staff
from tips.models import Attachment, Claim, Desk, Referral, Tip
from tips.steps import TipStep
from traceobject.outbox.models import Step
from traceobject.staff.models import User
from traceobject.staff.roles import Role

ROWS, MOST = 60, 15


@pytest.fixture
def full():
    """Create sixty rows of everything that a list shows."""
    officer = staff(Role.CASE_OFFICER, "ES", "NO")
    staff(Role.SAFEGUARDING)
    for number in range(ROWS):
        made = published(pictures=0, title=f"A bag {number}")
        tip = send(made, f"Sold at stall {number} in Sevilla")
        referral("ES", claim=tip.claim)
        send(made, f"Another thing, seen at {number} places in Porto")
        staff(Role.MODERATOR)
        HashList.objects.create(source=f"List {number}", dated="2026-01-01")
        Campaign.objects.create(name=f"Campaign {number}")
    many = send(published(pictures=0), "Sold on the ferry to Bergen")
    for number in range(ROWS):
        again = send(many.object, f"{'Hello, ' * (number % 3)}sold on the ferry to Bergen!")
        Attachment.objects.create(
            tip=again,
            state="locked",
            original="x",
            sha256=f"{number:064}",
            received_at=timezone.now(),
        )
    referral("NO", claim=many.claim)
    Step.objects.bulk_create(
        Step(name=TipStep.DELIVER, subject=10_000 + number, given_up_at=timezone.now())
        for number in range(ROWS)
    )
    for country in [code for code, _ in Desk._meta.get_field("country").choices][:ROWS]:
        Desk.objects.get_or_create(country=country, defaults={"name": "Desk", "on_duty": officer})
    return officer


def counted(client, path):
    client.get(path)  # what is read once a process is read
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    # A database without pgvector is asked again whether it has it by now.
    counted = [query for query in asked.captured_queries if "to_regclass" not in query["sql"]]
    return len(counted), counted


def most_repeated(queries):
    texts = [query["sql"][:200] for query in queries]
    return max(((texts.count(text), text) for text in texts), default=(0, ""))


def test_every_list_and_page_of_staff_with_sixty_rows(full, client):
    moderator, analyst = staff(Role.MODERATOR), staff(Role.ANALYST)
    chief, investigator = staff(Role.ADMINISTRATOR), staff(Role.INVESTIGATOR)
    guardian = User.objects.get(groups__name=Role.SAFEGUARDING)
    claim = Claim.objects.filter(state="open").first()
    many = Claim.objects.order_by("-tip_count").first()
    assert many.tip_count > ROWS
    pages = {
        reverse("admin:tips_claim_change", args=[claim.pk]): moderator,
        reverse("admin:tips_claim_change", args=[many.pk]): moderator,
        reverse("admin:objects_traceobject_change", args=[many.object_id]): analyst,
        f"/desk/{Referral.objects.get(country='NO').pk}/": full,
        reverse("admin:tips_tip_change", args=[Tip.objects.first().pk]): moderator,
        "/admin/": moderator,
        "/desk/": full,
        f"/desk/{Referral.objects.first().pk}/": full,
        "/leads/": investigator,
        "/locked/": guardian,
        "/staff/": chief,
    }
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        for person in (moderator, analyst, chief):
            if person.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
                pages[reverse(f"admin:{name}_changelist")] = person
                break
    assert Step.objects.count() >= ROWS
    too_many = {}
    for path, person in pages.items():
        client.force_login(person)
        number, queries = counted(client, path)
        if number > MOST:
            too_many[path] = (number, *most_repeated(queries))
    assert not too_many, "\n".join(f"{path}: {what}" for path, what in too_many.items())

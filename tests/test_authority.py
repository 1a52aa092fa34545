"""Every step asks by itself whether somebody may do it; no view, command or task can forget to."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from objects import publishing, screening
from objects.screening import hash_lists
from tests.factories import published, referral, send, staff
from tips.claims import rematch
from tips.desk import outcomes
from tips.export.leads import export_leads
from tips.export.tips import export_tips
from tips.intake.bulk import importing
from tips.models import Attachment
from tips.retention import erase, holds
from tips.triage import contact, decisions, evidence, merging, questions, withdrawal
from traceobject.audit.models import Entry
from traceobject.crypto import rotation
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff import accounts
from traceobject.staff.authority import SYSTEM_PERMISSIONS, System, authorise
from traceobject.staff.roles import PERMISSIONS, Role
from traceobject.storage import FAILING, StoreUnavailable

STEPS = {
    publishing.add_picture: "objects.add_picture",
    publishing.describe_picture: "objects.change_picture",
    publishing.remove_picture: "objects.delete_picture",
    screening.override: "objects.publish_traceobject",
    hash_lists.import_list: "objects.add_hashlist",
    publishing.submit: "objects.change_traceobject",
    publishing.send_back: "objects.publish_traceobject",
    publishing.approve: "objects.publish_traceobject",
    publishing.publish_now: "objects.publish_traceobject",
    publishing.launch: "objects.publish_traceobject",
    publishing.identify: "objects.publish_traceobject",
    publishing.withdraw: "objects.publish_traceobject",
    publishing.propose_words: "objects.publish_traceobject",
    publishing.publish_words: "objects.publish_traceobject",
    publishing.decline_words: "objects.publish_traceobject",
    decisions.vet: "tips.vet_claim",
    decisions.reject: "tips.vet_claim",
    decisions.reopen: "tips.vet_claim",
    merging.merge: "tips.vet_claim",
    merging.split: "tips.vet_claim",
    merging.decline_proposal: "tips.vet_claim",
    withdrawal.withdraw: "tips.vet_claim",
    questions.ask: "tips.vet_claim",
    rematch.rematch: "tips.vet_claim",
    importing.import_tips: "tips.add_tip",
    importing.import_records: "tips.add_tip",
    contact.reveal: "tips.view_contact",
    evidence.view_picture: "tips.view_attachment",
    evidence.photo_place: "tips.view_attachment",
    evidence.take_original: "tips.view_locked",
    outcomes.acknowledge: "tips.work_referral",
    outcomes.close: "tips.work_referral",
    export_leads: "tips.export_lead",
    export_tips: "tips.export_tip",
    queue.retry: "outbox.retry_step",
    rotation.rotate: "crypto.rotate_keys",
    erase.erase_tip: "tips.erase_tip",
    erase.erase_about: "tips.erase_tip",
    holds.propose: "tips.decide_legalhold",
    holds.confirm: "tips.decide_legalhold",
    holds.propose_lifting: "tips.decide_legalhold",
    holds.lift: "tips.decide_legalhold",
    holds.take_back: "tips.decide_legalhold",
    holds.decline_lifting: "tips.decide_legalhold",
    accounts.record_added: "staff.add_user",
    accounts.record_changed: "staff.change_user",
    accounts.invite: "staff.change_user",
    accounts.reset_factors: "staff.change_user",
    accounts.unlink: "staff.change_user",
    accounts.set_password: "staff.change_user",
}
# They write down who acted, inside a step that has asked.
WRITERS = {
    "traceobject.audit.trail.record",
    "traceobject.staff.authority.authorise",
    "traceobject.staff.authority.name_of",
    "tips.triage.scope.authorise_for_tip",
    "tips.claims.membership.reject_empty",
    "objects.publishing.closing.keep_proposal",
    "objects.publishing.lifecycle.publish_locked",
}


def functions_with_an_actor():
    for app in ("objects", "tips", "traceobject"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    arguments = [*node.args.args, *node.args.kwonlyargs]
                    if any(argument.arg == "by" for argument in arguments):
                        yield f"{module}.{node.name}"


def test_every_function_that_acts_for_somebody_is_in_the_table_of_steps():
    named = {f"{step.__module__}.{step.__name__}" for step in STEPS}
    assert set(functions_with_an_actor()) == named | WRITERS


def call(step, by):
    """Call a step with nothing in its hands: it must refuse before it looks at anything."""
    values = {name: None for name in inspect.signature(step).parameters if name != "by"}
    names = list(inspect.signature(step).parameters.values())
    positional = [values.pop(p.name) for p in names if p.kind is p.POSITIONAL_OR_KEYWORD]
    made = step(*positional, **values, by=by)
    return list(made) if inspect.isgenerator(made) else made


OF_TIPS = (contact.reveal, evidence.view_picture, evidence.photo_place)


@pytest.mark.parametrize("step", [each for each in STEPS if each not in OF_TIPS])
def test_a_step_refuses_whoever_lacks_its_permission_before_it_does_anything(step):
    for role in Role:
        if STEPS[step] not in PERMISSIONS[role]:
            with pytest.raises(PermissionDenied):
                call(step, staff(role))
    for part in System:
        if STEPS[step] not in SYSTEM_PERMISSIONS.get(part, ()):
            with pytest.raises(PermissionDenied):
                call(step, part)


@pytest.mark.parametrize("step", OF_TIPS)
def test_what_a_sender_left_is_shown_to_nobody_who_lacks_the_permission(step):
    tip = send(published(pictures=0), "Seen in Lyon", contact="jane@mail.example")
    upload = Attachment.objects.create(
        tip=tip, original="x", sha256="0" * 64, received_at=timezone.now()
    )
    for role in Role:
        if STEPS[step] not in PERMISSIONS[role]:
            with pytest.raises(PermissionDenied):
                step(tip if step is contact.reveal else upload, by=staff(role))
    assert not Entry.objects.filter(action__endswith="seen").exists()


@pytest.mark.parametrize("step", OF_TIPS)
def test_an_officer_sees_what_senders_left_only_in_referrals_to_their_countries(step):
    spain, france = staff(Role.CASE_OFFICER, "ES"), staff(Role.CASE_OFFICER, "FR")
    made = referral("ES")
    tip = made.lead.claim.tips.first()
    upload = Attachment.objects.create(
        tip=tip, original="x", sha256="0" * 64, received_at=timezone.now()
    )
    of = tip if step is contact.reveal else upload
    with pytest.raises(PermissionDenied):
        step(of, by=france)
    try:
        step(of, by=spain)
    except StepRefused:  # the file is not checked yet
        assert step is evidence.view_picture


def test_an_account_that_was_closed_may_do_nothing():
    gone = staff(Role.MODERATOR)
    gone.is_active = False
    gone.save()
    with pytest.raises(PermissionDenied):
        authorise(gone, "tips.vet_claim")


@pytest.mark.parametrize(
    ("error", "status"),
    [(StepRefused("C-1 has already been rejected."), 409), (StoreUnavailable(FAILING), 503)],
)
def test_a_refusal_that_a_view_forgot_is_a_page_with_its_reason(client, monkeypatch, error, status):
    moderator = staff(Role.MODERATOR)
    tip = send(published(pictures=0), "Seen in Lyon", contact="jane@mail.example")

    def refuses(*args, **values):
        raise error

    monkeypatch.setattr(importlib.import_module("tips.triage.tip_admin"), "reveal", refuses)
    client.force_login(moderator)
    client.raise_request_exception = False
    answer = client.post(f"/admin/tips/tip/{tip.pk}/contact/")
    assert answer.status_code == status
    assert str(error) in answer.content.decode()

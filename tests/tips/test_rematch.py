"""Rematching: nothing changes without a reason, and decisions stay."""

import pytest
from django.core.management import CommandError, call_command

from tests.factories import published, send, staff
from tests.tips.test_claims import TEXTS, partition
from tips.models import BandKey, Claim, Tip
from tips.triage import decisions
from traceobject.staff.roles import Role


def test_rematching_changes_nothing_where_nothing_changed(capsys):
    made = published(pictures=0)
    for text in TEXTS:
        send(made, text)
    before = partition(made)
    ids = dict(Tip.objects.values_list("pk", "claim"))
    call_command("rematch")
    assert partition(made) == before
    assert dict(Tip.objects.values_list("pk", "claim")) == ids
    assert "0 moved to another claim" in capsys.readouterr().out


def test_rematching_corrects_an_older_matcher_and_keeps_decisions(capsys):
    made = published(pictures=0)
    tips = [send(made, text) for text in TEXTS[:3]]
    decided = send(made, TEXTS[8])
    decisions.reject(decided.claim, by=staff(Role.MODERATOR), reason="known")
    wrong = Claim.objects.create(object=made)
    Tip.objects.filter(pk=tips[2].pk).update(claim=wrong, relation="first", related_to=None)
    BandKey.objects.all().delete()
    call_command("rematch", "--dry-run", "--object", made.reference)
    assert "1 would move" in capsys.readouterr().out
    assert Tip.objects.get(pk=tips[2].pk).claim == wrong
    call_command("rematch", "--object", made.reference)
    assert Tip.objects.get(pk=tips[2].pk).claim == tips[0].claim
    assert Claim.objects.get(pk=wrong.pk).state == "merged"
    decided.refresh_from_db()
    assert decided.claim.state == "rejected"
    again = send(made, TEXTS[9])
    assert again.claim == decided.claim  # decided claims are still found


def test_rematching_an_object_that_is_not_there_is_one_line():
    with pytest.raises(CommandError, match="no object"):
        call_command("rematch", "--object", "Z9-99")

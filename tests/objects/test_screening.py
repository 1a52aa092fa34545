"""Only two analysts can override the person gate, and nobody can override a hash list."""

import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image
from skimage import data

from objects import publishing, screening
from objects.models import HashList, KnownHash, Override, TraceObject
from objects.pictures import isolated, persongate
from objects.pictures.hashes import PDQ_NEAR, distance, perceptual, sha256
from objects.screening import hash_lists
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
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

State = TraceObject.State
ASTRONAUT = encoded(Image.fromarray(data.astronaut()))


def with_a_face():
    made = draft(author=staff(Role.ANALYST))
    return made, with_picture(made, ASTRONAUT)


def test_a_face_is_found_where_it_is():
    _, picture = with_a_face()
    finding = picture.findings[0]
    assert finding["label"].startswith("face")
    assert 150 < finding["x"] < 200
    assert 50 < finding["y"] < 110


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_face_is_found_in_the_turned_place(degrees):
    with cached_picture_jobs():
        found = isolated.detect_people(
            encoded(Image.fromarray(data.astronaut()).rotate(degrees, expand=True))
        )
    assert found[0].label.startswith("face")
    centre = (found[0].x + found[0].width / 2, found[0].y + found[0].height / 2)
    expected = {90: (131, 299), 180: (299, 381), 270: (381, 213)}[degrees]
    assert abs(centre[0] - expected[0]) < 40
    assert abs(centre[1] - expected[1]) < 40


def test_a_picture_of_things_passes():
    made = draft()
    picture = with_picture(made)
    assert picture.findings == []
    assert screening.obstacles(picture) == []


def test_any_finding_holds_the_object():
    made, _ = with_a_face()
    with pytest.raises(StepRefused, match="person gate found: face"):
        publishing.submit(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )


def test_one_analyst_alone_cannot_override_not_even_twice():
    made, picture = with_a_face()
    one = staff(Role.ANALYST)
    screening.override(picture, by=one, reason="A poster of a mannequin")
    with pytest.raises(StepRefused, match="second analyst"):
        screening.override(picture, by=one, reason="Really")
    with pytest.raises(StepRefused, match="1 of 2 overrides"):
        publishing.submit(made, by=one, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.create(picture=picture, analyst=one, reason="Again", about="person gate")


def test_two_analysts_override_together_and_the_trail_has_both_reasons():
    made, picture = with_a_face()
    one, two = staff(Role.ANALYST), staff(Role.ANALYST)
    screening.override(picture, by=one, reason="A mannequin")
    screening.override(picture, by=two, reason="I agree, a mannequin")
    publishing.submit(made, by=one, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    publishing.approve(made, by=two, checked=ALL_CHECKED, seen=publishing.fingerprint(made))
    made.refresh_from_db()
    assert made.state == State.PUBLISHED
    said = [
        (e.actor, e.detail["reason"])
        for e in Entry.objects.filter(action="picture.overridden").order_by("number")
    ]
    assert said == [(one.username, "A mannequin"), (two.username, "I agree, a mannequin")]


def test_an_override_needs_a_reason_and_an_analyst():
    _, picture = with_a_face()
    with pytest.raises(StepRefused, match="reason"):
        screening.override(picture, by=staff(Role.ANALYST), reason="  ")
    with pytest.raises(PermissionDenied):
        screening.override(picture, by=staff(Role.MODERATOR), reason="Fine")
    with pytest.raises(StepRefused, match="nothing to override"):
        screening.override(with_picture(draft()), by=staff(Role.ANALYST), reason="Fine")


@pytest.mark.parametrize("overrides", [0, 1])
def test_the_database_itself_refuses_to_publish_past_the_gate(overrides):
    made, picture = with_a_face()
    for _ in range(overrides):
        Override.objects.create(
            picture=picture, analyst=staff(Role.ANALYST), reason="x", about="person gate"
        )
    TraceObject.objects.filter(pk=made.pk).update(state="submitted")
    with pytest.raises(IntegrityError, match="person gate"), transaction.atomic():
        TraceObject.objects.filter(pk=made.pk).update(
            state="published", approver=staff(Role.ANALYST), approved_at=timezone.now()
        )


def test_a_picture_that_is_not_inspected_holds_the_object():
    made = draft(author=staff(Role.ANALYST))
    publishing.add_picture(made, encoded(drawing()), alt="Shapes", by=made.author)
    with pytest.raises(StepRefused, match="have not run yet"):
        publishing.submit(
            made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )


def test_if_the_model_cannot_run_nothing_is_published_and_the_page_says_why(client, monkeypatch):
    made = draft(author=staff(Role.ANALYST))
    picture = publishing.add_picture(made, encoded(drawing()), alt="Shapes", by=made.author)

    def broken(master):
        raise isolated.Unavailable("the model is not there")

    monkeypatch.setattr(isolated, "detect_people", broken)
    with pytest.raises(isolated.Unavailable):
        screening.inspect(picture.pk)
    with pytest.raises(StepRefused, match="could not run: the model is not there"):
        publishing.submit(
            made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    client.force_login(made.author)
    page = client.get(f"/admin/objects/traceobject/{made.pk}/change/").content.decode()
    assert "the model is not there" in page
    monkeypatch.undo()
    screening.inspect(picture.pk)
    publishing.submit(made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))


def test_a_new_version_of_the_gate_inspects_waiting_pictures_again(monkeypatch):
    made = submitted()
    monkeypatch.setattr(persongate, "VERSION", "next")
    with pytest.raises(StepRefused, match="renewed"):
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    assert screening.reinspect_outdated() == 1
    with cached_picture_jobs():
        screening.inspect(made.pictures.get().pk)
    publishing.approve(
        made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
    )


def test_overrides_of_old_findings_do_not_count_for_new_ones():
    _, picture = with_a_face()
    screening.override(picture, by=staff(Role.ANALYST), reason="A mannequin")
    type(picture).objects.filter(pk=picture.pk).update(findings=[])
    with cached_picture_jobs():
        screening.inspect(picture.pk)
    assert picture.overrides.count() == 0


# --- known pictures -----------------------------------------------------------------------------


def listed(*lines, kind=None):
    return hash_lists.import_list(
        lines, source="Test list", dated=date(2026, 1, 1), kind=kind, by=System.COMMAND_LINE
    )


def altered(image):
    """Return the picture as another program would save it: smaller, lighter, as JPEG."""
    smaller = image.resize((image.width * 2 // 3, image.height * 2 // 3))
    return Image.open(io.BytesIO(encoded(smaller, "JPEG", quality=60))).convert("RGB")


@pytest.mark.parametrize("change", [lambda i: i, altered, lambda i: i.rotate(90, expand=True)])
def test_a_picture_near_to_a_listed_one_is_held_whatever_people_say(change):
    image = Image.fromarray(data.coins()).convert("RGB")
    listed(f"pdq,{perceptual(image).hashes[0]}")
    made = draft(author=staff(Role.ANALYST))
    picture = with_picture(made, encoded(change(image)))
    Override.objects.create(
        picture=picture, analyst=staff(Role.ANALYST), reason="x", about="person gate"
    )
    Override.objects.create(
        picture=picture, analyst=staff(Role.ANALYST), reason="y", about="person gate"
    )
    with pytest.raises(StepRefused, match="hash list Test list, 2026-01-01"):
        publishing.submit(
            made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )


def test_a_listed_file_is_held_by_its_sha256_even_if_pdq_means_nothing():
    plain = encoded(Image.new("RGB", (80, 80), "grey"))
    listed(sha256(plain), kind="sha256")
    made = draft(author=staff(Role.ANALYST))
    picture = with_picture(made, plain)
    assert picture.pdq_quality < 50
    assert "the same file" in screening.obstacles(picture)[0]


def test_an_unlike_picture_and_a_plain_one_match_nothing():
    listed(f"pdq,{perceptual(Image.fromarray(data.coins()).convert('RGB')).hashes[0]}")
    listed("pdq," + "0" * 64)
    assert hash_lists.matches(with_picture(draft())) == []
    assert (
        hash_lists.matches(with_picture(draft(), encoded(Image.new("RGB", (80, 80), "grey")))) == []
    )


def test_a_list_that_came_after_submission_still_holds_the_approval():
    made = submitted()
    listed(f"pdq,{made.pictures.get().pdq}")
    with pytest.raises(StepRefused, match="hash list"):
        publishing.approve(
            made, by=staff(Role.ANALYST), checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )


def test_a_picture_withdrawn_before_is_held_until_two_analysts_override():
    gone = published()
    publishing.withdraw(gone, by=staff(Role.ANALYST), reason="The family asked")
    made = draft(author=staff(Role.ANALYST))
    picture = with_picture(made, encoded(altered(drawing(seed=0))))
    with pytest.raises(StepRefused, match=f"withdrawn object {gone.reference}"):
        publishing.submit(
            made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    for _ in range(2):
        screening.override(picture, by=staff(Role.ANALYST), reason="Withdrawn by mistake")
    publishing.submit(made, by=made.author, checked=ALL_CHECKED, seen=publishing.fingerprint(made))


def test_overrides_of_the_gates_findings_do_not_count_for_a_withdrawn_picture():
    made, picture = with_a_face()
    analysts = [staff(Role.ANALYST), staff(Role.ANALYST)]
    for analyst in analysts:
        screening.override(picture, by=analyst, reason="A mannequin")
    assert screening.obstacles(picture) == []
    other = draft(author=staff(Role.ANALYST))
    with_picture(other, ASTRONAUT)
    TraceObject.objects.filter(pk=other.pk).update(state=State.WITHDRAWN)
    with pytest.raises(StepRefused, match=f"withdrawn object {other.reference}"):
        publishing.submit(
            made, by=analysts[0], checked=ALL_CHECKED, seen=publishing.fingerprint(made)
        )
    for analyst in analysts:
        screening.override(picture, by=analyst, reason="Withdrawn by mistake")
    publishing.submit(made, by=analysts[0], checked=ALL_CHECKED, seen=publishing.fingerprint(made))


def test_the_distance_of_hashes_is_the_number_of_differing_bits():
    assert distance("0" * 64, "0" * 63 + "7") == 3
    image = Image.fromarray(data.coins()).convert("RGB")
    one, other = perceptual(image).hashes[0], perceptual(altered(image)).hashes[0]
    assert distance(one, other) <= PDQ_NEAR


def test_an_import_takes_the_good_lines_names_the_bad_and_is_safe_to_repeat():
    lines = [
        "kind,hash,note\n",
        f"pdq,{'ab' * 32},x\n",
        f"SHA-256,{'cd' * 32}\n",
        "pdq,short\n",
        f"{'ef' * 32}\n",
        "\n",
        "# a remark\n",
    ]
    done = listed(*lines)
    assert (done.added, done.known) == (2, 0)
    assert [line for line, _ in done.bad] == [4, 5]
    assert "pdq or sha256" in done.bad[1][1]
    assert (listed(*lines).added, listed(*lines).known) == (0, 2)
    assert HashList.objects.count() == 1
    assert KnownHash.objects.filter(pdq="ab" * 32).exists()
    assert Entry.objects.filter(action="hash_list.imported").count() == 3


def test_the_page_of_lists_shows_counts_and_no_hash(client):
    listed(f"pdq,{'ab' * 32}")
    client.force_login(staff(Role.ANALYST))
    page = client.get("/admin/objects/hashlist/").content.decode()
    assert "Test list" in page
    assert "abab" not in page
    client.force_login(staff(Role.MODERATOR))
    assert client.get("/admin/objects/hashlist/").status_code == 403

"""What staff can do on each page, and the permission for it, declared once.

:class:`traceobject.rooms.RoomMiddleware` refuses a page that is not here, or whose permission somebody
lacks, before its view runs. The views and the steps behind them ask again. docs/permissions.md is made from
this (``python -m traceobject.actions``), and a test tries every page as every role.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """A page or form for staff.

    Attributes:
        permission: permission to open or send it; '' for everybody who may enter its room.
        label: what it does; '' leaves it out of the table.
    """

    permission: str
    label: str = ""


ACTIONS: dict[str, Action] = {
    "staff_home": Action(""),
    "retry_steps": Action("outbox.retry_step", "Retry background steps"),
    "desk": Action("tips.work_referral", "List referrals to one's own countries"),
    "referral": Action("tips.work_referral", "Read a referral and its tips"),
    "acknowledge": Action("tips.work_referral", "Acknowledge a referral"),
    "close": Action("tips.work_referral", "Close a referral with an outcome"),
    "referral_picture": Action("tips.work_referral", "See the object's picture"),
    "referral_contact": Action("tips.view_contact", "Show the contact details of a tip"),
    "referral_upload": Action("tips.view_attachment", "See a picture of a tip"),
    "referral_place": Action("tips.view_attachment", "See where a photo was taken"),
    "leads": Action("tips.export_lead", "List leads"),
    "leads_csv": Action("tips.export_lead", "Export leads as CSV"),
    "locked": Action("tips.view_locked", "List locked files"),
    "take_locked": Action("tips.view_locked", "Download a locked file"),
    # What Django's admin has for everybody who works in it.
    **{
        f"admin:{name}": Action("")
        for name in (
            *("index", "app_list", "jsi18n", "login", "logout", "autocomplete", "view_on_site"),
            *("password_change", "password_change_done", "None"),
        )
    },
    "admin:objects_campaign_launch": Action("objects.publish_traceobject", "Launch a campaign"),
    "admin:objects_crop": Action("objects.add_picture", "Crop and add a picture"),
    "admin:objects_preview": Action("objects.view_traceobject", "Preview an object"),
    "admin:objects_picture_file": Action("objects.view_traceobject", "See an object's picture"),
    "admin:objects_picture_state": Action("objects.view_traceobject"),
    "admin:objects_picture_describe": Action("objects.change_picture", "Write alternative texts"),
    "admin:objects_picture_override": Action("objects.publish_traceobject", "Override a finding"),
    "admin:objects_picture_remove": Action("objects.delete_picture", "Remove a picture"),
    "admin:objects_step": Action(
        "objects.publish_traceobject",
        "Approve, send back, publish, identify, withdraw an object; publish its closing words",
    ),
    "admin:staff_user_invite": Action("staff.change_user", "Send a link to set a password"),
    "admin:staff_user_reset_factors": Action("staff.change_user", "Reset a second factor"),
    "admin:tips_claim_vet": Action("tips.vet_claim", "Vet a claim"),
    "admin:tips_claim_reject": Action("tips.vet_claim", "Reject a claim"),
    "admin:tips_claim_reopen": Action("tips.vet_claim", "Reopen a claim"),
    "admin:tips_claim_merge": Action("tips.vet_claim", "Merge claims"),
    "admin:tips_claim_split": Action("tips.vet_claim", "Split a claim"),
    "admin:tips_claim_decline": Action("tips.vet_claim", "Decline a proposal"),
    "admin:tips_tip_ask": Action("tips.vet_claim", "Ask the sender of a tip"),
    "admin:tips_tip_withdraw": Action("tips.vet_claim", "Withdraw a tip"),
    "admin:tips_tip_contact": Action("tips.view_contact", "Show the contact details of a tip"),
    "admin:tips_hold_propose": Action("tips.decide_legalhold", "Propose a legal hold"),
    "admin:tips_hold_confirm": Action("tips.decide_legalhold", "Confirm a colleague's hold"),
    "admin:tips_hold_propose_lifting": Action("tips.decide_legalhold", "Propose to lift a hold"),
    "admin:tips_hold_lift": Action("tips.decide_legalhold", "Lift a hold, as a second person"),
    "admin:tips_upload": Action("tips.view_attachment", "See a picture of a tip"),
}

# The pages that Django's admin makes for each model: the ending of their name, and the verbs of which one is
# needed.
MODEL_PAGES = {
    "changelist": ("view", "change"),
    "change": ("view", "change"),
    "history": ("view", "change"),
    "add": ("add",),
    "delete": ("delete",),
}


def permissions_for(name: str) -> tuple[str, ...] | None:
    """Return the permissions of which one opens a page; () for no further one; None for an unknown page.

    Args:
        name: its URL name, with the namespace.
    """
    if name in ACTIONS:
        permission = ACTIONS[name].permission
        return (permission,) if permission else ()
    namespace, _, rest = name.rpartition(":")
    stem, _, ending = rest.rpartition("_")
    app, _, model = stem.partition("_")
    if namespace != "admin" or not model or ending not in MODEL_PAGES:
        return None
    return tuple(f"{app}.{verb}_{model}" for verb in MODEL_PAGES[ending])


def may_open(user: object, name: str) -> bool:
    """Return whether somebody may open a page. A page that nobody declared is closed."""
    needed = permissions_for(name)
    if needed is None:
        return False
    return not needed or any(user.has_perm(each) for each in needed)  # type: ignore[attr-defined]


def markdown() -> str:
    """Return docs/permissions.md: which role enters which room and does what there."""
    from django.contrib import admin

    from traceobject.rooms import RECENT, ROOMS
    from traceobject.staff.roles import ADMIN_ROLES, PERMISSIONS, Role

    roles = list(Role)

    def row(label: str, allowed: set[Role]) -> str:
        return f"| {label} | " + " | ".join("yes" if r in allowed else "" for r in roles) + " |"

    def having(permission: str, *, in_admin: bool = False) -> set[Role]:
        entering = ADMIN_ROLES if in_admin else set(Role)
        return {role for role in roles if permission in PERMISSIONS[role] and role in entering}

    head = [f"| | {' | '.join(roles)} |", "| --- |" + " --- |" * len(roles)]
    lines = [
        "# Who may do what",
        "",
        "`python -m traceobject.actions` makes this page from `traceobject/staff/roles.py`, "
        "`traceobject/rooms.py` and `traceobject/actions.py`, and a test compares them. Another test tries "
        "every page as every role, as an officer of another country, as a deactivated account, without a "
        "second factor, and signed out. Nothing in the database grants a permission.",
        "",
        "Case officers see only referrals to their own countries, and only the tips, pictures and contact "
        "details in them.",
        "",
        "## Rooms",
        "",
        *head,
    ]
    for room in ROOMS:
        is_admin = room.home == "admin:index"
        allowed = set(ADMIN_ROLES) if is_admin else having(room.permission)
        shown = "the admin" if is_admin else f"`/{room.prefix}`"
        lines.append(row(shown, allowed if room.permission or is_admin else set(roles)))
    lines += [
        "",
        "## Actions",
        "",
        "An asterisk marks those that ask again who you are.",
        "",
        *head,
    ]
    labels: dict[str, set[Role]] = {}
    for name, action in ACTIONS.items():
        if action.label:
            label = f"{action.label} *" if name in RECENT else action.label
            allowed = having(action.permission, in_admin=name.startswith("admin:"))
            labels.setdefault(label, set()).update(allowed)
    lines += [row(label, allowed) for label, allowed in labels.items()]
    lines += ["", "## Records in the admin", "", *head]
    for model, page in sorted(admin.site._registry.items(), key=lambda each: str(each[0]._meta)):
        for verb in ("view", "add", "change", "delete"):
            permission = f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
            allowed = set() if page_refuses(page, verb) else having(permission, in_admin=True)
            if allowed:
                lines.append(row(f"{verb.capitalize()} {model._meta.verbose_name_plural}", allowed))
    return "\n".join(lines) + "\n"


def page_refuses(page: object, verb: str) -> bool:
    """Return whether an admin page refuses a verb to everybody, whatever their permissions."""
    from django.http import HttpRequest

    class Anybody:
        is_active = is_staff = is_authenticated = True

        def has_perm(self, *_: object) -> bool:
            return True

    request = HttpRequest()
    request.user = Anybody()  # type: ignore[assignment]
    return not getattr(page, f"has_{verb}_permission")(request)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")
    django.setup()
    print(markdown(), end="")

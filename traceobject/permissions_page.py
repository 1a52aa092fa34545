"""Print docs/permissions.md: which role enters which room and does what there."""

from __future__ import annotations

import os


def markdown() -> str:
    """Return docs/permissions.md: which role enters which room and does what there."""
    from django.contrib import admin
    from django.urls import get_resolver

    from traceobject.actions import all_actions
    from traceobject.rooms import RECENT, ROOMS, room_of
    from traceobject.staff.roles import ADMIN_ROLES, PERMISSIONS, Role

    roles = list(Role)

    def row(label: str, allowed: set[Role]) -> str:
        return f"| {label} | " + " | ".join("yes" if r in allowed else "" for r in roles) + " |"

    def entering(name: str) -> set[Role]:
        """Return the roles that may enter the room of a page."""
        if name.startswith("admin:"):
            return set(ADMIN_ROLES)
        path = get_resolver().reverse_dict.getlist(name)[0][0][0][0]
        room = room_of(f"/{path}")
        return having(room.permission) if room and room.permission else set(Role)

    def having(permission: str, *, in_admin: bool = False) -> set[Role]:
        entering = ADMIN_ROLES if in_admin else set(Role)
        return {role for role in roles if permission in PERMISSIONS[role] and role in entering}

    head = [f"| | {' | '.join(roles)} |", "| --- |" + " --- |" * len(roles)]
    lines = [
        "# Who may do what",
        "",
        "`python -m traceobject.permissions_page` makes this page from `traceobject/staff/roles.py`, "
        "`traceobject/rooms.py` and each app's `actions.py`, and a test compares them. Another test tries "
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
    for name, action in all_actions().items():
        if action.label:
            label = f"{action.label} *" if name in RECENT else action.label
            allowed = having(action.permission) & entering(name)
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

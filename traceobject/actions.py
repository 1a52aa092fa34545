"""What staff can do on each page, and the permission for it, declared once.

Each app registers its own pages when it starts. :class:`traceobject.rooms.RoomMiddleware` refuses a page that
is not here, or whose permission somebody lacks, before its view runs. The views and the steps behind them ask
again. docs/permissions.md is made from this (:mod:`traceobject.permissions_page`), and a test tries every page
as every role.
"""

from __future__ import annotations

from collections.abc import Mapping
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


_ACTIONS: dict[str, Action] = {
    "staff_home": Action(""),
    "retry_steps": Action("outbox.retry_step", "Retry background steps"),
    # What Django's admin has for everybody who works in it.
    **{
        f"admin:{name}": Action("")
        for name in (
            *("index", "app_list", "jsi18n", "login", "logout", "autocomplete", "view_on_site"),
            *("password_change", "password_change_done", "None"),
        )
    },
    "admin:staff_user_invite": Action("staff.change_user", "Send a link to set a password"),
    "admin:staff_user_reset_factors": Action("staff.change_user", "Reset a second factor"),
    "admin:staff_user_unlink": Action("staff.change_user", "Unlink from the sign-in provider"),
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


def register(actions: Mapping[str, Action]) -> None:
    """Register an app's pages by URL name, with the namespace.

    Raises:
        ValueError: a page is registered already.
    """
    if twice := set(actions) & set(_ACTIONS):
        raise ValueError(f"Registered twice: {', '.join(sorted(twice))}")
    _ACTIONS.update(actions)


def all_actions() -> dict[str, Action]:
    """Return every registered page by URL name."""
    return dict(_ACTIONS)


def permissions_for(name: str) -> tuple[str, ...] | None:
    """Return the permissions of which one opens a page; () for no further one; None for an unknown page.

    Args:
        name: its URL name, with the namespace.
    """
    if name in _ACTIONS:
        permission = _ACTIONS[name].permission
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

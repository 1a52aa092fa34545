"""Check that the database server's own log cannot hold a tip.

PostgreSQL writes to its log the messages of errors (which may quote a value), their details (which quote
whole rows), their statements and what a killed process was running. Only the server can leave that out, by
settings of the site's role. ``deploy/database-log.sql`` makes them, and docs/decisions/030 says why each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core import checks
from django.db import DatabaseError, connection

_QUIET_LEVELS = {"log", "fatal", "panic"}


@dataclass(frozen=True)
class _Setting:
    is_quiet: Callable[[str], bool]
    wanted: str


def _is(value: str) -> _Setting:
    return _Setting(lambda found: found == value, value)


SETTINGS: dict[str, _Setting] = {
    "log_min_messages": _Setting(lambda found: found in _QUIET_LEVELS, "log"),
    "log_min_error_statement": _is("panic"),
    "log_error_verbosity": _is("terse"),
    "log_statement": _is("none"),
    "log_duration": _is("off"),
    "log_min_duration_statement": _is("-1"),
    "log_min_duration_sample": _is("-1"),
    "log_transaction_sample_rate": _is("0"),
    "log_parameter_max_length": _is("0"),
    "log_parameter_max_length_on_error": _is("0"),
    "debug_print_parse": _is("off"),
    "debug_print_rewritten": _is("off"),
    "debug_print_plan": _is("off"),
    "auto_explain.log_min_duration": _is("-1"),
}


def problems() -> list[str]:
    """Return why the server's log might hold a tip, in a line each; [] if it cannot.

    Raises:
        DatabaseError: the server cannot be asked.
    """
    wanted = [*SETTINGS, "track_activities"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting, source FROM pg_settings WHERE name = ANY(%s)", [wanted]
        )
        rows = {name: (setting, source) for name, setting, source in cursor.fetchall()}
    found = [
        f"{name} is {rows[name][0]}; it must be {each.wanted}"
        for name, each in SETTINGS.items()
        if name in rows and not each.is_quiet(rows[name][0])
    ]
    # When a process is killed, the server's main process logs what it was running, by settings of its own.
    source = rows["log_error_verbosity"][1]
    is_terse_everywhere = rows["log_error_verbosity"][0] == "terse" and source in (
        "configuration file",
        "command line",
    )
    if rows["track_activities"][0] != "off" and not is_terse_everywhere:
        found.append(
            "track_activities is on; it must be off, or log_error_verbosity terse for the whole server"
        )
    return found


@checks.register(checks.Tags.security, deploy=True)
def the_servers_log_holds_no_tip(**_: object) -> list[checks.CheckMessage]:
    """Warn of each setting by which the database server would log tips."""
    hint = "Run deploy/database-log.sql as the database's administrator (docs/operators.md, Logs)."
    try:
        found = problems()
    except DatabaseError:
        return [
            checks.Info("The database server's log settings cannot be read.", id="database.I001")
        ]
    return [
        checks.Warning(f"The database server may log tips: {each}.", hint=hint, id="database.W001")
        for each in found
    ]

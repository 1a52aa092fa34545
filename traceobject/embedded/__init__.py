"""PostgreSQL and Valkey from wheels, for the demo, the tests and a first look.

When DATABASE_URL or REDIS_URL is unset, the first process that connects starts a *keeper*: one
small detached process that owns both servers. Every process that uses them holds a shared lock on
``users.lock`` for as long as it lives. The kernel drops that lock when the process ends, however it
ends, so the keeper knows when nobody is left, stops the servers and goes. Nothing stays but
``var/``. Should the keeper itself be killed, the kernel signals both servers to stop, and the next
connection starts a new keeper.

Nothing here imports Django or the rest of the project: the keeper runs this folder as a script.
"""

from .paths import (
    DATABASE,
    ENGINE,
    LONGEST_SOCKET_PATH,
    EmbeddedError,
    Paths,
    database_settings,
    postgres_program,
    redis_urls,
    valkey_program,
)
from .processes import die_with_parent
from .users import ensure_running

__all__ = [
    "DATABASE",
    "ENGINE",
    "LONGEST_SOCKET_PATH",
    "EmbeddedError",
    "Paths",
    "database_settings",
    "die_with_parent",
    "ensure_running",
    "postgres_program",
    "redis_urls",
    "valkey_program",
]

"""PostgreSQL and Valkey from wheels, for the demo, the tests and a first look.

If DATABASE_URL or REDIS_URL is not set, the first process that connects starts a *keeper*: a small
detached process that owns both servers. Each process that uses them holds a shared lock on ``users.lock``
while it lives. The kernel releases the lock when the process ends, however it ends. So the keeper knows
when nobody is left, stops the servers and ends. Only ``var/`` remains. If the keeper is killed, the kernel
tells both servers to stop, and the next connection starts a new keeper.

Only ``backend`` imports Django: the keeper runs this folder as a script, without the rest of the project.
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

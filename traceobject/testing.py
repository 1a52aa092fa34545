"""A pytest plugin, loaded before anything else: tests run in the test profile, on servers of their own.

pyproject.toml names it, so that ``pytest`` alone does the right thing.
"""

import os

for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "VAR_DIR"):
    os.environ.pop(name, None)
os.environ["TRACEOBJECT_PROFILE"] = "test"
# The real server, without waiting for the disk: no test pulls the machine's plug.
os.environ["EMBEDDED_POSTGRES_OPTIONS"] = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
)

from traceobject import catalogs  # noqa: E402

catalogs.compile_all()

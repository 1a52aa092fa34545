"""A pytest plugin that sets up the environment before Django's settings are read.

pyproject.toml names it, so that plain ``pytest`` works. If DATABASE_URL or REDIS_URL is set, the tests use
that server (CONTRIBUTING.md). Both variables are then removed from the environment, so that no process of a
test uses the server by accident.
"""

import os

SERVERS = ("DATABASE_URL", "REDIS_URL")
SITE_VARIABLES = ("SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS")

for name in SERVERS:
    if os.environ.get(name):
        if found := [each for each in SITE_VARIABLES if os.environ.get(each)]:
            raise SystemExit(
                f"{name} and {found[0]} are set: that looks like a site, and the tests drop databases "
                f"and empty Redis. Unset {found[0]} to use the server of {name} all the same."
            )
        os.environ[f"TEST_{name}"] = os.environ[name]  # for the processes of pytest-xdist
    if os.environ.get(f"TEST_{name}"):
        os.environ[name] = os.environ[f"TEST_{name}"]
for name in SITE_VARIABLES:
    os.environ.pop(name, None)
os.environ["TRACEOBJECT_PROFILE"] = "test"
# Do not wait for the disk: no test cuts the machine's power.
os.environ["EMBEDDED_POSTGRES_OPTIONS"] = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
)
os.environ["DJANGO_SETTINGS_MODULE"] = "traceobject.settings"

from django.conf import settings  # noqa: E402

assert settings.PROFILE == "test"
for name in SERVERS:
    os.environ.pop(name, None)

from traceobject import catalogs  # noqa: E402

catalogs.compile_all()

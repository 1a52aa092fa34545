"""A pytest plugin, loaded before anything else: tests run in the test profile, on servers of their own.

pyproject.toml names it, so that ``pytest`` alone does the right thing. Where DATABASE_URL or REDIS_URL is
set, the tests use that server (CONTRIBUTING.md), and nothing that they start does so by accident: the
variables are taken out of the environment once the settings are read.
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
        os.environ[f"TEST_{name}"] = os.environ[name]  # processes of pytest-xdist begin here, too
    if os.environ.get(f"TEST_{name}"):
        os.environ[name] = os.environ[f"TEST_{name}"]
for name in SITE_VARIABLES:
    os.environ.pop(name, None)
os.environ["TRACEOBJECT_PROFILE"] = "test"
# The real server, without waiting for the disk: no test pulls the machine's plug.
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

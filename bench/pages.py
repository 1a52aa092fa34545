"""Lighthouse scores of the gallery, an object and the form, for a phone on a slow connection.

    python -m bench.pages

Aim: 95 or better in all four categories on each page. It runs through deploy/nginx.conf over plain HTTP, so
Lighthouse's audits of HTTPS are left out. It needs npm, Chromium and nginx, and downloads Lighthouse
(bench/lighthouse).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VAR = HERE.parent / "var" / "bench"
AIM = 95
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# The site is on plain HTTP here; the rest of the audits stand.
LEFT_OUT = "is-on-https,redirects-http,has-hsts,is-crawlable"
BROWSER = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"

os.environ |= {
    "TRACEOBJECT_PROFILE": "demo",
    "VAR_DIR": str(VAR),
    "DJANGO_SETTINGS_MODULE": "traceobject.settings",
}


def scores(url: str, browser: str) -> dict[str, object]:
    """Return the four scores (0 to 100), and the audits that took something off."""
    command = [
        *(str(HERE / "lighthouse/node_modules/.bin/lighthouse"), url, "--quiet", "--output=json"),
        *(f"--chrome-flags={BROWSER}", f"--only-categories={','.join(CATEGORIES)}"),
        f"--skip-audits={LEFT_OUT}",
    ]
    environment = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(done.stderr.strip().splitlines()[-1])
    told = json.loads(done.stdout)
    found = {name: round(100 * (told["categories"][name]["score"] or 0)) for name in CATEGORIES}
    lost = {
        f"{audit['id']} ({audit.get('displayValue', '')})"
        for category in told["categories"].values()
        for reference in category["auditRefs"]
        if reference["weight"]
        and (audit := told["audits"].get(reference["id"]))
        and audit["score"] is not None
        and audit["score"] < 0.9
    }
    return {**found, "lost": sorted(lost)}


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from bench.serving import an_object, free_ports
    from tests.nginx import Nginx
    from tests.stack import find_browser
    from traceobject import serve
    from traceobject.vendor import npm

    browser = find_browser()
    if browser is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    done = subprocess.run([*npm(), "ci"], cwd=HERE / "lighthouse", capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"Lighthouse cannot be fetched: {done.stderr.strip().splitlines()[-1]}")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    path = an_object().get_absolute_url()
    met = True
    with tempfile.TemporaryDirectory() as folder:
        port, front = free_ports(2)
        site = serve.Site(Path(folder) / "log", {"SITE_URL": f"http://127.0.0.1:{front}"})
        site.start("web", serve.web_command(port))
        site.wait_for_web(port)
        nginx = Nginx(Path(folder) / "nginx", front, port, settings.STATIC_ROOT)
        try:
            print(f"{'':10}" + "".join(f"{name:>16}" for name in CATEGORIES))
            for name, page in (("gallery", "/"), ("object", path), ("form", f"{path}tip/")):
                found = scores(nginx.url + page, browser)
                print(f"{name:10}" + "".join(f"{found[each]:>16}" for each in CATEGORIES))
                for audit in found["lost"]:
                    print(f"{'':10}lost: {audit}")
                met = met and all(found[each] >= AIM for each in CATEGORIES)
        finally:
            nginx.stop()
            site.stop()
    print(f"The aim of {AIM} is {'met' if met else 'not met'}.")


if __name__ == "__main__":
    main()

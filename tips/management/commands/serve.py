from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from tips.intake.salt import cache_is_in_memory
from traceobject import embedded, web


class Command(BaseCommand):
    help = "Run the web server with the limits of the WEB_ settings (docs/operators.md). SIGTERM stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="an IP address; default 127.0.0.1")
        parser.add_argument("--processes", type=int, default=settings.WEB_PROCESSES)

    def handle(self, *, port: int, host: str, processes: int, **options: object) -> None:
        if processes < 1:
            raise CommandError("--processes must be 1 or more")
        is_embedded = settings.DATABASES["default"]["ENGINE"] == embedded.ENGINE
        if is_embedded and not (embedded.Paths(settings.VAR_DIR).pgdata / "PG_VERSION").exists():
            raise CommandError("there is no database yet; run: python manage.py migrate")
        if is_embedded:
            connection.ensure_connection()  # one that it cannot serve is refused here, in one line
            connection.close()
        for problem in cache_is_in_memory():
            raise CommandError(f"{problem.msg} {problem.hint}")
        try:
            web.serve(host, port, processes)
        except web.CannotServe as error:
            raise CommandError(str(error)) from None

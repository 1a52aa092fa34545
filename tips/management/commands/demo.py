import signal
import time

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tips.reading import table
from traceobject import embedded, serve
from traceobject.outbox.lanes import Lane


class Command(BaseCommand):
    help = "Run the whole site on this machine with sample data: web server, workers and beat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", default="8000")
        parser.add_argument(
            "--small",
            action="store_true",
            help="load two objects and thirty tips, for a quick look",
        )

    def handle(self, *, port: str, small: bool, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("the demo does not run in the production profile")
        if not port.isdigit() or not 0 < int(port) < 65536:
            raise CommandError(f"PORT={port} is not a valid port; use a number from 1 to 65535")
        number = int(port)
        if not serve.port_is_free(number):
            raise CommandError(
                f"port {port} is in use; choose another: make demo PORT={number + 1}"
            )
        for number_of_signal in (
            signal.SIGINT,
            signal.SIGTERM,
        ):  # a shell may have left Ctrl-C ignored
            signal.signal(number_of_signal, self.interrupt)
        begun = time.monotonic()
        site = serve.Site(
            settings.VAR_DIR / "log",
            {"SITE_URL": f"http://localhost:{port}", "TRACEOBJECT_PROFILE": "demo"},
        )
        settings.SITE_URL = f"http://localhost:{port}"
        try:
            accounts = self.prepare(is_small=small)
            self.say("Starting the web server, the workers and beat")
            site.start("web", serve.web_command(number))
            for lane in Lane:
                site.start(f"worker-{lane}", serve.worker_command(lane))
            site.start("beat", serve.beat_command())
            site.wait_for_web(number)
            self.tell(number, accounts, time.monotonic() - begun)
            while True:
                site.supervise(self.say)
                time.sleep(0.3)
        except serve.CannotServe as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            self.say("\nStopping everything")
        finally:
            site.stop()

    @staticmethod
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def prepare(self, *, is_small: bool) -> list[tuple[str, str, str]]:
        self.say("Starting PostgreSQL and Valkey")
        if settings.DATABASES["default"]["ENGINE"] == embedded.ENGINE:
            embedded.ensure_running(settings.VAR_DIR)
        self.say("Preparing the database")
        call_command("migrate", verbosity=0)
        self.say("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        if get_user_model().objects.exists():
            return []
        self.say("Opening the table of names (where there is none yet, it is built once)")
        table.load()
        self.say("Loading sample data")
        from tips.sample.load import load

        return load(lambda line: self.say(f"  {line}"), is_small=is_small)

    def tell(self, port: int, accounts: list[tuple[str, str, str]], seconds: float) -> None:
        address = f"http://localhost:{port}"
        self.say(f"\nReady after {seconds:.0f} s.\n")
        self.say(f"  Public site   {address}/")
        self.say(f"  Staff         {address}/staff/")
        self.say(f"  Emails        {settings.VAR_DIR / 'mail'}/")
        self.say(f"  Logs          {settings.VAR_DIR / 'log'}/\n")
        if accounts:
            self.say("Sample accounts (the passwords are shown only once):\n")
            for username, password, what in accounts:
                self.say(f"  {username:<14} {password}   {what}")
        else:
            self.say("The accounts are those of the first start. To set a new password, run:")
            self.say("  .venv/bin/python manage.py changepassword moderator")
            self.say("To start again with new data, run 'make clean' first.")
        self.say("\nPress Ctrl-C to stop.")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

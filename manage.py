#!/usr/bin/env python
"""Run a command of the site: every failure is one line on stderr and exit code 1."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.core.management.base import CommandError, CommandParser
    from django.db.utils import NotSupportedError, OperationalError, ProgrammingError

    from traceobject.embedded import EmbeddedError
    from traceobject.memory_protection import protect_memory

    protect_memory()

    def one_line(parser: CommandParser, message: str) -> None:
        raise CommandError(f"{message}; run '{parser.prog} --help' for help")

    CommandParser.error = one_line  # instead of the usage, several lines, and exit code 2
    try:
        execute_from_command_line(sys.argv)
    except (
        *(CommandError, ImproperlyConfigured, EmbeddedError, OperationalError),
        NotSupportedError,  # Django's words for a PostgreSQL that is too old
    ) as error:
        print(f"{sys.argv[0]}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        print(
            f"{sys.argv[0]}: the database has no tables yet; run: python manage.py migrate",
            file=sys.stderr,
        )
        sys.exit(1)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

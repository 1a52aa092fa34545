#!/usr/bin/env python
"""Run a command of the site: every failure is one line on stderr and exit code 1."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "traceobject.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError

    from traceobject.embedded import EmbeddedError

    try:
        execute_from_command_line(sys.argv)
    except (CommandError, ImproperlyConfigured, EmbeddedError, OperationalError) as error:
        print(f"{sys.argv[0]}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

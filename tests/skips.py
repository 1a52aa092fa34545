"""What a test needs and this machine lacks: a reason to skip, but never where CI is set."""

import os
from typing import NoReturn

import pytest


def skip_or_fail(message: str) -> NoReturn:
    """Skip a test, with a message that says what is missing. Where CI is set, fail it instead."""
    if os.environ.get("CI"):
        pytest.fail(message, pytrace=False)
    pytest.skip(message)

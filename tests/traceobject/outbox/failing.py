"""Work that fails, for tests of the outbox."""


def raising(error):
    """Return work that raises an error."""

    def work(subject):
        raise error

    return work

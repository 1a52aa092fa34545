"""Errors that every part of the site shares."""


class Unreachable(OSError):
    """Something outside the site (a mail server, a store, a webhook) does not answer as it should.

    The message is one plain sentence for staff. It never quotes a tip, a contact or an address.
    """

"""The receipt: the status of a tip, additions and answers, and withdrawing contact details."""

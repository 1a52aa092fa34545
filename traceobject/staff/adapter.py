"""django-allauth's account adapter: nobody can sign up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """An adapter without sign-up: administrators create accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

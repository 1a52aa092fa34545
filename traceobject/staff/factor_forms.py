"""Forms of second factors, with our words."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm

CODE = "From your authenticator app. A recovery code works, too, once."


class StaffAuthenticateForm(AuthenticateForm):
    """Ask for a code after the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = CODE


class StaffReauthenticateForm(ReauthenticateForm):
    """Ask for a code before something that needs it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = CODE


class StaffAddPasskeyForm(AddWebAuthnForm):
    """Add a passkey, which also signs in by itself if nothing else is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["passwordless"]
        chosen.label = "Sign in with it, without a password"
        chosen.help_text = "Otherwise it is a second factor after the password."
        chosen.initial = True

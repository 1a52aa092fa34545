"""Send email, and separate a server that does not answer from an address that it refuses."""

from __future__ import annotations

import smtplib
import ssl
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from traceobject.errors import Unreachable
from traceobject.outbox.failures import GiveUp, StepFailed

_IN_TIME = "The mail server did not answer in time."


def message_id(name: str) -> str:
    """Return a Message-ID that stays the same when a mail is sent again, so that it is shown once."""
    host = settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]
    return f"<{name}@{host}>"


def send(*, to: str, subject: str, body: str, name: str) -> None:
    """Send a plain-text mail to one person.

    Args:
        name: identifies the mail, for its Message-ID. The same mail always has the same name.

    Raises:
        Unreachable: the server does not answer, or refuses all mails.
        GiveUp: there is no address, or the server refuses it for good.
        StepFailed: the server refuses this mail for now.
    """
    address = parseaddr(to)[1]
    if not address:
        raise GiveUp("There is no email address to send to.")
    message = EmailMessage(
        subject=subject,
        body=body,
        to=[address],
        headers={"Message-ID": message_id(name), "Auto-Submitted": "auto-generated"},
    )
    try:
        message.send()
    except UnicodeError:
        raise GiveUp("The email address is not one that a mail server accepts.") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _refused(max(codes, default=500), "this address", error)
    except smtplib.SMTPSenderRefused as error:
        raise Unreachable(
            f"The mail server refuses DEFAULT_FROM_EMAIL as a sender ({error.smtp_code})."
        ) from None
    except smtplib.SMTPDataError as error:
        _refused(error.smtp_code, "the mail", error)
    except smtplib.SMTPAuthenticationError as error:
        raise Unreachable(
            f"The mail server refuses the user or password of EMAIL_URL ({error.smtp_code})."
        ) from None
    except smtplib.SMTPException as error:
        if isinstance(error.__context__, TimeoutError):  # smtplib treats it as a broken connection
            raise Unreachable(_IN_TIME) from None
        raise Unreachable(f"The mail server broke off ({type(error).__name__}).") from None
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(
            f"The mail server's certificate is not valid ({error.verify_message})."
        ) from None
    except TimeoutError:
        raise Unreachable(_IN_TIME) from None
    except OSError as error:
        raise Unreachable(f"The mail server cannot be reached ({type(error).__name__}).") from None


def _refused(code: int, what: str, error: Exception) -> None:
    if code == 421:
        raise Unreachable("The mail server is closing down (421).") from error
    if code >= 500:
        raise GiveUp(f"The mail server refuses {what} for good ({code}).") from error
    raise StepFailed(f"The mail server refuses {what} for now ({code}).") from error

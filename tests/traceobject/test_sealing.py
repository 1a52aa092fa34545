"""Sealed values: no time in them, an own key for each purpose, and older keys still open them."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.db import connection

from tests.factories import staff
from traceobject.crypto import sealing
from traceobject.crypto.sealing import Purpose
from traceobject.staff.roles import Role


def test_a_sealed_value_states_no_time(settings):
    fernet = Fernet(settings.CONTACT_KEYS[0])
    assert fernet.extract_timestamp(sealing.seal("jane@mail.example")) == 0
    assert fernet.extract_timestamp(sealing.seal_file(b"a picture")) == 0


def test_resealing_forgets_the_time_that_an_older_token_states(settings):
    old = Fernet(settings.CONTACT_KEYS[0]).encrypt(b"jane@mail.example")  # states the second
    assert not sealing.is_current(old)
    new = sealing.reseal(old)
    assert Fernet(settings.CONTACT_KEYS[0]).extract_timestamp(new) == 0
    assert sealing.unseal(new) == "jane@mail.example"
    assert sealing.is_current(new)


def test_older_keys_open_and_the_newest_seals(settings):
    old_name, sealed = sealing.newest_key(), sealing.seal("jane@mail.example")
    settings.CONTACT_KEYS = [Fernet.generate_key().decode(), *settings.CONTACT_KEYS]
    assert sealing.unseal(sealed) == "jane@mail.example"
    assert sealing.key_of(sealed) == old_name != sealing.newest_key()
    assert sealing.key_of(sealing.reseal(sealed)) == sealing.newest_key()
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert sealing.key_of(sealed) is None
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(sealed)


def test_what_is_sealed_for_one_purpose_does_not_open_for_another():
    sealed = sealing.seal_file(b"secret", Purpose.FACTORS)
    assert sealing.unseal_file(sealed, Purpose.FACTORS) == b"secret"
    with pytest.raises(sealing.Unreadable):
        sealing.unseal_file(sealed)


def stored_factors():
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator ORDER BY id")
        return [json.loads(row[0]) for row in cursor.fetchall()]


def test_no_secret_of_a_second_factor_is_in_the_database(client):
    person, secret = staff(Role.MODERATOR), generate_totp_secret()
    TOTP.activate(person, secret)
    codes = RecoveryCodes.activate(person).get_unused_codes()
    stored = stored_factors()
    assert secret not in str(stored)
    assert not any(code in str(stored) for code in codes)
    assert [each.get("secret", each.get("seed"))[:7] for each in stored] == ["sealed:", "sealed:"]
    # Both still work.
    right = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert Authenticator.objects.get(type="totp").wrap().validate_code(right)
    assert Authenticator.objects.get(type="recovery_codes").wrap().validate_code(codes[0])


def test_a_secret_from_before_they_were_sealed_still_works():
    person, secret = staff(Role.MODERATOR), generate_totp_secret()
    old = Authenticator.objects.create(user=person, type="totp", data={"secret": secret})
    right = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert old.wrap().validate_code(right)

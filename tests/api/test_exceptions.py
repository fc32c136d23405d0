"""Exceptions of the client."""

import copy

from custom_components.smsmode.api import SmsmodeCreditError, SmsmodeGatewayError


def test_an_error_without_a_description_shows_its_code_alone() -> None:
    assert str(SmsmodeGatewayError(32)) == "code 32"


def test_an_error_can_be_copied() -> None:
    error = copy.copy(SmsmodeCreditError(33, "Crédits insuffisants"))
    assert (type(error), error.code, error.description) == (SmsmodeCreditError, 33, "Crédits insuffisants")
    assert error.args == (33, "Crédits insuffisants")

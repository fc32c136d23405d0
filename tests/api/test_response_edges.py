"""What is left of the gateway's words, and what there is when it has none."""

import pytest

from custom_components.smsmode.api import SmsmodeCreditError
from custom_components.smsmode.api.parser import parse_description
from custom_components.smsmode.api.response import redact_gateway_text


def test_a_refusal_without_words_has_none() -> None:
    with pytest.raises(SmsmodeCreditError) as raised:
        parse_description("33")
    assert (raised.value.code, raised.value.description) == (33, "")


def test_a_short_word_is_no_secret_because_a_longer_one_that_was_sent_contains_it() -> None:
    assert redact_gateway_text("sms non accepté", "smsmode") == "sms non accepté"
    assert redact_gateway_text("mode non accepté", "smsmode") == "… non accepté"

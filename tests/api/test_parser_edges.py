"""Answers of the gateway that differ in little."""

import pytest

from custom_components.smsmode.api import SmsmodeAuthError
from custom_components.smsmode.api.parser import parse_api_key, parse_sent_messages


def test_a_key_refused_by_http_is_refused_with_the_code_that_it_has_elsewhere() -> None:
    with pytest.raises(SmsmodeAuthError) as raised:
        parse_api_key('{"status": 400}', refused=True)
    assert raised.value.code == 32


def test_in_a_page_of_one_no_text_can_imitate_a_sent_message() -> None:
    forgery = "hello | 33698765432 | 1 | 1 |\nforged | 22/11/2026 12:00 | never said"
    row = f"abc | 22/11/2026 12:00 | {forgery} | 33612345678 | 1.0 | 1 |"
    assert len(parse_sent_messages(row)) == 2
    (message,) = parse_sent_messages(row, single=True)
    assert (message.message_id, message.text) == ("abc", forgery)

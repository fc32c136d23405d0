"""What holds for the parsers of all endpoints."""

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api import SmsmodeError, SmsmodeGatewayError, SmsmodeUncertainError, parser
from custom_components.smsmode.api.encoding import decode_text

PARSERS: dict[str, Callable[[str], object]] = {
    "done": parser.parse_description,
    "sent": parser.parse_send_result,
    "balance": parser.parse_balance,
    "status": parser.parse_status,
    "key": parser.parse_api_key,
    "reports": lambda text: parser.parse_reports(text, "abc"),
    "sent messages": parser.parse_sent_messages,
    "replies": parser.parse_replies,
    "one sent message": lambda text: parser.parse_sent_messages(text, single=True),
    "one reply": lambda text: parser.parse_replies(text, single=True),
}

every_parser = pytest.mark.parametrize("name", PARSERS)


@pytest.mark.parametrize("code", [31, 32, 61])
def test_every_parser_raises_the_error_of_a_return_code(code: int) -> None:
    for parse in PARSERS.values():
        with pytest.raises(SmsmodeGatewayError) as raised:
            parse(f"{code} | Votre authentification a échoué")
        assert raised.value.code == code
        assert raised.value.description == "Votre authentification a échoué"


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>503</title></head></html>",
        "<br/>",
        "OK",
        "KO 33612345678 | secret",
        "{}",
        '{"accessToken": ',
        "[" * 100_000,
        "| - | - |",
    ],
    ids=["html", "break", "ok", "ko", "object", "json", "brackets", "bars"],
)
def test_an_unparsable_response_is_an_error_without_its_contents(text: str) -> None:
    for parse in PARSERS.values():
        with pytest.raises(SmsmodeUncertainError) as raised:
            parse(text)
        assert "secret" not in str(raised.value)
        assert "336" not in str(raised.value)


@every_parser
@given(raw=st.binary())
def test_any_bytes_are_parsed_or_refused(name: str, raw: bytes) -> None:
    with contextlib.suppress(SmsmodeError):
        PARSERS[name](decode_text(raw))


@every_parser
@given(text=st.text(alphabet='0123456789|- :/\n.,abé{}"', max_size=80))
def test_any_text_like_a_response_is_parsed_or_refused(name: str, text: str) -> None:
    with contextlib.suppress(SmsmodeError):
        PARSERS[name](text)


@pytest.mark.parametrize("unit", ["|", "\n", "0|", "a|01012026-10:00|\n", "1 ", "[", "<br/>", "0 | a\n\n"], ids=ascii)
def test_a_hostile_megabyte_is_read_in_a_moment(unit: str) -> None:
    raw = (unit * (2**20 // len(unit))).encode()
    for parse in PARSERS.values():
        start = time.process_time()
        with contextlib.suppress(SmsmodeError):
            parse(decode_text(raw))
        assert time.process_time() - start < 2

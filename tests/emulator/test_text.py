"""Texts of the emulator: characters, segments, the cut, the STOP mention."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.segmentation import DOUBLE, GSM, REPERTOIRE, UNICODE, compose, to_repertoire
from tests.support.gateway import Gateway

from .http_client import HttpClient

ABROAD = "447700900123"


def test_the_table_holds_126_characters_and_all_are_of_iso_8859_15() -> None:
    assert len(REPERTOIRE) == 126
    assert "".join(REPERTOIRE).encode("iso-8859-15")


@pytest.mark.parametrize("character", sorted(REPERTOIRE - {"È"}))
def test_an_accepted_character_is_of_gsm_and_costs_as_much_there(character: str) -> None:
    assert len(character.encode(gsm0338.Codec().NAME)) == GSM.units(character)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        pytest.param("ÀÂÊêçîôûëïœ«»°", "?" * 14, id="french-that-gsm-lacks"),
        pytest.param("éèàùäöüñÇÉ€£@_¡¿§", "éèàùäöüñÇÉ€£@_¡¿§", id="accepted"),
        pytest.param("a\tb\xa0c`d", "a?b?c?d", id="tab-and-nbsp"),
        pytest.param("ligne 1\r\nligne 2", "ligne 1\r\nligne 2", id="new-lines"),
    ],
)
async def test_what_the_table_lacks_arrives_as_a_question_mark(
    call: HttpClient, gateway: Gateway, sent: str, arrives: str
) -> None:
    await call.send(message=sent)
    assert (await gateway.messages())[0].text == arrives


async def test_byte_80_is_the_euro_sign_too(call: HttpClient, gateway: Gateway) -> None:
    await call.get("sendSMS", f"accessToken={gateway.token}&numero=0612345678&message=5+%80+%A4")
    assert (await gateway.messages())[0].text == "5 € €"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("x" * 160, 1, id="160"),
        pytest.param("x" * 161, 2, id="161"),
        pytest.param("x" * 306, 2, id="306"),
        pytest.param("x" * 307, 3, id="307"),
        pytest.param("x" * 459, 3, id="459"),
        pytest.param("x" * 765, 5, id="765"),
        pytest.param("{" * 80, 1, id="80-doubles"),
        pytest.param("{" * 80 + "x", 2, id="80-doubles-and-one"),
        pytest.param("€" * 80, 1, id="80-euros"),
    ],
)
async def test_a_plain_text_costs(call: HttpClient, gateway: Gateway, text: str, segments: int) -> None:
    await call.send(message=text)
    assert [message.segments for message in await gateway.messages()] == [segments]
    assert await gateway.balance() == 100 - segments


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        pytest.param("é" * 70, 1, id="70"),
        pytest.param("é" * 71, 2, id="71"),
        pytest.param("é" * 134, 2, id="134"),
        pytest.param("é" * 135, 3, id="135"),
        pytest.param("é" * 335, 5, id="335"),
        pytest.param("😀" * 35, 1, id="35-astral"),
        pytest.param("😀" * 36, 2, id="36-astral"),
    ],
)
async def test_a_unicode_text_costs(call: HttpClient, gateway: Gateway, text: str, segments: int) -> None:
    await call.send(message=text, classe_msg="9")
    (message,) = await gateway.messages()
    assert (message.text, message.segments) == (text, segments)


@pytest.mark.parametrize(
    ("message_class", "segments", "kept"),
    [
        ("2", "1", 160),
        ("2", "2", 306),
        ("2", "3", 459),
        ("2", "", 765),
        ("9", "1", 70),
        ("9", "2", 134),
        ("9", "", 335),
    ],
)
async def test_a_text_is_cut_at_the_segments_asked_for(
    call: HttpClient, gateway: Gateway, message_class: str, segments: str, kept: int
) -> None:
    await call.send(message="x" * 2000, classe_msg=message_class, nbr_msg=segments)
    assert (await gateway.messages())[0].text == "x" * kept


async def test_a_cut_never_halves_a_character(call: HttpClient, gateway: Gateway) -> None:
    await call.send(message="x" + "{" * 80, nbr_msg="1")
    await call.send(message="x" + "😀" * 35, nbr_msg="1", classe_msg="9")
    assert [message.text for message in await gateway.messages()] == ["x" + "{" * 79, "x" + "😀" * 34]


@pytest.mark.parametrize(
    ("stop", "length", "added", "segments"),
    [
        pytest.param("1", 149, True, 1, id="if-free-149"),
        pytest.param("1", 150, False, 1, id="if-free-150"),
        pytest.param("1", 200, False, 2, id="if-free-200"),
        pytest.param("2", 149, True, 1, id="always-149"),
        pytest.param("2", 150, True, 2, id="always-150"),
        pytest.param("", 10, False, 1, id="not-asked-for"),
    ],
)
async def test_stop_is_added(
    call: HttpClient, gateway: Gateway, stop: str, length: int, added: bool, segments: int
) -> None:
    await call.send(message="x" * length, stop=stop)
    (message,) = await gateway.messages()
    assert message.text == "x" * length + " STOP 36034" * added
    assert message.segments == segments


async def test_the_text_is_cut_to_make_room_for_stop(call: HttpClient, gateway: Gateway) -> None:
    await call.send(message="x" * 160, stop="2", nbr_msg="1")
    assert (await gateway.messages())[0].text == "x" * 149 + " STOP 36034"


@pytest.mark.parametrize(("length", "added"), [(59, True), (60, False), (123, True), (124, False)])
async def test_in_unicode_stop_is_added_where_it_is_free(
    call: HttpClient, gateway: Gateway, length: int, added: bool
) -> None:
    await call.send(message="é" * length, stop="1", classe_msg="9")
    assert (await gateway.messages())[0].text == "é" * length + " STOP 36034" * added


async def test_abroad_the_stop_mention_is_an_address(call: HttpClient, gateway: Gateway) -> None:
    await call.send(stop="2", numero=f"0612345678,{ABROAD}")
    (message,) = await gateway.messages()
    assert [delivery.text for delivery in message.deliveries] == ["Bonjour STOP 36034", "Bonjour no-sms.eu"]


@given(st.text(st.sampled_from([*sorted(REPERTOIRE), "ç", "😀"])), st.integers(1, 5), st.sampled_from(["", "1", "2"]))
def test_no_text_takes_more_segments_than_asked_for(text: str, segments: int, stop: str) -> None:
    for alphabet in (GSM, UNICODE):
        composed = compose(text, number="33612345678", stop=stop, max_segments=segments, alphabet=alphabet)
        assert alphabet.segments(composed) <= segments


@given(st.text())
def test_a_cleaned_text_is_clean(text: str) -> None:
    assert set(to_repertoire(text)) <= REPERTOIRE
    assert DOUBLE <= REPERTOIRE

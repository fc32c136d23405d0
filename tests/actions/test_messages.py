"""Every action that sends: what it asks of the gateway, and what it answers."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from probatio import Invalid

from custom_components.smsmode.const import DOMAIN
from tests.support.action_calls import last_params, send
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House


async def test_all_fields_of_a_message_reach_the_gateway(house: House) -> None:
    later = dt_util.now().replace(second=0, microsecond=0) + timedelta(days=1)
    await house.async_call(
        "send_message",
        message="Fuite",
        title="Alarme",
        target=["Alice"],
        sender="CHALET",
        encoding="gsm",
        max_segments=2,
        stop="always",
        send_at=later.isoformat(),
        reference="leak-1",
        expires_after={"minutes": 5},
        queue=False,
    )
    params = await last_params(house.gateway, "sendSMS.do")
    for url in ("notification_url", "notification_url_reponse"):
        params.pop(url, None)
    paris = later.astimezone(await dt_util.async_get_time_zone("Europe/Paris"))
    assert params == {
        "message": "Alarme\nFuite",
        "numero": ALICE_DIGITS,
        "emetteur": "CHALET",
        "nbr_msg": "1",
        "classe_msg": "2",
        "stop": "2",
        "date_envoi": paris.strftime("%d%m%Y-%H:%M"),
        "refClient": "leak-1",
    }


async def test_a_time_without_a_zone_is_the_time_of_the_house(house: House) -> None:
    later = dt_util.now().replace(second=0, microsecond=0) + timedelta(days=1)
    await send(house, send_at=later.replace(tzinfo=None).isoformat(sep=" "))
    (message,) = await house.gateway.messages()
    assert dt_util.parse_datetime(message.leaves_at, raise_on_error=True) == later


async def test_the_default_sender_is_left_out_where_replies_are_to_come(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "MAISON", "encoding": "unicode"})
    await house.async_settle()
    await send(house)
    assert "emetteur" not in await last_params(house.gateway, "sendSMS.do")
    await send(house, reply=False, repeat=True)
    params = await last_params(house.gateway, "sendSMS.do")
    assert (params["emetteur"], params["classe_msg"]) == ("MAISON", "9")


async def test_a_voice_message_reads_a_text_aloud(house: House) -> None:
    response = await house.async_call(
        "send_voice_message", message="Fuite d'eau", title="Maison", target=["Alice"], language="fr-FR"
    )
    assert await last_params(house.gateway, "sendVoiceMessage.do") == {
        "message": "Fuite d'eau",
        "numero": ALICE_DIGITS,
        "title": "Maison",
        "language": "fr-FR",
    }
    (message,) = response["messages"]
    assert (message["status"], message["recipients"], message["segments"]) == ("accepted", [ALICE], 1)


async def test_a_voice_message_may_ring_a_fixed_line_but_no_group(house: House) -> None:
    response = await house.async_call("send_voice_message", message="x", target=["01 23 45 67 89", "Family"])
    assert response["messages"][0]["recipients"] == ["+33123456789"]
    assert response["failed"] == [{"target": "Family", "reason": "group_voice"}]


async def test_a_voice_message_that_is_too_long_is_refused(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_voice_message", message="x" * 161, target=["Alice"])
    assert err.value.translation_key == "voice_too_long"


ROWS = [
    {"target": "Alice", "message": "Bonjour Alice", "sender": "CHALET", "reference": "a1"},
    {"target": "06 98 76 54 32", "message": "Bonjour Bob, ça va ?"},
]


async def test_a_batch_gives_everybody_a_text_of_their_own(house: House) -> None:
    response = await house.async_call("send_batch", messages=[*ROWS, {"target": "Nobody", "message": "x"}])
    (message,) = await house.gateway.messages()
    assert [(delivery.number, delivery.text, delivery.reference) for delivery in message.deliveries] == [
        (ALICE_DIGITS, "Bonjour Alice", "a1"),
        (BOB_DIGITS, "Bonjour Bob, ca va ?", ""),
    ]
    assert message.sender == "CHALET"
    assert response == {
        "campaign_id": message.id,
        "status": "accepted",
        "send_at": None,
        "count": 2,
        "segments": 2,
        "changed": 1,
        "truncated": 0,
        "held_back": [],
        "failed": [{"target": "Nobody", "reason": "unknown_recipient"}],
    }


BAD_ROWS = (
    ({"message": "Hello 😀"}, "batch_unicode"),
    ({"message": " "}, "text_empty"),
    ({"message": "Hello", "sender": "Not a sender!"}, "sender_invalid"),
    ({"message": "Hello", "reference": "x" * 41}, "reference_too_long"),
    ({"message": "Hello", "reference": "Łukasz"}, "text_not_encodable"),
)


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS, ids=[problem for _, problem in BAD_ROWS])
async def test_the_bad_row_of_a_batch_is_named_and_nothing_is_sent(
    house: House, row: dict[str, str], problem: str
) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_batch", messages=[*ROWS, {"target": "Alice", **row}])
    assert err.value.translation_key == f"batch_row_{problem.removeprefix('batch_')}"
    assert err.value.translation_placeholders == {"row": str(len(ROWS) + 1), "target": "…678"}
    assert await house.gateway.messages() == []


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS, ids=[problem for _, problem in BAD_ROWS])
async def test_the_other_rows_of_a_batch_are_sent_if_bad_ones_are_skipped(
    house: House, row: dict[str, str], problem: str
) -> None:
    rows = [{"target": "Alice", **row}, *ROWS]
    response = await house.async_call("send_batch", messages=rows, skip_invalid=True)
    assert response["count"] == len(ROWS)
    assert response["failed"] == [{"target": ALICE, "reason": problem, "row": 1}]


async def test_a_batch_of_bad_rows_alone_is_refused_though_they_are_skipped(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_batch", messages=[{"target": "Alice", "message": "😀"}], skip_invalid=True)
    assert err.value.translation_key == "batch_row_unicode"


async def test_what_is_wrong_with_a_whole_batch_is_not_said_of_a_row(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_batch", messages=ROWS, sender="Not a sender!", skip_invalid=True)
    assert err.value.translation_key == "sender_invalid"


async def test_a_batch_may_be_a_file(hass: HomeAssistant, house: House, tmp_path: Path) -> None:
    file = tmp_path / "batch.csv"
    file.write_text("target;message\nAlice;Bonjour\nFamily;Salut\n")
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    response = await house.async_call("send_batch", file=str(file))
    assert (response["count"], response["failed"]) == (1, [{"target": "Family", "reason": "group_batch"}])


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"messages": []}, "batch_empty", id="nothing"),
        pytest.param({}, "batch_empty", id="neither"),
        pytest.param({"file": "/etc/passwd"}, "file_not_allowed", id="forbidden file"),
        pytest.param({"messages": [{"target": "Nobody", "message": "x"}]}, "target_unknown_recipient", id="no target"),
        pytest.param({"messages": [{"target": "Alice", "message": "😀"}]}, "batch_row_unicode", id="emoji"),
    ],
)
async def test_a_batch_that_cannot_be_sent_is_explained(house: House, fields: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("send_batch", **fields)
    assert err.value.translation_key == key


@pytest.mark.parametrize(
    ("line", "place"),
    [
        pytest.param({"target": "Bob"}, "messages[2].message", id="no text"),
        pytest.param({"target": "Bob", "message": "x", "when": "now"}, "messages[2].when", id="what is that?"),
        pytest.param({"target": ["Bob"], "message": "x"}, "messages[2].target", id="a list of targets"),
        pytest.param("Bob", "messages[2]", id="no line"),
    ],
)
async def test_a_line_that_is_none_is_named_and_nothing_is_sent(house: House, line: Any, place: str) -> None:
    with pytest.raises(Invalid) as err:
        await house.async_call("send_batch", messages=[*ROWS, line])
    assert str(err.value).endswith(f"'{place}'")
    assert not await house.gateway.messages()


async def test_a_preview_says_what_a_message_would_cost_and_sends_nothing(house: House) -> None:
    response = await house.async_call("preview_message", message="Fenêtre [ouverte]", reply=True)
    assert response == {
        "text": "Fenetre [ouverte]",
        "encoding": "gsm",
        "characters": 19,
        "segments": 1,
        "changes": [{"original": "ê", "replacement": "e", "count": 1}],
        "costly": ["[", "]"],
        "truncated": False,
        "recipients": [ALICE, "group:Famille"],
        "scheduled": [],
        "cost": 2,
        "failed": [],
    }
    assert await house.gateway.requests("sendSMS.do") == []


async def test_a_preview_explains_what_could_not_be_sent(house: House) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("preview_message", message="", target=["Alice"])
    assert err.value.translation_key == "text_empty"


@pytest.mark.parametrize("by", ["id", "number"])
async def test_a_scheduled_message_is_deleted(house: House, by: str) -> None:
    message_id = await send(house, send_at=(dt_util.utcnow() + timedelta(days=1)).isoformat())
    fields = {"id": {"message_id": message_id}, "number": {"number": "06 12 34 56 78"}}[by]
    assert (await house.async_call("delete_message", **fields))["description"]
    assert await house.gateway.messages() == []


async def test_nothing_is_asked_any_more_about_a_deleted_message(house: House) -> None:
    message_ids = [await send(house, message=text) for text in ("Water!", "More water!")]
    await house.async_call("delete_message", number=ALICE)
    await house.async_call("delete_message", message_id=message_ids[0])
    assert await house.gateway.messages() == []
    assert house.state("sensor.home_pending").state == "0"
    before = await house.gateway.requests("compteRendu.do")
    await house.async_wait(minutes=6)
    assert await house.gateway.requests("compteRendu.do") == before


async def test_of_a_message_to_several_the_gateway_knows_which_is_the_latest(house: House) -> None:
    await send(house)
    await send(house, message="More water!", target=[ALICE, BOB])
    await house.async_call("delete_message", number=ALICE)
    assert await last_params(house.gateway, "deleteSMS.do") == {"numero": ALICE_DIGITS}


@pytest.mark.parametrize(
    "fields",
    [{}, {"message_id": "x", "number": ALICE}, {"message_id": "x", "queue_id": "y"}],
    ids=["neither", "both", "two ids"],
)
async def test_deleting_wants_one_id_or_a_number(house: House, fields: dict[str, str]) -> None:
    with pytest.raises(ServiceValidationError) as err:
        await house.async_call("delete_message", **fields)
    assert err.value.translation_key == "message_id_xor_number"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ("code:31", "gateway_busy"),
        ("code:35", "gateway_parameter"),
        ("drop_before", "uncertain"),
        ("code:99", "gateway_refused"),
    ],
)
async def test_an_error_of_the_gateway_is_translated(house: House, fault: str, key: str) -> None:
    await house.gateway.fail("credit.do", fault)
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("get_balance")
    assert err.value.translation_key == key


async def test_a_refused_key_asks_for_another(hass: HomeAssistant, house: House) -> None:
    await house.gateway.revoke()
    with pytest.raises(HomeAssistantError) as err:
        await house.async_call("get_balance")
    assert err.value.translation_key == "invalid_auth"
    assert len(hass.config_entries.flow.async_progress_by_handler(DOMAIN)) == 1

"""No key, number, text or webhook id in any log, at any level; no key in any address."""

import logging

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.support.house import ALICE, ALICE_DIGITS, WEBHOOK_ID, House

TEXT = "a text that is nobody's business"
ECHO = f"text:99 | numero {ALICE_DIGITS} refuse"
FAULTS = ("code:31", "code:35", "html", "half", "drop_before", "drop_after", "http:500", ECHO)


def secrets_in(house: House, text: str) -> list[str]:
    """Return the secrets that a text has."""
    return [secret for secret in (house.gateway.token, ALICE_DIGITS, ALICE[3:], TEXT, WEBHOOK_ID) if secret in text]


async def test_nothing_private_is_ever_logged_by_us(
    hass: HomeAssistant,
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    errors = []
    for fault in FAULTS:
        await house.gateway.fail("sendSMS.do", fault)
        await house.gateway.fail("smsList.do", fault)
        await house.gateway.fail("responseList.do", fault)
        await house.gateway.fail("compteRendu.do", fault)
        try:
            await house.async_call("send_message", message=TEXT, target=["Alice"], reply=True, repeat=True)
        except HomeAssistantError as err:
            errors.append(f"{err} {err.translation_placeholders}")
        await house.gateway.reply(ALICE_DIGITS, TEXT, stray=True)
        await house.async_wait(seconds=45)
        await client.get(f"/api/webhook/{WEBHOOK_ID}?statut=x&numero={ALICE_DIGITS}&message={TEXT}")
    await house.async_call("send_batch", messages=[{"target": "Alice", "message": TEXT}])
    async with house.gateway.offline():
        await house.async_call("send_batch", messages=[{"target": "Alice", "message": TEXT}])
        await house.async_wait(hours=2)
    assert len(errors) == 2
    assert secrets_in(house, " ".join(errors)) == []
    ours = [record for record in caplog.records if record.name.startswith("custom_components.smsmode")]
    assert ours
    assert secrets_in(house, "\n".join(f"{record.getMessage()} {record.exc_text}" for record in ours)) == []


async def test_the_key_is_in_no_address_but_that_of_a_batch(house: House) -> None:
    await house.async_call("send_message", message="x", target=["Alice"])
    await house.async_call("send_voice_message", message="x", target=["Alice"])
    await house.async_call("get_balance")
    await house.async_call("create_api_key")
    await house.async_poll()
    await house.async_call("send_batch", messages=[{"target": "Alice", "message": "x"}])
    with_key = {request.endpoint for request in await house.gateway.requests() if house.gateway.token in request.query}
    assert with_key == {"sendSMSBatch.do"}

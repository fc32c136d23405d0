"""Lists of texts and what destroys messages are for administrators, and whom they allow."""

from typing import Any

import pytest
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser

from custom_components.smsmode.const import DOMAIN
from tests.support.house import House
from tests.support.sends import send

READ: dict[str, dict[str, Any]] = {"get_sent_messages": {}, "get_replies": {}, "get_scheduled": {}, "get_queue": {}}
WRITE: dict[str, dict[str, Any]] = {
    "delete_message": {"message_id": "none"},
    "cancel_message": {"queue_id": "none"},
    "retry_message": {"queue_id": "none"},
}


async def call_as(house: House, group: str, action: str, **data: Any) -> Any:
    """Call an action as a person of a group of users who is logged in."""
    # The first user of a house is its owner, who may do everything.
    await house.hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    user = await house.hass.auth.async_create_user("Somebody", group_ids=[group])
    context = Context(user_id=user.id)
    return await house.hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )


async def allow(house: House, *access: str) -> None:
    """Set what people who are no administrators may do."""
    house.hass.config_entries.async_update_entry(house.entry, options={"user_access": list(access)})
    await house.async_settle()


@pytest.mark.parametrize(("action", "data"), (READ | WRITE).items())
async def test_somebody_who_is_no_administrator_may_not(house: House, action: str, data: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        await call_as(house, GROUP_ID_USER, action, **data)


@pytest.mark.parametrize(("action", "data"), READ.items())
async def test_reading_is_allowed_by_an_option_of_the_account(house: House, action: str, data: dict[str, Any]) -> None:
    await allow(house, "read")
    assert await call_as(house, GROUP_ID_USER, action, **data)
    await allow(house, "write", "acknowledge")
    with pytest.raises(Unauthorized):
        await call_as(house, GROUP_ID_USER, action, **data)


@pytest.mark.parametrize(("action", "data"), WRITE.items())
async def test_cancelling_is_allowed_by_another(house: House, action: str, data: dict[str, Any]) -> None:
    await allow(house, "read", "acknowledge")
    with pytest.raises(Unauthorized):
        await call_as(house, GROUP_ID_USER, action, **data)
    await allow(house, "write")
    with pytest.raises(HomeAssistantError) as err:
        await call_as(house, GROUP_ID_USER, action, **data)
    assert err.value.translation_key in {"queue_id_unknown", "message_not_found"}


async def test_a_message_that_nobody_may_cancel_still_waits(house: House) -> None:
    async with house.gateway.offline():
        sent = await send(house)
        with pytest.raises(Unauthorized):
            await call_as(house, GROUP_ID_USER, "cancel_message", queue_id=sent["queue_id"])
        assert len((await house.async_call("get_queue"))["queue"]) == 1


@pytest.mark.parametrize(("action", "data"), READ.items())
async def test_administrators_and_automations_may(house: House, action: str, data: dict[str, Any]) -> None:
    assert await call_as(house, GROUP_ID_ADMIN, action, **data)
    assert await house.async_call(action, **data)


async def test_what_sends_and_acknowledges_stays_open_to_everybody(house: House) -> None:
    assert await call_as(house, GROUP_ID_USER, "send_message", message="x", target=["Alice"])
    with pytest.raises(ServiceValidationError) as err:
        await call_as(house, GROUP_ID_USER, "acknowledge", alert_id="cellar")
    assert err.value.translation_key == "alert_unknown"


async def test_somebody_who_does_not_exist_may_not(hass: HomeAssistant, house: House) -> None:
    with pytest.raises(UnknownUser):
        await hass.services.async_call(
            DOMAIN, "get_queue", {}, blocking=True, return_response=True, context=Context(user_id="nobody")
        )

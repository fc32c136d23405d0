"""What a person can close or mend on the page of the repairs."""

from http import HTTPStatus
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.components.repairs import DOMAIN as REPAIRS_DOMAIN
from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from tests.support.delivery_failures import BLOCKED, INVALID, RECEIVED, issue_id, report, shown, subentry_id
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, House
from tests.support.sends import queued, texts

type HttpClient = TestClient[Request, Application]
FIX = "/api/repairs/issues/fix"
RECIPIENT_FORM = "/api/config/config_entries/subentries/flow"


@pytest.fixture
async def client(hass: HomeAssistant, house: House, hass_client: ClientSessionGenerator) -> HttpClient:
    """Open the page of the repairs, as the frontend sees it."""
    assert await async_setup_component(hass, REPAIRS_DOMAIN, {})
    assert await async_setup_component(hass, "config", {})
    client: HttpClient = await hass_client()
    return client


async def start(client: HttpClient, issue: str) -> dict[str, Any]:
    """Open the fix flow of an issue."""
    response = await client.post(FIX, json={"handler": DOMAIN, "issue_id": issue})
    assert response.status == HTTPStatus.OK, await response.text()
    flow: dict[str, Any] = await response.json()
    return flow


async def step(client: HttpClient, flow: dict[str, Any], **answer: str) -> dict[str, Any]:
    """Go on in a fix flow."""
    response = await client.post(f"{FIX}/{flow['flow_id']}", json=answer)
    assert response.status == HTTPStatus.OK, await response.text()
    answered: dict[str, Any] = await response.json()
    return answered


async def test_the_issue_of_a_lost_message_is_closed_for_good_by_confirming_it(
    house: House, client: HttpClient
) -> None:
    async with house.gateway.offline():
        await house.async_call("send_message", message="x", target=["Alice"], expires_after="00:01:00")
        await house.async_wait(minutes=2)
    flow = await start(client, issue_id(house, "message_given_up"))
    assert flow["step_id"] == "confirm"
    assert flow["description_placeholders"] == {"account": "Home"}
    finished = await step(client, flow)
    assert finished["type"] == "create_entry"
    await house.async_reload()
    assert shown(house, "message_given_up") is None


async def test_a_verdict_is_told_again_after_a_restart_and_ignored_if_it_was(house: House, client: HttpClient) -> None:
    await report(house, BLOCKED)
    await step(client, await start(client, issue_id(house, "recipient_blocked", "Alice")), next_step_id="ignore")
    await house.async_reload()
    issue = shown(house, "recipient_blocked", "Alice")
    assert issue is not None
    assert issue.dismissed_version
    ir.async_get(house.hass).issues.clear()
    await house.async_reload()
    issue = shown(house, "recipient_blocked", "Alice")
    assert issue is not None
    assert issue.dismissed_version is None


async def test_another_number_is_entered_in_the_form_of_the_recipient(house: House, client: HttpClient) -> None:
    await report(house, BLOCKED)
    menu = await start(client, issue_id(house, "recipient_blocked", "Alice"))
    assert (menu["type"], menu["step_id"], menu["menu_options"]) == ("menu", "init", ["edit", "remove", "ignore"])
    assert menu["description_placeholders"] == {"account": "Home", "recipient": "Alice"}
    left = await step(client, menu, next_step_id="edit")
    assert (left["type"], left["reason"]) == ("abort", "edit")
    kind, form_id = left["next_flow"]
    assert kind == "config_subentries_flow"
    assert left["result"]["entry_id"] == house.entry.entry_id
    assert shown(house, "recipient_blocked", "Alice")
    form = await (await client.get(f"{RECIPIENT_FORM}/{form_id}")).json()
    assert (form["step_id"], form["handler"][1]) == ("reconfigure", "recipient")
    await client.post(f"{RECIPIENT_FORM}/{form_id}", json={"name": "Alice", "number": BOB})
    await house.async_settle()
    assert house.entry.subentries[subentry_id(house)].data == {"number": BOB}
    assert shown(house, "recipient_blocked", "Alice") is None


async def test_a_recipient_is_removed_once_it_was_said_twice(house: House, client: HttpClient) -> None:
    await report(house, INVALID)
    gone = issue_id(house, "recipient_invalid", "Alice")
    question = await step(client, await start(client, gone), next_step_id="remove")
    assert (question["type"], question["step_id"]) == ("form", "remove")
    assert "Alice" in [each.title for each in house.entry.subentries.values()]
    assert (await step(client, question))["type"] == "create_entry"
    await house.async_settle()
    assert [each.title for each in house.entry.subentries.values()] == ["Family"]
    assert ir.async_get(house.hass).async_get_issue(DOMAIN, gone) is None


async def test_a_recipient_that_is_kept_is_not_spoken_of_until_it_was_reached(house: House, client: HttpClient) -> None:
    await report(house, BLOCKED)
    left = await step(client, await start(client, issue_id(house, "recipient_blocked", "Alice")), next_step_id="ignore")
    assert (left["type"], left["reason"]) == ("abort", "ignore")
    assert left["description_placeholders"]["recipient"] == "Alice"
    for code, ignored in ((BLOCKED, True), (RECEIVED, None), (BLOCKED, False)):
        await report(house, code)
        issue = shown(house, "recipient_blocked", "Alice")
        assert (issue and issue.dismissed_version is not None) is ignored, code


@pytest.mark.parametrize("choice", ["edit", "remove"])
async def test_a_recipient_that_is_gone_meanwhile_needs_no_more_help(
    house: House, client: HttpClient, choice: str
) -> None:
    await report(house, BLOCKED)
    menu = await start(client, issue_id(house, "recipient_blocked", "Alice"))
    house.hass.config_entries.async_remove_subentry(house.entry, subentry_id(house))
    await house.async_settle()
    assert not ir.async_get(house.hass).issues
    left = await step(client, menu, next_step_id=choice)
    if left["type"] == "form":
        left = await step(client, left)
    assert left["type"] == "create_entry"


async def test_what_yaml_says_of_a_recipient_is_not_changed_here(
    hass: HomeAssistant, gateway: Gateway, hass_client: ClientSessionGenerator, freezer: Any
) -> None:
    account = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url}
    people = [{"name": "Alice", "number": ALICE}]
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: [account | {"recipients": people}]})
    await hass.async_block_till_done(wait_background_tasks=True)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    house = House(hass, freezer, gateway, entry)
    assert entry.source == SOURCE_IMPORT
    assert await async_setup_component(hass, REPAIRS_DOMAIN, {})
    await report(house, BLOCKED)
    menu = await start(await hass_client(), issue_id(house, "recipient_blocked", "Alice"))
    assert (menu["step_id"], menu["menu_options"]) == ("yaml", ["ignore"])
    people[0]["number"] = BOB
    await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_IMPORT}, data=account | {"recipients": people}
    )
    await house.async_settle()
    assert shown(house, "recipient_blocked", "Alice") is None


async def wait_for_long(house: House) -> dict[str, Any]:
    """Send two messages that the gateway does not get, until they are a repair issue; return the first."""
    sent = await house.async_call("send_message", message="one", target=["Alice"])
    for number, text in ((BOB, "two"), ("+33698765431", "three")):
        await house.async_call("send_message", message=text, target=[number])
    await house.async_wait(minutes=5)
    message: dict[str, Any] = sent["messages"][0]
    return message


async def test_messages_that_wait_are_shown_with_whom_they_are_for_since_when_and_why(
    house: House, client: HttpClient
) -> None:
    since = dt_util.now().strftime("%Y-%m-%d %H:%M")
    async with house.gateway.offline():
        await wait_for_long(house)
        menu = await start(client, issue_id(house, "messages_waiting"))
        assert (menu["type"], menu["menu_options"]) == ("menu", ["try_now", "show", "drop"])
        assert menu["description_placeholders"] == {"account": "Home", "count": "3"}
        form = await step(client, menu, next_step_id="show")
        assert (form["type"], form["step_id"]) == ("form", "show")
        shown_rows = form["description_placeholders"]["messages"].splitlines()
        assert shown_rows == [
            f"- {since} · {name} · the gateway cannot be reached" for name in ("Alice", "…432", "…431")
        ]
        back = await step(client, form)
        assert (back["type"], back["step_id"]) == ("menu", "init")


async def test_messages_that_wait_are_tried_now_and_the_issue_goes_when_they_left(
    house: House, client: HttpClient
) -> None:
    async with house.gateway.offline():
        await wait_for_long(house)
    done = await step(client, await start(client, issue_id(house, "messages_waiting")), next_step_id="try_now")
    assert (done["type"], done["reason"]) == ("abort", "try_now")
    await house.async_settle()
    assert (queued(house), shown(house, "messages_waiting")) == (0, None)
    assert sorted(await texts(house.gateway)) == ["one", "three", "two"]


async def test_messages_that_wait_are_dropped_once_it_was_said_twice_but_not_those_that_came_since(
    house: House, client: HttpClient
) -> None:
    async with house.gateway.offline():
        await wait_for_long(house)
        question = await step(client, await start(client, issue_id(house, "messages_waiting")), next_step_id="drop")
        assert (question["type"], question["step_id"], queued(house)) == ("form", "drop", 3)
        await house.async_call("send_message", message="later", target=["Alice"])
        assert (await step(client, question))["type"] == "create_entry"
        await house.async_settle()
        assert (queued(house), shown(house, "messages_waiting")) == (1, None)
    await house.async_wait(minutes=2)
    assert await texts(house.gateway) == ["later"]


@pytest.mark.parametrize("choice", ["try_now", "show", "drop"])
async def test_an_account_that_is_not_loaded_shows_nothing_that_waits(
    house: House, client: HttpClient, choice: str
) -> None:
    async with house.gateway.offline():
        await wait_for_long(house)
        menu = await start(client, issue_id(house, "messages_waiting"))
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        left = await step(client, menu, next_step_id=choice)
        assert left["description_placeholders"]["count"] == "0"


async def test_of_many_messages_that_wait_the_first_are_shown(house: House, client: HttpClient) -> None:
    async with house.gateway.offline():
        for number in range(21):
            await house.async_call(
                "send_message", message=str(number), target=[f"06123400{each:02}" for each in range(6)]
            )
        await house.async_wait(minutes=5)
        menu = await start(client, issue_id(house, "messages_waiting"))
        rows = (await step(client, menu, next_step_id="show"))["description_placeholders"]["messages"].splitlines()
        assert len(rows) == 21
        assert rows[0].count("…") == 6
        assert rows[-1] == "- …"

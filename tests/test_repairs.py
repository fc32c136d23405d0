"""What is said of an account and of whom nothing reaches, and goes away by itself."""

from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigSubentry
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.helpers.repair_issues import DOCS
from custom_components.smsmode.receiving.delivery_monitor import MAX_RECIPIENTS
from tests.support.delivery_failures import BLOCKED, INVALID, RECEIVED, SPAM, report, shown
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House


@pytest.mark.parametrize(("problem", "expected"), [("message_given_up", True), ("low_balance", False)])
async def test_what_nobody_closed_is_told_again_after_a_restart(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    gateway: Gateway,
    entry: MockConfigEntry,
    problem: str,
    expected: bool,
) -> None:
    name = f"{problem}_{entry.entry_id}"
    hass_storage[ir.STORAGE_KEY] = {
        "version": ir.STORAGE_VERSION_MAJOR,
        "minor_version": ir.STORAGE_VERSION_MINOR,
        "key": ir.STORAGE_KEY,
        "data": {
            "issues": [
                {
                    "created": dt_util.utcnow().isoformat(),
                    "dismissed_version": None,
                    "domain": DOMAIN,
                    "is_persistent": False,
                    "issue_id": name,
                }
            ]
        },
    }
    ir.async_get(hass).issues.clear()
    await ir.async_load(hass)
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, name)
    assert (issue is not None and issue.active) is expected


@pytest.mark.parametrize(
    ("code", "problem", "other"),
    [
        pytest.param(BLOCKED, "recipient_blocked", "recipient_invalid", id="blocked"),
        pytest.param(INVALID, "recipient_invalid", "recipient_blocked", id="invalid"),
    ],
)
async def test_a_recipient_that_the_gateway_refuses_is_a_repair_issue_until_a_message_arrives(
    house: House, code: int, problem: str, other: str
) -> None:
    await report(house, code)
    issue = shown(house, problem, "Alice")
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home", "recipient": "Alice"}
    assert issue.severity is ir.IssueSeverity.ERROR
    assert shown(house, other, "Alice") is None
    await house.async_call("send_message", message="x", target=["Alice"], repeat=True)
    assert shown(house, problem, "Alice")
    await report(house, RECEIVED)
    assert shown(house, problem, "Alice") is None


async def test_of_a_recipient_the_latest_verdict_is_told(house: House) -> None:
    await report(house, BLOCKED)
    await report(house, INVALID)
    assert shown(house, "recipient_invalid", "Alice")
    assert shown(house, "recipient_blocked", "Alice") is None


async def test_no_issue_is_about_anybody_who_is_no_recipient(house: House, issue_registry: ir.IssueRegistry) -> None:
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    await report(house, BLOCKED, BOB, "Family")
    assert house.state("sensor.home_last_status").state == "blocked_recipient"
    assert issue_registry.issues == {}
    await house.async_reload()
    assert issue_registry.issues == {}


async def test_another_failure_is_no_verdict_about_a_recipient(house: House, issue_registry: ir.IssueRegistry) -> None:
    await report(house, 3522)
    assert house.state("sensor.alice_last_status").state == "permanent_absence"
    assert issue_registry.issues == {}


async def test_a_wall_of_old_numbers_does_not_bury_everything_else(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    numbers = [f"+336120000{index:02}" for index in range(MAX_RECIPIENTS + 5)]
    await house.gateway.set(balance=1000)
    for number in numbers:
        recipient = ConfigSubentry(
            data=MappingProxyType({"number": number}),
            subentry_type="recipient",
            title=f"N{number[-2:]}",
            unique_id=number,
        )
        hass.config_entries.async_add_subentry(house.entry, recipient)
    await house.async_settle()
    await report(house, INVALID, *numbers)
    await house.async_wait(minutes=1)
    await house.async_poll()
    assert len(issue_registry.issues) == MAX_RECIPIENTS
    await house.async_reload()
    assert len(issue_registry.issues) == MAX_RECIPIENTS


async def test_a_disabled_account_says_nothing_of_its_recipients(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT"})
    await house.async_settle()
    await report(house, BLOCKED)
    await report(house, SPAM, BOB)
    about_recipients = {"recipient_blocked", "sender_blocked"}
    # In the evening there is a third notice, of the night, which stays until somebody has read it.
    assert {issue.translation_key for issue in ir.async_get(hass).issues.values()} >= about_recipients
    await hass.config_entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    assert about_recipients.isdisjoint(issue.translation_key for issue in ir.async_get(hass).issues.values())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"sender": "DUPONT"}, True, id="own sender without mention"),
        pytest.param({"sender": "DUPONT", "stop": "always"}, False, id="with mention"),
        pytest.param({"sender": "ALARM", "stop": "always"}, True, id="general word with mention"),
        pytest.param({}, False, id="no sender"),
    ],
)
async def test_a_sender_that_operators_stop_is_a_repair_issue_where_a_reason_is_known(
    hass: HomeAssistant, house: House, options: dict[str, str], expected: bool
) -> None:
    hass.config_entries.async_update_entry(house.entry, options=options)
    await house.async_settle()
    await report(house, SPAM)
    assert (shown(house, "sender_blocked") is not None) is expected


async def test_the_issue_of_a_sender_goes_when_whoever_was_not_reached_is(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT"})
    await house.async_settle()
    await report(house, SPAM)
    await report(house, RECEIVED, BOB)
    assert shown(house, "sender_blocked")
    await house.async_reload()
    assert shown(house, "sender_blocked")
    await report(house, RECEIVED)
    assert shown(house, "sender_blocked") is None


async def test_the_issue_of_a_sender_goes_when_the_members_of_a_group_are_reached_after_a_restart(
    hass: HomeAssistant, house: House
) -> None:
    await house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT"})
    await house.async_settle()
    await report(house, SPAM, "Family")
    await house.async_reload()
    assert shown(house, "sender_blocked")
    await report(house, RECEIVED, BOB)
    assert shown(house, "sender_blocked") is None


async def test_the_issue_of_a_sender_goes_when_the_mention_is_added(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT"})
    await house.async_settle()
    await report(house, SPAM)
    assert shown(house, "sender_blocked")
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT", "stop": "if_free"})
    await house.async_settle()
    assert shown(house, "sender_blocked") is None


async def test_a_general_word_as_sender_is_a_repair_issue_until_it_is_changed(
    hass: HomeAssistant, house: House
) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"sender": "ALARME"})
    await house.async_settle()
    issue = shown(house, "sender_generic")
    assert issue is not None
    assert issue.translation_placeholders == {"account": "Home", "sender": "ALARME"}
    hass.config_entries.async_update_entry(house.entry, options={"sender": "DUPONT"})
    await house.async_settle()
    assert shown(house, "sender_generic") is None


async def test_a_key_that_is_revoked_is_home_assistants_own_repair_issue(
    hass: HomeAssistant, house: House, issue_registry: ir.IssueRegistry
) -> None:
    await house.gateway.revoke()
    await house.async_poll()
    revoked = f"config_entry_reauth_{DOMAIN}_{house.entry.entry_id}"
    assert list(issue_registry.issues) == [(HOMEASSISTANT_DOMAIN, revoked)]
    new = "another-key"
    await house.gateway.set(token=new)
    (flow,) = hass.config_entries.flow.async_progress()
    await hass.config_entries.flow.async_configure(flow["flow_id"], {"access_token": new})
    await house.async_settle()
    assert house.entry.state is ConfigEntryState.LOADED
    assert issue_registry.issues == {}


@pytest.mark.parametrize(("language", "folder"), [("en", ""), ("fr", "fr/"), ("de", "")])
async def test_an_issue_leads_to_the_documentation_in_the_language_of_the_house(
    hass: HomeAssistant, house: House, language: str, folder: str
) -> None:
    hass.config.language = language
    await report(house, BLOCKED)
    issue = shown(house, "recipient_blocked", "Alice")
    assert issue is not None
    assert str(issue.learn_more_url).startswith(f"{DOCS}/{folder}troubleshooting.md#")


async def test_no_issue_has_a_number_or_a_text(house: House) -> None:
    await report(house, BLOCKED)
    await report(house, SPAM, BOB)
    async with house.gateway.offline():
        await house.async_call("send_message", message="a private text", target=[BOB], expires_after="00:01:00")
        await house.async_wait(minutes=10)
    told = str(ir.async_get(house.hass).issues)
    assert "Alice" in told
    for secret in (ALICE_DIGITS, BOB_DIGITS, "private", house.gateway.token):
        assert secret not in told

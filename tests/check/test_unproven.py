"""An account that guards something while nobody knows what its gateway does says so, once, and leads to the check."""

import pytest
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.account_facts import ESSENTIAL_FACTS
from tests.support.house import House
from tests.support.watchdog_house import add_watchdog


def issue_of(house: House, kind: str = "account_unproven") -> ir.IssueEntry | None:
    """Return an issue of the account."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"{kind}_{house.entry.entry_id}")


@pytest.fixture
async def guarded(house: House) -> House:
    """Return a house with a watchdog."""
    add_watchdog(house)
    await house.async_reload()
    return house


async def test_an_account_that_guards_nothing_is_not_asked(house: House) -> None:
    assert issue_of(house) is None


async def test_it_is_told_until_everything_essential_is_known(guarded: House) -> None:
    assert issue_of(guarded) is not None
    for fact in ESSENTIAL_FACTS:
        guarded.account.learner.learn(fact, holds=False)
    assert issue_of(guarded) is None


async def test_the_issue_opens_the_check_or_is_never_shown_again(hass: HomeAssistant, guarded: House) -> None:
    assert await async_setup_component(hass, "repairs", {})
    flows, issue = repairs_flow_manager(hass), issue_of(guarded)
    assert flows is not None
    assert issue is not None
    menu = await flows.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    assert menu["type"] is FlowResultType.MENU
    opened = await flows.async_configure(menu["flow_id"], {"next_step_id": "check"})
    assert opened["reason"] == "check"
    (flow,) = hass.config_entries.options.async_progress()
    assert flow["step_id"] == "check"
    hass.config_entries.options.async_abort(flow["flow_id"])
    menu = await flows.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    await flows.async_configure(menu["flow_id"], {"next_step_id": "ignore"})
    await guarded.async_reload()
    again = issue_of(guarded)
    assert again is not None
    assert again.dismissed_version is not None


@pytest.mark.parametrize("fault", ["http:404", "http:410", "redirect:https://other.example/"])
async def test_an_interface_that_is_gone_is_told_until_it_is_back(house: House, fault: str) -> None:
    await house.gateway.fail("*", fault, None)
    for polls in (1, 2, 3):
        await house.async_poll()
        assert (issue_of(house, "gateway_retired") is not None) is (polls == 3)
    await house.gateway.clear_faults()
    await house.async_poll()
    assert issue_of(house, "gateway_retired") is None


async def test_a_gateway_that_is_only_down_is_not_gone(house: House) -> None:
    await house.gateway.fail("*", "http:503", None)
    for _ in range(4):
        await house.async_poll()
    assert issue_of(house, "gateway_retired") is None

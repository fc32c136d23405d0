"""Delivery failures for tests: repair issues, and messages with a final status."""

from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.const import DOMAIN

from .house import House

BLOCKED, INVALID, SPAM, RECEIVED = 3999, 3998, 3524, 11


def subentry_id(house: House, name: str = "Alice") -> str:
    """Return the subentry id of a recipient."""
    ids: dict[str, str] = {each.title: each.subentry_id for each in house.entry.subentries.values()}
    return ids[name]


def issue_id(house: House, problem: str, name: str | None = None) -> str:
    """Return the id of an issue of the account, or of one of its recipients."""
    about = [] if name is None else [subentry_id(house, name)]
    return "_".join([problem, house.entry.entry_id, *about])


def shown(house: House, problem: str, name: str | None = None) -> ir.IssueEntry | None:
    """Return an issue, or None if it is not shown."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, issue_id(house, problem, name))


async def report(house: House, code: int, *targets: str) -> None:
    """Send a message to each target, and report its final status."""
    for target in targets or ("Alice",):
        sent = await house.async_call("send_message", message="x", target=[target], repeat=True)
        await house.gateway.report(sent["messages"][0]["message_id"], None, code, callback=False)
    await house.async_poll()

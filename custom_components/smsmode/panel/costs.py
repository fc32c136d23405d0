"""Costs of the last month, by day, recipient and what sent the message; read from the message log, not the gateway."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import partial
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..helpers.executor import async_run_maybe_in_executor
from ..helpers.redaction import mask_numbers
from ..helpers.targets import GROUP_PREFIX, group_target
from ..state.message_log import GATEWAY_RETENTION, TrackedMessage
from .call import PanelCall
from .directory import MAX_NUMBERS
from .origins import show_origin

type Json = dict[str, Any]
type CostKey = tuple[date, str, str | None]
"""A day of the local calendar, a number or group (empty for many numbers together), and an origin."""

DAY: Final = timedelta(days=1)


@dataclass(slots=True)
class Cost:
    """What was spent."""

    credits: float = 0.0
    segments: float = 0.0
    messages: int = 0


async def async_read_costs(call: PanelCall) -> None:
    """Answer with the costs between two days, by default those of the last 30."""
    today = dt_util.now().date()
    first = call.fields.get("from") or today - GATEWAY_RETENTION + DAY
    last = call.fields.get("to") or today
    messages = list(call.account.processor.message_log.messages.values())
    known = {recipient.target for recipient in call.account.recipients.all}
    add_up = partial(_add_up, messages, first, last, dt_util.get_default_time_zone(), known)
    costs = await async_run_maybe_in_executor(call.hass, len(messages), add_up)
    call.answer(
        {
            "currency": call.hass.config.currency,
            "credit_price": call.account.options.credit_price,
            "days": [_shown(call, key, costs[key]) for key in sorted(costs, key=lambda key: (key[0], str(key[1:])))],
        }
    )


def _add_up(
    messages: Sequence[TrackedMessage], first: date, last: date, zone: tzinfo, known: set[str]
) -> dict[CostKey, Cost]:
    """Add up the messages of some days. Nobody knows what those cost that an older version kept."""
    costs: dict[CostKey, Cost] = {}
    for message in messages:
        day = message.sent_at.astimezone(zone).date()
        if not first <= day <= last:
            continue
        segments = message.details.segments if message.details else 0
        origin = message.details.origin if message.details else None
        copies = len(message.codes) if message.codes and message.group is None else 1
        for target, count in _targets(message, known):
            cost = costs.setdefault((day, target, origin), Cost())
            cost.credits += (message.credits or 0) * count / copies
            cost.segments += segments * count / copies
            cost.messages += count
    return costs


def _targets(message: TrackedMessage, known: set[str]) -> Iterator[tuple[str, int]]:
    """Yield to whom a message went, and how many they are; of very many those that are no recipients are one."""
    if message.group is not None:
        yield group_target(message.group), 1
    elif len(message.codes) <= MAX_NUMBERS:
        yield from ((number, 1) for number in message.codes)
    else:
        named = [number for number in known if number in message.codes]
        yield from ((number, 1) for number in named)
        yield "", len(message.codes) - len(named)


def _shown(call: PanelCall, key: CostKey, cost: Cost) -> Json:
    day, target, origin = key
    name = call.account.recipients.name_of_target(target) or mask_numbers(target.removeprefix(GROUP_PREFIX))
    return {
        "date": day.isoformat(),
        "recipient": name or None,
        "origin": origin and show_origin(call.hass, call.users, origin),
        "credits": round(cost.credits, 3),
        "segments": round(cost.segments),
        "messages": cost.messages,
    }

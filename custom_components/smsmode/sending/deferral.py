"""Who gets a message when: what is not urgent waits, for each recipient alone, for the end of their quiet hours."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from homeassistant.util import dt as dt_util

from ..config.quiet_hours import next_allowed_time
from ..config.recipients import Recipients, Resolved
from ..helpers.targets import group_target
from .composer import BatchSendOptions, Draft, SendOptions


def compose_for_all[O: SendOptions](
    recipients: Recipients, order: O, resolved: Resolved, compose: Callable[[O, Resolved], list[Draft]]
) -> list[Draft]:
    """Compose a message for each time at which some of its recipients get it, as soon as possible first."""
    everybody = [*resolved.numbers, *map(group_target, resolved.groups)]
    return [
        draft
        for leaves_at, targets in _departures(recipients, order, everybody)
        for draft in compose(replace(order, send_at=leaves_at), _only(resolved, targets))
    ]


def split_batch(recipients: Recipients, order: BatchSendOptions) -> list[BatchSendOptions]:
    """Give a batch for each time at which some of its rows leave, as soon as possible first."""
    departures = _departures(recipients, order, [row.number for row in order.rows])
    return [
        replace(order, send_at=leaves_at, rows=tuple(row for row in order.rows if row.number in targets))
        for leaves_at, targets in departures
    ]


def _departures(
    recipients: Recipients, order: SendOptions, targets: Iterable[str]
) -> list[tuple[datetime | None, set[str]]]:
    """Sort targets by when they may be written to; None is at once."""
    now = dt_util.utcnow()
    wished = order.send_at or now
    by_departure: dict[datetime | None, set[str]] = {}
    # What is to leave in the past is refused, not held back.
    is_held = not order.urgent and not order.at_once and wished >= now
    for target in targets:
        hours = recipients.quiet_hours_of(target) if is_held else None
        later = next_allowed_time(hours, wished, dt_util.get_default_time_zone()) if hours else None
        by_departure.setdefault(later or order.send_at, set()).add(target)
    return sorted(by_departure.items(), key=lambda part: part[0] or now)


def _only(resolved: Resolved, targets: set[str]) -> Resolved:
    return replace(
        resolved,
        numbers=tuple(number for number in resolved.numbers if number in targets),
        groups=tuple(group for group in resolved.groups if group_target(group) in targets),
    )

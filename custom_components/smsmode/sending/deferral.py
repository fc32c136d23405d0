"""Deferral by quiet hours: a message that is not urgent is scheduled for the end of each recipient's quiet hours."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from homeassistant.util import dt as dt_util

from ..api import skip_repeated_hour
from ..api.validation import require_ahead
from ..config.quiet_hours import next_allowed_time
from ..config.recipients import Resolved
from ..helpers.targets import group_target
from .composer import BatchSendOptions, Draft, SendOptions
from .quiet_schedules import FindQuietHours

_HOUR = timedelta(hours=1)


def compose_for_all[O: SendOptions](
    quiet_hours_of: FindQuietHours,
    order: O,
    resolved: Resolved,
    compose: Callable[[O, Resolved], list[Draft]],
    now: datetime,
) -> list[Draft]:
    """Compose a message for each send time of its recipients, the earliest first; ``now`` is the gateway's.

    Raises SmsmodeInputError for a send time that has passed.
    """
    everybody = [*resolved.numbers, *map(group_target, resolved.groups)]
    send_times = _send_times(quiet_hours_of, order, everybody, now)
    if [send_at for send_at, _ in send_times] == [order.send_at]:
        return compose(order, resolved)
    return [
        draft
        for send_at, targets in send_times
        for draft in compose(replace(order, send_at=send_at), _only(resolved, targets))
    ]


def split_batch(quiet_hours_of: FindQuietHours, order: BatchSendOptions, now: datetime) -> list[BatchSendOptions]:
    """Return a batch for each send time of its rows, the earliest first; ``now`` is the gateway's.

    Raises SmsmodeInputError for a send time that has passed.
    """
    send_times = _send_times(quiet_hours_of, order, [row.number for row in order.rows], now)
    return [
        replace(order, send_at=send_at, rows=tuple(row for row in order.rows if row.number in targets))
        for send_at, targets in send_times
    ]


def schedulable_time(send_at: datetime) -> datetime:
    """Return a send time that the gateway cannot read as an earlier one.

    A local time that autumn repeats is the second one, and one that spring skips is an hour later. The gateway writes
    times of Paris, where both passes of the hour that autumn repeats look alike: what is to leave in the second one
    leaves at its end. What is to leave in the first one stays, and is at most an hour late.
    """
    moment = max(_readings(send_at))
    end = skip_repeated_hour(moment)
    return moment if end - moment > _HOUR else end


def is_ambiguous(send_at: datetime) -> bool:
    """Return whether the gateway may read a send time as an hour later."""
    moment = schedulable_time(send_at)
    return skip_repeated_hour(moment) != moment


def is_moved(send_at: datetime) -> bool:
    """Return whether a message leaves at another time than the one that was written, because clocks are changed."""
    return len(set(_readings(send_at))) > 1 or schedulable_time(send_at) != send_at.astimezone(UTC)


def _readings(send_at: datetime) -> list[datetime]:
    """Return the moments that a time can mean; one with an offset from UTC means one."""
    folds = (0, 1) if isinstance(send_at.tzinfo, ZoneInfo) else (send_at.fold,)
    return [send_at.replace(fold=fold).astimezone(UTC) for fold in folds]


def _send_times(
    quiet_hours_of: FindQuietHours, order: SendOptions, targets: Iterable[str], now: datetime
) -> list[tuple[datetime | None, set[str]]]:
    """Return the send times with their targets, the earliest first; None means now."""
    send_at = schedulable_time(order.send_at) if order.send_at else None
    require_ahead(send_at, now)
    by_send_time: dict[datetime | None, set[str]] = {}
    is_deferrable = not order.urgent and not order.ignore_quiet_hours
    for target in targets:
        hours = quiet_hours_of(target) if is_deferrable else None
        later = next_allowed_time(hours, send_at or now, dt_util.get_default_time_zone()) if hours else None
        by_send_time.setdefault(later or send_at, set()).add(target)
    return sorted(by_send_time.items(), key=lambda part: part[0] or now)


def _only(resolved: Resolved, targets: set[str]) -> Resolved:
    return replace(
        resolved,
        numbers=tuple(number for number in resolved.numbers if number in targets),
        groups=tuple(group for group in resolved.groups if group_target(group) in targets),
    )

"""Dates of the gateway: Europe/Paris, to the minute, in five notations.

The document names no time zone; a French platform that writes local times is the safe reading.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from .exceptions import InputProblem, SmsmodeInputError

PARIS = ZoneInfo("Europe/Paris")

_DAY_FIRST = re.compile(r"(\d\d)(/?)(\d\d)\2(\d{4})[- ](\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?", re.ASCII)


def is_date_format(value: str) -> bool:
    """Return whether this is written like a date of the gateway, be it the 31st of February."""
    return bool(_DAY_FIRST.fullmatch(value) or _YEAR_FIRST.fullmatch(value))


def parse_date(value: str) -> datetime | None:
    """Parse a date of the gateway into an aware datetime in Europe/Paris; None for anything else.

    ``ddMMyyyy-HH:mm`` (p. 23), ``ddMMyyyy-HHmmss`` (p. 22), ``yyyy-MM-dd HH:mm[:ss]`` (p. 21), and
    ``dd/MM/yyyy HH:mm[:ss]``, which the real list of sent messages uses. No error: a message without a date is worth
    more than no message.
    """
    if match := _DAY_FIRST.fullmatch(value):
        day, _, month, year, hour, minute, second = match.groups("0")
    elif match := _YEAR_FIRST.fullmatch(value):
        year, month, day, hour, minute, second = match.groups("0")
    else:
        return None
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=PARIS)
    except ValueError:
        return None
    # The first and the last year overflow in other time zones, and anybody can write them into a callback.
    return moment if MINYEAR < moment.year < MAXYEAR else None


def skip_repeated_hour(moment: datetime) -> datetime:
    """Return `moment`, or the end of the hour that autumn repeats if it lies in either pass of it.

    The gateway's notation writes both passes alike, so a time in them cannot be told to it.
    """
    local = moment.astimezone(PARIS)
    second_pass = local.replace(fold=1)
    if local.replace(fold=0).utcoffset() == second_pass.utcoffset():
        return moment
    return second_pass.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + timedelta(hours=1)


def format_date(moment: datetime, *, round_up: bool = True, zone: tzinfo = PARIS) -> str:
    """Format an aware datetime as ``ddMMyyyy-HH:mm`` (p. 7), in Europe/Paris unless the gateway has another `zone`.

    Seconds round up to the next minute, or are cut off if not `round_up`. Both passes of the hour that autumn repeats
    are written alike. Raises SmsmodeInputError for a naive datetime and for one that the zone cannot express.
    """
    if moment.tzinfo is None:
        raise SmsmodeInputError(InputProblem.DATES_INVALID)
    try:
        # Compared in UTC: times of two zones are never equal in an hour that one of them repeats.
        instant = moment.astimezone(UTC)
        whole = instant.replace(second=0, microsecond=0)
        if round_up and whole != instant:
            whole += timedelta(minutes=1)
        local = whole.astimezone(zone)
    except OverflowError:
        raise SmsmodeInputError(InputProblem.DATES_INVALID) from None
    return f"{local:%d%m}{local.year:04}-{local:%H:%M}"

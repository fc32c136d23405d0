"""The gateway's clock: Europe/Paris, to the minute, in five ways of writing.

The document names no time zone; a French platform that writes local times is the safe reading.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from .exceptions import InputProblem, SmsmodeInputError

PARIS = ZoneInfo("Europe/Paris")

_DAY_FIRST = re.compile(r"(\d\d)(/?)(\d\d)\2(\d{4})[- ](\d\d):?(\d\d)(?::?(\d\d))?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?", re.ASCII)


def has_date_shape(value: str) -> bool:
    """Tell whether this is written like a date of the gateway, be it the 31st of February."""
    return bool(_DAY_FIRST.fullmatch(value) or _YEAR_FIRST.fullmatch(value))


def read_date(value: str) -> datetime | None:
    """Read ``ddMMyyyy-HH:mm``, ``ddMMyyyy-HHmmss``, ``dd/MM/yyyy HH:mm[:ss]`` or ``yyyy-MM-dd HH:mm[:ss]``.

    ``None`` for anything else: a message without a date is worth more than no message.
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
    # The first and the last year cannot be told in every time zone, and anybody can write them into a callback.
    return moment if MINYEAR < moment.year < MAXYEAR else None


def written_once(moment: datetime) -> datetime:
    """Give this moment; of the hour that autumn repeats, whose two passes are written alike, its very end."""
    local = moment.astimezone(PARIS)
    second = local.replace(fold=1)
    if local.replace(fold=0).utcoffset() == second.utcoffset():
        return moment
    return second.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + timedelta(hours=1)


def write_date(moment: datetime, *, round_up: bool = True) -> str:
    """Write ``ddMMyyyy-HH:mm`` (document p. 7), a started minute as the next one, or as itself if not `round_up`.

    The hour that autumn repeats cannot be told apart in this notation.
    """
    if moment.tzinfo is None:
        raise SmsmodeInputError(InputProblem.DATES_INVALID)
    try:
        # Compared in UTC: times of two zones are never equal in an hour that one of them repeats.
        instant = moment.astimezone(UTC)
        whole = instant.replace(second=0, microsecond=0)
        if round_up and whole != instant:
            whole += timedelta(minutes=1)
        local = whole.astimezone(PARIS)
    except OverflowError:
        raise SmsmodeInputError(InputProblem.DATES_INVALID) from None
    return f"{local:%d%m}{local.year:04}-{local:%H:%M}"

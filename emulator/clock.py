"""Clock of the gateway: real time plus an offset; dates are in Paris time unless the gateway has another zone."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Paris"
PARIS = ZoneInfo(ZONE)
PARAMETER_DATE = "%d%m%Y-%H:%M"
LIST_DATE = "%d/%m/%Y %H:%M"
REPORT_DATE = "%Y-%m-%d %H:%M:%S"
REPLY_DATE = "%d%m%Y-%H%M%S"
DAY_DATE = "%d%m%Y"
OPENS, CLOSES = time(8), time(20)
SUNDAY = 6

_PARAMETER_SHAPE = re.compile(r"\d{8}-\d{2}:\d{2}", re.ASCII)


class Clock:
    """Clock of the gateway, which the control API can move."""

    def __init__(self) -> None:
        """Start at the real time."""
        self.offset = timedelta()

    def now(self) -> datetime:
        """Return the gateway's time, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, seconds: float) -> None:
        """Move the gateway's time, backwards too."""
        self.offset += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Set the gateway's time."""
        self.offset = moment - datetime.now(UTC)


def parse_parameter_date(text: str, zone: str) -> datetime:
    """Parse `ddMMyyyy-HH:mm`, local time; ValueError for anything else."""
    if not _PARAMETER_SHAPE.fullmatch(text):
        raise ValueError(text)
    return datetime.strptime(text, PARAMETER_DATE).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(moment: datetime, pattern: str, zone: str) -> str:
    """Format a moment in local time."""
    return moment.astimezone(ZoneInfo(zone)).strftime(pattern)


def reopening(moment: datetime) -> datetime:
    """Return when marketing SMS are delivered in France: the moment itself from Monday to Saturday, 8:00 to 20:00.

    Public holidays are left out.
    """
    local = moment.astimezone(PARIS)
    is_open_day = local.weekday() != SUNDAY
    if is_open_day and OPENS <= local.time() < CLOSES:
        return moment
    day = local.date() if is_open_day and local.time() < OPENS else local.date() + timedelta(days=1)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, PARIS).astimezone(UTC)


def to_minute(moment: datetime) -> datetime:
    """Return the moment without seconds: the gateway's parameters have none."""
    return moment.replace(second=0, microsecond=0)

"""The gateway's time: real time plus an offset that the caller owns; dates are written as in Paris."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
PARAMETER_DATE = "%d%m%Y-%H:%M"
LIST_DATE = "%d/%m/%Y %H:%M"
REPORT_DATE = "%Y-%m-%d %H:%M:%S"
REPLY_DATE = "%d%m%Y-%H%M%S"
DAY_DATE = "%d%m%Y"

_PARAMETER_SHAPE = re.compile(r"\d{8}-\d{2}:\d{2}", re.ASCII)


class Clock:
    """Says what time it is at the gateway."""

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
        """Make it this time at the gateway."""
        self.offset = moment - datetime.now(UTC)


def parse_parameter_date(text: str) -> datetime:
    """Read `ddMMyyyy-HH:mm`, Paris time; ValueError when it is not one."""
    if not _PARAMETER_SHAPE.fullmatch(text):
        raise ValueError(text)
    return datetime.strptime(text, PARAMETER_DATE).replace(tzinfo=PARIS).astimezone(UTC)


def paris(moment: datetime, pattern: str) -> str:
    """Write a moment as a clock in Paris shows it."""
    return moment.astimezone(PARIS).strftime(pattern)


def to_minute(moment: datetime) -> datetime:
    """Forget the seconds, as the gateway's parameters do."""
    return moment.replace(second=0, microsecond=0)

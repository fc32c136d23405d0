"""Target: dates of the gateway, parsed and formatted."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from custom_components.smsmode.api.dates import PARIS, format_date, is_date_format, parse_date
from reliability.fuzz import generators as document
from reliability.fuzz.byte_source import ByteSource
from reliability.fuzz.invariants import attempt

_ZONES = (UTC, PARIS, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York"), timezone(timedelta(hours=14)), None)
# Around the changes of the clocks of 2026, where the pitfalls are.
_AUTUMN, _SPRING, _SUMMER = datetime(2026, 10, 25, 2), datetime(2026, 3, 29, 2), datetime(2026, 6, 1)  # noqa: DTZ001
_ANCHORS = (_AUTUMN, _SPRING, _SUMMER, datetime.min, datetime.max)  # noqa: DTZ901
# Until then Paris was nine minutes and twenty-one seconds ahead.
_WHOLE_MINUTES = 1912
_MICROSECOND = timedelta(microseconds=1)
_UNITS = (timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1), _MICROSECOND)
_DIGITS = re.compile(r"\d+")
_LENGTHS = {8 + 4, 8 + 6, *range(8 + 6 + 1, 8 + 6 + 10)}

SEEDS = tuple(
    bytes([kind]) + text.encode()
    for kind in range(3)
    for text in (
        "21122005-14:35",
        "01012013-122233",
        "21/12/2005 14:35:07",
        "2010-03-25T09:52",
        "2010-03-25 09:52:17.0",
        "0001-01-01 00:00:00",
        "31/12/9999 23:59",
    )
) + tuple(bytes([1, zone, anchor, 0, 0, 9, 0, 0, 1]) for zone in range(6) for anchor in range(5))


def read(data: bytes) -> None:
    """Read a text as a date, or write a moment and read that."""
    source = ByteSource(data)
    source.pick((_any_text, _any_moment, _written))(source)


def _any_text(source: ByteSource) -> None:
    text = source.text()
    moment = attempt(parse_date, text).value
    if moment is None:
        told = (_oracle(text, form) for form in document.DATES if is_date_format(text))
        assert all(moment is None or moment.year in {1, 9999} for moment in told), "a date that was not read"
        return
    assert is_date_format(text)
    assert sum(map(len, _DIGITS.findall(text))) in _LENGTHS
    assert moment.tzinfo is PARIS
    assert moment.microsecond == 0


def _oracle(text: str, form: str) -> datetime | None:
    try:
        moment = datetime.strptime(text, form).replace(tzinfo=PARIS)
    except ValueError:
        return None
    # Python also takes a single digit for two.
    return moment if document.date(moment, form) == text else None


def _any_moment(source: ByteSource) -> None:
    """Assert that a moment is formatted in Paris time as its minute, or as the next one."""
    zone, anchor = source.pick(_ZONES), source.pick(_ANCHORS)
    away, fold = source.below(2**14) * source.pick(_UNITS), source.below(2)
    try:
        moment = (anchor - away if anchor == datetime.max else anchor + away).replace(tzinfo=zone, fold=fold)  # noqa: DTZ901
    except OverflowError:
        return
    up, down = attempt(format_date, moment), attempt(lambda: format_date(moment, round_up=False))
    assert (up.error is None) <= (down.error is None)
    assert up.value is not None or moment.tzinfo is None or not 1 < moment.year < 9999
    if up.value is not None and down.value is not None and moment.year >= _WHOLE_MINUTES:
        _assert_minute(moment, down.value, after=False)
        _assert_minute(moment, up.value, after=True)


def _assert_minute(moment: datetime, written: str, *, after: bool) -> None:
    local = _oracle(written, document.DATES[0])
    assert local is not None
    passes = [(local.replace(fold=fold).astimezone(UTC), fold) for fold in (0, 1)]
    delays = [at - moment.astimezone(UTC) if after else moment.astimezone(UTC) - at for at, _ in passes]
    assert any(timedelta() <= delay <= timedelta(minutes=1) - _MICROSECOND for delay in delays), "another minute"


def _written(source: ByteSource) -> None:
    """Assert that each of the five forms is parsed as it was written."""
    form = source.pick(document.DATES)
    moment = datetime(2, 1, 1, tzinfo=PARIS) + timedelta(seconds=source.below(9980 * 365 * 86400))
    whole = moment if "%S" in form else moment.replace(second=0)
    assert parse_date(document.date(moment, form)) == whole

"""Writer of what was measured: docs/development/performance.md, and the figures in the README of each language."""

import re
from collections.abc import Mapping
from pathlib import Path

from .runner import Row, format_number

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "development" / "performance.md"
# The front pages, and what stands between the whole and its fraction there.
FRONT_PAGES: Mapping[Path, str] = {ROOT / "README.md": ".", ROOT / "docs" / "fr" / "README.md": ","}
# What a home feels, by the keys of the rows, with the digits that are shown. On the pages each stands between marks.
FRONT_FIGURES: Mapping[str, str] = {"calm cost": ".1f", "requests": ".0f", "writes": ".0f"}
# The rows of the summary, by their keys, and what they are called there.
SUMMARY: Mapping[str, str] = {
    "first byte calm": "From the call to the first byte at the gateway, against the floor",
    "first byte beside a busy thread": "… beside a thread that keeps Python busy",
    "turns": "Turns of the event loop before that",
    "statements": "Statements, and writes to the disk, before that",
    "states": "States that a message writes",
    "writes of a life": "Writes to the disk in the life of a message",
    "bytes": "… and what these write",
    "calm": "Processor time of a send with nothing before and after it, against the floor",
    "floor1": "… one after the other",
    "floor32": "… 32 at once",
    "instructions": "Instructions of a send, against the floor",
    "peer": "Processor time of a send, 32 at once, against the cheapest SMS integration of Home Assistant",
    "rate": "Sends per second, 32 at once, against the fastest of those",
    "connections": "New connections for 40 messages over TLS, after the first",
    "reply": "From the callback of a reply to its event, the gateway 100 ms away",
    "round trips": "Round trips of that",
    "reports": "Delivery reports per second, against a webhook that does nothing",
    "patience": "Answer that 99 % of reports do not wait longer for, at half that rate",
    "flat send": "One send however many deliveries are known, up to 100,000, against 10",
    "flat report": "… one report",
    "flat save": "… one save",
    "flat poll": "… one poll",
    "weight": "Memory of a delivery that is awaited",
    "block": "Longest block of the event loop: 10,000 deliveries saved",
    "many send_message": "… one text to 10,000 numbers",
    "many send_batch": "… 50,000 different texts",
    "block 200": "… the set-up of an account with 200 recipients",
    "block 1000": "… with 1,000",
    "triggers": "One report, with 2,000 triggers that name one of 200 recipients",
    "import": "Processor time of the import",
    "import ratio": "… against importing phonenumbers alone",
    "memory": "Memory of it",
    "text French": "Segments of a French text per second, against the fastest package",
    "text English": "… of an English one",
    "requests": "Requests on a day without messages",
    "requests busy": "… on one with ten",
    "requests after": "Requests after one message",
    "writes": "Writes to the disk on such a day",
}


def write(introduction: str, tables: list[str], rows: list[Row]) -> None:
    """Replace the page by the figures of a complete run."""
    RESULTS.write_text("\n\n".join([introduction, _summary(rows), *tables]) + "\n")


def write_front_pages(rows: list[Row]) -> None:
    """Replace the figures on the front pages."""
    found = {row.key: row.value for row in rows if row.key in FRONT_FIGURES}
    for page, point in FRONT_PAGES.items():
        text = page.read_text()
        for key, digits in FRONT_FIGURES.items():
            text = fill(text, key, f"{found[key]:{digits}}".replace(".", point))
        page.write_text(text)


def fill(page: str, key: str, figure: str) -> str:
    """Return a page with the figure of a key between its marks; ValueError unless they stand there once."""
    begin, end = f"<!-- {key} -->", "<!-- / -->"
    filled, count = re.subn(f"{begin}[^<]*{end}", f"{begin}{figure}{end}", page)
    if count != 1:
        raise ValueError(key)
    return filled


def _summary(rows: list[Row]) -> str:
    """Return the table of the rows in `SUMMARY`; a row that is missing raises KeyError."""
    found = {row.key: row for row in rows if row.key}
    lines = [
        f"| {name} | {_number(row)} | {row.floor} | {row.peer} | {_goal(row)} |"
        for row, name in ((found[key], name) for key, name in SUMMARY.items())
    ]
    head = ["| | Measured | Floor | Best peer | Goal |", "|---|---|---|---|---|"]
    return "\n".join(["## Summary", "", *head, *lines])


def _number(row: Row) -> str:
    return f"{format_number(row.value)}{row.goal.unit if row.goal else ''}"


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return f"{row.goal} ✓" if row.goal.is_met(row.value) else f"{row.goal} ✗ missed"

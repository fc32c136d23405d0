"""Writer of docs/development/performance.md: a summary of the rows that have a key, then the tables of all rows."""

from collections.abc import Mapping
from pathlib import Path

from .runner import Row, format_number

RESULTS = Path(__file__).parents[1] / "docs" / "development" / "performance.md"
# The rows of the summary, by their keys, and what they are called there.
SUMMARY: Mapping[str, str] = {
    "calm": "Processor time of a send with nothing before and after it, against the floor",
    "floor1": "… one after the other",
    "floor32": "… 32 at once",
    "instructions": "Instructions of a send, against the floor",
    "peer": "Processor time of a send, 32 at once, against the cheapest SMS integration of Home Assistant",
    "rate": "Sends per second, 32 at once, against the fastest of those",
    "connections": "New connections for 40 messages over TLS, after the first",
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
    "memory": "Memory of it",
    "text French": "Segments of a French text per second, against the fastest package",
    "text English": "… of an English one",
    "requests": "Requests on a day without messages",
    "requests busy": "… on one with ten",
    "writes": "Writes to the disk on such a day",
}


def write(introduction: str, tables: list[str], rows: list[Row]) -> None:
    """Replace the page by the figures of a complete run."""
    RESULTS.write_text("\n\n".join([introduction, _summary(rows), *tables]) + "\n")


def _summary(rows: list[Row]) -> str:
    """Return the table of the rows in `SUMMARY`; a row that is missing raises KeyError."""
    found = {row.key: row for row in rows if row.key}
    lines = [f"| {name} | {_number(found[key])} | {_goal(found[key])} |" for key, name in SUMMARY.items()]
    return "\n".join(["## Summary", "", "| | Measured | Goal |", "|---|---|---|", *lines])


def _number(row: Row) -> str:
    return f"{format_number(row.value)}{row.goal.unit if row.goal else ''}"


def _goal(row: Row) -> str:
    if row.goal is None:
        return ""
    return f"{row.goal} ✓" if row.goal.is_met(row.value) else f"{row.goal} ✗ missed"

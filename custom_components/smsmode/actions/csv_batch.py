"""CSV file of a batch as spreadsheets write it: a header, commas or semicolons, UTF-8 or Windows-1252."""

import csv
import io
import re
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

from ..errors import validation_error

COLUMNS = ("target", "message", "sender", "reference")
MAX_SIZE = 16 * 1024 * 1024


async def async_read_batch_file(hass: HomeAssistant, path: str) -> list[dict[str, str]]:
    """Return the rows of a file that Home Assistant may read. Raises a translated error for any other file."""
    if not hass.config.is_allowed_path(path):
        raise validation_error("file_not_allowed", path=path)
    try:
        lines = await hass.async_add_executor_job(_read, path)
    except OSError, ValueError, csv.Error:
        raise validation_error("file_unreadable", path=path) from None
    if lines is None:
        raise validation_error("file_columns", path=path, columns=", ".join(COLUMNS))
    return lines


def _read(path: str) -> list[dict[str, str]] | None:
    file = Path(path)
    if file.stat().st_size > MAX_SIZE:
        raise ValueError("too large")
    return parse_batch_file(file.read_bytes())


def parse_batch_file(content: bytes) -> list[dict[str, str]] | None:
    """Return the rows that are not empty; None without the columns ``target`` and ``message``.

    Raises csv.Error if a quotation mark is never closed, or a text with a delimiter has none.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = re.split("[\r\n]", text, maxsplit=1)[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    # Of the many characters that end a line in Python, csv knows two: a text may hold the others.
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, restval="")
    names = {name: name.strip().casefold() for name in reader.fieldnames or ()}
    if not {"target", "message"} <= set(names.values()):
        return None
    lines = [_cells(line, names) for line in reader]
    return [line for line in lines if line["target"] or line["message"]]


def _cells(line: dict[str | Any, Any], names: dict[str, str]) -> dict[str, str]:
    """Return the cells of our columns. Raises csv.Error for more cells than columns, so that no text is cut there."""
    if any(cell.strip() for cell in line.pop(None, ())):
        raise csv.Error("more cells than columns")
    cells = {names[name]: value.strip() for name, value in line.items()}
    return {column: cells.get(column, "") for column in COLUMNS}

"""A file of messages, as spreadsheets write it: a header, commas or semicolons, UTF-8 or what Windows makes of it."""

import csv
from pathlib import Path

from homeassistant.core import HomeAssistant

from .errors import invalid

COLUMNS = ("target", "message", "sender", "reference")
MAX_SIZE = 16 * 1024 * 1024


async def async_read_batch_file(hass: HomeAssistant, path: str) -> list[dict[str, str]]:
    """Give the lines of a file that Home Assistant may read; a translated error if it is not such a file."""
    if not hass.config.is_allowed_path(path):
        raise invalid("file_not_allowed", path=path)
    content = await hass.async_add_executor_job(_read, path)
    if content is None:
        raise invalid("file_unreadable", path=path)
    lines = parse_batch_file(content)
    if lines is None:
        raise invalid("file_columns", path=path, columns=", ".join(COLUMNS))
    return lines


def _read(path: str) -> bytes | None:
    file = Path(path)
    try:
        return file.read_bytes() if file.stat().st_size <= MAX_SIZE else None
    except OSError:
        return None


def parse_batch_file(content: bytes) -> list[dict[str, str]] | None:
    """Give the lines that have a target, None without the columns ``target`` and ``message``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    names = {name: (name or "").strip().casefold() for name in reader.fieldnames or ()}
    if not {"target", "message"} <= set(names.values()):
        return None
    lines = [{names[name]: value or "" for name, value in line.items() if name in names} for line in reader]
    return [{column: line.get(column, "").strip() for column in COLUMNS} for line in lines if line["target"].strip()]

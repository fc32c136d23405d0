"""Database files for tests, and the records that are written to them or deleted."""

import shutil
from contextlib import closing
from pathlib import Path

from custom_components.smsmode.state.account_state import Record
from custom_components.smsmode.state.database import Database


def opened(path: Path) -> closing[Database]:
    return closing(Database(path))


def put(key: str, value: object = 1, field: str = "", collection: str = "things") -> Record:
    return Record(collection, key, field, value)


def delete(key: str, collection: str = "things") -> Record:
    return Record(collection, key, "", None)


def write(path: Path, *records: Record) -> None:
    with opened(path) as database:
        database.write(records)


def read(path: Path) -> list[Record]:
    with opened(path) as database:
        return database.read()


def files(path: Path) -> set[str]:
    return {file.name.removeprefix(path.name) for file in path.parent.iterdir() if file.is_file()}


def copy_of_files(path: Path) -> Path:
    """Copy the files as they are at this moment, while the database is open: what a power failure would leave."""
    copy = path.with_name("copy") / path.name
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, copy.parent)
    return copy


LARGE = [put(str(index), f"{index} " * 300) for index in range(200)]

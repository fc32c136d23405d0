import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util.package import is_docker_env
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.smsmode.actions.csv_batch import COLUMNS, MAX_SIZE, async_read_batch_file, parse_batch_file
from custom_components.smsmode.helpers.redaction import single_line
from tests.support.translations import ACTIONS

HELLO = {"target": "Alice", "message": "Bonjour Zoé", "sender": "", "reference": ""}


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder that Home Assistant may read."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("target,message\nAlice,Bonjour Zoé\n".encode(), id="commas, UTF-8"),
        pytest.param("target;message\nAlice;Bonjour Zoé\n".encode(), id="semicolons"),
        pytest.param("\ufefftarget;message\r\nAlice;Bonjour Zoé\r\n".encode(), id="byte order mark, Windows lines"),
        pytest.param("target;message\r\nAlice;Bonjour Zoé\r\n".encode("cp1252"), id="Windows-1252"),
        pytest.param("target,message\rAlice,Bonjour Zoé\r".encode(), id="lines of an old Macintosh"),
        pytest.param("target,message\nAlice,Bonjour Zoé".encode(), id="no newline at the end"),
        pytest.param('"target","message"\n"Alice","Bonjour Zoé"\n'.encode(), id="quoted"),
        pytest.param("Message , TARGET\nBonjour Zoé,Alice\n".encode(), id="another order, other letters"),
        pytest.param("target,message,note\nAlice,Bonjour Zoé,neighbour\n".encode(), id="a column of somebody's own"),
        pytest.param("target;message\nAlice;Bonjour Zoé;;;\n;;;;\n\n".encode(), id="the empty cells of spreadsheets"),
        pytest.param("target,message\n Alice , Bonjour Zoé \n".encode(), id="spaces around"),
        pytest.param("target,message,sender,reference\nAlice,Bonjour Zoé\n".encode(), id="a short line"),
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(content: bytes) -> None:
    assert parse_batch_file(content) == [HELLO]


def test_all_columns_are_read() -> None:
    content = b"target,message,sender,reference\nAlice,Hello,ALARME,door 4\n0612345678,Hi,,\n"
    assert parse_batch_file(content) == [
        {"target": "Alice", "message": "Hello", "sender": "ALARME", "reference": "door 4"},
        {"target": "0612345678", "message": "Hi", "sender": "", "reference": ""},
    ]


@pytest.mark.parametrize(
    "text",
    [
        "one, two",
        "one; two",
        'she said "no"',
        "first line\nsecond line",
        "first line\r\nsecond line",
        "a line\u2028separator, a\u2029paragraph, a\x85next line, a\x0bvertical tab and a\x0cform feed",
        "'quoted'",
    ],
    ids=["comma", "semicolon", "quotes", "two lines", "two Windows lines", "other ends of lines", "apostrophes"],
)
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_text_may_hold_what_parts_cells_and_lines(text: str, delimiter: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([["target", "message"], ["Alice", text], ["Bob", "Hi"]])
    lines = parse_batch_file(file.getvalue().encode())
    assert [line["message"] for line in lines or []] == [text, "Hi"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"target\nAlice\n", id="no message"),
        pytest.param(b"message\nHello\n", id="no target"),
        pytest.param(b"number,text\n0612345678,Hello\n", id="other names"),
        pytest.param(b"Alice,Hello\nBob,Hello\n", id="no header"),
        pytest.param("target,message\nAlice,Hello\n".encode("utf-16"), id="UTF-16"),
        pytest.param(bytes(range(256)), id="no text at all"),
    ],
)
def test_a_file_without_its_two_columns_is_no_such_file(content: bytes) -> None:
    assert parse_batch_file(content) is None


def test_a_header_alone_is_a_file_of_nothing() -> None:
    assert parse_batch_file(b"target,message\n") == []


def test_a_line_that_lacks_its_target_or_its_text_is_not_passed_over() -> None:
    lines = parse_batch_file(b"target,message\n,Hello\nAlice,\n") or []
    assert [(line["target"], line["message"]) for line in lines] == [("", "Hello"), ("Alice", "")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'target,message\nAlice,"Hello\nBob,Hi\n', id="a quotation mark never closed"),
        pytest.param(b'target,message\nAlice,"' + b"x" * 200_000, id="a cell without end"),
        pytest.param(b"target,message\nAlice,Hello, Alice\n", id="a comma in a text without quotation marks"),
    ],
)
def test_a_file_of_which_a_text_would_be_lost_is_refused(content: bytes) -> None:
    with pytest.raises(csv.Error):
        parse_batch_file(content)


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip)


@settings(max_examples=50)
@given(st.lists(st.tuples(CELL, CELL, CELL, CELL), max_size=6), st.sampled_from([",", ";"]), st.booleans())
def test_what_a_spreadsheet_wrote_is_read_as_it_was(
    rows: list[tuple[str, str, str, str]], delimiter: str, mark: bool
) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([COLUMNS, *rows])
    content = file.getvalue().encode("utf-8-sig" if mark else "utf-8")
    expected = [dict(zip(COLUMNS, row, strict=True)) for row in rows if row[0] or row[1]]
    assert parse_batch_file(content) == expected


@settings(max_examples=100)
@given(st.one_of(st.binary(), st.binary().map(lambda tail: b"target;message\n" + tail)))
def test_any_bytes_are_lines_or_refused(content: bytes) -> None:
    try:
        lines = parse_batch_file(content)
    except csv.Error:
        return
    assert all(tuple(line) == COLUMNS for line in lines or [])


async def test_a_file_is_read_where_home_assistant_may_read(hass: HomeAssistant, folder: Path) -> None:
    (folder / "texts.csv").write_text("target,message\nAlice,Bonjour Zoé\n", encoding="utf-8")
    assert await async_read_batch_file(hass, str(folder / "texts.csv")) == [HELLO]


async def refusal(hass: HomeAssistant, path: str) -> str | None:
    with pytest.raises(ServiceValidationError) as refused:
        await async_read_batch_file(hass, path)
    assert (refused.value.translation_placeholders or {})["path"] == single_line(path)
    return refused.value.translation_key


async def test_no_file_is_read_elsewhere(hass: HomeAssistant, folder: Path) -> None:
    assert await refusal(hass, "/etc/passwd") == "file_not_allowed"
    assert await refusal(hass, str(folder / "../../../../../etc/passwd")) == "file_not_allowed"
    (folder / "link.csv").symlink_to("/etc/passwd")
    assert await refusal(hass, str(folder / "link.csv")) == "file_not_allowed"


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the machine look like a container, in which Home Assistant OS runs Home Assistant too."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    is_docker_env.cache_clear()
    yield
    is_docker_env.cache_clear()


@pytest.mark.usefixtures("container")
async def test_the_file_of_the_example_may_be_read_without_settings(hass: HomeAssistant) -> None:
    await async_process_ha_core_config(hass, {})
    # Allowed, but not there.
    assert await refusal(hass, ACTIONS["send_batch"]["fields"]["file"]["example"]) == "file_unreadable"


async def test_a_file_that_cannot_be_read_is_refused(hass: HomeAssistant, folder: Path) -> None:
    assert await refusal(hass, str(folder / "missing.csv")) == "file_unreadable"
    assert await refusal(hass, str(folder)) == "file_unreadable"
    (folder / "broken.csv").write_text('target,message\nAlice,"Hello')
    assert await refusal(hass, str(folder / "broken.csv")) == "file_unreadable"


async def test_a_file_that_is_too_large_is_refused(hass: HomeAssistant, folder: Path) -> None:
    (folder / "large.csv").write_text("target,message\nAlice,Hello\n")
    os.truncate(folder / "large.csv", MAX_SIZE + 1)
    assert await refusal(hass, str(folder / "large.csv")) == "file_unreadable"


async def test_a_file_without_its_columns_is_refused_with_their_names(hass: HomeAssistant, folder: Path) -> None:
    (folder / "other.csv").write_text("number,text\n1,2\n")
    assert await refusal(hass, str(folder / "other.csv")) == "file_columns"


async def test_a_path_that_no_file_can_have_is_refused(hass: HomeAssistant, folder: Path) -> None:
    assert await refusal(hass, str(folder / "a\0b.csv")) in {"file_not_allowed", "file_unreadable"}

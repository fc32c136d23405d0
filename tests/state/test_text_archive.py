"""The archive keeps texts of whom they belong to, within its bounds, and for no longer than it is told."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.api import Reply
from custom_components.smsmode.state import text_archive
from custom_components.smsmode.state.account_state import Record, initial_state, load_state
from custom_components.smsmode.state.text_archive import ArchivedText, TextArchive, sent_key

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ALICE, BOB = "+33612345678", "+33698765432"


def keep(archive: TextArchive, message_id: str, at: datetime = NOW, **owners: str | None) -> None:
    """Keep a message to Alice, or to those who are named."""
    numbers = {"alice": ALICE, "bob": BOB}
    parties = tuple((numbers[name], owner) for name, owner in (owners or {"alice": "1"}).items())
    archive.keep_sent(sent_key(message_id), f"text of {message_id}", parties, at)


def hear(archive: TextArchive, reply_id: str | None, *, verified: bool = True) -> None:
    """Keep a reply of Alice."""
    reply = Reply(reply_id=reply_id, received_at=NOW, sender=ALICE, text="Oui")
    archive.keep_reply(reply, "1", NOW, verified=verified)


def counted(archive: TextArchive) -> int:
    """Return the size of an archive as a start counts it."""
    return sum(entry.size for entry in archive.entries.values())


def test_a_text_is_shown_to_those_it_belongs_to() -> None:
    archive = TextArchive()
    keep(archive, "1", alice="1", bob=None)
    assert archive.text_of("1", ALICE) == archive.text_of("1", BOB) == archive.text_of("1", "group:All") == "text of 1"
    assert archive.text_of("1", "+33600000000") is None
    assert archive.text_of("2", ALICE) is None


def test_each_line_of_a_batch_has_its_own_and_goes_with_it() -> None:
    archive = TextArchive()
    for number in (ALICE, BOB):
        archive.keep_sent(sent_key("1", number), f"for {number}", ((number, None),), NOW)
    keep(archive, "2")
    assert (archive.text_of("1", ALICE), archive.text_of("1", BOB)) == (f"for {ALICE}", f"for {BOB}")
    archive.remove_messages(["1"])
    assert list(archive.entries) == ["out-2"]
    assert archive.size == counted(archive)


@pytest.mark.parametrize("reply_id", ["R1", None])
def test_what_the_gateway_confirms_takes_the_place_of_what_a_callback_said(reply_id: str | None) -> None:
    archive = TextArchive()
    hear(archive, reply_id, verified=False)
    hear(archive, "R1")
    assert [(entry.reply.reply_id, entry.verified) for entry in archive.replies()] == [("R1", True)]
    assert archive.size == counted(archive)


def test_a_reply_comes_back_as_it_was() -> None:
    archive = TextArchive()
    reply = Reply(reply_id="R1", received_at=NOW, sender=ALICE, text="Oui", message_id="1")
    archive.keep_reply(reply, None, NOW, verified=True)
    keep(archive, "1")
    assert [entry.reply for entry in archive.replies()] == [reply]


def test_of_too_much_the_oldest_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = TextArchive()
    keep(archive, "1")
    monkeypatch.setattr(text_archive, "MAX_BYTES", 2 * archive.size)
    keep(archive, "2")
    keep(archive, "3")
    assert list(archive.entries) == ["out-2", "out-3"]
    assert archive.size == counted(archive)


def test_what_was_kept_for_too_long_goes() -> None:
    archive = TextArchive()
    keep(archive, "1", NOW - timedelta(days=31))
    keep(archive, "2", NOW - timedelta(days=29))
    archive.remove_older(NOW - timedelta(days=30))
    assert list(archive.entries) == ["out-2"]


def test_what_a_clock_that_was_ahead_dated_stays_no_longer_than_what_came_now() -> None:
    archive = TextArchive()
    keep(archive, "1", NOW + timedelta(days=400))
    archive.bound_moments(NOW)
    archive.remove_older(NOW + timedelta(seconds=1))
    assert not archive.entries


def test_what_was_kept_in_this_life_follows_the_clock() -> None:
    archive, life = TextArchive(), NOW - timedelta(hours=1)
    keep(archive, "before", NOW - timedelta(days=1))
    keep(archive, "since")
    archive.shift(timedelta(days=2), life)
    assert [entry.kept_at for entry in archive.entries.values()] == [NOW - timedelta(days=1), NOW + timedelta(days=2)]


def test_the_texts_of_whoever_is_removed_go_with_them() -> None:
    archive = TextArchive()
    keep(archive, "of alice", alice="1")
    keep(archive, "of both", alice="1", bob="2")
    keep(archive, "of nobody", bob=None)
    hear(archive, "R1")
    archive.keep_only_of(lambda number: "2" if number == BOB else None)
    assert archive.text_of("of alice", ALICE) is archive.text_of("of both", ALICE) is None
    assert archive.text_of("of both", BOB) is not None
    assert list(archive.entries) == ["out-of both", "out-of nobody"]
    assert archive.size == counted(archive)
    archive.keep_only_of(lambda _number: None)
    assert not archive.entries, "a number that became a recipient has its texts from then on"


def test_it_is_read_from_the_disk_as_it_was_written() -> None:
    state = initial_state(NOW)
    keep(state.text_archive, "1", alice="1", bob=None)
    hear(state.text_archive, "R1", verified=False)
    written = [
        Record("text", key, "", {**_json(entry), "parties": [list(party) for party in entry.parties]})
        for key, entry in state.text_archive.entries.items()
    ]
    loaded, unreadable = load_state(written, NOW)
    assert not unreadable
    assert loaded.text_archive.entries == state.text_archive.entries
    assert loaded.text_archive.size == state.text_archive.size


def _json(entry: ArchivedText) -> dict[str, object]:
    received_at = entry.received_at
    return {
        "text": entry.text,
        "kept_at": entry.kept_at.isoformat(),
        "received_at": received_at and received_at.isoformat(),
        "reply_id": entry.reply_id,
        "message_id": entry.message_id,
        "verified": entry.verified,
    }

"""Only what changed is drained, in the order of insertion."""

from collections.abc import Collection
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from custom_components.smsmode.state.tracked_dict import ChangedField, TrackedDict


def loaded(*keys: str) -> TrackedDict[int]:
    """A entries as it is after a start: everything on it is on the disk."""
    entries = TrackedDict[int]()
    for index, key in enumerate(keys):
        entries.load(key, index)
    return entries


def taken(entries: TrackedDict[int]) -> tuple[set[str], list[ChangedField]]:
    removed, changed = entries.drain_changes()
    return set(removed), list(changed)


def test_what_is_put_on_it_is_to_be_written_once() -> None:
    entries = TrackedDict[int]()
    entries["a"] = 1
    entries["a"] = 2
    entries["b"] = 3
    assert taken(entries) == (set(), [("a", ""), ("b", "")])
    assert taken(entries) == (set(), [])


def test_the_latest_arrival_is_the_first_from_behind() -> None:
    entries = loaded("a", "b")
    entries["c"] = 2
    del entries["b"]
    assert (list(entries.values()), list(entries.latest_first())) == ([0, 2], [2, 0])


def test_loaded_entries_are_not_written_again() -> None:
    entries = loaded("a", "b")
    assert dict(entries) == {"a": 0, "b": 1}
    assert taken(entries) == (set(), [])


def test_only_the_parts_that_are_different_are_to_be_written() -> None:
    entries = loaded("a", "b")
    entries.mark_changed("b", "left")
    entries.mark_changed("b")
    entries.mark_changed("b", "left")
    assert taken(entries) == (set(), [("b", "left"), ("b", "")])


def test_of_what_is_taken_off_nothing_is_written_any_more() -> None:
    entries = loaded("a")
    entries["b"] = 1
    entries.mark_changed("a", "left")
    assert entries.pop("a") == 0
    del entries["b"]
    removed, changed = taken(entries)
    assert "a" in removed
    assert changed == []
    assert entries.pop("a", None) is None
    assert taken(entries) == (set(), [])


def test_a_change_of_a_deleted_entry_is_not_written() -> None:
    entries = loaded("a")
    del entries["a"]
    entries.mark_changed("a")
    entries.mark_changed("unknown", "left")
    assert taken(entries) == ({"a"}, [])


def test_a_new_entry_under_an_old_key_has_none_of_the_old_fields_and_is_last() -> None:
    entries = TrackedDict[int]()
    entries["a"] = 1
    entries.mark_changed("a", "left")
    entries["b"] = 2
    del entries["a"]
    entries["a"] = 3
    assert list(entries) == ["b", "a"]
    assert taken(entries) == ({"a"}, [("b", ""), ("a", "")])


def test_the_oldest_is_dropped_first() -> None:
    entries = loaded("a", "b")
    entries["c"] = 2
    entries["a"] = 9
    assert [entries.drop_oldest() for _ in range(2)] == [("a", 9), ("b", 1)]
    assert taken(entries) == ({"a", "b"}, [("c", "")])


def test_what_could_not_be_written_comes_before_what_changed_since() -> None:
    entries = loaded("gone")
    entries["a"] = 1
    del entries["gone"]
    removed, changed = entries.drain_changes()
    entries["b"] = 2
    entries.mark_changed("a", "left")
    entries.restore_changes(removed, changed)
    assert taken(entries) == ({"gone"}, [("a", ""), ("a", "left"), ("b", "")])


def test_of_what_could_not_be_written_and_was_taken_off_since_only_that_remains() -> None:
    entries = TrackedDict[int]()
    entries["a"] = entries["b"] = 1
    entries.mark_changed("a", "left")
    removed, changed = entries.drain_changes()
    del entries["a"]
    del entries["b"]
    entries["a"] = 2
    entries.restore_changes(removed, changed)
    assert taken(entries) == ({"a", "b"}, [("a", "")])


class Life(RuleBasedStateMachine):
    """A entries and its disk, which is written from time to time, and sometimes in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = TrackedDict[dict[str, int]]()
        self.disk: dict[str, dict[str, int]] = {}
        self.removed: Collection[str] | None = None
        self.records: dict[ChangedField, int] = {}
        self.count = count()

    @rule(key=st.sampled_from("abcd"))
    def put_on_anew(self, key: str) -> None:
        self.entries.pop(key, None)
        self.entries[key] = {"": next(self.count)}

    @rule(key=st.sampled_from("abcd"), part=st.sampled_from(["", "left", "right"]))
    def change(self, key: str, part: str) -> None:
        if key in self.entries:
            self.entries[key][part] = next(self.count)
            self.entries.mark_changed(key, part)

    @rule(key=st.sampled_from("abcd"))
    def take_off(self, key: str) -> None:
        self.entries.pop(key, None)

    @precondition(lambda self: self.removed is None)
    @rule()
    def begin_to_write(self) -> None:
        self.removed, changed = self.entries.drain_changes()
        self.records = {(key, part): self.entries[key][part] for key, part in changed}

    @precondition(lambda self: self.removed is not None)
    @rule()
    def write(self) -> None:
        for key in self.removed or ():
            self.disk.pop(key, None)
        for (key, part), value in self.records.items():
            self.disk.setdefault(key, {})[part] = value
        self.removed = None

    @precondition(lambda self: self.removed is not None)
    @rule()
    def write_in_vain(self) -> None:
        self.entries.restore_changes(self.removed or (), self.records)
        self.removed = None

    @precondition(lambda self: self.removed is None)
    @rule()
    def the_disk_has_what_the_shelf_has_in_its_order(self) -> None:
        self.begin_to_write()
        self.write()
        assert list(self.disk.items()) == list(self.entries.items())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)

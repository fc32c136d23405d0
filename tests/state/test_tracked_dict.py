from collections.abc import Collection
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from custom_components.smsmode.state.tracked_dict import ChangedField, TrackedDict


def shelf_with(*keys: str) -> TrackedDict[int]:
    """A shelf as it is after a start: everything on it is on the disk."""
    shelf = TrackedDict[int]()
    for index, key in enumerate(keys):
        shelf.load(key, index)
    return shelf


def taken(shelf: TrackedDict[int]) -> tuple[set[str], list[ChangedField]]:
    removed, changed = shelf.drain_changes()
    return set(removed), list(changed)


def test_what_is_put_on_it_is_to_be_written_once() -> None:
    shelf = TrackedDict[int]()
    shelf["a"] = 1
    shelf["a"] = 2
    shelf["b"] = 3
    assert taken(shelf) == (set(), [("a", ""), ("b", "")])
    assert taken(shelf) == (set(), [])


def test_the_latest_arrival_is_the_first_from_behind() -> None:
    shelf = shelf_with("a", "b")
    shelf["c"] = 2
    del shelf["b"]
    assert (list(shelf.values()), list(shelf.latest_first())) == ([0, 2], [2, 0])


def test_what_was_on_the_disk_already_is_not_written_again() -> None:
    shelf = shelf_with("a", "b")
    assert dict(shelf) == {"a": 0, "b": 1}
    assert taken(shelf) == (set(), [])


def test_only_the_parts_that_are_different_are_to_be_written() -> None:
    shelf = shelf_with("a", "b")
    shelf.mark_changed("b", "left")
    shelf.mark_changed("b")
    shelf.mark_changed("b", "left")
    assert taken(shelf) == (set(), [("b", "left"), ("b", "")])


def test_of_what_is_taken_off_nothing_is_written_any_more() -> None:
    shelf = shelf_with("a")
    shelf["b"] = 1
    shelf.mark_changed("a", "left")
    assert shelf.pop("a") == 0
    del shelf["b"]
    removed, changed = taken(shelf)
    assert "a" in removed
    assert changed == []
    assert shelf.pop("a", None) is None
    assert taken(shelf) == (set(), [])


def test_what_is_not_on_it_any_more_is_not_written_whoever_still_changes_it() -> None:
    shelf = shelf_with("a")
    del shelf["a"]
    shelf.mark_changed("a")
    shelf.mark_changed("unknown", "left")
    assert taken(shelf) == ({"a"}, [])


def test_what_comes_back_under_an_old_key_has_none_of_the_old_parts_and_stands_last() -> None:
    shelf = TrackedDict[int]()
    shelf["a"] = 1
    shelf.mark_changed("a", "left")
    shelf["b"] = 2
    del shelf["a"]
    shelf["a"] = 3
    assert list(shelf) == ["b", "a"]
    assert taken(shelf) == ({"a"}, [("b", ""), ("a", "")])


def test_the_oldest_is_dropped_first() -> None:
    shelf = shelf_with("a", "b")
    shelf["c"] = 2
    shelf["a"] = 9
    assert [shelf.drop_oldest() for _ in range(2)] == [("a", 9), ("b", 1)]
    assert taken(shelf) == ({"a", "b"}, [("c", "")])


def test_what_could_not_be_written_comes_before_what_changed_since() -> None:
    shelf = shelf_with("gone")
    shelf["a"] = 1
    del shelf["gone"]
    removed, changed = shelf.drain_changes()
    shelf["b"] = 2
    shelf.mark_changed("a", "left")
    shelf.restore_changes(removed, changed)
    assert taken(shelf) == ({"gone"}, [("a", ""), ("a", "left"), ("b", "")])


def test_of_what_could_not_be_written_and_was_taken_off_since_only_that_remains() -> None:
    shelf = TrackedDict[int]()
    shelf["a"] = shelf["b"] = 1
    shelf.mark_changed("a", "left")
    removed, changed = shelf.drain_changes()
    del shelf["a"]
    del shelf["b"]
    shelf["a"] = 2
    shelf.restore_changes(removed, changed)
    assert taken(shelf) == ({"a", "b"}, [("a", "")])


class Life(RuleBasedStateMachine):
    """A shelf and its disk, which is written from time to time, and sometimes in vain."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = TrackedDict[dict[str, int]]()
        self.disk: dict[str, dict[str, int]] = {}
        self.removed: Collection[str] | None = None
        self.records: dict[ChangedField, int] = {}
        self.count = count()

    @rule(key=st.sampled_from("abcd"))
    def put_on_anew(self, key: str) -> None:
        self.shelf.pop(key, None)
        self.shelf[key] = {"": next(self.count)}

    @rule(key=st.sampled_from("abcd"), part=st.sampled_from(["", "left", "right"]))
    def change(self, key: str, part: str) -> None:
        if key in self.shelf:
            self.shelf[key][part] = next(self.count)
            self.shelf.mark_changed(key, part)

    @rule(key=st.sampled_from("abcd"))
    def take_off(self, key: str) -> None:
        self.shelf.pop(key, None)

    @precondition(lambda self: self.removed is None)
    @rule()
    def begin_to_write(self) -> None:
        self.removed, changed = self.shelf.drain_changes()
        self.records = {(key, part): self.shelf[key][part] for key, part in changed}

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
        self.shelf.restore_changes(self.removed or (), self.records)
        self.removed = None

    @precondition(lambda self: self.removed is None)
    @rule()
    def the_disk_has_what_the_shelf_has_in_its_order(self) -> None:
        self.begin_to_write()
        self.write()
        assert list(self.disk.items()) == list(self.shelf.items())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)

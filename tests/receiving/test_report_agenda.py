"""Each message has its turn when it is due, and those that are gone have none."""

from datetime import UTC, datetime, timedelta
from gc import collect
from weakref import ref

from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.receiving.report_agenda import ReportQueue
from custom_components.smsmode.state.message_log import TrackedMessage
from custom_components.smsmode.state.tracked_dict import TrackedDict

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Weighed(TrackedMessage):
    """A message of which it can be seen that it is no longer kept."""


def message(message_id: str, at: datetime = NOW) -> TrackedMessage:
    return TrackedMessage(message_id=message_id, sent_at=at, codes={"+33612345678": ()})


def shelf(*messages: TrackedMessage) -> TrackedDict[TrackedMessage]:
    found = TrackedDict[TrackedMessage]()
    for each in messages:
        found[each.message_id] = each
    return found


def taken(agenda: ReportQueue, now: datetime) -> list[str]:
    return [found.message_id for found in iter(lambda: agenda.take(now), None)]


def test_oldest_is_what_was_to_be_sent_first_whenever_it_was_noted() -> None:
    found = [message("tomorrow", NOW + 24 * HOUR), message("now"), message("found late", NOW - HOUR), message("too")]
    agenda = ReportQueue(shelf(*found))
    assert taken(agenda, NOW) == ["found late", "now", "too"]
    assert taken(agenda, NOW + 24 * HOUR) == ["tomorrow"]


def test_what_comes_later_is_found_and_what_is_put_back_comes_again() -> None:
    messages = shelf(message("M1"))
    agenda = ReportQueue(messages)
    first = agenda.take(NOW)
    assert first is messages["M1"]
    messages["M2"] = message("M2", NOW + HOUR)
    agenda.put(first, NOW + 2 * HOUR)
    assert taken(agenda, NOW + HOUR) == ["M2"]
    assert taken(agenda, NOW + 2 * HOUR) == ["M1"]


def test_a_message_noted_anew_is_another_and_hides_none_before_it() -> None:
    messages = shelf(message("M1"))
    agenda = ReportQueue(messages)
    assert agenda.take(NOW) is not None
    del messages["M1"]
    for message_id in ("M2", "M1"):
        messages[message_id] = message(message_id)
    assert taken(agenda, NOW) == ["M2", "M1"]


def test_what_was_noted_anew_before_its_turn_has_one_turn() -> None:
    messages = shelf(message("M1"), message("M2", NOW + HOUR))
    agenda = ReportQueue(messages)
    assert taken(agenda, NOW - HOUR) == []
    del messages["M1"]
    messages["M1"] = message("M1")
    assert taken(agenda, NOW) == ["M1"]


def test_what_is_gone_before_its_turn_has_none_and_is_not_kept() -> None:
    weighed = Weighed(message_id="M1", sent_at=NOW, codes={})
    messages = shelf(weighed, message("M2"))
    del weighed
    agenda = ReportQueue(messages)
    assert taken(agenda, NOW - HOUR) == []
    gone = ref(messages.pop("M1"))
    assert taken(agenda, NOW) == ["M2"]
    collect()
    assert gone() is None


@given(st.lists(st.tuples(st.sampled_from(["note", "forget", "take"]), st.integers(0, 5), st.integers(0, 5))))
def test_whatever_happens_each_message_has_one_turn(events: list[tuple[str, int, int]]) -> None:
    messages = shelf()
    agenda = ReportQueue(messages)
    due: set[str] = set()
    for what, name, hour in events:
        messages.pop(f"M{name}", None)
        due.discard(f"M{name}")
        match what:
            case "note":
                messages[f"M{name}"] = message(f"M{name}", NOW + hour * HOUR)
                due.add(f"M{name}")
            case "take":
                now = NOW + hour * HOUR
                expected = {key for key in due if messages[key].sent_at <= now}
                found = taken(agenda, now)
                assert (set(found), len(found)) == (expected, len(expected))
                due -= expected

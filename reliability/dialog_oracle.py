"""Dialog oracle: what phones really answered and gateways really reported, compared with what the house made of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import Event

from .report_oracle import RANKS, ReportOracle, rank

type Json = dict[str, Any]
type Problem = tuple[str, str]

# Codes of the annex that say that somebody has a message, and the one that says that a call was taken.
DELIVERED = {11, 14, 100}
LISTENED = 16
# A house that polls once a minute, in a world that moves by a minute at a time, may know so much later.
STEP_SLACK = timedelta(seconds=150)
# Until then a gateway that fails has answered again, and the house has asked it.
HEARD_WITHIN = timedelta(minutes=9)


@dataclass(slots=True)
class ExpectedAlert:
    """Alert that was begun: the numbers of its steps, and how long each waits."""

    steps: Sequence[frozenset[str]]
    delivery_timeout: timedelta
    answer_timeout: timedelta
    # The ids of its messages, step by step, as far as the gateway has them.
    message_ids: list[str] = field(default_factory=list)
    # When somebody really took it, and whether it still ran: else it hears that for a while alone.
    taken: list[tuple[datetime, bool]] = field(default_factory=list)


@dataclass(slots=True)
class ExpectedQuestion:
    """Question that was asked, and what was really answered: when, by whom, and with which answer."""

    deadline: datetime
    answers: list[tuple[datetime, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class DialogOracle(ReportOracle):
    """Everything that really happened, by the names under which the house tells of it."""

    alerts: dict[str, ExpectedAlert] = field(default_factory=dict)
    questions: dict[str, ExpectedQuestion] = field(default_factory=dict)
    commands: Counter[str] = field(default_factory=Counter)
    # When each status of a delivery was reported.
    reported_at: defaultdict[tuple[str, str], list[tuple[datetime, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ended: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    @property
    def running(self) -> list[str]:
        """Return the alerts that have not ended."""
        return [alert_id for alert_id in self.alerts if alert_id not in self.ended]

    def is_of_alert(self, message_id: str) -> bool:
        """Return whether a message belongs to an alert that has not ended."""
        return any(message_id in self.alerts[alert_id].message_ids for alert_id in self.running)

    def note_change(self, event: Event) -> None:
        """Record that an alert has ended, if it has."""
        if event.data["state"] in {"acknowledged", "exhausted"}:
            self.ended.add(event.data["alert_id"])

    def note_status(self, message_id: str, number: str, code: int, now: datetime) -> None:
        """Record a status that the gateway really has."""
        self.statuses[message_id, number].append(code)
        self.reported_at[message_id, number].append((now, code))

    def compare_alerts(self, events: Iterable[Event]) -> Counter[str]:
        """Count what ended, skipped, held up or did not end an alert without a reason."""
        told: defaultdict[str, list[Event]] = defaultdict(list)
        for event in events:
            told[event.data["alert_id"]].append(event)
        found: Counter[str] = Counter()
        for alert_id, alert in self.alerts.items():
            for problem, detail in _AlertRecord(self, alert, told[alert_id]).problems():
                found[problem] += 1
                self.wrong.append(f"{problem} {alert_id}: {detail}")
        return found

    def compare_questions(self, events: Iterable[Event]) -> Counter[str]:
        """Count the answers that nobody gave, and the answers that nobody heard."""
        found: Counter[str] = Counter()
        heard = Counter(event.data["ask_id"] for event in events)
        for event in events:
            told = event.data["number"].removeprefix("+"), event.data["id"]
            given = [(number, answer) for _, number, answer in self.questions[event.data["ask_id"]].answers]
            found["answers_invented"] += told not in given
        for ask_id, question in self.questions.items():
            in_time = [at for at, _, _ in question.answers if at + HEARD_WITHIN < question.deadline]
            found["answers_lost"] += bool(in_time) and not heard[ask_id]
            found["answers_doubled"] += max(0, heard[ask_id] - 1)
        return found

    def compare_commands(self, outcomes: Iterable[str]) -> Counter[str]:
        """Count the commands that nobody gave, and those that were not carried out."""
        done = Counter(outcomes)
        return Counter(commands_invented=(done - self.commands).total(), commands_lost=(self.commands - done).total())

    def compare_told(self, live: Iterable[Event], late: Iterable[Event]) -> Counter[str]:
        """Count the errors in the replies that are told, each of which is told once, as the gateway has it."""
        found, told = Counter[str](), Counter[str]()
        for event in (*live, *late):
            reply = self.replies.get(event.data["reply_id"])
            is_genuine = reply is not None and _is_same(event.data, reply)
            if not event.data["verified"]:
                # What was told before it was written was foreseen, and forged.
                is_foreseen = reply is None or event.time_fired < datetime.fromisoformat(reply["received_at"])
                found["taken_for_forged"] += is_genuine and not is_foreseen
                continue
            told[event.data["reply_id"]] += 1
            found["forged_taken_for_true"] += not is_genuine
        found["replies_lost"] = len(self.replies.keys() - told.keys())
        found["replies_doubled"] = told.total() - len(told)
        return found

    def compare_forged_reports(self, events: Iterable[Event], believed: Iterable[tuple[str, str, int]]) -> Counter[str]:
        """Count the errors in the reports; ``believed`` are those that a callback may say of a message alone.

        That is what only shows: a status on its way, and the delivery of a message that belongs to no alert. A failure
        that comes after such a delivery is not told.
        """
        found, codes_of = Counter[str](), defaultdict[tuple[str, str], list[int]](list)
        for event in events:
            if event.data["message_id"] is not None:
                codes_of[event.data["message_id"], event.data["number"].removeprefix("+")].append(event.data["code"])
        may_be: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for message_id, number, code in believed:
            may_be[message_id, number].add(code)
        for delivery, codes in codes_of.items():
            known = {0, *self.statuses.get(delivery, ()), *may_be[delivery]}
            if invented := set(codes) - known:
                found["reports_invented"] += len(invented)
                self.wrong.append(f"report {invented} of {delivery} invented, known {known}, told {codes}")
            found["reports_doubled"] += len(codes) - len(set(codes))
        for delivery, codes in self.statuses.items():
            best = max(codes, key=rank)
            hidden = bool(may_be[delivery] & DELIVERED)
            if best not in codes_of[delivery] and not hidden:
                found["reports_lost"] += 1
                self.wrong.append(f"report {best} of {delivery[0]} lost, told {codes_of[delivery]}")
        return found


@dataclass(slots=True)
class _AlertRecord:
    """Course of one alert, as it was told; ``since`` is when its phase began."""

    oracle: DialogOracle
    alert: ExpectedAlert
    events: Sequence[Event]
    step: int = 1
    accepted_at: datetime | None = None
    waiting_at: datetime | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong with it."""
        for event in self.events:
            yield from self._problems_of(event)
        states = [event.data["state"] for event in self.events]
        taken_in_time = [at for at, still_ran in self.alert.taken if still_ran]
        if taken_in_time and "acknowledged" not in states:
            yield "acknowledgements_lost", f"{states}, taken at {taken_in_time[0]:%H:%M:%S}"
        if len(self.events) > 1 and not {"acknowledged", "exhausted"} & set(states):
            yield "alerts_without_end", f"{states}"

    def _problems_of(self, event: Event) -> Iterator[Problem]:
        now, state = event.time_fired, event.data["state"]
        if state in {"exhausted", "sending"} and (state == "exhausted" or event.data["step"] != self.step):
            yield from self._leaving(now)
            self.step, self.accepted_at, self.waiting_at = event.data["step"], None, None
        elif state == "delivering":
            self.accepted_at = now
        elif state == "waiting":
            self.waiting_at = now
            if not self._has_status(now, {*DELIVERED, LISTENED}):
                yield "forged_deliveries", f"step {self.step} at {now:%H:%M:%S}"
        elif state == "acknowledged" and not any(at <= now for at, _ in self.alert.taken):
            yield "forged_acknowledgements", f"step {self.step} at {now:%H:%M:%S}"

    def _leaving(self, now: datetime) -> Iterator[Problem]:
        """Yield what is wrong with the end of a step at a moment."""
        if self._all_failed(now):
            return
        since, timeout = self.accepted_at, self.alert.delivery_timeout
        if self.waiting_at is not None:
            since, timeout = self.waiting_at, self.alert.answer_timeout
        if since is None:
            yield "steps_skipped", f"step {self.step} before it was accepted, at {now:%H:%M:%S}"
        elif now - since < timeout:
            yield "steps_skipped", f"step {self.step} at {now:%H:%M:%S}, after {now - since}"
        elif now - since > timeout + STEP_SLACK:
            yield "steps_late", f"step {self.step} at {now:%H:%M:%S}, after {now - since}"

    def _statuses(self, now: datetime) -> dict[str, list[int]]:
        """Return the statuses of this step by then, by number."""
        if self.step > len(self.alert.message_ids):
            return {}
        message_id = self.alert.message_ids[self.step - 1]
        return {
            number: [code for at, code in self.oracle.reported_at[message_id, number] if at <= now]
            for number in self.alert.steps[(self.step - 1) % len(self.alert.steps)]
        }

    def _has_status(self, now: datetime, codes: set[int]) -> bool:
        return any(codes & set(known) for known in self._statuses(now).values())

    def _all_failed(self, now: datetime) -> bool:
        statuses = self._statuses(now)
        return bool(statuses) and all(any(code not in RANKS for code in known) for known in statuses.values())


def _is_same(told: Mapping[str, Any], reply: Json) -> bool:
    """Return whether a reply is told with its content; what a PIN stood before is told without it."""
    is_text = told["message"] == reply["text"] or told["message"].partition("•••• ")[2] in reply["text"].split(" ", 1)
    return is_text and told["sender"].removeprefix("+") == reply["number"]

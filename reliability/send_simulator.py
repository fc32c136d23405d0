"""Send simulator: random calls of each action that sends."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from custom_components.smsmode.const import DOMAIN
from tests.support.house import ALICE

from .send_oracle import ExpectedMessage, Outcome

# Who is written to alone and who is in a group may be the same person.
GROUPS = {"Famille": (ALICE, "+33611000002"), "Voisins": ("+33611000003", "+33611000004")}
TEXTS = (
    "Water on the kitchen floor!",
    "Fenêtre ouverte, 21 °C",
    "Pipes | and | pipes",
    "Two lines\nof text",
    "The freezer is warm. " * 9,
    "Alarm 🔥 in the garage",
)
EXPIRIES = (30, 120, 600, 3600, 7200)

type Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """Call of an action, and the messages expected of it."""

    domain: str
    action: str
    data: Json
    entries: list[ExpectedMessage]
    leaves: bool = False

    @property
    def answers(self) -> bool:
        """Return whether the action has a response."""
        return self.domain == DOMAIN

    def note_response(self, response: Json | None) -> None:
        """Record the response."""
        if response is None:
            self._set_all(Outcome.QUEUED)
        elif "campaign_id" in response:
            self._set_all(_outcome(response))
        else:
            for message in response["messages"]:
                self._set(message["recipients"], _outcome(message))
            for failure in response["failed"]:
                self._set([failure["target"]], _refused(failure["reason"]))

    def note_error(self, key: str | None) -> None:
        """Record the error."""
        self._set_all(_refused(key))

    def _set_all(self, outcome: Outcome) -> None:
        for entry in self.entries:
            entry.outcome = outcome

    def _set(self, targets: list[str], outcome: Outcome) -> None:
        for entry in self.entries:
            if set(targets) <= set(entry.targets):
                entry.outcome = outcome


def _outcome(answer: Json) -> Outcome:
    return {"accepted": Outcome.ACCEPTED, "scheduled": Outcome.ACCEPTED, "queued": Outcome.QUEUED}[answer["status"]]


def _refused(key: str | None) -> Outcome:
    return Outcome.UNCERTAIN if key == "uncertain" else Outcome.REFUSED


def _entry(mark: str, reference: str | None, targets: Iterable[str]) -> ExpectedMessage:
    """Return the expected message of one request to the gateway."""
    targets = tuple(targets)
    numbers = [number for target in targets for number in GROUPS.get(target.removeprefix("group:"), (target,))]
    item = mark, frozenset(number.removeprefix("+") for number in numbers)
    report_keys = tuple((reference, target.removeprefix("group:")) for target in targets)
    return ExpectedMessage(item=item, report_keys=report_keys, targets=targets)


class SendSimulator:
    """Simulator of calls; ``again`` are the fields with which an identical text is sent a second time."""

    def __init__(self, rng: Random, again: Json) -> None:
        """Begin with the first mark."""
        self._rng = rng
        self._again = again
        self._serials = count(1)
        self._references = count(1)
        self._weights: dict[Callable[[], list[Call]], int] = {
            self._some_numbers: 8,
            self._a_group: 2,
            self._numbers_and_a_group: 2,
            self._the_service: 4,
            self._everybody: 1,
            self._an_entity: 2,
            self._a_voice: 2,
            self._a_batch: 2,
            self._alike: 3,
        }

    def calls(self) -> list[Call]:
        """Return a call, or several that belong together."""
        (mode,) = self._rng.choices(list(self._weights), weights=list(self._weights.values()))
        return mode()

    def _mark(self) -> str:
        return f"#{next(self._serials):05}"

    def _text(self, mark: str) -> str:
        return f"{mark} {self._rng.choice(TEXTS)}"

    def _numbers(self, most: int = 1) -> list[str]:
        return [f"+3361234{number:04}" for number in self._rng.sample(range(9000), self._rng.randint(1, most))]

    def _maybe(self, probability: float, **fields: Any) -> Json:
        return fields if self._rng.random() < probability else {}

    def _options(self) -> Json:
        later = datetime.now(UTC) + timedelta(minutes=self._rng.randint(3, 300))
        manner = self._rng.choice(({}, {}, {"sender": "ALARME"}, {"stop": "always"}, {"encoding": "gsm"}))
        return (
            manner
            | {"reference": f"r{next(self._references)}"}
            | self._maybe(0.5, expires_after={"seconds": self._rng.choice(EXPIRIES)})
            | self._maybe(0.15, send_at=later.isoformat())
            | self._maybe(0.1, queue=False)
            | self._maybe(0.1, title="Home")
        )

    def _message(self, *drafts: list[str], mark: str | None = None, message: str | None = None) -> Call:
        mark = mark or self._mark()
        options = self._options()
        targets = [target for draft in drafts for target in draft]
        data = {"message": message or self._text(mark), "target": targets, **options}
        entries = [_entry(mark, options["reference"], draft) for draft in drafts]
        return Call(DOMAIN, "send_message", data, entries, leaves=self._rng.random() < 0.1)

    def _some_numbers(self) -> list[Call]:
        return [self._message(self._numbers(most=4))]

    def _a_group(self) -> list[Call]:
        return [self._message([f"group:{self._rng.choice(list(GROUPS))}"])]

    def _numbers_and_a_group(self) -> list[Call]:
        return [self._message(self._numbers(most=2), [f"group:{self._rng.choice(list(GROUPS))}"])]

    def _the_service(self) -> list[Call]:
        mark, numbers, options = self._mark(), self._numbers(most=2), self._options()
        data = {"message": self._text(mark), "target": numbers, "data": options}
        return [Call("notify", "home", data, [_entry(mark, options["reference"], numbers)])]

    def _everybody(self) -> list[Call]:
        mark, options = self._mark(), self._options()
        entries = [_entry(mark, options["reference"], [target]) for target in (ALICE, "group:Famille")]
        return [Call("notify", "home", {"message": self._text(mark), "data": options}, entries)]

    def _an_entity(self) -> list[Call]:
        mark = self._mark()
        entity_id, target = self._rng.choice((("notify.alice", ALICE), ("notify.family", "group:Famille")))
        data = {"entity_id": entity_id, "message": self._text(mark)}
        return [Call("notify", "send_message", data, [_entry(mark, None, [target])])]

    def _a_voice(self) -> list[Call]:
        """Call a number of its own: a voice message has no reference."""
        mark = self._mark()
        number = f"+337600{mark[1:]}"
        data = {"message": f"{mark} Water!", "target": [number], **self._maybe(0.5, expires_after={"minutes": 3})}
        return [Call(DOMAIN, "send_voice_message", data, [_entry(mark, None, [number])])]

    def _a_batch(self) -> list[Call]:
        mark, options, numbers = self._mark(), self._options(), self._numbers(most=5)
        fields = {name: value for name, value in options.items() if name not in {"title", "encoding"}}
        rows = [{"target": number, "message": f"{mark} Water! {number[-2:]}"} for number in numbers]
        entry = _entry(mark, options["reference"], numbers)
        return [Call(DOMAIN, "send_batch", {"messages": rows, **fields}, [entry])]

    def _alike(self) -> list[Call]:
        """Send the same to the same number several times."""
        first = self._message(self._numbers())
        first.data |= self._again
        others = [self._like(first) for _ in range(self._rng.randint(1, 3))]
        return [first, *others]

    def _like(self, call: Call) -> Call:
        (entry,) = call.entries
        reference = f"r{next(self._references)}"
        data = call.data | {"reference": reference}
        return Call(call.domain, call.action, data, [_entry(entry.item[0], reference, entry.targets)])

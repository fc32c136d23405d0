"""Dialog simulator: alerts, questions, messages and commands of a house, and what phones and the gateway really do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from custom_components.smsmode.const import DOMAIN
from tests.support.command_house import PIN
from tests.support.gateway import GatewayMessage
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

from .dialog_oracle import LISTENED, DialogOracle, ExpectedAlert, ExpectedQuestion
from .reply_simulator import CALLBACK_MODES

type Json = dict[str, Any]

MAX_RUNNING = 3
PEOPLE = frozenset({ALICE_DIGITS, BOB_DIGITS})
NUMBERS = {ALICE: frozenset({ALICE_DIGITS}), BOB: frozenset({BOB_DIGITS})}
STEPS: tuple[Json, ...] = (
    {"target": [ALICE]},
    {"target": [BOB]},
    {"target": [ALICE, BOB]},
    {"target": [ALICE], "how": "voice"},
    {"target": [BOB], "how": "voice"},
)
TAKES, CHATS = ("OK", "OK, merci"), ("Who is this?", "?", "Rappelle-moi")
ANSWERS = {"OUI": "yes", "oui merci": "yes", "NON": "no"}
COMMANDS = {f"{PIN} Lights off": "Lights off done", "Status": "Status done", "Lights off": "Lights off pin_missing"}
SEQUENCES = ((13, 11), (13, 11), (11,), (13, 3523), (21,), (3998,), (13,))
CALLS = ((16,), (13, 16), (50,), (13,))


class DialogSimulator:
    """Everybody who tells the truth: those at home, those with phones, and the gateway."""

    def __init__(self, house: House, rng: Random, oracle: DialogOracle) -> None:
        """Begin in silence; what happens is recorded in the oracle."""
        self._house = house
        self._gateway = house.gateway
        self._rng = rng
        self.oracle = oracle
        self._serial = 0
        self._sequences: dict[tuple[str, str], list[int]] = {}
        self._followed: set[str] = set()
        self.messages: list[GatewayMessage] = []

    async def act(self) -> None:
        """Let one thing happen."""
        acts: dict[Callable[[], Awaitable[None]], float] = {
            self._alert: 1.5,
            self._ask: 1,
            self._send: 1,
            self._command: 1,
            self._take: 1,
            self._answer: 1,
            self._chat: 1,
            self._report: 5,
        }
        (act,) = self._rng.choices(list(acts), weights=list(acts.values()))
        await act()
        await self._house.async_settle()

    async def follow(self) -> None:
        """Note which messages the gateway has by now, and of which alert each is."""
        self.messages = await self._gateway.messages()
        for message in self.messages:
            if message.id not in self._followed:
                self._followed.add(message.id)
                self._begin_delivery(message)

    def _begin_delivery(self, message: GatewayMessage) -> None:
        if not PEOPLE.issuperset(message.numbers):
            # Of another program.
            return
        alert_id = message.text.partition(":")[0]
        if (alert := self.oracle.alerts.get(alert_id)) is not None:
            alert.message_ids.append(message.id)
        for number in message.numbers:
            sequences = SEQUENCES if message.kind == "sms" else CALLS
            self._sequences[message.id, number] = list(self._rng.choice(sequences))

    async def _alert(self) -> None:
        if len(self.oracle.running) >= MAX_RUNNING:
            return
        alert_id = self._mark("alert")
        steps = self._rng.sample(STEPS, self._rng.randint(2, 4))
        waits = {"delivery_timeout": {"minutes": 4}, "answer_timeout": {"minutes": 10}}
        self.oracle.alerts[alert_id] = ExpectedAlert(
            steps=[frozenset[str]().union(*map(NUMBERS.__getitem__, step["target"])) for step in steps],
            delivery_timeout=timedelta(minutes=4),
            answer_timeout=timedelta(minutes=10),
        )
        await self._house.async_call(
            "alert",
            alert_id=alert_id,
            message=f"{alert_id}: water! Answer OK",
            steps=[step | waits for step in steps],
            listened_acknowledges=True,
            tell_others="{recipient} takes care of it.",
        )

    async def _ask(self) -> None:
        ask_id = self._mark("question")
        timeout = timedelta(minutes=20)
        self.oracle.questions[ask_id] = ExpectedQuestion(datetime.now(UTC) + timeout)
        data = {
            "ask_id": ask_id,
            "question": f"{ask_id}: close the shutters?",
            "target": [ALICE, BOB],
            "ready_answers": "yes_no",
            "timeout": {"seconds": timeout.total_seconds()},
        }
        await self._house.hass.services.async_call(DOMAIN, "ask", data, blocking=True)

    async def _send(self) -> None:
        target = self._rng.choice((ALICE, BOB))
        await self._house.async_call("send_message", message=self._mark("note"), target=[target], reply=True)

    async def _command(self) -> None:
        text = self._rng.choice(list(COMMANDS))
        self.oracle.commands[COMMANDS[text]] += 1
        await self._reply(ALICE_DIGITS, text)

    async def _take(self) -> None:
        """Answer OK to an alert that runs."""
        if (message := self._message_of(self.oracle.running)) is None:
            return
        number = self._rng.choice(message.numbers)
        self._note_taken(message)
        await self._reply(number, self._rng.choice(TAKES), message.id)

    def _note_taken(self, message: GatewayMessage) -> None:
        alert_id = message.text.partition(":")[0]
        self.oracle.alerts[alert_id].taken.append((datetime.now(UTC), alert_id in self.oracle.running))

    async def _answer(self) -> None:
        """Answer a question that is open for long enough."""
        now = datetime.now(UTC)
        is_open = [ask_id for ask_id, question in self.oracle.questions.items() if question.deadline > now]
        if (message := self._message_of(is_open)) is None:
            return
        number, text = self._rng.choice(message.numbers), self._rng.choice(list(ANSWERS))
        await self._reply(number, text, message.id)
        question = self.oracle.questions[message.text.partition(":")[0]]
        question.answers.append((now, number, ANSWERS[text]))

    async def _chat(self) -> None:
        """Write something that answers nothing."""
        texts = [message for message in self.messages[-12:] if message.message_class == 4]
        message_id = self._rng.choice(texts).id if texts and self._rng.random() < 0.5 else None
        number = BOB_DIGITS if message_id is None else self._rng.choice(self._of(message_id).numbers)
        await self._reply(number, self._rng.choice(CHATS), message_id)

    async def _report(self) -> None:
        """Report the next status of a delivery, one of the latest if possible."""
        if not self._sequences:
            return
        delivery = self._rng.choice(list(self._sequences)[-8:])
        code = self._sequences[delivery].pop(0)
        if not self._sequences[delivery]:
            del self._sequences[delivery]
        self.oracle.note_status(*delivery, code, datetime.now(UTC))
        message = self._of(delivery[0])
        if code == LISTENED:
            self._note_taken(message)
        await self._gateway.report(*delivery, code, self._callback_mode())

    async def finish(self) -> None:
        """Report what is left of all deliveries."""
        while self._sequences:
            await self._report()

    async def _reply(self, number: str, text: str, message_id: str | None = None) -> None:
        mode = self._callback_mode()
        reply = await self._gateway.reply(number, text, message_id, mode, stray=message_id is None)
        self.oracle.replies[reply["id"]] = reply

    def _message_of(self, names: list[str]) -> GatewayMessage | None:
        """Return a text message that can be answered and belongs to one of these alerts or questions."""
        answerable = [
            each for each in self.messages if each.message_class == 4 and each.text.partition(":")[0] in names
        ]
        return self._rng.choice(answerable) if answerable else None

    def _of(self, message_id: str) -> GatewayMessage:
        return next(message for message in self.messages if message.id == message_id)

    def _callback_mode(self) -> str:
        # Later than a quarter of an hour nothing is heard by the list alone.
        modes = {mode: weight for mode, weight in CALLBACK_MODES.items() if mode != "late:7000"}
        return self._rng.choices(list(modes), weights=list(modes.values()))[0]

    def _mark(self, kind: str) -> str:
        self._serial += 1
        return f"{kind} {self._serial}"

"""The state of the gateway and what changes it; knows nothing of HTTP."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from string import ascii_letters, digits

from .clock import Clock
from .codes import AT_OPERATOR, AUTHENTICATION, BLOCKED, CREDIT, LISTENED, RECEIVED, SCHEDULED, SENT, Refusal
from .models import SHORT_CODE, Account, Delivery, Message, Reply, Token
from .scheduler import Agenda

FINAL = {"sms": RECEIVED, "voice": LISTENED}
ID_CHARACTERS = ascii_letters + digits
MAX_MESSAGES = 100_000
RINGING = 3  # a voice message rings three times as long as another step takes

type Callback = bool | str
type Listener = Callable[[Delivery | Reply | str, Callback], None]


def new_id(length: int = 12) -> str:
    """Make an identifier as the gateway does: letters and digits."""
    return "".join(secrets.choice(ID_CHARACTERS) for _ in range(length))


@dataclass
class Options:
    """What the back door can change about the manners of the gateway."""

    progression: float | None = None
    price: Decimal = Decimal(1)
    separators: dict[str, str] = field(default_factory=lambda: {"smsList.do": "\n\n", "responseList.do": "\n"})
    date_formats: dict[str, str] = field(
        default_factory=lambda: {"smsList.do": "%d/%m/%Y %H:%M", "responseList.do": "%d%m%Y-%H:%M"}
    )
    trailing_pipe: bool = False
    all_numbers: bool = False
    reports_selected: bool = True
    charset: str = "iso-8859-15"
    callbacks: str = "now"
    callback_charset: str = "utf-8"
    callback_cost: bool = False
    refund: bool = True


class World:
    """Everything the gateway knows; tells its listeners what changes."""

    def __init__(self, *, token: str, balance: Decimal, progression: float | None = None) -> None:
        """Open an account with one key."""
        self.clock = Clock()
        self.listeners: list[Listener] = []
        self._begin = (token, balance, progression)
        self.reset()

    def reset(self) -> None:
        """Forget everything but the key and the credits of the start."""
        token, balance, progression = self._begin
        self.clock.offset = timedelta()
        self.options = Options(progression=progression)
        self.agenda = Agenda()
        self.main = Account("demo", balance)
        self.accounts = {self.main.username: self.main}
        self.tokens = {token: Token(self.main, None)}
        self.messages: dict[str, Message] = {}
        self.off: set[str] = set()
        self.blocked: set[str] = set()
        self.waiting: dict[str, list[Delivery]] = {}
        self.tell("reset")

    def tell(self, news: Delivery | Reply | str, callback: Callback = True) -> None:
        """Pass on a change."""
        for listener in self.listeners:
            listener(news, callback)

    def settle(self) -> None:
        """Let everything happen that is due by now."""
        self.agenda.settle(self.clock.now())

    def authenticate(self, token: str) -> Account:
        """Return the account of a key, or refuse it."""
        known = self.tokens.get(token)
        if known is None or (known.expires_at and known.expires_at <= self.clock.now()):
            raise Refusal(AUTHENTICATION)
        return known.account

    def spend(self, account: Account, amount: Decimal) -> None:
        """Take credits from an account, or refuse for want of them."""
        if amount > account.balance and not account.post_paid:
            raise Refusal(CREDIT)
        self.credit(account, -amount)

    def credit(self, account: Account, amount: Decimal) -> None:
        """Give credits to an account."""
        account.balance += amount
        self.tell("balance")

    def accept(self, message: Message) -> None:
        """Charge a composed message, write it down, and send it when its time comes."""
        message.cost = self.options.price * sum(delivery.segments for delivery in message.deliveries)
        self.spend(message.account, message.cost)
        self.messages[message.id] = message.account.messages[message.id] = message
        for delivery in message.deliveries:
            message.account.by_number.setdefault(delivery.number, []).append(message.id)
        if len(self.messages) > MAX_MESSAGES:
            self.forget(next(iter(self.messages.values())))
        if message.leaves_at > self.clock.now():
            self.agenda.at(message.leaves_at, partial(self._leave, message))
            self._announce(message)
        else:
            self._leave(message, self.clock.now())

    def _announce(self, message: Message) -> None:
        for delivery in message.deliveries:
            self.tell(delivery, callback=False)

    def _leave(self, message: Message, at: datetime) -> None:
        if message.deleted:
            return
        for delivery in message.deliveries:
            blocked = delivery.number in self.blocked
            self.report(delivery, BLOCKED if blocked else SENT, at=at, callback=blocked)
            if not blocked and self.options.progression is not None:
                self._later(delivery, at, 1)

    def _later(self, delivery: Delivery, at: datetime, steps: int) -> None:
        due = at + timedelta(seconds=(self.options.progression or 0) * steps)
        self.agenda.at(due, partial(self._progress, delivery))

    def _progress(self, delivery: Delivery, at: datetime) -> None:
        before = delivery.status
        self.step(delivery, at)
        if before == SENT:
            self._later(delivery, at, RINGING if delivery.message.kind == "voice" else 1)

    def step(self, delivery: Delivery, at: datetime) -> None:
        """Take a delivery one step on: sent, at the operator, received or listened to."""
        if delivery.message.deleted:
            return
        if delivery.status == SENT:
            self.report(delivery, AT_OPERATOR, at=at)
        elif delivery.status == AT_OPERATOR and delivery.number in self.off:
            self.waiting.setdefault(delivery.number, []).append(delivery)
        elif delivery.status == AT_OPERATOR:
            self.report(delivery, FINAL[delivery.message.kind], at=at)

    def report(self, delivery: Delivery, status: int, *, at: datetime, callback: Callback = True) -> None:
        """Give a delivery its new status."""
        delivery.status, delivery.at = status, at
        self.tell(delivery, callback)

    def switch(self, number: str, *, on: bool) -> None:
        """Switch a telephone on or off; what waited for it arrives."""
        if not on:
            self.off.add(number)
        else:
            self.off.discard(number)
            for delivery in self.waiting.pop(number, []):
                self.step(delivery, self.clock.now())
        self.tell("phones")

    def reply(self, number: str, text: str, message: Message | None, *, callback: Callback = True) -> Reply:
        """Take an answer from a telephone; STOP costs a credit and bars the number (p. 9)."""
        account = message.account if message else self.main
        sent = message.to(number)[-1:] if message else []
        reference = sent[0].reference if sent else ""
        reply = Reply(new_id(), self.clock.now(), number, text, SHORT_CODE, message, reference)
        account.replies.append(reply)
        if text.strip().upper() == "STOP":
            self.blocked.add(number)
            self.credit(account, Decimal(-1))
        self.tell(reply, callback)
        return reply

    def forget(self, message: Message) -> None:
        """Strike a message from the history."""
        message.deleted = True
        del message.account.messages[message.id]
        self.messages.pop(message.id, None)

    def cancel(self, message: Message) -> None:
        """Delete a message; the credits of one that has not left come back, unless this gateway keeps them."""
        if message.status() == SCHEDULED and self.options.refund:
            self.credit(message.account, message.cost)
        self.forget(message)
        self._announce(message)

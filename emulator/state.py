"""State of the gateway and its changes, without HTTP."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from string import ascii_letters, digits

from .clock import ZONE, Clock, reopening
from .codes import (
    AT_OPERATOR,
    AUTHENTICATION,
    BLOCKED,
    CREDIT,
    LISTENED,
    RECEIVED,
    REJECTED,
    SCHEDULED,
    SENT,
    Refusal,
)
from .models import SHORT_CODE, Account, Delivery, Message, Reply, Token
from .scheduler import Scheduler

FINAL = {"sms": RECEIVED, "voice": LISTENED}
ID_CHARACTERS = ascii_letters + digits
MAX_MESSAGES = 100_000
FRANCE = "33"
# What becomes of an SMS to France at night and on Sundays.
NIGHTS = ("sends", "holds", "rejects")
# What becomes of a message that is to leave at a time that is over.
PAST_DATES = ("refused", "sent")
FOREIGN_CLASS = 2
LISTS = ("smsList.do", "responseList.do")
RINGING_STEPS = 3  # a voice message rings three times as long as another step takes

type Callback = bool | str
type Listener = Callable[[Delivery | Reply | str, Callback], None]


def new_id(length: int = 12) -> str:
    """Return a new identifier: letters and digits."""
    return "".join(secrets.choice(ID_CHARACTERS) for _ in range(length))


@dataclass
class Options:
    """Settings of the gateway that the control API can change; dictionaries are by endpoint."""

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
    key_by_post: bool = True
    balance_thousands: str = ""
    balance_decimal: str = "."
    balance_unit: str = ""
    callbacks: str = "now"
    callback_charset: str = "utf-8"
    callback_cost: bool = False
    refund: bool = True
    date_header: bool = True
    sent_list_lag: float = 0
    night: str = NIGHTS[0]
    past_dates: str = PAST_DATES[0]
    zone: str = ZONE
    reuse_ids: bool = False
    # The password of the main account, where a name and a password are taken in place of a key.
    password: str = ""
    escaped: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LISTS, False))
    ascending: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(LISTS, False))
    unparsable_rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LISTS, 0))


class GatewayState:
    """State of the gateway: accounts, messages, replies, phones; notifies its listeners of changes."""

    def __init__(self, *, token: str, balance: Decimal, progression: float | None = None) -> None:
        """Create an account with one key."""
        self.clock = Clock()
        self.listeners: list[Listener] = []
        self._begin = (token, balance, progression)
        self.reset()

    def reset(self) -> None:
        """Reset everything but the key and the credits of the start."""
        token, balance, progression = self._begin
        self.clock.offset = timedelta()
        self.options = Options(progression=progression)
        self.scheduler = Scheduler()
        self.main = Account("demo", balance)
        self.accounts = {self.main.username: self.main}
        self.tokens = {token: Token(self.main, None)}
        self.messages: dict[str, Message] = {}
        self.freed_ids: list[str] = []
        self.off: set[str] = set()
        self.blocked: set[str] = set()
        self.waiting: dict[str, list[Delivery]] = {}
        self.notify("reset")

    def notify(self, change: Delivery | Reply | str, callback: Callback = True) -> None:
        """Notify the listeners of a change."""
        for listener in self.listeners:
            listener(change, callback)

    def run_due(self) -> None:
        """Run the scheduled actions that are due."""
        self.scheduler.run_due(self.clock.now())

    def authenticate(self, token: str) -> Account:
        """Return the account of a key; Refusal if the key is unknown or expired."""
        known = self.tokens.get(token)
        if known is None or (known.expires_at and known.expires_at <= self.clock.now()):
            raise Refusal(AUTHENTICATION)
        return known.account

    def log_in(self, username: str, password: str) -> Account:
        """Return the main account by its name and password; Refusal if they are wrong."""
        if (username, password) != (self.main.username, self.options.password):
            raise Refusal(AUTHENTICATION)
        return self.main

    def new_message_id(self) -> str:
        """Return the identifier of a new message: that of a deleted one where they are used again."""
        return self.freed_ids.pop() if self.options.reuse_ids and self.freed_ids else new_id()

    def spend(self, account: Account, amount: Decimal) -> None:
        """Take credits from an account; Refusal if it has too few."""
        if amount > account.balance and not account.post_paid:
            raise Refusal(CREDIT)
        self.credit(account, -amount)

    def credit(self, account: Account, amount: Decimal) -> None:
        """Add credits to an account."""
        account.balance += amount
        self.notify("balance")

    def accept(self, message: Message) -> None:
        """Charge a composed message, store it, and send it now or at its time."""
        message.cost = self.options.price * sum(delivery.segments for delivery in message.deliveries)
        self.spend(message.account, message.cost)
        self._store(message)
        if message.leaves_at > self.clock.now():
            self.scheduler.at(message.leaves_at, partial(self._send, message))
            self._announce(message)
        else:
            self._send(message, self.clock.now())

    def add_foreign_messages(self, count: int, number: str, text: str) -> None:
        """Add messages to the main account that another program sent: received already, and not charged here."""
        now = self.clock.now()
        for _ in range(count):
            message = Message(new_id(), self.main, "sms", FOREIGN_CLASS, created_at=now, leaves_at=now)
            message.deliveries.append(Delivery(message, 0, number, text, SHORT_CODE, "", 1, RECEIVED, now))
            self._store(message)
        self.notify("messages")

    def _store(self, message: Message) -> None:
        self.messages[message.id] = message.account.messages[message.id] = message
        for delivery in message.deliveries:
            message.account.by_number.setdefault(delivery.number, []).append(message.id)
        if len(self.messages) > MAX_MESSAGES:
            self.remove(next(iter(self.messages.values())))

    def _announce(self, message: Message) -> None:
        for delivery in message.deliveries:
            self.notify(delivery, callback=False)

    def _send(self, message: Message, at: datetime) -> None:
        if message.deleted:
            return
        opens_at = reopening(at)
        for delivery in message.deliveries:
            is_closed = opens_at > at and delivery.number.startswith(FRANCE)
            if delivery.number in self.blocked:
                self.report(delivery, BLOCKED, at=at)
            elif is_closed and self.options.night == "rejects":
                self.report(delivery, REJECTED, at=at)
            elif is_closed and self.options.night == "holds":
                self.report(delivery, SENT, at=at, callback=False)
                delivery.held_until = opens_at
                self._progress_from(delivery, opens_at)
            else:
                self.report(delivery, SENT, at=at, callback=False)
                self._progress_from(delivery, at)

    def _progress_from(self, delivery: Delivery, at: datetime) -> None:
        if self.options.progression is not None:
            self._schedule_progress(delivery, at, 1)

    def _schedule_progress(self, delivery: Delivery, at: datetime, steps: int) -> None:
        due = at + timedelta(seconds=(self.options.progression or 0) * steps)
        self.scheduler.at(due, partial(self._progress, delivery))

    def _progress(self, delivery: Delivery, at: datetime) -> None:
        before = delivery.status
        self.step(delivery, at)
        if before == SENT:
            self._schedule_progress(delivery, at, RINGING_STEPS if delivery.message.kind == "voice" else 1)

    def step(self, delivery: Delivery, at: datetime) -> None:
        """Advance a delivery by one status: sent, at the operator, received or listened to."""
        if delivery.message.deleted or (delivery.held_until is not None and at < delivery.held_until):
            return
        if delivery.status == SENT:
            self.report(delivery, AT_OPERATOR, at=at)
        elif delivery.status == AT_OPERATOR and delivery.number in self.off:
            self.waiting.setdefault(delivery.number, []).append(delivery)
        elif delivery.status == AT_OPERATOR:
            self.report(delivery, FINAL[delivery.message.kind], at=at)

    def report(self, delivery: Delivery, status: int, *, at: datetime, callback: Callback = True) -> None:
        """Set the status of a delivery."""
        delivery.status, delivery.at = status, at
        self.notify(delivery, callback)

    def set_phone(self, number: str, *, on: bool) -> None:
        """Switch a phone on or off; messages that waited for it arrive."""
        if not on:
            self.off.add(number)
        else:
            self.off.discard(number)
            for delivery in self.waiting.pop(number, []):
                self.step(delivery, self.clock.now())
        self.notify("phones")

    def reply(self, number: str, text: str, message: Message | None, *, callback: Callback = True) -> Reply:
        """Store a reply of a phone; STOP costs a credit and blocks the number (p. 9)."""
        account = message.account if message else self.main
        sent = message.to(number)[-1:] if message else []
        reference = sent[0].reference if sent else ""
        reply = Reply(new_id(), self.clock.now(), number, text, SHORT_CODE, message, reference)
        account.replies.append(reply)
        if text.strip().upper() == "STOP":
            self.blocked.add(number)
            self.credit(account, Decimal(-1))
        self.notify(reply, callback)
        return reply

    def remove(self, message: Message) -> None:
        """Remove a message from the history."""
        message.deleted = True
        del message.account.messages[message.id]
        self.messages.pop(message.id, None)
        self.freed_ids.append(message.id)

    def cancel(self, message: Message) -> None:
        """Delete a message; a scheduled one is refunded, unless the setting `refund` is off."""
        if message.status() == SCHEDULED and self.options.refund:
            self.credit(message.account, message.cost)
        self.remove(message)
        self._announce(message)

"""For tests: the account state that `tests/state/fixtures/smsmode-v1.db` holds, with every kind of record in it.

The file was written by the code of commit 5cde746, the last with version 1 of the schema, from the same values under
the names of that time. All numbers are invented.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    StopClause,
    VoiceLanguage,
    VoiceRequest,
)
from custom_components.smsmode.state.account_state import AccountState, initial_state
from custom_components.smsmode.state.alert_phases import AlertPhase
from custom_components.smsmode.state.alert_steps import AlertStep, Channel
from custom_components.smsmode.state.alerts import Alert
from custom_components.smsmode.state.budget import BudgetPool, Expense
from custom_components.smsmode.state.command_limits import CommanderState
from custom_components.smsmode.state.message_log import LastStatus, TrackedMessage
from custom_components.smsmode.state.outbox import MessageKind, OutboxItem, Phase
from custom_components.smsmode.state.questions import Answer, Question
from custom_components.smsmode.state.scheduled import ScheduledMessage
from custom_components.smsmode.state.watchdog import HeldMessage, WatchdogState

VERSION_1_FILE = Path(__file__).parents[1] / "state" / "fixtures" / "smsmode-v1.db"
# The same, migrated by the code of commit 0e7f4b4: the last that kept neither origin nor segments of a message.
VERSION_2_FILE = VERSION_1_FILE.with_name("smsmode-v2.db")
NOW = datetime(2026, 6, 10, 12, 30, 15, 123456, tzinfo=UTC)
PARIS = timezone(timedelta(hours=2))
ALICE, BOB, CAROL = "+33639980001", "+33639980002", "+262639980003"


def at(minutes: float) -> datetime:
    """A moment, in minutes from that at which the file was written."""
    return NOW + timedelta(minutes=minutes)


def version_1_state() -> AccountState:
    """Every kind of record, in the order in which it was written."""
    state = initial_state(NOW)
    state.outbox.add(_outbox_items())
    for message in _messages():
        state.message_log.messages[message.message_id] = message
        for number in message.codes:
            state.message_log.messages.mark_changed(message.message_id, number)
    state.message_log.recount()
    _fill_message_log(state)
    _fill_budget(state)
    for scheduled in _scheduled():
        state.schedule.items[scheduled.message_id or ""] = scheduled
    for question in _questions():
        state.questions.all[question.key] = question
    for alert in _alerts():
        state.alerts.all[alert.key] = alert
    state.commands.records["commander-1"] = CommanderState(
        handled_at=[at(-30), at(-1)],
        wrong_pins_at=[at(-2)],
        locked_until=at(50),
        answered_digest="6f1c0a4b2d3e4f5a6b7c8d9e",
        answered_at=at(-1),
        answer_ids=["M90", "M91"],
    )
    state.commands.records["commander-2"] = CommanderState()
    for key, watchdog in _watchdogs().items():
        state.watchdogs[key] = watchdog
    return state


def _outbox_items() -> list[OutboxItem]:
    return [
        OutboxItem(
            key="waiting",
            request=MessageRequest(text="Fuite d'eau, à l'étage", numbers=(ALICE, BOB), reference="door 4"),
            expense=Expense(at=NOW.astimezone(PARIS), costs=((ALICE, 1), (BOB, 1))),
            expires_at=at(60),
            due=at(2),
            attempts=3,
            attempted_at=at(-1),
        ),
        OutboxItem(
            key="leaving",
            request=VoiceRequest(text="Alarm", numbers=(ALICE,), title="House", language=VoiceLanguage.GERMAN),
            expense=Expense(at=NOW, costs=((ALICE, 2),), pool=BudgetPool.URGENT),
            expires_at=at(30),
            due=NOW,
            phase=Phase.SENDING,
            attempts=1,
            attempted_at=NOW,
        ),
        OutboxItem(
            key="doubtful",
            request=BatchRequest(
                rows=(BatchRow(number=BOB, text="1", sender="HOUSE", reference="r1"), BatchRow(number=CAROL, text="2")),
                sender="HOUSE",
                reference="batch",
                send_at=at(120),
                stop=StopClause.IF_FREE,
            ),
            expense=Expense(at=NOW, costs=((BOB, 1), (CAROL, 1))),
            expires_at=at(15),
            due=at(1),
            may_retry=False,
            phase=Phase.UNCERTAIN,
            attempts=2,
            attempted_at=at(-3),
            lookup_count=1,
            failed_lookups=2,
        ),
        OutboxItem(
            key="held",
            request=MessageRequest(
                text="The house is silent", message_class=MessageClass.UNICODE, group="Famille", send_at=at(240)
            ),
            expense=Expense(at=NOW, costs=(("group:Famille", 3),), pool=BudgetPool.PROVISIONAL),
            expires_at=at(5),
            due=NOW,
        ),
    ]


def _messages() -> list[TrackedMessage]:
    return [
        TrackedMessage(message_id="M1", sent_at=at(-300), codes={ALICE: (13,), BOB: (0, 2)}, reference="both"),
        TrackedMessage(message_id="M2", sent_at=at(-200), codes={CAROL: ()}, content="0123456789abcdef"),
        TrackedMessage(message_id="M3", sent_at=at(-100), codes={BOB: (11,)}, group="Famille", is_complete=False),
    ]


def _fill_message_log(state: AccountState) -> None:
    log = state.message_log
    log.last_status = LastStatus(
        status=MessageStatus.RECEIVED, code=11, message_id="M3", number=BOB, reference=None, received_at=at(-90)
    )
    log.last_status_of[ALICE] = LastStatus(
        status=MessageStatus.ACCEPTED, message_id="M1", number=ALICE, reference="both", received_at=at(-300)
    )
    log.last_status_of["group:Famille"] = log.last_status
    log.last_reply = Reply(
        reply_id="R1",
        received_at=at(-20),
        sender=ALICE,
        text="OK",
        short_code="36034",
        message_id="M1",
        reference="both",
    )
    log.segments_sent = 42
    log.reply_history.cutoff = at(-10_000)
    log.reply_history.read_at = at(-5)
    log.reply_history.ids["R1"] = at(-20)
    log.reply_history.contents["a1b2c3d4e5f60718293a4b5c"] = at(-20)
    log.reply_history.without_id["c5b4a3928170f6e5d4c3b2a1"] = at(-19)
    log.reply_history.unconfirmed["R2"] = at(-18)


def _fill_budget(state: AccountState) -> None:
    budget = state.budget
    for item in state.outbox.items.values():
        if item.expense.pool is not BudgetPool.PROVISIONAL:
            budget.recent[item.key] = item.expense
    gone_off = Expense(at=at(-10), costs=(("group:Famille", 3),), pool=BudgetPool.PROVISIONAL)
    budget.recent["gone off"] = gone_off
    budget.recount()
    budget.day = date(2026, 6, 10)
    budget.spent_today = Counter({BudgetPool.ORDINARY: 4, BudgetPool.URGENT: 2, BudgetPool.PROVISIONAL: 3})
    budget.history.days["2026-06-09"] = 7
    budget.history.days["2026-06-10"] = 9


def _scheduled() -> list[ScheduledMessage]:
    return [
        ScheduledMessage(
            send_at=at(500), targets=(ALICE,), text="Dentist", kind=MessageKind.SMS, reference="cal", message_id="M10"
        ),
        ScheduledMessage(send_at=at(600), targets=(BOB, CAROL), text="", kind=MessageKind.BATCH, message_id="M11"),
        ScheduledMessage(send_at=at(700), targets=(BOB,), text="Good night", kind=MessageKind.VOICE, message_id="M12"),
    ]


def _questions() -> list[Question]:
    return [
        Question(
            key="q1",
            ask_id="shutters",
            text="Close the shutters?",
            targets=(ALICE, BOB),
            deadline=at(10),
            answers=(Answer("yes", ("yes", "oui")), Answer("no", ("no",))),
            ask_again="YES or NO, please",
            tell_others="{recipient} said {answer}",
            urgent=True,
            asked_again=ALICE,
        ),
        Question(
            key="q2",
            ask_id="gate",
            text="Open the gate?",
            targets=(ALICE, BOB),
            deadline=at(5),
            answered_by=BOB,
            pending_notice="Bob said yes",
        ),
    ]


def _alerts() -> list[Alert]:
    def alert(phase: AlertPhase, **more: object) -> Alert:
        return Alert(
            key=phase.value,
            alert_id=f"leak-{phase.value}",
            message="Water in the cellar",
            steps=(
                AlertStep(
                    targets=(ALICE, BOB),
                    channel=Channel.SMS,
                    delivery_timeout=timedelta(minutes=2),
                    answer_timeout=timedelta(minutes=5),
                ),
                AlertStep(
                    targets=(BOB,),
                    channel=Channel.VOICE,
                    delivery_timeout=timedelta(seconds=90),
                    answer_timeout=timedelta(minutes=3),
                ),
            ),
            rounds=2,
            started_at=at(-7),
            answers=(Answer("ok", ("ok", "j'arrive")),),
            tell_others="{recipient} takes care of it",
            phase=phase,
            **more,  # type: ignore[arg-type]
        )

    return [
        alert(AlertPhase.SENDING, position=1, acknowledge_on_listened=True, language=VoiceLanguage.FRENCH),
        alert(AlertPhase.DELIVERING, unreachable={BOB}, due=at(1)),
        alert(AlertPhase.WAITING, due=at(3), position=2),
        alert(AlertPhase.ACKNOWLEDGED, pending_notice="Alice takes care of it", notice_targets=(BOB,)),
        alert(AlertPhase.EXHAUSTED, position=3),
        alert(AlertPhase.CANCELLED),
    ]


def _watchdogs() -> dict[str, WatchdogState]:
    return {
        "watchdog-1": WatchdogState(
            armed=True,
            serial=12,
            armed_message=HeldMessage(message_id="M20", send_at=at(60), costs=((ALICE, 1), (BOB, 1))),
            pending_send_at=at(75),
            to_delete=[
                HeldMessage(message_id="M19", send_at=at(45), costs=((ALICE, 1),)),
                HeldMessage(message_id="M5", send_at=at(30)),
            ],
            renewed_at=at(-15),
            renew_at=at(-1),
            delete_at=at(1),
            failed_renewals=1,
            failed_deletions=2,
            alarms=1,
            balance=97.5,
            segments_sent=40,
            unrefunded=3,
        ),
        "watchdog-2": WatchdogState(),
    }

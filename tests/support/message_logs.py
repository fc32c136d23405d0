"""Message logs for tests, and the messages and reports that they hold."""

from datetime import UTC, datetime

from custom_components.smsmode.api import DeliveryReport, MessageStatus
from custom_components.smsmode.state.message_log import Codes, MessageLog, TrackedMessage
from custom_components.smsmode.state.reply_history import ReplyHistory

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ALICE, BOB, CAROL = "+33612345678", "+33698765432", "+33700000001"
EVERY_CODE = [0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 21, 22, 33, 34, 35, 36, 37, 38, 39, 40, 50, 100, 101, 999]
EVERY_CODE += [3501, 3502, 3503, 3504, 3521, 3522, 3523, 3524, 3525, 3526, 3527, 3560, 3599, 3998, 3999, 7777, 8888]


def new_message_log() -> MessageLog:
    return MessageLog(reply_history=ReplyHistory(cutoff=NOW))


def message(
    message_id: str = "M1", *numbers: str, at: datetime = NOW, group: str | None = None, reference: str | None = None
) -> TrackedMessage:
    codes: dict[str, Codes] = {} if group else dict.fromkeys(numbers or (ALICE,), ())
    return TrackedMessage(
        message_id=message_id, sent_at=at, codes=codes, group=group, reference=reference, is_complete=group is None
    )


def awaiting(message_log: MessageLog) -> list[str]:
    return [message.message_id for message in message_log.messages.values() if message.pending_count]


def report(code: int, number: str = ALICE, message_id: str = "M1", at: datetime | None = None) -> DeliveryReport:
    return DeliveryReport(message_id=message_id, number=number, code=code, received_at=at)


def count_awaited(message_log: MessageLog) -> int:
    """Count the awaited reports by going through all messages; one more for a group with unknown numbers."""
    return sum(
        sum(not codes or not MessageStatus.from_code(codes[-1]).is_final for codes in message.codes.values())
        + (not message.is_complete)
        for message in message_log.messages.values()
    )

"""What was sent and what came of it: compteRendu, smsStatus, smsList, responseList, deleteSMS (p. 10, 17 to 19, 23)."""

from datetime import timedelta
from itertools import islice

from emulator import validation as checks
from emulator.clock import paris, to_minute
from emulator.codes import AT_OPERATOR, NOT_FOUND, RECEIVED, SENT, STATUSES, Refusal, incorrect
from emulator.encoding import Call
from emulator.models import Account, Message, Reply
from emulator.state import World

KEPT = timedelta(days=30)
PAGE = 50
MAX_PAGE = 10_000


def delivery_reports(world: World, account: Account, call: Call) -> str:
    """List the status of each recipient of a message."""
    message = _recent(world, account, call, "SMS n'existant pas ou plus")
    line = " | ".join(f"{delivery.number} {delivery.status}" for delivery in message.deliveries)
    return line + " |" if world.options.trailing_pipe else line


def message_status(world: World, account: Account, call: Call) -> str:
    """Tell the status of a message as a whole."""
    status = _recent(world, account, call, "smsID invalide").status()
    if status in {RECEIVED, AT_OPERATOR} and not world.options.reports_selected:
        status = SENT
    return f"{status} | {STATUSES.get(status, STATUSES[999])}"


def _recent(world: World, account: Account, call: Call, absent: str) -> Message:
    message = account.messages.get(call.get("smsID"))
    if message is None or message.leaves_at < world.clock.now() - KEPT:
        raise Refusal(NOT_FOUND, absent)
    return message


def delete_message(world: World, account: Account, call: Call) -> str:
    """Delete a message by its id, or the latest one to a number."""
    number, message_id = call.get("numero"), call.get("smsID")
    if bool(number) == bool(message_id):
        raise incorrect("numero, smsID")
    if number:
        message_id = _latest_to(account, checks.msisdn(number, "numero"))
    message = account.messages.get(message_id)
    if message is None:
        raise Refusal(NOT_FOUND, "SMS non trouvé")
    world.cancel(message)
    return "0 | SMS supprimé"


def _latest_to(account: Account, number: str) -> str:
    sent = account.by_number.get(number, [])
    while sent and sent[-1] not in account.messages:
        sent.pop()
    return sent[-1] if sent else ""


def sent_messages(world: World, account: Account, call: Call) -> str:
    """List messages, the latest first."""
    count = checks.whole(call, "offset", PAGE, low=1, high=MAX_PAGE)
    start = checks.whole(call, "start", 0, low=0)
    page = islice(reversed(account.messages.values()), start, start + count)
    return world.options.separators["smsList.do"].join(_sent_row(world, message) for message in page)


def _sent_row(world: World, message: Message) -> str:
    first = message.deliveries[0]
    everybody = ",".join(delivery.number for delivery in message.deliveries)
    date = paris(message.leaves_at, world.options.date_formats["smsList.do"])
    number = everybody if world.options.all_numbers else first.number
    return f"{message.id} | {date} | {first.text} | {number} | {message.cost:.1f} | {len(message.deliveries)} |"


def replies(world: World, account: Account, call: Call) -> str:
    """List replies, the latest first: a page of them, or those between two dates."""
    found = _between(account, call) if call.get("startDate") or call.get("endDate") else _page(account, call)
    return world.options.separators["responseList.do"].join(_reply_row(world, reply) for reply in found)


def _page(account: Account, call: Call) -> list[Reply]:
    start = checks.whole(call, "start", 0, low=0)
    count = checks.whole(call, "offset", PAGE, low=1)
    return list(islice(reversed(account.replies), start, start + count))


def _between(account: Account, call: Call) -> list[Reply]:
    if call.get("start") or call.get("offset"):
        raise incorrect("start, offset")
    start, end = checks.date(call, "startDate"), checks.date(call, "endDate")
    if end < start:
        raise incorrect("endDate")
    return [reply for reply in reversed(account.replies) if start <= to_minute(reply.received_at) <= end]


def _reply_row(world: World, reply: Reply) -> str:
    date = paris(reply.received_at, world.options.date_formats["responseList.do"])
    message_id = reply.message.id if reply.message else ""
    row = f"{reply.id} | {date} | {reply.sender} | {reply.text} | {reply.to} | {message_id}"
    return row + " |" if world.options.trailing_pipe else row

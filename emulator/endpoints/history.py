"""History endpoints: compteRendu, smsStatus, smsList, responseList, deleteSMS (p. 10, 17 to 19, 23)."""

import html
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice

from emulator import validation
from emulator.clock import local, to_minute
from emulator.codes import AT_OPERATOR, NOT_FOUND, RECEIVED, SENT, STATUSES, Refusal, incorrect
from emulator.encoding import ParsedRequest
from emulator.models import Account, Message, Reply
from emulator.state import GatewayState

RETENTION = timedelta(days=30)
PAGE = 50
MAX_PAGE = 10_000
UNPARSABLE_ROW = "?? | not a date | cut of"


def delivery_reports(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Return the status of each recipient of a message."""
    message = _recent(state, account, request, "SMS n'existant pas ou plus")
    line = " | ".join(f"{delivery.number} {delivery.status}" for delivery in message.deliveries)
    return line + " |" if state.options.trailing_pipe else line


def message_status(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Return the status of a message as a whole."""
    status = _recent(state, account, request, "smsID invalide").status()
    if status in {RECEIVED, AT_OPERATOR} and not state.options.reports_selected:
        status = SENT
    return f"{status} | {STATUSES.get(status, STATUSES[999])}"


def _recent(state: GatewayState, account: Account, request: ParsedRequest, absent: str) -> Message:
    message = account.messages.get(request.get("smsID"))
    if message is None or message.leaves_at < state.clock.now() - RETENTION:
        raise Refusal(NOT_FOUND, absent)
    return message


def delete_message(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Delete a message by its id, or the latest one to a number."""
    number, message_id = request.get("numero"), request.get("smsID")
    if bool(number) == bool(message_id):
        raise incorrect("numero, smsID")
    if number:
        message_id = _latest_to(account, validation.normalize_number(number, "numero"))
    message = account.messages.get(message_id)
    if message is None:
        raise Refusal(NOT_FOUND, "SMS non trouvé")
    state.cancel(message)
    return "0 | SMS supprimé"


def _latest_to(account: Account, number: str) -> str:
    sent = account.by_number.get(number, [])
    while sent and sent[-1] not in account.messages:
        sent.pop()
    return sent[-1] if sent else ""


def sent_messages(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """List messages, the latest first."""
    count = validation.integer(request, "offset", PAGE, low=1, high=MAX_PAGE)
    start = validation.integer(request, "start", 0, low=0)
    latest = state.clock.now() - timedelta(seconds=state.options.sent_list_lag)
    listed = [message for message in account.messages.values() if message.created_at <= latest]
    page = islice(_in_order(state, "smsList.do", listed), start, start + count)
    return _join(state, "smsList.do", (_sent_row(state, message) for message in page))


def _in_order[T](state: GatewayState, endpoint: str, items: list[T]) -> Iterable[T]:
    """Return the items of a list, oldest first, in the order that the endpoint has now."""
    return items if state.options.ascending[endpoint] else reversed(items)


def _join(state: GatewayState, endpoint: str, rows: Iterable[str]) -> str:
    """Return the text of a list; rows that cannot be parsed come first, if there are to be any."""
    unparsable = [UNPARSABLE_ROW] * state.options.unparsable_rows[endpoint]
    return state.options.separators[endpoint].join([*unparsable, *rows])


def _listed(state: GatewayState, endpoint: str, text: str) -> str:
    """Return a text as a list shows it: as it is, or with HTML entities."""
    return html.escape(text) if state.options.escaped[endpoint] else text


def _sent_row(state: GatewayState, message: Message) -> str:
    first = message.deliveries[0]
    everybody = ",".join(delivery.number for delivery in message.deliveries)
    date = local(message.leaves_at, state.options.date_formats["smsList.do"], state.options.zone)
    number = everybody if state.options.all_numbers else first.number
    text = _listed(state, "smsList.do", first.text)
    return f"{message.id} | {date} | {text} | {number} | {message.cost:.1f} | {len(message.deliveries)} |"


def list_replies(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """List replies, the latest first: a page of them, or those between two dates."""
    by_date = request.get("startDate") or request.get("endDate")
    replies = list(_in_order(state, "responseList.do", account.replies))
    found = _between(state, replies, request) if by_date else _page(replies, request)
    return _join(state, "responseList.do", (_reply_row(state, reply) for reply in found))


def _page(replies: list[Reply], request: ParsedRequest) -> list[Reply]:
    start = validation.integer(request, "start", 0, low=0)
    count = validation.integer(request, "offset", PAGE, low=1)
    return replies[start : start + count]


def _between(state: GatewayState, replies: list[Reply], request: ParsedRequest) -> list[Reply]:
    if request.get("start") or request.get("offset"):
        raise incorrect("start, offset")
    start, end = (validation.date(request, name, state.options.zone) for name in ("startDate", "endDate"))
    if end < start:
        raise incorrect("endDate")
    return [reply for reply in replies if start <= to_minute(reply.received_at) <= end]


def _reply_row(state: GatewayState, reply: Reply) -> str:
    date = local(reply.received_at, state.options.date_formats["responseList.do"], state.options.zone)
    message_id = reply.message.id if reply.message else ""
    text = _listed(state, "responseList.do", reply.text)
    row = f"{reply.id} | {date} | {reply.sender} | {text} | {reply.to} | {message_id}"
    return row + " |" if state.options.trailing_pipe else row

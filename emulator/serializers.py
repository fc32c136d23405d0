"""The state as JSON, for the control API and the phone page."""

from itertools import islice
from typing import Any

from .codes import STATUSES
from .models import Account, Delivery, Message, Reply
from .state import GatewayState

type Json = dict[str, Any]


def delivery(item: Delivery) -> Json:
    """Return a delivery as JSON."""
    return {
        "id": f"{item.message.id}-{item.position}",
        "message_id": item.message.id,
        "number": item.number,
        "text": item.text,
        "sender": item.sender,
        "reference": item.reference,
        "segments": item.segments,
        "status": item.status,
        "description": STATUSES.get(item.status, STATUSES[999]),
        "at": item.at.isoformat(),
        "leaves_at": item.message.leaves_at.isoformat(),
        "kind": item.message.kind,
        "class": item.message.message_class,
        "title": item.message.title,
        "language": item.message.language,
        "deleted": item.message.deleted,
    }


def message(item: Message) -> Json:
    """Return a message with its deliveries as JSON."""
    return {
        "id": item.id,
        "account": item.account.username,
        "kind": item.kind,
        "class": item.message_class,
        "created_at": item.created_at.isoformat(),
        "leaves_at": item.leaves_at.isoformat(),
        "notification_url": item.notification_url,
        "reply_url": item.reply_url,
        "title": item.title,
        "language": item.language,
        "cost": float(item.cost),
        "status": item.status(),
        "deliveries": [delivery(one) for one in item.deliveries],
    }


def reply(item: Reply) -> Json:
    """Return a reply as JSON."""
    return {
        "id": item.id,
        "received_at": item.received_at.isoformat(),
        "number": item.sender,
        "text": item.text,
        "to": item.to,
        "message_id": item.message.id if item.message else None,
        "reference": item.reference,
    }


def account(item: Account) -> Json:
    """Return an account without its history as JSON."""
    return {
        "username": item.username,
        "balance": float(item.balance),
        "parent": item.parent.username if item.parent else None,
        "post_paid": item.post_paid,
        "reply_url": item.reply_url,
        "details": item.details,
        "contacts": [
            {"name": c.name, "number": c.number, "groups": list(c.groups), **c.details} for c in item.contacts
        ],
        "groups": {name: list(members) for name, members in item.groups.items()},
    }


def snapshot(state: GatewayState, latest: int | None = None) -> Json:
    """Return the whole state as JSON; with `latest`, only so many messages and replies."""
    messages = list(islice(reversed(state.messages.values()), latest))
    replies = [reply(one) for owner in state.accounts.values() for one in islice(reversed(owner.replies), latest)]
    return {
        "now": state.clock.now().isoformat(),
        "progression": state.options.progression,
        "balance": float(state.main.balance),
        "accounts": [account(one) for one in state.accounts.values()],
        "tokens": {key: token.account.username for key, token in state.tokens.items()},
        "off": sorted(state.off),
        "blocked": sorted(state.blocked),
        "messages": [message(one) for one in reversed(messages)],
        "replies": replies[::-1],
    }

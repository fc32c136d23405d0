"""The state as JSON, for the back door and the telephone page."""

from itertools import islice
from typing import Any

from .codes import STATUSES
from .models import Account, Delivery, Message, Reply
from .state import World

type Json = dict[str, Any]


def delivery(item: Delivery) -> Json:
    """Show a delivery."""
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
    """Show a message with its deliveries."""
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
    """Show a reply."""
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
    """Show an account without its history."""
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


def state(world: World, latest: int | None = None) -> Json:
    """Show everything, or of messages and replies only the latest."""
    messages = list(islice(reversed(world.messages.values()), latest))
    replies = [reply(one) for owner in world.accounts.values() for one in islice(reversed(owner.replies), latest)]
    return {
        "now": world.clock.now().isoformat(),
        "progression": world.options.progression,
        "balance": float(world.main.balance),
        "accounts": [account(one) for one in world.accounts.values()],
        "tokens": {key: token.account.username for key, token in world.tokens.items()},
        "off": sorted(world.off),
        "blocked": sorted(world.blocked),
        "messages": [message(one) for one in reversed(messages)],
        "replies": replies[::-1],
    }

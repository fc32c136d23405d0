"""The gateway's two lists that make a conversation: what was sent, and the replies. Each may fail alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..api import Reply, SentMessage, SmsmodeError
from ..runtime import SmsmodeRuntimeData


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConversationLists:
    """The latest rows of both lists, of all recipients; None for a list that could not be read."""

    sent: Sequence[SentMessage] | None
    replies: Sequence[Reply] | None


async def async_read_lists(account: SmsmodeRuntimeData, rows: int) -> ConversationLists:
    """Read so many rows of each list, in one request each. Replies have their texts as they may be shown."""
    sent, replies = await asyncio.gather(
        account.client.get_sent_messages(count=rows),
        account.client.get_replies(start=0, count=rows),
        return_exceptions=True,
    )
    readable = _readable(replies)
    return ConversationLists(
        sent=_readable(sent),
        replies=readable and [await async_shown(account, reply) for reply in readable],
    )


def _readable[T](answer: Sequence[T] | BaseException) -> Sequence[T] | None:
    """Return a list that could be read; what is no refusal of the gateway is a fault, and raised."""
    if isinstance(answer, SmsmodeError):
        return None
    if isinstance(answer, BaseException):
        raise answer
    return answer


async def async_shown(account: SmsmodeRuntimeData, reply: Reply) -> Reply:
    """Return a reply with its text as it may be shown: without a PIN, and with the characters that the list lacks."""
    text = await account.processor.pin_finder.async_redact(reply.sender, reply.text)
    return replace(reply, text=account.texts.join_reply(reply.sender, text))

"""The client of the gateway: one method for each endpoint of the document, one attempt each."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial

import aiohttp

from . import parser
from . import request as forms
from . import validation as limits
from .dates import write_date
from .encoding import LATIN_9, UTF_8, decode_text, encode_form
from .exceptions import InputProblem, SmsmodeUncertainError
from .models import (
    ApiKey,
    BatchRequest,
    Contact,
    DeliveryReport,
    MessageClass,
    MessageRequest,
    Reply,
    SendResult,
    SentMessage,
    StatusAnswer,
    SubaccountRequest,
    VoiceRequest,
)
from .response import read_discreetly
from .transport import exchange

DEFAULT_BASE_URL = "https://api.smsmode.com"

_HTTP_OK = 200
_HTTP_REFUSALS = frozenset({400, 401, 403})
_KEY = "accessToken"


class SmsmodeClient:
    """Speaks with the gateway. Every method raises the exceptions of :mod:`.exceptions` and nothing else.

    The key travels in the body, so that no address holds it; sendSMSBatch is the exception that the gateway demands.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_token: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: float = 30.0,
    ) -> None:
        """Prepare; nothing is asked yet. `timeout` is the seconds for a whole exchange.

        Raises SmsmodeInputError for an impossible key or address.
        """
        self._session = session
        self._access_token = limits.access_token(access_token)
        self._base_url = limits.base_url(base_url)
        self._timeout = timeout
        self._lasting = True

    async def create_api_key(self) -> ApiKey:
        """Make one more key for the account (p. 5).

        By POST as everything else, to keep the key out of the address; only GET was ever seen in public, so that the
        gateway takes it is not proved.
        """
        status, text = await self._exchange("2.0/createAuthorisation.do", {}, LATIN_9)
        if status != _HTTP_OK and status not in _HTTP_REFUSALS:
            raise SmsmodeUncertainError(f"HTTP {status}")
        read = partial(parser.parse_api_key, refused=status != _HTTP_OK)
        return read_discreetly(read, text, self._access_token)

    async def send_message(self, request: MessageRequest) -> SendResult:
        """Send an SMS (p. 6 to 9, 27 and 28)."""
        charset = UTF_8 if request.message_class is MessageClass.UNICODE else LATIN_9
        return await self._ask(parser.parse_sent, "sendSMS", forms.message_form(request), charset)

    async def get_delivery_reports(self, message_id: str) -> list[DeliveryReport]:
        """Ask what became of a message at each number, up to 30 days later (p. 10)."""
        message_id = limits.message_id(message_id)
        read = partial(parser.parse_reports, message_id=message_id)
        return await self._ask(read, "compteRendu", {"smsID": message_id})

    async def get_balance(self) -> Decimal:
        """Ask for the credits left, negative on a post-paid account (p. 12). The harmless way to try a key."""
        return await self._ask(parser.parse_balance, "credit", {})

    async def create_subaccount(self, request: SubaccountRequest) -> str:
        """Create a sub-account (p. 13). Gives the gateway's words, as all methods that give a string."""
        return await self._ask(parser.parse_done, "createSubAccount", forms.subaccount_form(request))

    async def delete_subaccount(self, username: str) -> str:
        """Delete a sub-account (p. 14; gone from later editions of the document)."""
        return await self._ask(parser.parse_done, "deleteSubAccount", {"pseudoToDelete": limits.username(username)})

    async def transfer_credits(self, username: str, amount: int, reference: str | None = None) -> str:
        """Move whole credits to another account (p. 15). Asked twice, it moves twice."""
        form = forms.transfer_form(username, amount, reference)
        return await self._ask(parser.parse_done, "creditTransfert", form)

    async def add_contact(self, contact: Contact) -> str:
        """Add a contact to the address book, and the groups that do not exist yet (p. 16)."""
        return await self._ask(parser.parse_done, "addContact", forms.contact_form(contact))

    async def delete_message(self, *, message_id: str | None = None, number: str | None = None) -> str:
        """Delete a message, scheduled or sent: that of this id, or the latest to this number (p. 17)."""
        return await self._ask(parser.parse_done, "deleteSMS", forms.deletion_form(message_id, number))

    async def get_sent_messages(self, *, count: int = 50, start: int = 0) -> list[SentMessage]:
        """List messages sent, newest first (p. 18). A page of one (`count=1`) is read exactly, see rows.cut_rows."""
        # `start` is not in this edition of the document: not sent unless it says something.
        form = limits.page(start, count) | ({} if start else {"start": None})
        return await self._ask(partial(parser.parse_sent_messages, single=count == 1), "smsList", form)

    async def get_message_status(self, message_id: str) -> StatusAnswer:
        """Ask for the status of a message as a whole (p. 19)."""
        return await self._ask(parser.parse_status, "smsStatus", {"smsID": limits.message_id(message_id)})

    async def get_replies(
        self, *, start: int | None = None, count: int | None = None, exact: bool = False
    ) -> list[Reply]:
        """List replies, newest first (p. 23). In a page of one (`count=1`) no text can imitate a reply.

        Nor in an `exact` page, of a list that is known to be long enough: an answer of other than `count` rows is
        refused as uncertain.
        """
        read = partial(parser.parse_replies, single=count == 1, count=count if exact else None)
        return await self._ask(read, "responseList", limits.page(start, count))

    async def get_replies_between(self, start: datetime, end: datetime) -> list[Reply]:
        """List the replies between two dates, both widened to whole minutes (p. 23)."""
        form = {"startDate": write_date(start, round_up=False), "endDate": write_date(end)}
        limits.require(end > start, InputProblem.DATES_INVALID)
        return await self._ask(parser.parse_replies, "responseList", form)

    async def send_voice_message(self, request: VoiceRequest) -> SendResult:
        """Call, and read a text aloud (p. 25)."""
        return await self._ask(parser.parse_sent, "sendVoiceMessage", forms.voice_form(request))

    async def send_batch(self, request: BatchRequest) -> SendResult:
        """Send many different texts at once (p. 29 and 30); the result names the campaign."""
        options = forms.batch_form(request)
        # Tens of thousands of rows would hold up whatever else is done in this loop.
        file = await asyncio.to_thread(forms.batch_file, request)
        return await self._ask(parser.parse_sent, "sendSMSBatch", options, file=file)

    async def _ask[T](
        self,
        read: Callable[[str], T],
        endpoint: str,
        form: Mapping[str, str | None],
        charset: str = LATIN_9,
        *,
        file: bytes = b"",
    ) -> T:
        """Ask an endpoint of version 1.6, which answers in text and with HTTP 200 even when it refuses."""
        status, text = await self._exchange(f"1.6/{endpoint}.do", form, charset, file)
        if status != _HTTP_OK:
            raise SmsmodeUncertainError(f"HTTP {status}")
        sent = filter(None, (self._access_token, *form.values(), file.decode(LATIN_9)))
        return read_discreetly(read, text, " ".join(sent))

    async def _exchange(
        self, path: str, form: Mapping[str, str | None], charset: str, file: bytes = b""
    ) -> tuple[int, str]:
        url = f"{self._base_url}/http/{path}"
        encoded = encode_form({_KEY: self._access_token, **form}, charset)
        data: bytes | aiohttp.FormData = encoded.encode("ascii")
        headers = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
        if file:
            # This address holds the key and the webhook: it is neither logged nor let into an exception.
            url, headers = f"{url}?{encoded}", {}
            data = aiohttp.FormData()
            data.add_field("fichier", file, filename="batch.csv", content_type="text/csv")
        return await self._post(url, data, headers)

    async def _post(self, url: str, data: bytes | aiohttp.FormData, headers: dict[str, str]) -> tuple[int, str]:
        """Use connections again until an answer fails to come: one that closes just then makes us doubt for nothing."""
        if not self._lasting:
            headers = headers | {"Connection": "close"}
        try:
            status, body = await exchange(self._session, url, data, headers, self._timeout)
        except SmsmodeUncertainError:
            self._lasting = False
            raise
        return status, decode_text(body)

"""Client of the gateway: one method for each endpoint of the document, one attempt each."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple, override

import aiohttp

from . import parser
from .dates import format_date
from .encoding import LATIN_9, UTF_8, decode_text, encode_form, shape_of
from .exceptions import InputProblem, SmsmodeConnectionError, SmsmodeGatewayError, SmsmodeUncertainError
from .gateway import Capabilities, GatewayClient
from .gateway_clock import GatewayClock
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
    SentPage,
    StatusAnswer,
    SubaccountRequest,
    VoiceRequest,
)
from .request import (
    batch_file,
    batch_form,
    contact_form,
    deletion_form,
    message_form,
    subaccount_form,
    transfer_form,
    voice_form,
)
from .response import parse_redacted
from .traits import GatewayTraits
from .transport import exchange
from .validation import (
    require,
    require_ahead,
    validate_access_token,
    validate_base_url,
    validate_message_id,
    validate_page,
    validate_username,
)

DEFAULT_BASE_URL = "https://api.smsmode.com"

_HTTP_OK = 200
_HTTP_REFUSALS = frozenset({400, 401, 403})
_HTTP_METHOD_NOT_ALLOWED = 405
# No such endpoint, or not by this method: it cannot have acted.
_HTTP_NO_ENDPOINT = frozenset({404, _HTTP_METHOD_NOT_ALLOWED, 410})
_HTTP_GONE = frozenset({404, 410})
_HTTP_REDIRECTS = range(300, 400)
_KEY = "accessToken"
# A response that a server writes twice is taken for the response to the next request on the same connection. Only these
# may use one again: they change nothing, and each of their responses says what it is about.
_REUSING = frozenset({"credit", "responseList"})


class _Answer(NamedTuple):
    """Response as text, and when its request was sent and it was received, by the house's clock."""

    status: int
    text: str
    date: datetime | None
    sent_at: datetime
    received_at: datetime

    @override
    def __repr__(self) -> str:
        """Return the name of the class alone."""
        return "_Answer"


def _is_missing(status: int) -> bool:
    """Return whether an answer says that a known endpoint is no longer there, or elsewhere."""
    return status in _HTTP_GONE or status in _HTTP_REDIRECTS


def _utcnow() -> datetime:
    return datetime.now(UTC)


class SmsmodeClient(GatewayClient):
    """Client of one account at the gateway, by HTTP 1.6.

    Every method makes one attempt and raises the exceptions of :mod:`.exceptions` and nothing else. Phone numbers are
    ``+E.164`` in both directions, dates are aware, amounts are credits.
    The key travels in the body, so that no URL holds it. There are two exceptions: sendSMSBatch, as the document
    demands, and createAuthorisation where the gateway does not allow POST.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        access_token: str,
        *,
        base_url: str = DEFAULT_BASE_URL,
        timeout: float = 30.0,
        now: Callable[[], datetime] = _utcnow,
    ) -> None:
        """Create a client; nothing is sent. `timeout` is in seconds, for a whole exchange; `now` is the house's clock.

        Raises SmsmodeInputError for an impossible key or base URL.
        """
        self._session = session
        self._access_token = validate_access_token(access_token)
        self._base_url = validate_base_url(base_url)
        self._timeout = timeout
        self._now = now
        self._keep_alive = True
        self.capabilities = Capabilities(calls=True, groups=True, deletion=True)
        self.gateway_clock = GatewayClock()
        self.traits = GatewayTraits()
        self.shapes: dict[str, str] = {}
        self.missing_status: int | None = None
        self.on_sent_rows: Callable[[SentPage], object] = lambda _page: None
        self.on_replies: Callable[[Sequence[Reply]], object] = lambda _replies: None
        self.on_key_created: Callable[[bool], object] = lambda _by_post: None
        self.on_answer: Callable[[], object] = lambda: None
        self.is_reachable: bool | None = None
        self.on_reachable: Callable[[], object] = lambda: None

    @override
    def gateway_now(self) -> datetime:
        """Return the time by the gateway's clock; by the house's until a response was measured."""
        return self.gateway_clock.at_gateway(self._now())

    @override
    async def create_api_key(self) -> ApiKey:
        """Create another key for the account (p. 5).

        By POST like everything else, to keep the key out of the URL. The document shows GET, which is tried if HTTP 405
        says that POST is not allowed. Raises SmsmodeAuthError if the gateway refuses the key, and SmsmodeGatewayError
        with the HTTP status as its code if the gateway does not have this endpoint.
        """
        path = "2.0/createAuthorisation.do"
        status, text, *_ = await self._exchange(path, {}, LATIN_9)
        by_post = status != _HTTP_METHOD_NOT_ALLOWED
        if not by_post:
            url = f"{self._base_url}/http/{path}?{encode_form({_KEY: self._access_token}, LATIN_9)}"
            status, text, *_ = await self._send(url, None, {})
        if status in _HTTP_NO_ENDPOINT:
            raise SmsmodeGatewayError(status, f"HTTP {status}")
        if status != _HTTP_OK and status not in _HTTP_REFUSALS:
            raise SmsmodeUncertainError(f"HTTP {status}")
        parse = partial(parser.parse_api_key, refused=status != _HTTP_OK)
        key = parse_redacted(parse, text, self._access_token)
        self.on_key_created(by_post)
        return key

    @override
    async def send_message(self, request: MessageRequest) -> SendResult:
        """Send an SMS (p. 6 to 9, 27 and 28), to as many numbers as there are, or to a group."""
        form = message_form(request, self.traits.zone)
        require_ahead(request.send_at, self.gateway_now())
        charset = UTF_8 if request.message_class is MessageClass.UNICODE else LATIN_9
        return await self._request(parser.parse_send_result, "sendSMS", form, charset)

    @override
    async def get_delivery_reports(self, message_id: str) -> list[DeliveryReport]:
        """Return the latest delivery report of each number of a message, for 30 days after it (p. 10)."""
        message_id = validate_message_id(message_id)
        parse = partial(parser.parse_reports, message_id=message_id)
        return await self._request(parse, "compteRendu", {"smsID": message_id})

    @override
    async def get_balance(self) -> Decimal:
        """Return the credits left, negative on a post-paid account (p. 12). The harmless way to check a key."""
        return await self._request(parser.parse_balance, "credit", {})

    @override
    async def create_subaccount(self, request: SubaccountRequest) -> str:
        """Create a sub-account (p. 13). Returns the gateway's description, like every method that returns a string."""
        return await self._request(parser.parse_description, "createSubAccount", subaccount_form(request))

    @override
    async def delete_subaccount(self, username: str) -> str:
        """Delete a sub-account (p. 14; missing in later editions of the document)."""
        return await self._request(
            parser.parse_description, "deleteSubAccount", {"pseudoToDelete": validate_username(username)}
        )

    @override
    async def transfer_credits(self, username: str, amount: int, reference: str | None = None) -> str:
        """Move whole credits to another account (p. 15). Not idempotent: sent twice, it moves twice."""
        form = transfer_form(username, amount, reference)
        return await self._request(parser.parse_description, "creditTransfert", form)

    @override
    async def add_contact(self, contact: Contact) -> str:
        """Add a contact to the address book, and create the groups that do not exist (p. 16)."""
        return await self._request(parser.parse_description, "addContact", contact_form(contact))

    @override
    async def delete_message(self, *, message_id: str | None = None, number: str | None = None) -> str:
        """Delete a message, scheduled or sent (p. 17): the one with this id, or the latest to this number."""
        return await self._request(parser.parse_description, "deleteSMS", deletion_form(message_id, number))

    @override
    async def get_sent_messages(self, *, count: int = 50, start: int = 0) -> list[SentMessage]:
        """List the messages sent, newest first (p. 18). A page of one (`count=1`) is exact: see split_rows."""
        # `start` is not in this edition of the document: left out where it is the default.
        form = validate_page(start, count) | ({} if start else {"start": None})
        rows = await self._request(partial(parser.parse_sent_messages, single=count == 1), "smsList", form)
        self.on_sent_rows(SentPage(rows, start, count))
        return [self.traits.read_sent(row) for row in rows]

    @override
    async def get_sent_page(self, *, count: int, start: int) -> list[SentMessage | None]:
        """List the messages sent as `get_sent_messages` does, with None for each row that cannot be read."""
        form = validate_page(start, count) | ({} if start else {"start": None})
        rows = await self._request(parser.parse_sent_page, "smsList", form)
        self.on_sent_rows(SentPage(rows, start, count))
        return [row and self.traits.read_sent(row) for row in rows]

    @override
    async def get_message_status(self, message_id: str) -> StatusAnswer:
        """Return the status of a message as a whole, for 30 days after it (p. 19)."""
        return await self._request(parser.parse_status, "smsStatus", {"smsID": validate_message_id(message_id)})

    @override
    async def get_replies(
        self, *, start: int | None = None, count: int | None = None, exact: bool = False
    ) -> list[Reply]:
        """List the replies, newest first (p. 23). In a page of one (`count=1`) no text can imitate a reply.

        Nor in an `exact` page, for a list that is known to be long enough: a response of other than `count` rows raises
        SmsmodeUncertainError.
        """
        parse = partial(parser.parse_replies, single=count == 1, count=count if exact else None)
        return self._read_replies(await self._request(parse, "responseList", validate_page(start, count)))

    @override
    async def get_replies_between(self, start: datetime, end: datetime) -> list[Reply]:
        """List the replies between two aware datetimes, both widened to whole minutes (p. 23)."""
        zone = self.traits.zone
        form = {"startDate": format_date(start, round_up=False, zone=zone), "endDate": format_date(end, zone=zone)}
        require(end > start, InputProblem.DATES_INVALID)
        return self._read_replies(await self._request(parser.parse_replies, "responseList", form))

    @override
    async def send_voice_message(self, request: VoiceRequest) -> SendResult:
        """Call the numbers and have a text read aloud (p. 25)."""
        form = voice_form(request, self.traits.zone)
        require_ahead(request.send_at, self.gateway_now())
        return await self._request(parser.parse_send_result, "sendVoiceMessage", form)

    @override
    async def send_batch(self, request: BatchRequest) -> SendResult:
        """Send many different texts at once (p. 29 and 30). The message id of the result is that of the campaign."""
        options = batch_form(request, self.traits.zone)
        require_ahead(request.send_at, self.gateway_now())
        # Tens of thousands of rows would block the event loop.
        file = await asyncio.to_thread(batch_file, request)
        return await self._request(parser.parse_send_result, "sendSMSBatch", options, file=file)

    def _read_replies(self, replies: list[Reply]) -> list[Reply]:
        self.on_replies(replies)
        return [self.traits.read_reply(reply) for reply in replies]

    async def _request[T](
        self,
        parse: Callable[[str], T],
        endpoint: str,
        form: Mapping[str, str | None],
        charset: str = LATIN_9,
        *,
        file: bytes = b"",
    ) -> T:
        """Call an endpoint of version 1.6, and note whether the gateway answers."""
        try:
            return await self._call(parse, endpoint, form, charset, file)
        except SmsmodeConnectionError, SmsmodeUncertainError:
            self._note_reachable(False)
            raise

    async def _call[T](
        self, parse: Callable[[str], T], endpoint: str, form: Mapping[str, str | None], charset: str, file: bytes
    ) -> T:
        """Call an endpoint, which answers in text and with HTTP 200 even for an error."""
        answer = await self._exchange(f"1.6/{endpoint}.do", form, charset, file, reuse=endpoint in _REUSING)
        self.shapes[endpoint] = shape_of(answer.text)
        self.missing_status = answer.status if _is_missing(answer.status) else None
        if answer.status != _HTTP_OK:
            raise SmsmodeUncertainError(f"HTTP {answer.status}")
        sent = filter(None, (self._access_token, *form.values(), file.decode(LATIN_9)))
        try:
            parsed = parse_redacted(parse, answer.text, " ".join(sent))
        except SmsmodeGatewayError:
            self._note(answer)
            raise
        self._note(answer)
        return parsed

    def _note(self, answer: _Answer) -> None:
        """Note that the gateway has answered. What cannot be parsed may come from anybody on the way."""
        if answer.date is not None:
            self.gateway_clock.note(answer.date, answer.sent_at, answer.received_at)
        self._note_reachable(True)
        self.on_answer()

    def _note_reachable(self, is_reachable: bool) -> None:
        if self.is_reachable is not is_reachable:
            self.is_reachable = is_reachable
            self.on_reachable()

    async def _exchange(
        self, path: str, form: Mapping[str, str | None], charset: str, file: bytes = b"", *, reuse: bool = False
    ) -> _Answer:
        url = f"{self._base_url}/http/{path}"
        encoded = encode_form({_KEY: self._access_token, **form}, charset)
        data: bytes | aiohttp.FormData = encoded.encode("ascii")
        headers = {"Content-Type": f"application/x-www-form-urlencoded; charset={charset}"}
        if file:
            # This URL holds the key and the webhook: it is neither logged nor let into an exception.
            url, headers = f"{url}?{encoded}", {}
            data = aiohttp.FormData()
            data.add_field("fichier", file, filename="batch.csv", content_type="text/csv")
        return await self._send(url, data, headers, reuse=reuse)

    async def _send(
        self, url: str, data: bytes | aiohttp.FormData | None, headers: Mapping[str, str], *, reuse: bool = False
    ) -> _Answer:
        """Send a request; with `reuse` on a reused connection until a response fails to come.

        A server that closes idle connections unannounced would make the first request after each of them uncertain.
        """
        sent_at = self._now()
        try:
            response = await exchange(
                self._session, url, data, headers, self._timeout, reuse=reuse and self._keep_alive
            )
        except SmsmodeUncertainError:
            self._keep_alive = False
            raise
        return _Answer(response.status, decode_text(response.body), response.date, sent_at, self._now())


def create_client(
    session: aiohttp.ClientSession,
    access_token: str,
    *,
    base_url: str = DEFAULT_BASE_URL,
    now: Callable[[], datetime] = _utcnow,
) -> GatewayClient:
    """Create the client of an account by the one transport there is; nothing is sent."""
    return SmsmodeClient(session, access_token, base_url=base_url, now=now)

"""Webhook of the callbacks: a delivery report is processed, a reply is submitted for verification, the rest ignored."""

import asyncio
from http import HTTPStatus
from traceback import format_tb

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback

from ..api import DeliveryReport, SmsmodeCallbackError, parse_callback
from ..const import DOMAIN, LOGGER
from .callback_health import CallbackHealth
from .fact_learner import FactLearner
from .processor import InboundProcessor
from .reply_verifier import ReplyVerifier

MAX_BODY = 16_384
# Seconds for the whole of a body, which fits into a few packets.
BODY_TIMEOUT = 5.0


class WebhookHandler:
    """The webhook of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        processor: InboundProcessor,
        reply_verifier: ReplyVerifier,
        callbacks: CallbackHealth,
        learner: FactLearner,
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._processor = processor
        self._reply_verifier = reply_verifier
        self._callbacks = callbacks
        self._learner = learner

    @callback
    def async_start(self) -> None:
        """Register the webhook."""
        webhook_id = self._entry.data[CONF_WEBHOOK_ID]
        # All methods are allowed: for one that is not, Home Assistant would log the secret id.
        webhook.async_register(
            self._hass,
            DOMAIN,
            self._entry.title,
            webhook_id,
            self._async_handle,
            allowed_methods=webhook.SUPPORTED_METHODS,
        )

    @callback
    def async_stop(self) -> None:
        """Unregister the webhook, if it is registered."""
        webhook.async_unregister(self._hass, self._entry.data[CONF_WEBHOOK_ID])

    async def _async_handle(self, _hass: HomeAssistant, _webhook_id: str, request: Request) -> Response:
        """Process a request; the response is always the same."""
        try:
            if request.method in (hdrs.METH_GET, hdrs.METH_POST):
                self._process(_raw_query(request), await _async_raw_body(request))
        except SmsmodeCallbackError as err:
            LOGGER.debug("A callback was not understood: %s", err)
        except Exception as err:  # noqa: BLE001
            # Home Assistant would log it with the secret id; and its message may quote the request.
            traceback = "".join(format_tb(err.__traceback__))
            LOGGER.error("A callback was dropped; polling brings what it said: %s\n%s", type(err).__name__, traceback)
        return Response(status=HTTPStatus.OK)

    @callback
    def _process(self, query: str, body: str) -> None:
        received = self._learner.async_read_callback(parse_callback(query, body), query, body)
        if isinstance(received, DeliveryReport):
            self._processor.async_announce_report(received)
        else:
            self._reply_verifier.async_submit(received)
        self._callbacks.async_note_callback()


def _raw_query(request: Request) -> str:
    """Return the query still percent-encoded: decoded as UTF-8 by aiohttp, text in ISO-8859-15 would be destroyed.

    A request that comes through the cloud has only the raw string.
    """
    url = getattr(request, "rel_url", None)
    return url.raw_query_string if url is not None else request.query_string


async def _async_raw_body(request: Request) -> str:
    """Return the body of a form; empty if it is too large, or does not arrive in time or completely."""
    if request.method != hdrs.METH_POST:
        return ""
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            body = await _async_read(request)
    except Exception as err:  # noqa: BLE001 - aiohttp raises much for a body that was made to break it
        LOGGER.debug("The body of a callback could not be read: %s", type(err).__name__)
        return ""
    return "" if len(body) > MAX_BODY else body.decode(errors="surrogateescape")


async def _async_read(request: Request) -> bytes:
    body = await request.content.read(MAX_BODY + 1)
    while len(body) <= MAX_BODY and (more := await request.content.read(MAX_BODY + 1 - len(body))):
        body += more
    return body

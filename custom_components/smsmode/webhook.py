"""The gateway calls: a report is entered, a reply rings the doorbell, anything else is answered and forgotten."""

from http import HTTPStatus

from aiohttp import hdrs
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback

from .api import DeliveryReport, SmsmodeCallbackError, parse_callback
from .const import DOMAIN, LOGGER
from .doorbell import Doorbell
from .inbox import Inbox

MAX_BODY = 16_384


class CallbackReceiver:
    """The webhook of one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, inbox: Inbox, doorbell: Doorbell) -> None:
        """Lead what is called to the inbox or to the doorbell."""
        self._hass = hass
        self._entry = entry
        self._inbox = inbox
        self._doorbell = doorbell

    @callback
    def async_register(self) -> None:
        """Listen, until the entry is unloaded."""
        webhook_id = self._entry.data[CONF_WEBHOOK_ID]
        # All verbs are taken: for one that is not, Home Assistant would log the secret id.
        webhook.async_register(
            self._hass,
            DOMAIN,
            self._entry.title,
            webhook_id,
            self._async_handle,
            allowed_methods=webhook.SUPPORTED_METHODS,
        )
        self._entry.async_on_unload(lambda: webhook.async_unregister(self._hass, webhook_id))

    async def _async_handle(self, _hass: HomeAssistant, _webhook_id: str, request: Request) -> Response:
        """Answer at once and always the same; the work is done by others."""
        if request.method in (hdrs.METH_GET, hdrs.METH_POST):
            try:
                news = parse_callback(_raw_query(request), await _raw_body(request))
            except SmsmodeCallbackError as err:
                LOGGER.debug("A callback was not understood: %s", err)
            else:
                if isinstance(news, DeliveryReport):
                    self._inbox.async_hear_report(news)
                else:
                    self._doorbell.async_ring(news)
        return Response(status=HTTPStatus.OK)


def _raw_query(request: Request) -> str:
    """Give the query still percent-encoded: decoded as UTF-8 by aiohttp, text in ISO-8859-15 would be destroyed.

    A request that comes through the cloud has only the raw string.
    """
    url = getattr(request, "rel_url", None)
    return url.raw_query_string if url is not None else request.query_string


async def _raw_body(request: Request) -> str:
    """Give the body of a form, nothing if there is too much of it."""
    if request.method != hdrs.METH_POST:
        return ""
    body = await request.content.read(MAX_BODY + 1)
    while len(body) <= MAX_BODY and (more := await request.content.read(MAX_BODY + 1 - len(body))):
        body += more
    return "" if len(body) > MAX_BODY else body.decode(errors="surrogateescape")

"""Gateway as an HTTP server: endpoints, phone page, control API."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from decimal import Decimal
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web

from . import control_api
from .callbacks import Callbacks
from .codes import Refusal
from .encoding import Answer, read
from .endpoints import ENDPOINTS, Endpoint
from .fault_responses import FaultResponder
from .faults import Faults
from .request_log import LogEntry, RequestLog
from .sse import EventStreams
from .state import GatewayState

TOKEN = "Ab1CD2efg3Hi"
LOOPBACK = "127.0.0.1"
MAX_BODY = 64 * 1024 * 1024
TICK = 0.2
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'"
PAGE = Path(__file__).with_name("static") / "phone.html"


def loopback(host: str) -> str:
    """Return a host that only this machine can reach; ValueError for others."""
    if host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError(f"{host} is not a loopback address: this gateway is for this machine alone")
    return host


class Gateway:
    """Gateway: its state, and the HTTP server while it runs."""

    def __init__(self, *, token: str = TOKEN, balance: Decimal | float = 100, progression: float | None = None) -> None:
        """Create the state; `start` starts the server."""
        self.state = GatewayState(token=token, balance=Decimal(str(balance)), progression=progression)
        self.log = RequestLog()
        self.faults = Faults()
        self.callbacks = Callbacks(self.state)
        self.events = EventStreams(self.state)
        self.fault_responder = FaultResponder(self.log)
        self.host, self.port = LOOPBACK, 0
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the base address."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def start(self, host: str = LOOPBACK, port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        self.host = loopback(host)
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        await self.callbacks.start()
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Stop listening; the state stays, and start may be called again."""
        self.fault_responder.release()
        self.log.release()
        self.events.close()
        if self._ticker:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await self.callbacks.stop()
        if self._runner:
            await self._runner.cleanup()

    async def _tick(self) -> None:
        while True:
            self.state.run_due()
            await asyncio.sleep(TICK)

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY)
        for endpoint in ENDPOINTS.values():
            for method in ("GET", "POST"):
                app.router.add_route(method, endpoint.path, self._handle)
        app.router.add_get("/", self._page)
        app.on_response_prepare.append(self._set_date)
        control_api.add_routes(app, self)
        return app

    async def _set_date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Set the header Date to the gateway's time, or remove it."""
        if self.state.options.date_header:
            response.headers["Date"] = format_datetime(self.state.clock.now(), usegmt=True)
        else:
            response.headers.pop("Date", None)

    async def _page(self, _request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
        return web.Response(text=PAGE.read_text(encoding="utf-8"), content_type="text/html", headers=headers)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a request of a client, or respond with the active fault."""
        entry = LogEntry(
            serial=0,
            time=self.state.clock.now().isoformat(),
            method=request.method,
            path=request.path,
            query=request.rel_url.raw_query_string,
            headers=request.headers,
            body=await request.read(),
        )
        self.log.add(entry)
        endpoint = ENDPOINTS[entry.endpoint]
        fault = self.faults.take(endpoint.name, self.state.clock.now())
        if fault is None:
            return _respond(entry, self._run(endpoint, entry))
        entry.fault = fault.kind
        return await self.fault_responder.respond(request, fault, entry, lambda: self._run(endpoint, entry))

    def _run(self, endpoint: Endpoint, entry: LogEntry) -> Answer:
        self.state.run_due()
        try:
            parsed = read(entry.method, entry.query, entry.headers.get("Content-Type", ""), entry.body)
        except Refusal as refusal:
            return endpoint.refuse(self.state, refusal)
        entry.params = parsed.params
        return endpoint.answer(self.state, parsed)


def _respond(entry: LogEntry, answer: Answer) -> web.Response:
    entry.status, entry.answer = answer.status, answer.body
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)


@contextlib.asynccontextmanager
async def serve(
    host: str = LOOPBACK,
    port: int = 0,
    *,
    token: str = TOKEN,
    balance: Decimal | float = 100,
    progression: float | None = None,
) -> AsyncIterator[Gateway]:
    """Run a gateway for the length of the block."""
    gateway = Gateway(token=token, balance=balance, progression=progression)
    try:
        await gateway.start(host, port)
        yield gateway
    finally:
        await gateway.stop()

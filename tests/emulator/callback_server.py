"""Web server for tests that receives the callbacks of the gateway."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class CallbackServer:
    """Web server that records raw query strings, oldest first, and answers `status`."""

    status: int = 200
    queries: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    url: str = ""

    def server(self) -> TestServer:
        """Return the server, not yet started."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._record)
        return TestServer(app)

    async def _record(self, request: web.Request) -> web.Response:
        self.methods.append(request.method)
        self.queries.append(request.rel_url.raw_query_string)
        return web.Response(status=self.status)

    def values(self, name: str, encoding: str = "utf-8") -> list[str]:
        """Return one parameter of each call."""
        return [parse_qs(query, encoding=encoding, errors="strict")[name][0] for query in self.queries]

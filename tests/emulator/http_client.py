"""HTTP client for tests that sends exactly what it is given, and returns the answer as it is."""

from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import ClientSession
from yarl import URL

from tests.support.gateway import Gateway

LATIN = "iso-8859-15"
FORM = "application/x-www-form-urlencoded"
NUMBER = "33612345678"


@dataclass
class HttpClient:
    """HTTP client of the gateway, like curl."""

    gateway: Gateway
    session: ClientSession

    def url(self, endpoint: str) -> str:
        """Return the documented URL of an endpoint."""
        version = "2.0" if endpoint == "createAuthorisation" else "1.6"
        return f"{self.gateway.url}/http/{version}/{endpoint}.do"

    async def get(self, endpoint: str, query: str) -> str:
        """GET with a query string taken as it is, the key included."""
        async with self.session.get(URL(f"{self.url(endpoint)}?{query}", encoded=True)) as response:
            return (await response.read()).decode(LATIN)

    async def post(self, endpoint: str, body: bytes, content_type: str = FORM, query: str = "") -> str:
        """POST bytes taken as they are."""
        url = URL(f"{self.url(endpoint)}?{query}", encoded=True)
        async with self.session.post(url, data=body, headers={"Content-Type": content_type}) as response:
            return (await response.read()).decode(LATIN)

    async def __call__(self, endpoint: str, **params: str) -> str:
        """POST parameters in ISO-8859-15 (class 9: UTF-8), with the key unless another is given; return the line."""
        charset = "utf-8" if params.get("classe_msg") == "9" else LATIN
        body = urlencode({"accessToken": self.gateway.token, **params}, encoding=charset).encode()
        answer = await self.post(endpoint, body)
        assert answer.endswith("\n")
        return answer.removesuffix("\n")

    async def send(self, **params: str) -> str:
        """Send an SMS ("Bonjour" to one number unless told otherwise) and return its id."""
        defaults = {"message": "Bonjour"} | ({} if "groupe" in params else {"numero": NUMBER})
        answer = await self("sendSMS", **defaults | params)
        code, description, message_id = answer.split(" | ")
        assert (code, description) == ("0", "Accepté")
        return message_id

    async def batch(self, content: bytes, query: str = "", field: str = "fichier") -> str:
        """Send a batch file as the document's curl does: key in the query, one part of type text/csv."""
        part = f'--X\r\nContent-Disposition: form-data; name="{field}"; filename="fichier.csv"\r\n'
        body = part.encode() + b"Content-Type: text/csv\r\n\r\n" + content + b"\r\n--X--\r\n"
        key = f"accessToken={self.gateway.token}&{query}".rstrip("&")
        answer = await self.post("sendSMSBatch", body, "multipart/form-data; boundary=X", key)
        return answer.removesuffix("\n")

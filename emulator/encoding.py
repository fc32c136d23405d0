"""Encoding: parameters from the bytes of a request, and the bytes of an answer (p. 6 to 8, 27)."""

from dataclasses import dataclass, field
from email.message import Message as Headers
from email.parser import BytesParser
from urllib.parse import parse_qsl

from .codes import incorrect

LATIN = "iso-8859-15"
UNICODE_CLASS = b"9"

type Pairs = list[tuple[str, bytes]]


@dataclass(frozen=True)
class ParsedRequest:
    """Parsed request: its parameters, and the file if there is one."""

    method: str
    params: dict[str, str]
    file: bytes | None = None

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter; an empty one counts as absent."""
        return self.params.get(name) or default


@dataclass(frozen=True)
class Answer:
    """Answer: an HTTP status and a text."""

    text: str
    status: int = 200
    content_type: str = "text/html"
    charset: str = field(default=LATIN)

    @property
    def body(self) -> bytes:
        """Return the bytes; characters that the charset lacks become "?"."""
        return self.text.encode(self.charset, "replace")


def read(method: str, query: str, content_type: str, body: bytes) -> ParsedRequest:
    """Parse a request; Refusal when a parameter comes twice or its bytes are not of its charset."""
    headers = _headers(content_type)
    pairs = _pairs(query)
    form, file = _body(headers, body)
    unicode = any(name == "classe_msg" and value == UNICODE_CLASS for name, value in pairs + form)
    charset = "utf-8" if unicode else LATIN
    params: dict[str, str] = {}
    _collect(params, pairs, charset)
    _collect(params, form, charset if unicode else str(headers.get_content_charset(LATIN)))
    return ParsedRequest(method, params, file)


def _headers(content_type: str) -> Headers:
    headers = Headers()
    headers["Content-Type"] = content_type or "application/octet-stream"
    return headers


def _pairs(text: str) -> Pairs:
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1")
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs]


def _body(headers: Headers, body: bytes) -> tuple[Pairs, bytes | None]:
    kind = headers.get_content_type()
    if kind == "application/x-www-form-urlencoded":
        return _pairs(body.decode("latin-1")), None
    if kind == "multipart/form-data":
        return _multipart(str(headers.get_boundary("")), body)
    return [], None


def _multipart(boundary: str, body: bytes) -> tuple[Pairs, bytes | None]:
    """Split a multipart body; the part that names a file is the file, whatever its field is called."""
    pairs: Pairs = []
    file = None
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1"))[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = BytesParser().parsebytes(head + b"\r\n\r\n", headersonly=True)
        if headers.get_filename() is not None:
            file = content
        else:
            name = headers.get_param("name", "", "content-disposition")
            pairs.append((str(name), content))
    return pairs, file


def _collect(params: dict[str, str], pairs: Pairs, charset: str) -> None:
    for name, value in pairs:
        if name in params:
            raise incorrect(name)
        try:
            params[name] = value.decode(charset)
        except (UnicodeDecodeError, LookupError) as error:
            raise incorrect(name) from error

"""Byte source: choices and texts from bytes, so that any engine that makes bytes can make all inputs."""

from collections.abc import Sequence

BREAK = b"\xff"
"""Parts one text from the next; it is never part of UTF-8."""


class ByteSource:
    """Source of choices, from the front of the bytes, and of texts, from the rest; without bytes all is zero."""

    def __init__(self, data: bytes) -> None:
        """Begin at the front."""
        self._data = data

    def below(self, limit: int) -> int:
        """Return a number below `limit`."""
        size = ((limit - 1).bit_length() + 7) // 8
        taken, self._data = self._data[:size], self._data[size:]
        return int.from_bytes(taken) % limit

    def pick[T](self, options: Sequence[T]) -> T:
        """Return one of several choices."""
        return options[self.below(len(options))]

    def rest(self) -> bytes:
        """Return all bytes that are left."""
        taken, self._data = self._data, b""
        return taken

    def pieces(self) -> list[bytes]:
        """Return all bytes that are left, split at BREAK."""
        return self.rest().split(BREAK)

    def texts(self) -> list[str]:
        """Return all bytes that are left as texts."""
        return [as_text(piece) for piece in self.pieces()]

    def text(self) -> str:
        """Return all bytes that are left as one text."""
        return as_text(self.rest())


def as_text(raw: bytes) -> str:
    """Return any text of bytes, lone surrogates among them."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-15")

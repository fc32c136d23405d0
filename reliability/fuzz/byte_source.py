"""Choices and texts out of plain bytes, so that any engine that makes bytes makes everything."""

from collections.abc import Sequence

BREAK = b"\xff"
"""Parts one text from the next; it is never part of UTF-8."""


class Source:
    """Takes choices from the front of the bytes, and texts from what is left; where nothing is left, all is zero."""

    def __init__(self, data: bytes) -> None:
        """Begin at the front."""
        self._data = data

    def below(self, limit: int) -> int:
        """Take a number under `limit`."""
        size = ((limit - 1).bit_length() + 7) // 8
        taken, self._data = self._data[:size], self._data[size:]
        return int.from_bytes(taken) % limit

    def pick[T](self, options: Sequence[T]) -> T:
        """Take one of several."""
        return options[self.below(len(options))]

    def rest(self) -> bytes:
        """Take all that is left."""
        taken, self._data = self._data, b""
        return taken

    def pieces(self) -> list[bytes]:
        """Take all that is left, in the pieces that BREAK makes of it."""
        return self.rest().split(BREAK)

    def texts(self) -> list[str]:
        """Take all that is left as texts."""
        return [as_text(piece) for piece in self.pieces()]

    def text(self) -> str:
        """Take all that is left as one text."""
        return as_text(self.rest())


def as_text(raw: bytes) -> str:
    """Make any text of bytes, lone surrogates among them."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("iso-8859-15")

"""The status codes that the numbers of a message have come to. Pure."""

from collections.abc import Iterator, Mapping
from typing import override

type Codes = tuple[int, ...]


class SingleNumberCodes(Mapping[str, Codes]):
    """The dict of a single number, in a quarter of the memory: nearly every message has one."""

    __slots__ = ("_codes", "_number")

    def __init__(self, only: tuple[str, Codes]) -> None:
        """Know the number, for good, and its codes, for now."""
        self._number, self._codes = only

    @override
    def __getitem__(self, number: str) -> Codes:
        """Give the codes of the number."""
        if number != self._number:
            raise KeyError(number)
        return self._codes

    def __setitem__(self, number: str, codes: Codes) -> None:
        """Change the codes of the number."""
        if number != self._number:
            raise KeyError(number)
        self._codes = codes

    @override
    def __iter__(self) -> Iterator[str]:
        """Give the number."""
        yield self._number

    @override
    def __len__(self) -> int:
        """Count it."""
        return 1

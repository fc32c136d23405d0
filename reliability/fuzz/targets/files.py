"""Target: CSV files of messages, as spreadsheets write them."""

import csv
import io

from custom_components.smsmode.actions.csv_batch import COLUMNS, parse_batch_file
from reliability.fuzz.byte_source import BREAK, ByteSource
from reliability.fuzz.invariants import attempt

SEEDS = (
    b"\0target,message,sender,reference\n0612345678,Hello,HOME,r1\n",
    b'\0\xef\xbb\xbfTarget;Message\r\n"0612345678";"a ""b"";\nc"\r\n\r\n',
    *(
        bytes([1, delimiter, end]) + BREAK.join((b"0612345678", "Déjà\n5 €; a, b".encode()))
        for delimiter in (0, 1)
        for end in (0, 1)
    ),
)


def read(data: bytes) -> None:
    """Read bytes as a file, or write a file and read that."""
    source = ByteSource(data)
    source.pick((_any_bytes, _written))(source)


def _any_bytes(source: ByteSource) -> None:
    raw = source.rest()
    for lines in attempt(parse_batch_file, raw, ours=csv.Error).value or ():
        assert tuple(lines) == COLUMNS
        assert lines["target"] or lines["message"]


def _written(source: ByteSource) -> None:
    """Assert that a file of a spreadsheet is read as it was written."""
    delimiter, end = source.pick(",;"), source.pick(("\n", "\r\n"))
    cells = [text.strip() for text in source.texts()]
    cells = [cell for cell in cells if cell.encode("utf-8", "replace").decode() == cell]
    told = [[f"06{number:08}", *pair] for number, pair in enumerate(zip(cells[::2], cells[1::2], strict=False))]
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=end).writerows([("Target", "Message ", "sender"), *told])
    read_back = parse_batch_file(file.getvalue().encode())
    assert read_back is not None
    assert [[line["target"], line["message"], line["sender"]] for line in read_back] == told

"""Engines that make bytes: one is guided by coverage, the other by a grammar."""

import importlib.util
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .byte_source import BREAK

type Read = Callable[[bytes], None]

SECONDS = 1
WRONG = "went wrong:"
GUIDED = importlib.util.find_spec("atheris") is not None
PACKAGE = "custom_components.smsmode"
LONGEST = 1500

# What the gateway's language is made of.
WORDS = (
    *(
        b" | ",
        b"|",
        b"0",
        b"0 | ",
        b"32",
        b"11",
        b"36034",
        b"33612345678",
        b"0612345678",
        b"+",
        b"\n",
        b"\r\n",
        b"<br/>",
    ),
    *(b"21122005-14:35", b"01012013-122233", b"21/12/2005 14:35", b"2010-03-25 09:52:17", b"212.5", b",", b"abcd1234"),
    *(b"&", b"=", b"%E9", b"%e2%82%ac", b"numero=", b"statut=", b"smsID=", b"message=", b"emetteur=", b"refClient="),
    *(
        b'"',
        b"{",
        b"}",
        b'"accessToken"',
        b":",
        b"[",
        b"\\ud800",
        b"1e9",
        b"\xe9",
        b"\xa4",
        b"\xc3\xa9",
        b"\xe2\x82\xac",
    ),
    *(
        b"e\xcc\x81",
        b"\xf0\x9f\x94\xa5",
        b"\xe2\x80\x8d",
        b"\xf0\x9f\x87\xab",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\0",
        BREAK,
    ),
    *(b"\x0b", b"\x85", b"\xc2\xa0", b"target;message\n", b"\xd9\xa1"),
)


class Hang(BaseException):
    """Error: an input took longer than a second of processor time."""


def within_a_second(read: Read) -> Read:
    """Limit the processor time of one input: the load of other processes is no hang."""

    def alarm(_signal: int, _frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGVTALRM, alarm)

    def limited(data: bytes) -> None:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        try:
            read(data)
        except BaseException:
            print(WRONG, data, file=sys.stderr, flush=True)
            raise
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    return limited


@contextmanager
def watching() -> Iterator[None]:
    """Import with the instrumentation of the guided engine, where there is one."""
    if not GUIDED:
        yield
        return
    import atheris  # noqa: PLC0415

    with atheris.instrument_imports(include=[PACKAGE]):
        yield


def run_guided(read: Read, seeds: Sequence[bytes], *, runs: int, chance: int, folder: Path) -> None:
    """Run libFuzzer. Does not return: it ends the process, with 0 if it found nothing."""
    import atheris  # noqa: PLC0415

    corpus = folder / "corpus"
    corpus.mkdir()
    for index, data in enumerate(seeds):
        (corpus / str(index)).write_bytes(data)
    words = folder / "words"
    words.write_text("".join(f'"{"".join(f"\\x{byte:02x}" for byte in word)}"\n' for word in WORDS))
    # -timeout is the last resort, for what does not come back from C; the corpus grows in memory alone.
    options = [f"-runs={runs}", f"-seed={chance % 2**31 + 1}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=0"]
    options += [f"-dict={words}", f"-artifact_prefix={folder}/", "-print_final_stats=1", "-reload=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], within_a_second(read))
    atheris.Fuzz()


def run_by_grammar(read: Read, seeds: Sequence[bytes], *, runs: int, chance: int) -> int:
    """Run hypothesis; raises what it finds, and returns the number of inputs."""
    count = 0
    limited = within_a_second(read)
    pieces = st.one_of(st.sampled_from(WORDS), st.binary(max_size=4), st.text(max_size=8).map(_raw))
    made = st.lists(pieces, max_size=30).map(b"".join)
    choices = st.binary(max_size=12)
    damages = st.lists(st.tuples(st.integers(0, LONGEST), pieces), max_size=4)
    damaged = st.builds(_damage, st.sampled_from(seeds), damages)
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

    @seed(chance)
    @settings(
        max_examples=runs,
        database=None,
        deadline=None,
        suppress_health_check=quiet,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(st.one_of(damaged, st.builds(bytes.__add__, choices, made)))
    def every(data: bytes) -> None:
        nonlocal count
        count += 1
        limited(data)

    every()
    return count


def _damage(data: bytes, damages: Sequence[tuple[int, bytes]]) -> bytes:
    """Replace parts of the bytes."""
    for place, piece in damages:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + len(piece) :]
    return data


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")

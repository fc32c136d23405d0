"""Segment counting: texts per second, compared with other packages, and the segments that each of them counts."""

import asyncio

import gsm0338
import smsutil
from sms_toolkit.messages.profiling import profile_message

from benchmarks.runner import Comparison, Goal, Row, Runs, Work, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.api.text import Alphabet, count_segments, is_gsm

TEXTS = {
    "French": "Fuite d'eau à la cuisine : fermez la vanne près de l'évier, puis répondez OK. Niveau 3 € " * 3,
    "English": "Water on the kitchen floor: close the valve beside the sink, then answer OK to silence it. " * 3,
    "emoji": "🔥 Alarm in the garage 🔥 call me back ☎ " * 4,
}
GSM, MULTI_GSM, UNICODE, MULTI_UNICODE = 160, 153, 70, 67
_CODEC = gsm0338.Codec()


def _ours(text: str) -> int:
    return count_segments(text, Alphabet.GSM if is_gsm(text) else Alphabet.UNICODE)


def _gsm0338(text: str) -> int:
    """Return the segments by the length of the encoded text; the codec has no Unicode and no segments."""
    try:
        units, one, several = len(_CODEC.encode(text)[0]), GSM, MULTI_GSM
    except UnicodeEncodeError:
        units, one, several = len(text.encode("utf-16-be")) // 2, UNICODE, MULTI_UNICODE
    return 1 if units <= one else -(-units // several)


def _smsutil(text: str) -> int:
    return len(smsutil.split(text).parts)


def _sms_toolkit(text: str) -> int:
    return int(profile_message(text)["num_segments"])


COUNTERS = {"ours": _ours, "gsm0338": _gsm0338, "smsutil": _smsutil, "sms-toolkit": _sms_toolkit}


def _work(counter: str, text: str) -> Work:
    count = COUNTERS[counter]

    async def work(number: int) -> None:
        # A text of its own each time, for nobody counts the same one twice.
        count(f"{text}{number % 10}")

    return work


async def measure(*, quick: bool) -> list[Row]:
    """Measure all packages with the same texts."""
    rows: list[Row] = []
    for language, text in TEXTS.items():
        counts = {name: count(f"{text}0") for name, count in COUNTERS.items()}
        race = Comparison(
            {name: _work(name, text) for name in COUNTERS},
            rounds=2 if quick else 7,
            count=200 if quick else 2000,
            at_once=1,
        )
        runs = await race.run()
        best = min((name for name in runs if name != "ours"), key=lambda name: runs[name].cost)
        rows += [
            Row(what=f"{language}, {name}: {counts[name]} segments", figure=_per_second(run))
            for name, run in runs.items()
        ]
        what = f"{language} ({len(text) + 1} characters): ours against {best}"
        ratio = runs[best].cost / runs["ours"].cost
        if language == "emoji":
            # The other only finds that it cannot encode them.
            rows.append(Row(what=what, figure=f"{ratio:.2f} times"))
        else:
            goal = Goal(limit=5, unit=" times", at_least=True)
            rows.append(row_with_goal(what, ratio, goal, key=f"text {language}"))
    return rows


def _per_second(run: Runs) -> str:
    """Format the texts counted per second of processor time."""
    rates = [1e6 / cost for cost in run.costs]
    return f"{1e6 / run.cost:,.0f}/s {spread(rates)}"


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))

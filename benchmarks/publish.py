"""What the READMEs quote of a complete run: a few of its rows, by their keys, in the words of each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .runner import Goal, Row, written

ROOT = Path(__file__).parents[1]
MARKS = ("<!-- bench -->", "<!-- /bench -->")
# By key: English and French.
QUOTED = {
    "bare1": ("Processor time of a send, against bare aiohttp", "Temps processeur d’un envoi, face à aiohttp seul"),
    "bare32": ("… 32 at once", "… 32 à la fois"),
    "peer1": (
        "… against the cheapest SMS integration of Home Assistant",
        "… face à l’intégration SMS la plus économe de Home Assistant",
    ),
    "peer32": ("… 32 at once", "… 32 à la fois"),
    "rate": (
        "Sends per second, 32 at once, against the fastest of those",
        "Envois par seconde, 32 à la fois, face à la plus rapide d’entre elles",
    ),
    "connections": (
        "New connections for 40 messages over TLS, after the first",
        "Nouvelles connexions pour 40 messages en TLS, après le premier",
    ),
    "reports": (
        "Delivery reports per second, against a webhook that does nothing",
        "Accusés de réception par seconde, face à un webhook qui ne fait rien",
    ),
    "patience": (
        "Answer that 99 % of reports do not wait longer for, at half that rate",
        "Temps de réponse que 99\u00a0% des accusés ne dépassent pas, à la moitié de ce débit",
    ),
    "flat send": (
        "One send however many deliveries are known, up to 100,000, against 10",
        "Un envoi quel que soit le nombre de réceptions suivies, jusqu’à 100\u00a0000, face à 10",
    ),
    "flat report": ("… one report", "… un accusé"),
    "flat save": ("… one save", "… un enregistrement"),
    "flat poll": ("… one poll", "… une relève"),
    "weight": ("Memory of a delivery that is awaited", "Mémoire d’une réception attendue"),
    "block": (
        "Longest block of the event loop: 10,000 deliveries saved",
        "Plus long blocage de la boucle d’événements\u00a0: 10\u00a0000 réceptions enregistrées",
    ),
    "many send_message": ("… one text to 10,000 numbers", "… un texte à 10\u00a0000 numéros"),
    "many send_batch": ("… 50,000 different texts", "… 50\u00a0000 textes différents"),
    "import": ("Processor time of the import", "Temps processeur de l’import"),
    "memory": ("Memory of it", "Sa mémoire"),
    "text French": (
        "Segments of a French text per second, against the fastest package",
        "Segments d’un texte français par seconde, face à la bibliothèque la plus rapide",
    ),
    "text English": ("… of an English one", "… d’un texte anglais"),
    "text emoji": ("… of one with emoji", "… d’un texte avec des émojis"),
    "requests": ("Requests on a day without messages", "Requêtes un jour sans message"),
    "writes": ("Writes to the disk on such a day", "Écritures sur le disque ce jour-là"),
}
_NO_CHANGE: dict[int, Any] = {}
_FRENCH: dict[int, Any] = str.maketrans({",": "\u00a0", ".": ","})


@dataclass(frozen=True, slots=True)
class _Language:
    """How figures are written in one of the two."""

    file: str
    index: int
    head: str
    digits: dict[int, Any]
    units: Mapping[str, str]
    missed: str

    def table(self, rows: Mapping[str, Row]) -> str:
        """Write those rows that are quoted."""
        lines = [
            f"| {names[self.index]} | {self._number(written(row.value), row.goal)} | {self._verdict(row)} |"
            for names, row in ((names, rows[key]) for key, names in QUOTED.items())
        ]
        return "\n".join([self.head, "|---|---|---|", *lines])

    def _number(self, digits: str, goal: Goal | None) -> str:
        unit = goal.unit if goal else ""
        return digits.translate(self.digits) + self.units.get(unit, unit)

    def _verdict(self, row: Row) -> str:
        if row.goal is None:
            return ""
        limit = f"{'≥' if row.goal.at_least else '≤'} {self._number(f'{row.goal.limit:g}', row.goal)}"
        return f"{limit} ✓" if row.goal.is_met(row.value) else f"{limit} ✗ {self.missed}"


LANGUAGES = (
    _Language("README.md", 0, "| | Measured | Goal |", _NO_CHANGE, {}, "missed"),
    _Language(
        "README.fr.md",
        1,
        "| | Mesuré | Objectif |",
        _FRENCH,
        {" times": "\u00a0fois", " ms": "\u00a0ms", " bytes": "\u00a0octets", " MB": "\u00a0Mo"},
        "manqué",
    ),
)


def write(rows: list[Row]) -> None:
    """Put the rows that are quoted between the marks of both READMEs."""
    found = {row.key: row for row in rows if row.key}
    first, last = MARKS
    for language in LANGUAGES:
        readme = ROOT / language.file
        before, _, rest = readme.read_text().partition(first)
        _, _, after = rest.partition(last)
        assert after, f"{readme.name} has no marks"
        readme.write_text(f"{before}{first}\n{language.table(found)}\n{last}{after}")

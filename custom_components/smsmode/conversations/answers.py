"""Matcher of answers: the answers that a question expects, as sentence templates, matched against a text. Pure.

Templates are those of ``assist_satellite.ask_question``: ``[optional]``, ``(one|other)``, ``{slot}``. Accents, case and
punctuation do not count, nor does politeness around the answer.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import islice

from hassil import (
    Intents,
    RecognizeResult,
    SlotList,
    TextSlotList,
    WildcardSlotList,
    parse_sentence,
    recognize_all,
    sample_expression,
)
from hassil.expression import Expression, Group, ListReference, RuleReference
from hassil.parser import ParseError

from ..helpers.text_match import normalize_template, normalize_text, restore_spelling, strip_politeness
from ..state.questions import Answer, MatchedAnswer
from .reply_reading import EMOJI_NO, EMOJI_YES, NO_PROBLEM, keeps_meaning, plain_reply, prefixes, spellings

MAX_ANSWERS = 20
MAX_SENTENCES = 50
MAX_SAMPLES = 500
# Two segments and more: nobody answers a question at that length, and slots make long texts slow to read.
MAX_LENGTH = 320
# What a slot is filled with to find out whether two answers match the same text.
_ANYTHING = "anything"
# Syntax of a template, the innermost first: what may be left out, and a choice with its first member.
_OPTIONAL = re.compile(r"\[[^\[\]]*\]")
_CHOICE = re.compile(r"\(([^()|]*)[^()]*\)")
_SLOT = re.compile(r"\{[^{}]*\}")


class AnswerProblem(StrEnum):
    """What can be wrong with answers; the value names the explanation."""

    EMPTY = "answer_empty"
    SENTENCE = "answer_sentence_invalid"
    TOO_MANY = "answers_too_many"
    OVERLAP = "answers_overlap"


class AnswerError(ValueError):
    """The answers cannot be told apart, or not be read."""

    def __init__(self, problem: AnswerProblem, *ids: str) -> None:
        """Remember what is wrong, and with which answers."""
        super().__init__(problem.value)
        self.problem = problem
        self.ids = ids


_AGREED = (
    "(ok|oke|okey|okay|oki|okidoki|oki doki|0k|k|kk|d'accord|daccord|d'acc|dacc|d'ac|dac|c'est bon|c bon|parfait"
    f"|entendu|ca marche|{NO_PROBLEM}|{EMOJI_YES})"
)
_YES = "(oui|ui|ouais|ouaip|ouep|yes|yep|yeah|yup|affirmatif)"
_NO = "(non|nan|no|nope|nah|negatif)"
READY: Mapping[str, tuple[Answer, ...]] = {
    "yes_no": (
        Answer(
            "yes",
            (
                "(o|y)",
                f"[mouais] {_YES}",
                "(mais oui|si si|mais si)",
                _AGREED,
                "(bien sûr|volontiers|avec plaisir|vas-y|allez-y|absolument|tout à fait|évidemment|carrément|grave)",
                "(sure|of course|absolutely|go|go ahead)",
                "(ok|okay) oui",
            ),
        ),
        Answer(
            "no",
            (
                f"(n|{EMOJI_NO}|{_NO})",
                "(surtout pas|pas maintenant|pas la peine|pas question|hors de question|jamais|jamais de la vie)",
                "(pas du tout|absolument pas|certainement pas)",
                "[surtout] [ne] (fais|faites) rien",
                "(mais|bien sûr que|certainement|absolument|évidemment que) non",
                "(of course|certainly|absolutely|definitely) not",
                "[je] [ne] (peux|veux) pas",
                "[c'est] (impossible|pas possible)",
                "[please] (not now|never|no way|don't|dont|[i] (can't|cant|cannot|don't want to|won't))",
            ),
        ),
    ),
    "ok": (
        Answer(
            "ok",
            (
                f"{_AGREED}",
                f"{_YES}",
                "[bien] (reçu|compris|noté|vu)",
                "c'est (noté|compris|vu|ok|bon)",
                "reçu (5|cinq) (5|sur 5|cinq|sur cinq)",
                "(je m'en|j'm'en|je m en|je men) (occupe|charge)",
                "je (gère|regarde|rentre|pars|fonce|passe voir|vais voir|vais y aller|suis en route)",
                "(je fais le nécessaire|pris en charge)",
                "(j'y|jy|on y) (vais|va|cours|fonce)",
                "(j'|j |on )(arrive|accours)",
                "(jarrive|en route)",
                "(got it|understood|received|roger|roger that|copy|copy that|will do|ack|acknowledged)",
                "[(i'm|im|i am)] (on it|on my way|coming|omw)",
                "[(i'm|im|i am)] (heading|leaving|going) [(home|there|over)] now",
                "(i'll|ill|i will) (take care [of it]|check [it]|go|be there|handle it|have a look|take a look)",
                "(i've|ive|i have) got (this|it)",
            ),
        ),
    ),
    "done": (
        Answer(
            "done",
            (
                "[(ok|oui|yes)] [(c'est|c|voilà c'est)] (fait|terminé|fini|réglé|bon)",
                "[(ok|yes)] [(it's|it is|all)] (done|finished|fixed|sorted)",
                f"{EMOJI_YES}",
            ),
        ),
    ),
}


class AnswerMatcher:
    """The answers that a question expects, ready to be held against a reply; without any, every text is one."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        """Read the templates. AnswerError if one of them cannot be read, or if two answers match the same text."""
        self._answers = _joined(answers)
        self._intents = Intents.from_dict(
            {
                "language": "*",
                "intents": {
                    "answer": {
                        "data": [
                            {"sentences": [normalize_template(text) for text in sentences], "metadata": {"id": name}}
                            for name, sentences in self._answers.items()
                        ]
                    }
                },
            }
        )
        self._slots = {
            slot for name in self._answers for expression in self._expressions(name) for slot in _slots(expression)
        }
        for slot in self._slots:
            self._intents.slot_lists[slot] = WildcardSlotList(slot)
        self._has_question = any("?" in sentence for sentences in self._answers.values() for sentence in sentences)
        self._check_overlaps()

    def understand(self, text: str) -> MatchedAnswer | None:
        """Return the answer that a text is; None for one that is none of them, or could be two.

        The whole text counts first, then its beginning, if nothing behind it denies or doubts it.
        """
        if not self._answers:
            return MatchedAnswer(None, {})
        text = plain_reply(text[:MAX_LENGTH])
        if "?" in text and not self._has_question:
            return None
        candidates = _readings(text)
        for candidate in candidates:
            if matches := self._match(candidate):
                return self._only_one(matches, text) if keeps_meaning(candidate, ()) else None
        for candidate in candidates:
            for head, rest in prefixes(candidate):
                if matches := self._match(head):
                    return self._with_rest(matches, head, rest, text)
        return None

    def _with_rest(
        self, matches: Sequence[RecognizeResult], head: str, rest: Sequence[str], text: str
    ) -> MatchedAnswer | None:
        """Return the answer that a text begins with, if what follows leaves it what it is."""
        found = self._only_one(matches, text)
        others = {_id(match) for word in rest for match in self._match(word)}
        return found if found and others <= {found.id} and keeps_meaning(head, rest) else None

    def _only_one(self, matches: Sequence[RecognizeResult], text: str) -> MatchedAnswer | None:
        """Return the answer of matches that agree; None if they are of several."""
        ids = {_id(match) for match in matches}
        # The template with the most words of its own says best which words are those of a slot.
        match = max(matches, key=lambda match: match.text_chunks_matched)
        slots = {name: str(entity.value) for name, entity in match.entities.items()}
        return MatchedAnswer(ids.pop(), restore_spelling(text, slots)) if len(ids) == 1 else None

    def _match(self, folded: str) -> list[RecognizeResult]:
        return list(islice(recognize_all(folded, self._intents), MAX_SAMPLES))

    def _expressions(self, name: str) -> Iterator[Expression]:
        for data in self._intents.intents["answer"].data:
            if (data.metadata or {})["id"] == name:
                yield from (sentence.expression for sentence in data.sentences)

    def _check_overlaps(self) -> None:
        """Hold what each answer can be against all answers; slots are tried with what the others can be."""
        plain = {name: self._samples(name, [_ANYTHING]) for name in self._answers}
        for name in self._answers:
            others = [text for other, samples in plain.items() if other != name for text in samples]
            filled = self._samples(name, others) if self._slots and others else []
            texts = (*plain[name], *filled) if len(self._answers) > 1 else ()
            for candidate in (candidate for text in texts for candidate in _candidates(text)):
                for other in {_id(match) for match in self._match(candidate)} - {name}:
                    raise AnswerError(AnswerProblem.OVERLAP, *sorted((name, other)))

    def _samples(self, name: str, fillings: Sequence[str]) -> list[str]:
        """Give texts that an answer is, its slots filled; AnswerError if its templates have too many."""
        lists = _filled(self._slots, fillings[:MAX_SENTENCES])
        texts: list[str] = []
        for expression in self._expressions(name):
            texts += islice(sample_expression(expression, lists), MAX_SAMPLES + 1 - len(texts))
        if len(fillings) == 1 and len(texts) > MAX_SAMPLES:
            raise AnswerError(AnswerProblem.TOO_MANY)
        return [" ".join(text.split()) for text in texts]


def _joined(answers: Iterable[Answer]) -> dict[str, tuple[str, ...]]:
    """Join answers of the same id; AnswerError for what cannot be read."""
    joined: dict[str, tuple[str, ...]] = {}
    for answer in answers:
        name = answer.id.strip()
        sentences = tuple(sentence for sentence in map(str.strip, answer.sentences) if sentence)
        if not name or not sentences:
            raise AnswerError(AnswerProblem.EMPTY)
        joined[name] = (*joined.get(name, ()), *sentences)
    for name, sentences in joined.items():
        if len(sentences) > MAX_SENTENCES or len(joined) > MAX_ANSWERS:
            raise AnswerError(AnswerProblem.TOO_MANY)
        for sentence in sentences:
            _check_sentence(name, sentence)
    return joined


def _check_sentence(name: str, sentence: str) -> None:
    """Refuse a template that cannot be read, or that matches nothing or everything."""
    try:
        expression = parse_sentence(normalize_template(sentence)).expression
    except ParseError, AssertionError, ValueError:
        raise AnswerError(AnswerProblem.SENTENCE, name) from None
    if any(isinstance(part, RuleReference) for part in _parts(expression)):
        raise AnswerError(AnswerProblem.SENTENCE, name)
    lists = _filled(_slots(expression), [_ANYTHING])
    if any(not set(text.split()) - {_ANYTHING} for text in islice(sample_expression(expression, lists), MAX_SAMPLES)):
        raise AnswerError(AnswerProblem.SENTENCE, name)


def example_of(answer: Answer) -> str:
    """Return one way to write an answer: its first sentence without what is optional, with the first of each choice."""
    text = answer.sentences[0]
    for syntax, replacement in ((_OPTIONAL, " "), (_CHOICE, r"\1"), (_SLOT, "...")):
        while syntax.search(text):
            text = syntax.sub(replacement, text)
    return " ".join(text.split())


def _filled(slots: Iterable[str], fillings: Sequence[str]) -> dict[str, SlotList]:
    return {slot: TextSlotList.from_strings(fillings, name=slot) for slot in slots}


def _candidates(folded: str) -> list[str]:
    """Give a text as it is, and without politeness if anything is left then."""
    return [candidate for candidate in dict.fromkeys((folded, strip_politeness(folded))) if candidate]


def _readings(text: str) -> list[str]:
    """Return what a reply may be meant to be, with and without politeness, what is written first."""
    found = [candidate for spelling in spellings(normalize_text(text)) for candidate in _candidates(spelling)]
    return list(dict.fromkeys(found))


def _id(match: RecognizeResult) -> str:
    return str((match.intent_metadata or {})["id"])


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    if isinstance(expression, Group):
        for item in expression.items:
            yield from _parts(item)


def _slots(expression: Expression) -> set[str]:
    return {part.list_name for part in _parts(expression) if isinstance(part, ListReference)}

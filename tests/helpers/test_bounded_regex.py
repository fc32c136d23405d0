"""A regular expression finds what it is to find, and none that is accepted makes the house stand still."""

import re
import string
import sys
import warnings
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.helpers import bounded_regex
from custom_components.smsmode.helpers.bounded_regex import BoundedRegex, RegexError, RegexProblem


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here."""


@pytest.mark.parametrize(
    ("expression", "text", "fits"),
    [
        pytest.param(r"\bheat to \d{2}\b", "Please HEAT to 19", True, id="anywhere, whatever the case"),
        pytest.param(r"^\d{4}$", "1234", True, id="the whole text"),
        pytest.param(r"^\d{4}$", "12345", False, id="too much"),
        pytest.param("arm home", "arm\r\nhome", True, id="over a line break"),
        pytest.param("(on|off) (light|tv)", "TV off", False, id="in another order"),
        pytest.param("(yes)?(?(1)!|no)", "no", True, id="conditional"),
        pytest.param("(?>a)b(?=c)(?<!x)c*+", "abc", True, id="atomic, ahead, behind"),
        pytest.param("fire.*kitchen.*", "fire in the kitchen", True, id="two wildcards"),
    ],
)
def test_a_regular_expression_is_looked_for(expression: str, text: str, *, fits: bool) -> None:
    assert BoundedRegex(expression).fits(text) is fits


def test_a_cheap_expression_is_looked_for_in_all_of_a_long_reply_and_a_dear_one_in_a_segment_of_it() -> None:
    assert BoundedRegex("o.*k").fits(f"{'-' * 763}ok")
    assert not BoundedRegex("o.*k").fits(f"{'-' * 764}ok")
    assert BoundedRegex("o.*.*k").fits(f"{'-' * 158}ok")
    assert not BoundedRegex("o.*.*k").fits(f"{'-' * 159}ok")


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        pytest.param("(", RegexProblem.INVALID, id="bracket"),
        pytest.param("*", RegexProblem.INVALID, id="nothing to repeat"),
        pytest.param("a{99999999999}", RegexProblem.INVALID, id="beyond all numbers"),
        pytest.param("(" * 5000 + ")" * 5000, RegexProblem.INVALID, id="too deep"),
        pytest.param("(a+)+$", RegexProblem.COSTLY, id="repetition of a repetition"),
        pytest.param("(a|a)*$", RegexProblem.COSTLY, id="repetition of a choice"),
        pytest.param("(a?){40}a{40}", RegexProblem.COSTLY, id="bounded repetition of an option"),
        pytest.param("a?" * 40 + "a" * 40, RegexProblem.COSTLY, id="many options"),
        pytest.param("(a|a)" * 40 + "$", RegexProblem.COSTLY, id="many choices"),
        pytest.param(".*.*.*=", RegexProblem.COSTLY, id="three wildcards"),
        pytest.param("x{900}(a+)+$", RegexProblem.COSTLY, id="behind what is longer than any text"),
        pytest.param("(?=(a+)+$)", RegexProblem.COSTLY, id="looking ahead"),
        pytest.param("(?>(a+)+)$", RegexProblem.COSTLY, id="atomic"),
        pytest.param("(x)?(?(1)(a+)+|b)$", RegexProblem.COSTLY, id="conditional"),
    ],
)
def test_an_expression_that_is_wrong_or_costly_is_refused(expression: str, problem: RegexProblem) -> None:
    with pytest.raises(RegexError) as refused:
        BoundedRegex(expression)
    assert refused.value.problem is problem


@pytest.mark.timeout(10)
@given(
    st.text(alphabet="ab.*+?{2,}()|[^]\\w$", max_size=14),
    st.sampled_from(["a", "b", "ab", "aab", " ", ","]).map(lambda piece: piece * 800),
)
def test_no_expression_that_is_accepted_makes_the_house_stand_still(expression: str, text: str) -> None:
    with warnings.catch_warnings():
        # Python wonders about what it may mean one day.
        warnings.simplefilter("ignore", FutureWarning)
        try:
            pattern = BoundedRegex(expression)
        except RegexError:
            return
    pattern.fits(f"{text}!")


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=1, max_size=20), st.text(max_size=100))
def test_a_word_as_an_expression_is_found_where_it_stands(word: str, before: str) -> None:
    assert BoundedRegex(word).fits(f"{before} {word}")


@pytest.fixture
def without_parser(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a Python without the private parser would load it."""
    spec = spec_from_file_location("bounded_regex_without_parser", bounded_regex.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    with monkeypatch.context() as patch:
        for name in ("_parser", "_constants"):
            patch.delattr(re, name)
            patch.setitem(sys.modules, f"re.{name}", None)
        spec.loader.exec_module(module)
    return module


def test_a_python_without_the_private_parser_accepts_no_expression_and_no_more_is_lost(
    without_parser: ModuleType,
) -> None:
    with pytest.raises(ValueError, match="pattern_unsupported") as refused:
        without_parser.BoundedRegex("ok")
    assert refused.value.problem is without_parser.RegexProblem.UNSUPPORTED  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="pattern_invalid"):
        without_parser.BoundedRegex("(")


@pytest.mark.parametrize("parsed", [None, [1], [(1, 2, 3)]], ids=["nothing", "numbers", "triples"])
def test_a_parser_that_gives_something_else_accepts_no_expression(
    monkeypatch: pytest.MonkeyPatch, parsed: object
) -> None:
    monkeypatch.setattr(bounded_regex, "_parser", SimpleNamespace(parse=lambda _expression: parsed))
    with pytest.raises(RegexError) as refused:
        BoundedRegex("ok")
    assert refused.value.problem is RegexProblem.UNSUPPORTED

"""Front pages: the figures that a complete run of the benchmarks writes into them."""

from pathlib import Path

import pytest

from benchmarks.publish import FRONT_FIGURES, FRONT_PAGES, fill


@pytest.mark.parametrize("page", FRONT_PAGES, ids=str)
@pytest.mark.parametrize("key", FRONT_FIGURES)
def test_a_front_page_has_one_place_for_each_figure(page: Path, key: str) -> None:
    filled = fill(page.read_text(), key, "1,234")
    assert filled.count("1,234") == page.read_text().count("1,234") + 1


def test_a_page_without_the_place_of_a_figure_is_refused() -> None:
    with pytest.raises(ValueError, match="writes"):
        fill("0 writes", "writes", "1")

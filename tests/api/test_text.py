"""How a text travels."""

import pytest
from gsm0338 import Codec

from custom_components.smsmode.api import (
    Alphabet,
    Encoding,
    InputProblem,
    PreparedText,
    SmsmodeInputError,
    StopClause,
    TextChange,
    count_segments,
    count_units,
    is_gsm,
    prepare_text,
)

# Byte column of the table on p. 8, without È (C8), which GSM 03.38 lacks, and without the second euro (80).
TABLE = bytes(
    [
        *(0x0A, 0x0D, *range(0x20, 0x60), *range(0x61, 0x7F)),
        *(0xA1, 0xA3, 0xA4, 0xA5, 0xA7, 0xBF, 0xC4, 0xC5, 0xC6, 0xC7, 0xC9, 0xD1, 0xD6, 0xD8, 0xDC, 0xDF),
        *(0xE0, 0xE4, 0xE5, 0xE6, 0xE8, 0xE9, 0xEC, 0xF1, 0xF2, 0xF6, 0xF8, 0xF9, 0xFC),
    ]
).decode("iso-8859-15")

# In GSM 03.38, but not in the table of the document (the last one is the escape itself).
NOT_AT_THE_GATEWAY = set("ΔΦΓΛΩΠΨΣΘΞ¤\f\x1b")


def test_the_repertoire_is_the_byte_column_of_the_document() -> None:
    accepted = {char for char in map(chr, range(0x110000)) if is_gsm(char)}
    assert accepted == set(TABLE)


def test_an_independent_gsm_codec_agrees_on_what_can_be_sent_and_what_counts_double() -> None:
    codec = Codec()
    for char in map(chr, range(0x3000)):
        try:
            septets = len(codec.encode(char)[0])
        except UnicodeError:
            septets = 0
        if char in NOT_AT_THE_GATEWAY:
            assert septets
            assert not is_gsm(char)
        else:
            assert is_gsm(char) == bool(septets), hex(ord(char))
        if is_gsm(char):
            assert count_units(char, Alphabet.GSM) == septets


@pytest.mark.parametrize("char", "{|}~[\\]^€")
def test_these_characters_count_double(char: str) -> None:
    assert count_units(char, Alphabet.GSM) == 2
    assert prepare_text(f"a{char}a").characters == 4
    assert prepare_text(f"a{char}a").costly == (char,)


@pytest.mark.parametrize(
    ("units", "segments"),
    [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4), (612, 4), (613, 5), (765, 5), (766, 6)],
)
def test_gsm_segments_are_those_of_the_document(units: int, segments: int) -> None:
    assert count_segments("x" * units, Alphabet.GSM) == segments


@pytest.mark.parametrize(
    ("units", "segments"),
    [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4), (268, 4), (269, 5), (335, 5), (336, 6)],
)
def test_unicode_segments_are_those_of_the_document(units: int, segments: int) -> None:
    assert count_segments("x" * units, Alphabet.UNICODE) == segments


def test_unicode_characters_beyond_ffff_count_double() -> None:
    assert count_units("\uffff", Alphabet.UNICODE) == 1
    assert count_units("\U00010000", Alphabet.UNICODE) == 2
    assert prepare_text("😀" * 35).segments == 1
    assert prepare_text("😀" * 36).segments == 2


def test_plain_french_goes_as_it_is() -> None:
    prepared = prepare_text("Déjà 5 € à la fenêtre".replace("ê", "e"))
    assert prepared == PreparedText(
        text="Déjà 5 € à la fenetre",
        alphabet=Alphabet.GSM,
        characters=22,
        segments=1,
        changes=(),
        left_out=0,
        replaced=0,
        costly=("€",),
    )


def test_auto_stays_faithful_while_that_costs_no_more_segments() -> None:
    prepared = prepare_text("Fenêtre ouverte, ça gèle")
    assert (prepared.text, prepared.alphabet) == ("Fenêtre ouverte, ça gèle", Alphabet.UNICODE)
    assert (prepared.segments, prepared.changes, prepared.costly) == (1, (), ("ê", "ç"))


def test_auto_replaces_accents_that_would_cost_a_segment() -> None:
    prepared = prepare_text("La fenêtre de la chambre est restée ouverte et ça gèle depuis une heure.")
    assert prepared.text == "La fenetre de la chambre est restée ouverte et ca gèle depuis une heure."
    assert (prepared.alphabet, prepared.segments) == (Alphabet.GSM, 1)
    assert prepared.changes == (
        TextChange(original="ê", replacement="e", count=1),
        TextChange(original="ç", replacement="c", count=1),
    )


@pytest.mark.parametrize("precious", ["🔥", "火", "Ж", "א", "Ω", "1\ufe0f\u20e3", "≮", "∞"], ids=ascii)
def test_auto_never_drops_an_emoji_or_another_script(precious: str) -> None:
    text = f"{precious} dans la cuisine, appelez tout de suite les voisins, puis les pompiers, merci beaucoup"
    prepared = prepare_text(text)
    assert (prepared.text, prepared.alphabet, prepared.segments) == (text, Alphabet.UNICODE, 2)


@pytest.mark.parametrize("max_segments", [1, 3, 5])
def test_auto_does_not_pay_for_an_emoji_that_is_cut_off(max_segments: int) -> None:
    prepared = prepare_text("Fenêtre ouverte. " * 10 * max_segments + "🔥", max_segments=max_segments)
    assert prepared.alphabet is Alphabet.GSM
    assert prepared.text.startswith("Fenetre ouverte. ")
    assert prepared.characters > 67 * max_segments


def test_auto_keeps_an_emoji_that_stands_before_the_cut() -> None:
    prepared = prepare_text("🔥" + "Fenêtre ouverte. " * 50)
    assert (prepared.alphabet, prepared.truncated) == (Alphabet.UNICODE, True)
    assert prepared.text.startswith("🔥Fenêtre")


def test_gsm_replaces_what_it_lacks_by_a_question_mark_and_reports_it() -> None:
    prepared = prepare_text("🔥🔥 ça brûle", encoding=Encoding.GSM)
    assert prepared.text == "?? ca brule"
    assert prepared.changes == (
        TextChange(original="🔥", replacement="?", count=2),
        TextChange(original="ç", replacement="c", count=1),
        TextChange(original="û", replacement="u", count=1),
    )


def test_unicode_is_always_faithful() -> None:
    prepared = prepare_text("plain [brackets]", encoding=Encoding.UNICODE)
    assert (prepared.text, prepared.alphabet, prepared.characters) == ("plain [brackets]", Alphabet.UNICODE, 16)
    assert prepared.costly == ()


def test_with_replies_auto_works_as_gsm() -> None:
    assert prepare_text("Ça va ? 🔥", reply=True) == prepare_text("Ça va ? 🔥", encoding=Encoding.GSM)
    assert prepare_text("Fenêtre", reply=True).text == "Fenetre"


@pytest.mark.parametrize("text", ["plain", "fenêtre"])
def test_with_replies_unicode_is_refused(text: str) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        prepare_text(text, reply=True, encoding=Encoding.UNICODE)
    assert raised.value.problem is InputProblem.TEXT_NOT_ENCODABLE


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\x00\x07", "\xa0"], ids=ascii)
@pytest.mark.parametrize("encoding", Encoding)
def test_an_empty_text_is_refused(text: str, encoding: Encoding) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        prepare_text(text, encoding=encoding)
    assert raised.value.problem is InputProblem.TEXT_EMPTY


@pytest.mark.parametrize("encoding", [Encoding.AUTO, Encoding.GSM])
def test_a_text_that_is_empty_once_prepared_is_refused(encoding: Encoding) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        prepare_text("°" * 71, encoding=encoding)
    assert raised.value.problem is InputProblem.TEXT_EMPTY


@pytest.mark.parametrize("max_segments", [-1, 0, 6])
def test_segments_are_one_to_five(max_segments: int) -> None:
    with pytest.raises(SmsmodeInputError) as raised:
        prepare_text("x", max_segments=max_segments)
    assert raised.value.problem is InputProblem.MAX_SEGMENTS_INVALID


def test_line_ends_and_decomposed_accents_are_normalized_without_a_change_reported() -> None:
    prepared = prepare_text("e\u0301te\u0301\r\nfini\rici")
    assert (prepared.text, prepared.alphabet, prepared.changes) == ("été\nfini\nici", Alphabet.GSM, ())


@pytest.mark.parametrize("encoding", Encoding)
def test_control_characters_are_dropped_and_reported(encoding: Encoding) -> None:
    prepared = prepare_text("a\x07b\x00\x0cc", encoding=encoding)
    assert prepared.text == "ab\nc"
    assert set(prepared.changes) == {
        TextChange(original="\x07", replacement="", count=1),
        TextChange(original="\x00", replacement="", count=1),
        TextChange(original="\x0c", replacement="\n", count=1),
    }


def test_a_control_character_does_not_part_a_letter_from_its_accent() -> None:
    assert prepare_text("e\x13\u0301te\u0301").text == "été"


def test_a_tab_becomes_a_space_only_where_it_must() -> None:
    assert prepare_text("a\tb", encoding=Encoding.GSM).text == "a b"
    assert prepare_text("a\tb", encoding=Encoding.UNICODE).text == "a\tb"


def test_surrogates_become_the_character_that_they_mean() -> None:
    assert prepare_text("\ud83d\ude00").text == "😀"
    assert prepare_text("\ud83d alone", encoding=Encoding.UNICODE).text == "\ufffd alone"


def test_the_stop_mention_counts_only_when_it_is_certain() -> None:
    text = "x" * 150
    assert (prepare_text(text).characters, prepare_text(text).segments) == (150, 1)
    assert prepare_text(text, stop=StopClause.IF_FREE).segments == 1
    always = prepare_text(text, stop=StopClause.ALWAYS)
    assert (always.characters, always.segments) == (161, 2)
    assert prepare_text("x" * 149, stop=StopClause.ALWAYS).segments == 1


def test_the_stop_mention_can_tip_the_choice_of_alphabet() -> None:
    text = "ê" * 60
    assert prepare_text(text).alphabet is Alphabet.UNICODE
    assert prepare_text(text, stop=StopClause.ALWAYS).alphabet is Alphabet.GSM


def test_a_text_too_long_is_cut_at_a_word_and_says_so() -> None:
    prepared = prepare_text("sonnerie " * 40, max_segments=1)
    assert prepared.text == "sonnerie " * 16 + "sonnerie..."
    assert (prepared.truncated, prepared.segments, prepared.characters) == (True, 1, 155)


def test_in_unicode_the_cut_is_one_ellipsis() -> None:
    prepared = prepare_text("été là 🔥 " * 20, max_segments=1)
    assert prepared.text.endswith("…")
    assert "..." not in prepared.text
    assert prepared.truncated


def test_a_text_that_just_fits_is_left_alone() -> None:
    assert prepare_text("x" * 765).truncated is False
    assert prepare_text("x" * 765).text == "x" * 765
    assert prepare_text("x" * 766).text == "x" * 762 + "..."


def test_changes_in_what_was_cut_off_still_show_that_the_text_was_changed() -> None:
    prepared = prepare_text("x " * 100 + "ê", encoding=Encoding.GSM, max_segments=1)
    assert prepared.truncated
    assert prepared.changes == (TextChange(original="ê", replacement="e", count=1),)


def test_the_stop_mention_is_paid_for_in_either_alphabet() -> None:
    # 65 characters, or 155 when the ellipses are written out: with the mention two segments either way.
    text = "…" * 45 + "x" * 20
    prepared = prepare_text(text, stop=StopClause.ALWAYS)
    assert (prepared.alphabet, prepared.text, prepared.segments) == (Alphabet.UNICODE, text, 2)


@pytest.mark.parametrize(("room", "stop"), [(70, StopClause.NEVER), (70, StopClause.IF_FREE), (59, StopClause.ALWAYS)])
def test_an_emoji_is_worth_an_alphabet_only_if_all_of_it_fits(room: int, stop: StopClause) -> None:
    fits, too_long = "ê" + "x" * (room - 3) + "🔥", "ê" + "x" * (room - 2) + "🔥"
    assert prepare_text(fits, max_segments=1, stop=stop).alphabet is Alphabet.UNICODE
    assert prepare_text(too_long, max_segments=1, stop=stop).alphabet is Alphabet.GSM


@pytest.mark.parametrize(
    ("char", "encoding"),
    [
        ("x", Encoding.GSM),
        ("€", Encoding.GSM),
        ("火", Encoding.UNICODE),
        ("\uffff", Encoding.UNICODE),
        ("\U00010000", Encoding.UNICODE),
        ("🔥", Encoding.UNICODE),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("max_segments", [1, 5])
def test_truncation_leaves_no_room_for_another_character(char: str, encoding: Encoding, max_segments: int) -> None:
    prepared = prepare_text(char * 1_000, encoding=encoding, max_segments=max_segments)
    room = {Alphabet.GSM: {1: 160, 5: 765}, Alphabet.UNICODE: {1: 70, 5: 335}}[prepared.alphabet][max_segments]
    assert room - count_units(char, prepared.alphabet) < prepared.characters <= room


def test_letters_are_not_taken_for_control_characters() -> None:
    text = "EXIT, Ж"
    assert prepare_text(text, encoding=Encoding.UNICODE).text == text


@pytest.mark.parametrize("text", ["", "abc", "Ж", "🔥🔥", "€"])
@pytest.mark.parametrize("alphabet", Alphabet)
def test_units_are_whole(text: str, alphabet: Alphabet) -> None:
    assert isinstance(count_units(text, alphabet), int)


def test_what_is_left_out_and_what_becomes_a_question_mark_is_counted() -> None:
    prepared = prepare_text("word " * 40, max_segments=1)
    assert prepared.left_out == 200 - len(prepared.text.removesuffix("..."))
    assert (prepare_text("5 € à la fenêtre ?\uff1f", reply=True).replaced, prepare_text("🐈").replaced) == (0, 0)
    assert prepare_text("a 🐈 and a 🐈?", reply=True).replaced == 2

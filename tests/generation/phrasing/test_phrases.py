import pytest

from composer_app.generation.phrasing.phrases import Phrase, phrases_of
from composer_app.music.files.sample_melodies import load_sample
from composer_app.music.meter_map import MeterMap
from composer_app.music.note import Note
from composer_app.music.timing import Meter, TempoMap
from tests.generation.phrasing.playing import FOUR_FOUR, MELODY, line

TEMPO = TempoMap.constant(120)


def begins(melody: tuple[Note, ...], meters: MeterMap = FOUR_FOUR) -> list[int]:
    return [phrase.start for phrase in phrases_of(melody, meters, TEMPO)]


def test_the_ode_has_two_phrases_of_four_bars() -> None:
    assert begins(MELODY) == [0, 64]


def test_phrases_cover_the_piece_and_peak_inside() -> None:
    phrases = phrases_of(MELODY, FOUR_FOUR, TEMPO)
    assert phrases[-1].end == 128
    for phrase in phrases:
        assert phrase.start < phrase.peak < phrase.end


def test_a_phrase_begins_with_its_upbeat() -> None:
    tune = "67 72.8 72 72.8 74 76.8 74 72.8 "
    meters = MeterMap.constant(Meter(3, 4), 960)
    assert begins(line(tune * 3), meters) == [0, 48, 96]


def test_a_rest_ends_a_phrase() -> None:
    before, after = line("60 62 64 65 67 65 64.4"), line("62 64 65 67 65 64 62.8", start=32)
    meters = MeterMap.constant(Meter(5, 4), 0)
    assert 32 in begins((*before, *after), meters)


def test_the_highest_note_is_the_peak_unless_it_is_early_or_late() -> None:
    def peak(tune: str) -> float:
        (phrase,) = phrases_of(line(tune), FOUR_FOUR, TEMPO)
        return phrase.place(phrase.peak)

    assert peak("60 62 64 62 72 62 60 60.4") == 0.5
    assert peak("72 62 64 62 60 62 60 60.4") == pytest.approx(0.6)
    assert peak("60 62 64 62 60 62 60 72.4") == pytest.approx(0.6)


def test_a_place_in_a_phrase_is_from_0_to_1() -> None:
    phrase = Phrase(8, 24, 16.0)
    assert [phrase.place(step) for step in (0, 8, 16, 24, 30)] == [0, 0, 0.5, 1, 1]


def test_nothing_has_no_phrases() -> None:
    assert phrases_of((), FOUR_FOUR, TEMPO) == ()
    assert begins(line("60")) == [0]


def test_even_sixteenths_of_many_bars_are_divided_at_bars() -> None:
    phrases = begins(tuple(Note(step, 60 + step % 12, 1) for step in range(16 * 120)))
    assert len(phrases) > 20
    assert all(step % 16 == 0 for step in phrases)


def test_twinkle_has_phrases_of_two_bars() -> None:
    melody = load_sample("twinkle")
    found = phrases_of(melody.notes, melody.meters.with_upbeat(0), melody.tempo)
    assert [phrase.start for phrase in found] == [0, 32, 64, 96, 128, 160]

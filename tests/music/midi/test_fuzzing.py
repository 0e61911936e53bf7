"""Whatever befalls a file, reading makes music of it or says what is wrong."""

import pytest

from composer_app.music.midi.events import chunks, parsing
from tests.music.midi.fuzzing import UnexpectedError, mutation, outcomes, read, seed_files

PORTION = 500
# Reading takes milliseconds; what takes this long is a loop that has no end in sight.
MOST_SECONDS = 20


@pytest.mark.parametrize("portion", range(4))
def test_damaged_files_give_music_or_a_sentence(portion: int) -> None:
    found = list(outcomes(portion * PORTION, PORTION))
    assert max(each.seconds for each in found) < MOST_SECONDS
    # The mutations are such that some of each kind are left.
    assert sum(each.read for each in found) > PORTION / 4
    assert sum(not each.read for each in found) > PORTION / 50
    assert sum(each.mended for each in found) > PORTION / 10


def test_a_mutation_can_be_had_again() -> None:
    files = seed_files()
    assert len(files) >= 50
    assert [mutation(files, number) for number in range(20)] == [
        mutation(files, number) for number in range(20)
    ]
    assert len({mutation(files, number) for number in range(50)}) > 45


def test_what_is_no_music_and_no_sentence_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = seed_files()[0]
    assert read(data).read
    with monkeypatch.context() as patch:
        patch.delattr(parsing, "with_ends")
        with pytest.raises(UnexpectedError, match="mutation 7: NameError"):
            read(data, 7)
    monkeypatch.setattr(chunks, "channel_events", lambda *_: 1 / 0)
    with pytest.raises(UnexpectedError, match="ZeroDivisionError"):
        read(data)

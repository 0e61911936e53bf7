"""Which names of chords are shown where there is no room for all."""

from composer_app.studio.roll.chords.name_places import ChordCell, NamePlace, Size, name_places


def width(name: str, size: Size) -> float:
    return len(name) * (10 if size is Size.USUAL else 8)


def laid_out(*cells: tuple[str, float], downbeats: tuple[int, ...] = (0,)) -> tuple[str, str]:
    """Names as they are shown and marks for those that are covered, of cells one behind another.

    Large letters are the usual size, small ones the small size, a dot is none, a ~ cut short.
    """
    left, row = 0.0, []
    for index, (name, length) in enumerate(cells):
        row.append(ChordCell(left, left + length, name, index in downbeats))
        left += length
    places, covered = name_places(row, width, 5, 12)
    shown = ""
    for cell, place in zip(row, places, strict=True):
        if place is None:
            shown += "."
        elif not place.whole:
            shown += "~"
        else:
            shown += cell.name[0].upper() if place.size is Size.USUAL else cell.name[0].lower()
    return shown, "".join("x" if each else "-" for each in covered)


def test_names_that_fit_stand_in_their_cells() -> None:
    assert laid_out(("C", 40), ("G7", 40), ("Am", 40)) == ("CGA", "---")
    assert laid_out(("C", 15), ("G7", 22), ("Am", 40)) == ("CgA", "---")
    assert laid_out() == ("", "")


def test_a_downbeat_is_read_over_what_follows() -> None:
    assert laid_out(("G7/B", 16), ("Dm7", 16), ("F#m", 16), ("Am", 40)) == ("g..A", "-xx-")
    # The second cell is a downbeat: its name is the one that is read.
    assert laid_out(("G7/B", 16), ("Dm7", 16), ("F#m", 26), ("Am", 40), downbeats=(1,)) == (
        ".d.A",
        "--x-",
    )


def test_what_has_its_own_room_is_never_covered() -> None:
    assert laid_out(("G7/B", 20), ("C", 20), ("F", 20)) == ("~CF", "---")
    assert laid_out(("G7/B", 10), ("C", 20), ("F", 20)) == (".CF", "---")


def test_the_longer_chord_comes_first() -> None:
    # The longer one would reach into a chord whose name stands already.
    shown, _ = laid_out(("Dm7", 14), ("G7/B", 24), ("C", 30), downbeats=())
    assert shown == "d.C"
    shown, _ = laid_out(("Dm7", 14), ("Gm7", 30), ("F#", 10), ("C", 30), downbeats=())
    assert shown == ".g.C"


def test_rooms_hold_their_names() -> None:
    cells = [ChordCell(0, 16, "G7/B", True), ChordCell(16, 60, "F", False)]
    places, covered = name_places(cells, width, 5, 12)
    assert places == [None, NamePlace(Size.USUAL, 10)]
    assert covered == [False, False]

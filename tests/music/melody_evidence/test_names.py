"""What the name of a track says of its part."""

import pytest

from composer_app.music.melody_evidence.names import NameKind, kind_of_name


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (
            ("Melody", "MELODY", "Melodie", "melodía", "Vocals", "Lead Vocals", "Lead vox"),
            NameKind.MELODY,
        ),
        (("Singstimme", "Gesang", "Chant", "Canto", "Śpiew", "Мелодия", "Вокал"), NameKind.MELODY),
        (("メロディ", "ﾒﾛﾃﾞｨｰ", "主旋律トラック", "ボーカル", "人声", "멜로디"), NameKind.MELODY),
        (("Soprano", "Sopran I", "Descant", "Lead", "Thème", "Violin solo"), NameKind.LEADING),
        (("Voice", "Stimme", "Piano RH", "Right Hand", "1st Violin"), NameKind.SINGING),
        (("Violine 1", "Sopran II", "Melody 2", "2nd vocal"), NameKind.SINGING),
        (("Flute", "Flöte", "Trumpet in B", "Alto Sax", "Tenor saxophone"), NameKind.INSTRUMENT),
        (("Bass", "Fingered Bass", "Drums", "Begleitung", "伴奏", "Piano LH"), NameKind.BENEATH),
        (("left hand", "Pad 3", "Strings", "Alto", "Tenor", "Chords", "cello"), NameKind.BENEATH),
        # What takes the word back,
        (("Backing Vocals", "Harmony vocal", "Lead Bass", "Counter melody"),
         NameKind.BENEATH),
        # and what has only letters of such a word, or says nothing.
        (("Themed bells", "Part 3", "", "Piano", "Leadbelly", "Chantilly", "Bassano"),
         NameKind.NOTHING),
    ],
)  # fmt: skip
def test_what_a_name_says(names: tuple[str, ...], kind: NameKind) -> None:
    assert {name: kind_of_name(name) for name in names} == dict.fromkeys(names, kind)

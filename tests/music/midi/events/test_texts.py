"""Letters in whatever encoding a program wrote them."""

import subprocess
import sys

import pytest

from composer_app.music.midi.events.texts import decoded
from tests.music.midi.hexfile import chunk, header

TEXTS = {
    "cp932": [
        ["さくら"],
        ["春よ、来い"],
        ["エリーゼのために"],
        ["メロディ", "ピアノ", "ベース", "ドラム"],
        ["あなたに会えて", "よかった", "ね", "きっと", "わたし"],
        ["川の流れのように", "Melody", "Bass"],
        ["Track 1 ピアノ"],
        ["荒城の月"],
        ["夢"],
        ["第九"],
    ],
    "euc_jp": [["さくら", "ピアノ", "ベース"], ["荒城の月"]],
    "gb18030": [["茉莉花"], ["月亮代表我的心", "钢琴", "贝斯"], ["主旋律"]],
    "big5": [["月亮代表我的心", "鋼琴", "貝斯"]],
    "cp949": [["아리랑"], ["사랑의 인사", "피아노", "베이스"]],
    "cp1251": [
        ["Катюша"],
        ["Подмосковные вечера"],
        ["Скрипка", "Фортепиано", "Бас"],
        ["Track 1 Скрипка"],
        ["Мурка"],
    ],
    "koi8_r": [["Катюша"], ["Скрипка", "Фортепиано", "Бас"]],
    "cp866": [["Катюша"]],
    "cp1253": [["Ζορμπάς"], ["Τα παιδιά του Πειραιά"]],
    "latin-1": [
        ["Für Elise"],
        ["Frère Jacques"],
        ["Là ci darem la mano"],
        ["Così fan tutte"],
        ["Où est-il?"],
        ["Café"],
        ["Noël"],
        ["Straße"],
        ["Señorita"],
        ["Träumerei", "Geige", "Bässe"],
        ["À la claire fontaine"],
    ],
    "cp1252": [["Die Forelle – Schubert"]],
    "mac_roman": [["Für Elise"], ["Frère Jacques"], ["Flöte", "Geige", "Bässe"]],
    "cp1250": [["Dvořák: Humoreska"], ["Skřivánek", "Housle", "Žesťě"], ["Škoda lásky"]],
    "cp1254": [["Ağlama yar"]],
    "utf-8": [["さくら", "Für Elise"], ["Ó Ri Chiarraí", "Lead"], ["🎵 Ой"]],
    "utf-8-sig": [["Für Elise", "Lead"]],
    "utf-16": [["さくら"], ["Für Elise", "Lead"]],
    "utf-16-le": [["Lead", "Fagott"]],
    "utf-16-be": [["Lead", "Fagott"]],
}


@pytest.mark.parametrize(
    ("encoding", "texts"), [(encoding, texts) for encoding in TEXTS for texts in TEXTS[encoding]]
)
def test_short_texts_are_read_in_the_encoding_they_were_written_in(
    encoding: str, texts: list[str]
) -> None:
    assert decoded([text.encode(encoding) for text in texts]) == texts
    # Whose strings end with a zero writes it, too.
    if not encoding.startswith("utf-16"):
        assert decoded([text.encode(encoding) + b"\0" for text in texts]) == texts


def test_texts_that_belong_together_are_looked_at_together() -> None:
    # Two bytes that are a letter of UTF-8 as well.
    half_width = "ﾂｱ".encode("cp932")
    assert decoded([half_width]) == ["±"]
    assert decoded([half_width, "さくら".encode("cp932")]) == ["ﾂｱ", "さくら"]


def test_two_programs_may_have_written_into_one_file() -> None:
    texts = ["Für Elise".encode(), "Flöte".encode("latin-1"), b"Lead"]
    assert decoded(texts) == ["Für Elise", "Flöte", "Lead"]


def test_a_letter_that_is_cut_off_at_the_end_is_left_out() -> None:
    assert decoded(["Größe".encode()[:-2]]) == ["Grö"]


def test_no_bytes_fail() -> None:
    assert decoded([b"", b"\0", b"\xff", bytes(range(256))])[:2] == ["", ""]


def test_most_files_need_no_detection() -> None:
    tune = header(1, 1, 4) + chunk("00 FF 03 03 C3 89 74  00 90 3C 50  04 80 3C 00")
    code = f"""import sys
from composer_app.music.midi.file import parse_midi
print(parse_midi({tune!r}, "t").composition.tracks[0].name.encode(), "chardet" in sys.modules)"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["b'\\xc3\\x89t'", "False"]

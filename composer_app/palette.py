"""Every colour of Composer as a value: the dark palette and the light one, side by side.

Window, statistics and pictures take their colours from here. This knows no Qt, so that the command
line draws in the same colours as the window. Colours are texts, ``#RRGGBB``; each is named after
what it is for, and both palettes pass the same test of contrast (WCAG 2.1, 4.5 for what is read).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#RRGGBB``, each named after what it is for."""

    background: str
    surface: str
    raised: str
    hover: str
    pressed: str
    line: str
    line_strong: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    on_accent: str
    record: str
    record_soft: str
    warning: str
    success: str
    shadow: str
    handle_hover: str
    # Painted views: the rows, lines and keys of the piano roll and the keyboard.
    row: str
    row_black: str
    row_octave: str
    line_bar: str
    line_beat: str
    line_step: str
    playhead: str
    # What the beginning and the edge of a note turn towards.
    note_rim: str
    # Letters on a note.
    on_note: str
    key_white: str
    key_white_edge: str
    key_black: str
    key_black_edge: str
    key_label: str
    key_black_label: str
    # Statistics: what the bars are laid beside, and what lies outside of what is usual.
    reference: str
    outlier: str
    # Soprano, alto, tenor and bass.
    voices: tuple[str, str, str, str]
    # What further tracks of an opened file get.
    further_tracks: tuple[str, ...]

    def track(self, index: int) -> str:
        """The colour of the track with ``index``; beyond the eighth they begin again."""
        colors = self.voices + self.further_tracks
        return colors[index % len(colors)]


DARK: Final = Palette(
    background="#15171C",
    surface="#1D2027",
    raised="#262A33",
    hover="#2F343F",
    pressed="#20242C",
    line="#353A45",
    line_strong="#4A5160",
    text="#E7E9EE",
    muted="#9AA1AE",
    disabled="#5A6170",
    accent="#6AA9FF",
    accent_hover="#86BAFF",
    accent_pressed="#5594EA",
    accent_soft="#26384F",
    on_accent="#0B1220",
    record="#E5484D",
    record_soft="#48262B",
    warning="#F2B94B",
    success="#35C79A",
    shadow="#000000",
    handle_hover="#FFFFFF",
    row="#1B1E25",
    row_black="#171A20",
    row_octave="#2A2F39",
    line_bar="#454C5A",
    line_beat="#2E333D",
    line_step="#242830",
    playhead="#F4F6FA",
    note_rim="#FFFFFF",
    on_note="#15171C",
    key_white="#DFE2E8",
    key_white_edge="#B4B9C4",
    key_black="#23262E",
    key_black_edge="#0E1014",
    key_label="#5B6270",
    key_black_label="#9AA1AE",
    reference="#C9A4FF",
    outlier="#FF8A70",
    # Okabe and Ito's palette for colour-blind readers, 2008, with a green that is brighter on a
    # dark ground.
    voices=("#E69F00", "#56B4E9", "#35C79A", "#CC79A7"),
    further_tracks=("#F0E442", "#8FA3FF", "#E07B4F", "#A8B2C1"),
)
LIGHT: Final = Palette(
    background="#F3F4F7",
    surface="#FFFFFF",
    raised="#EEF0F4",
    hover="#E3E7ED",
    pressed="#D6DBE4",
    line="#D5DAE3",
    line_strong="#A9B1BF",
    text="#1B1F27",
    muted="#565E6D",
    disabled="#9AA1AE",
    accent="#1D63CC",
    accent_hover="#2A6FD8",
    accent_pressed="#164E9F",
    accent_soft="#DCE8FB",
    on_accent="#FFFFFF",
    record="#C9252B",
    record_soft="#FBE0E1",
    warning="#8A5A00",
    success="#0B7857",
    shadow="#000000",
    handle_hover="#000000",
    row="#FFFFFF",
    row_black="#F3F4F7",
    row_octave="#CDD3DD",
    line_bar="#A9B1BF",
    line_beat="#D9DEE6",
    line_step="#ECEEF2",
    playhead="#1B1F27",
    note_rim="#1B1F27",
    on_note="#FFFFFF",
    key_white="#FFFFFF",
    key_white_edge="#B4B9C4",
    key_black="#2B2F38",
    key_black_edge="#0E1014",
    key_label="#5B6270",
    key_black_label="#B4BAC6",
    reference="#7A35C8",
    outlier="#B3261E",
    # The hues of the dark palette, dark enough to be read on white.
    voices=("#8F5E00", "#0C6CA8", "#0B7857", "#A2427A"),
    further_tracks=("#776C00", "#4656CC", "#A84A20", "#5A6577"),
)


def mix(first: str, second: str, share: float) -> str:
    """``share`` (0 to 1) of ``second`` in ``first``."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    # Halves go up, as Qt rounds colours.
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02x}" for a, b in pairs)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue

"""What a voice of the one-pass generator must not do, and what somebody asks of it."""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as fn

from composer_app.music.harmony.chord_qualities import QUALITIES
from composer_app.music.pitch import OCTAVE
from composer_app.training.config import LOWEST_PITCH, PITCH_CLASSES, VOICES
from composer_app.training.networks.one_pass_stages import BASS, Row

_FIFTH: Final = 7
# Steps to the neighbours on each level, and on beats of dotted quarters.
_STRIDES: Final = (4, 2, 1)
_DOTTED_STRIDE: Final = 6
# As in generation.refining.planning: what tones of a chord that is asked for are worth, its root
# above all, most to the last voice that can take it, and its bass to the bass.
_TONE, _ROOT, _BASS = 2.0, 1.0, 12.0
_ROOT_TO_COME, _ROOT_AT_LAST = 1.0, 12.0


def crossing(voices: Tensor, voice: int) -> Tensor:
    """(B, T, 49): pitches not between the nearest voices that stand above and below.

    ``voices`` (B, T, 4) are 0 where nothing stands. A rest is always possible.
    """
    upper, lower = voices[..., :voice], voices[..., voice + 1 :]
    classes = torch.arange(PITCH_CLASSES, device=voices.device)
    high = torch.where(upper > 0, upper, PITCH_CLASSES).amin(dim=2, keepdim=True)
    outside = classes > high
    if voice != BASS:
        outside = outside | (classes < lower.amax(dim=2, keepdim=True))
    return outside & (classes > 0)


class Neighbours:
    """What stands one cell of ``level`` before and after each step, and the parallels in it."""

    def __init__(self, pitch: Tensor, level: int, dotted: Tensor) -> None:
        """``pitch`` (B, T, 4), 0 where nothing stands, ``dotted`` (B, T) as in the context."""
        # (B, T, 2, 4): before and after, each voice.
        self.near = _beside(pitch, _STRIDES[level])
        if level == 0:
            far = _beside(pitch, _DOTTED_STRIDE)
            self.near = torch.where(dotted[:, :, None, None], far, self.near)

    def parallels(self, here: Tensor, voice: int) -> Tensor:
        """(B, T, 49): pitches of ``voice`` that move in fifths or octaves with one of ``here``."""
        near, own = self.near, self.near[..., voice : voice + 1]
        # Counted from this voice a fifth below is a fourth. A voice does not move with itself.
        fifth = [_FIFTH if voice < v else OCTAVE - _FIFTH for v in range(VOICES)]
        other = [float(v != voice) for v in range(VOICES)]
        interval = torch.remainder(own - near, OCTAVE)
        perfect = (interval == 0) | (interval == torch.tensor(fifth, device=near.device))
        stands = (near > 0) & (own > 0) & (torch.tensor(other, device=near.device) > 0)
        now = here.unsqueeze(2)
        risk = perfect & stands & (now > 0) & (now != near)
        target = torch.where(risk, torch.remainder(now + interval, OCTAVE), -1)
        chroma = torch.arange(OCTAVE, device=near.device)
        hit = (target.unsqueeze(4) == chroma).any(dim=3)
        # Class c sounds as pitch class c % 12, counted from the class 0, which is a rest.
        hit = torch.cat([hit] * (PITCH_CLASSES // OCTAVE + 1), dim=3)[..., :PITCH_CLASSES]
        classes = torch.arange(PITCH_CLASSES, device=near.device)
        return (hit & (classes != own) & (classes > 0)).any(dim=2)


def _beside(pitch: Tensor, stride: int) -> Tensor:
    """(B, T, 2, 4): ``pitch`` (B, T, 4) ``stride`` steps before and after each step."""
    before = fn.pad(pitch[:, :-stride], (0, 0, stride, 0))
    after = fn.pad(pitch[:, stride:], (0, 0, 0, stride))
    return torch.stack([before, after], dim=2)


class AskedFor:
    """What speaks for pitches where somebody asks for a chord, in natural logarithms."""

    def __init__(self, row: Row, tones: Tensor) -> None:
        """``tones`` (204, 12) are the pitch classes of each chord."""
        classes = torch.arange(PITCH_CLASSES, device=row.chord.device)
        pitch_class = torch.remainder(classes + LOWEST_PITCH - 1, OCTAVE)
        sounds = classes > 0
        self.root, quality, bass = row.chord.unbind(2)
        self.is_root = ((pitch_class == self.root.unsqueeze(2)) & sounds) * row.asked[..., :1]
        has = tones[self.root * len(QUALITIES) + quality][..., pitch_class] * sounds
        self.inner = _TONE * has * row.asked[..., :1] + _ROOT * self.is_root
        is_bass = (pitch_class == bass.unsqueeze(2)) & sounds
        self.bass = _BASS * is_bass * row.asked[..., 1:]
        self.free_bass = row.asked[..., 1:] == 0

    def worth(self, voices: Tensor, voice: int, last: bool) -> Tensor:
        """(B, T, 49): of pitches of ``voice`` on beats.

        ``voices`` (B, T, 4) is what stands there, 0 where nothing does; ``last`` says that no other
        voice is still to be drawn.
        """
        if voice == BASS:
            return self.bass
        others = torch.cat([voices[..., :voice], voices[..., voice + 1 :]], dim=2)
        sounds = torch.remainder(others + LOWEST_PITCH - 1, OCTAVE) == self.root.unsqueeze(2)
        missing = ~(sounds & (others > 0)).any(dim=2, keepdim=True)
        return self.inner + (_ROOT_AT_LAST if last else _ROOT_TO_COME) * (self.is_root * missing)

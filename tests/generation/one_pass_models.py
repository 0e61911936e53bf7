"""Small networks of the one-pass technique, written out as ONNX by hand.

Each cell of their answer depends on the melody there and on the noise of its own bar.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from composer_app.music.harmony.chord_qualities import QUALITIES

# As published: each voice doubles the melody here and there, and the alto adds notes of its own.
ROLL = """
<ir_version: 9, opset_import: ["" : 18]>
tiny (float[batch,32,128,1] condition, float[batch,2,8,512] noise) => (float[batch,32,128,4] roll)
<float[4] weight = {2.0, 1.0, 2.0, 2.0}, float[4] bias = {-2.0, -0.5, -2.0, -2.0},
 int64[4] cells = {-1, 32, 128, 2}, int64[1] axis = {3}>
{
  melody = Mul(condition, weight)
  spread = Reshape(noise, cells)
  a, b = Split<axis = 3, num_outputs = 2>(spread)
  high = Max(a, b)
  chance = Concat<axis = 3>(a, b, high, a)
  scored = Add(melody, chance)
  raised = Add(scored, bias)
  roll = Tanh(raised)
}
"""

# Ours: voices at distances of about 4, 7 and 12 below the melody; the noise moves and strikes them.
VOICES = """
<ir_version: 9, opset_import: ["" : 18]>
tiny (int64[batch,steps] melody, float[batch,steps] melody_onset, int64[batch,steps] position,
      int64[batch,steps] fermata, float[batch,steps] valid, float[batch,cells,8,512] noise,
      float[batch] temperature)
  => (int64[batch,steps,4] pitch, float[batch,steps,4] onset)
<int64[3] rows = {0, -1, 256}, int64[1] zero = {0}, int64[1] four = {4}, int64[1] eight = {8},
 int64[1] last = {2}, int64[1] axis1 = {1}, float[4] down = {0.0, 4.0, 7.0, 12.0},
 float one = {1.0}, float top = {48.0}>
{
  spread = Reshape(noise, rows)
  moves = Slice(spread, zero, four, last)
  strikes = Slice(spread, four, eight, last)
  warm = Unsqueeze(temperature, axis1)
  warmth = Unsqueeze(warm, last)
  drift = Mul(moves, warmth)
  sung = Cast<to = 1>(melody)
  sung3 = Unsqueeze(sung, last)
  below = Sub(sung3, down)
  moved = Add(below, drift)
  whole = Round(moved)
  inside = Clip(whole, one, top)
  sounds = Min(sung3, one)
  valid3 = Unsqueeze(valid, last)
  heard = Mul(inside, sounds)
  kept = Mul(heard, valid3)
  pitch = Cast<to = 7>(kept)
  onset = Sigmoid(strikes)
}
"""

# Ours with a plan: on each beat a major chord on the melody's note where the chord that it shares
# begins, the bass on its root, unless a chord is asked for.
PLANNED = (
    VOICES.replace(
        "float[batch] temperature)",
        """float[batch] temperature,
      int64[batch,steps] beat, float[batch,steps] begin, int64[batch,steps,3] chord,
      float[batch,steps,2] chord_known, int64[batch,steps] beat_start,
      int64[batch,steps] same_as, int64[batch,steps] shift, float[batch,steps] rooted)""",
    )
    .replace("onset)\n<", "onset, int64[batch,steps,3] plan)\n<")
    .replace(
        "float one = {1.0}",
        """int64[1] from0 = {0}, int64[1] to1 = {1}, int64 below = {11}, int64 octave = {12},
 float one = {1.0}""",
    )
    .replace("below = Sub(sung3, down)", "lower = Sub(sung3, down)")
    .replace("moved = Add(below, drift)", "moved = Add(lower, drift)")
    .replace(
        "  onset = Sigmoid(strikes)",
        """  onset = Sigmoid(strikes)
  first = GatherElements<axis = 1>(melody, same_as)
  class = Add(first, below)
  higher = Add(class, shift)
  root = Mod(higher, octave)
  root3 = Unsqueeze(root, last)
  major = Sub(root3, root3)
  planned = Concat<axis = 2>(root3, major, root3)
  known = Slice(chord_known, from0, to1, last)
  asked = Cast<to = 9>(known)
  plan = Where(asked, chord, planned)""",
    )
)

ROLL_METADATA = {"format": "1", "technique": "gan", "layout": "roll", "noise_limit": "2"}
VOICES_METADATA = {
    "format": "1",
    "technique": "gan",
    "layout": "voices",
    "lowest_pitch": "36",
    "highest_pitch": "83",
}
PLANNED_METADATA = {**VOICES_METADATA, "qualities": json.dumps(list(QUALITIES))}


def write_model(path: Path, source: str, metadata: dict[str, str]) -> Path:
    """Write the network ``source`` (onnx.parser's syntax) to ``path``."""
    onnx: Any = pytest.importorskip("onnx", reason="the extra [train] is not installed")
    model = onnx.parser.parse_model(source)
    onnx.helper.set_model_props(model, metadata)
    onnx.save(model, path)
    return path

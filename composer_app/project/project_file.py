"""Project files: ``NAME.composer``, a zip of JSON with the piece as a plain MIDI file inside.

docs/project-file.md describes them for other programs. What is read may have been made by anybody:
whatever is wrong with it ends as a :class:`ProjectFileError` whose sentence names the file.
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from composer_app.errors import ProjectFileError
from composer_app.generation.recipe import recipe_from_json, recipe_to_json
from composer_app.late_numpy import np
from composer_app.music.composition import VOICE_NAMES, Composition
from composer_app.music.editing.other_tracks import mix_for_file
from composer_app.music.files.cancelling import (
    FileCancelledError,
    Wanted,
    always_wanted,
    check,
)
from composer_app.music.files.music_json import (
    compact,
    composition_from_json,
    composition_to_json,
    fields,
    listed,
    number,
    spans_from_json,
    spans_to_json,
    text,
    whole,
)
from composer_app.music.files.regular_file import read_regular
from composer_app.music.files.safe_file import FileState, cannot_write, failure_reason, write_whole
from composer_app.music.midi.file import MAX_STEPS, UnwritableMidiError, midi_bytes
from composer_app.music.mix import PieceMix, TrackMix
from composer_app.project.locks import Locks
from composer_app.project.piece import Piece
from composer_app.project.take import Take
from composer_app.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

ENDING: Final = ".composer"
FORMAT: Final = "composer-project"
VERSION: Final = 3
PIECE: Final = "piece.json"
MUSIC: Final = "piece.mid"
# A long evening's takes of a symphony; far more than anybody's piece.
MAX_FILE_BYTES: Final = 256_000_000
_MOST_UNPACKED_BYTES: Final = 1_000_000_000
_MOST_TAKES: Final = 10_000
_MOST_TRACKS: Final = 1_000
# Every member says that it was written then, so that the same piece is always the same file.
_WRITTEN: Final = (1980, 1, 1, 0, 0, 0)


def write_project(
    piece: Piece, path: str | Path, *, only_over: FileState | None = None
) -> FileState:
    """Write ``piece`` to ``path``: whole, or not at all.

    :func:`read_project` gives back an equal piece. With ``only_over`` an earlier file is replaced
    only in that state. Returns the state of the new file. Raises :class:`ProjectFileError`, and
    :class:`~composer_app.errors.FileChangedError` where ``only_over`` is not met.
    """
    path = Path(path)
    try:
        return write_whole(path, project_bytes(piece), only_over=only_over)
    except UnwritableMidiError as error:
        raise ProjectFileError(
            _("{file} was not written: {reason}", file=path, reason=error.reason)
        ) from None
    except (OSError, ValueError) as error:
        raise ProjectFileError(*cannot_write(path, error)) from error


def read_project(path: str | Path, wanted: Wanted = always_wanted) -> Piece:
    """The piece in the project file ``path``.

    Raises :class:`ProjectFileError`, at once also for what is no file, such as a pipe, and
    :class:`~composer_app.music.files.cancelling.FileCancelledError` soon after it is not
    ``wanted`` any more.
    """
    path = Path(path)
    try:
        data = read_regular(path, MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        raise ProjectFileError(
            _("{file} cannot be opened: {reason}", file=path, reason=failure_reason(error)),
            _("choose another file"),
        ) from error
    return parse_project(data, str(path), wanted)


def project_bytes(piece: Piece) -> bytes:
    """What :func:`write_project` writes.

    Raises :class:`UnwritableMidiError` for a piece that is too long for a MIDI file.
    """
    members: dict[str, bytes] = {
        # First, so that whoever looks at the file sees at once what it is.
        PIECE: compact(_piece_to_json(piece)).encode(),
        MUSIC: midi_bytes(piece.composition, mix_for_file(piece.composition, piece.mix)),
    }
    for index, take in enumerate(piece.takes):
        members[f"{_take_name(index)}.json"], members[f"{_take_name(index)}.confidence"] = (
            _take_bytes(take)
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, _WRITTEN)
            packed.writestr(member, data, zipfile.ZIP_DEFLATED, compresslevel=1)
    data = buffer.getvalue()
    if len(data) > MAX_FILE_BYTES:
        raise UnwritableMidiError(_("its takes are more than Composer can read back"))
    return data


def parse_project(data: bytes, name: str, wanted: Wanted = always_wanted) -> Piece:
    """The piece in the bytes of a project file, which sentences call ``name``.

    Raises as :func:`read_project`.
    """
    try:
        return _parse(data, name, wanted)
    except (ProjectFileError, FileCancelledError):
        raise
    except Exception as error:
        # zipfile, zlib and json answer damage with whatever went wrong inside, among it
        # MemoryError for sizes that are made up and RecursionError for endless brackets.
        raise ProjectFileError(
            _("{file} is damaged", file=name), _("choose another file, or an earlier copy of it")
        ) from error


def _parse(data: bytes, name: str, wanted: Wanted) -> Piece:
    if not data:
        raise ProjectFileError(_("{file} is empty", file=name), _("choose another project"))
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise _not_ours(name)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(member.file_size for member in packed.infolist()) > _MOST_UNPACKED_BYTES:
            raise ProjectFileError(
                _("{file} unpacks to more than a piece can be", file=name),
                _("choose another project"),
            )
        if PIECE not in packed.namelist():
            raise _not_ours(name)
        row = fields(json.loads(packed.read(PIECE)))
        if row.get("format") != FORMAT:
            raise _not_ours(name)
        if whole(row.get("version")) > VERSION:
            raise ProjectFileError(
                _("{file} was made by a later version of Composer", file=name),
                _("install that one"),
            )
        piece = _piece_from_json(row, packed, wanted)
    for composition in (piece.composition, *(take.composition for take in piece.takes)):
        if composition.steps > MAX_STEPS or len(composition.tracks) > _MOST_TRACKS:
            raise ProjectFileError(
                _("{file} is longer than Composer can show", file=name),
                _("choose a shorter piece"),
            )
    return piece


def _not_ours(name: str) -> ProjectFileError:
    return ProjectFileError(
        _("{file} is not a project of Composer", file=name),
        _("choose a file that ends in {ending}", ending=ENDING),
    )


def _piece_to_json(piece: Piece) -> dict[str, Any]:
    takes = [
        {"file": _take_name(index), "name": take.name, "starred": take.starred}
        for index, take in enumerate(piece.takes)
    ]
    current = next((i for i, take in enumerate(piece.takes) if take is piece.take), None)
    return {
        "format": FORMAT,
        "version": VERSION,
        "composition": composition_to_json(piece.composition),
        "recipe": _recipe_of(piece.composition),
        "locks": [spans_to_json(column) for column in piece.locks.cells.T],
        "mix": [
            {"volume": each.volume, "pan": each.pan, "mute": each.mute, "solo": each.solo}
            for each in piece.mix.tracks
        ],
        "loop": None if piece.loop is None else list(piece.loop),
        "takes": takes,
        "take": current,
    }


def _piece_from_json(row: dict[str, Any], packed: zipfile.ZipFile, wanted: Wanted) -> Piece:
    check(wanted)
    composition = _composition(row)
    rows = listed(row.get("takes"))
    if len(rows) > _MOST_TAKES:
        raise ValueError("more takes than there can be")
    takes = []
    for each in rows:
        check(wanted)
        takes.append(_take_from_json(fields(each), packed))
    current = row.get("take")
    mix = tuple(_track_mix(fields(each)) for each in listed(row.get("mix")))
    return Piece(
        composition,
        _locks_from_json(listed(row.get("locks"))),
        tuple(takes),
        None if current is None else takes[_index(current, len(takes))],
        PieceMix(mix[:_MOST_TRACKS]),
        _loop_from_json(row.get("loop")),
    )


@lru_cache(maxsize=256)
def _take_bytes(take: Take) -> tuple[bytes, bytes]:
    """The two members of ``take``, which never changes; a project is written again and again."""
    row = {
        "composition": composition_to_json(take.composition),
        "recipe": recipe_to_json(take.recipe),
        "confidence": list(take.confidence.shape),
    }
    return compact(row).encode(), take.confidence.astype("<f4").tobytes()


def _take_from_json(listing: dict[str, Any], packed: zipfile.ZipFile) -> Take:
    name = text(listing.get("file"))
    row = fields(json.loads(packed.read(f"{name}.json")))
    steps, voices = (whole(each) for each in listed(row.get("confidence")))
    if not 0 <= steps <= MAX_STEPS or voices != len(VOICE_NAMES):
        raise ValueError(f"({steps}, {voices}) is not the shape of a confidence")
    confidence: NDArray[np.float32] = np.frombuffer(packed.read(f"{name}.confidence"), "<f4")
    confidence = confidence.reshape(steps, voices).astype(np.float32)
    if not np.isfinite(confidence).all():
        raise ValueError("a confidence without end")
    return Take(
        _composition(row),
        confidence,
        recipe_from_json(row.get("recipe")),
        text(listing.get("name")),
        listing.get("starred") is True,
    )


def _recipe_of(composition: Composition) -> object:
    origin = composition.origin
    return json.loads(origin.recipe) if origin is not None and origin.recipe else None


def _composition(row: dict[str, Any]) -> Composition:
    """The composition of a piece or a take, with the recipe in its origin."""
    composition = composition_from_json(row.get("composition"))
    recipe = row.get("recipe")
    return composition.with_recipe(compact(recipe)) if isinstance(recipe, dict) else composition


def _locks_from_json(columns: list[Any]) -> Locks:
    if len(columns) > _MOST_TRACKS:
        raise ValueError("more tracks than there can be")
    tracks = [spans_from_json(spans, MAX_STEPS) for spans in columns]
    steps = max((span.stop for spans in tracks for span in spans), default=0)
    cells = np.zeros((steps, len(columns)), np.bool_)
    for track, spans in enumerate(tracks):
        for span in spans:
            cells[span, track] = True
    return Locks(cells)


def _loop_from_json(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    start, end = (number(each) for each in listed(value))
    return start, end


def _track_mix(row: dict[str, Any]) -> TrackMix:
    return TrackMix(
        whole(row.get("volume")),
        whole(row.get("pan")),
        row.get("mute") is True,
        row.get("solo") is True,
    )


def _take_name(index: int) -> str:
    return f"takes/{index + 1:04}"


def _index(value: object, count: int) -> int:
    index = whole(value)
    if not 0 <= index < count:
        raise ValueError(f"there is no take {index}")
    return index

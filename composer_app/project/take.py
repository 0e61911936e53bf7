"""A take: what a model has written, kept with everything that made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from composer_app.errors import ModelError
from composer_app.generation.composing import Composed, make_again
from composer_app.generation.generator import Generator, Progress
from composer_app.generation.recipe import Recipe
from composer_app.late_numpy import np
from composer_app.music.composition import Composition
from composer_app.music.note import Note
from composer_app.plain_text import one_line_name
from composer_app.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A composition as a model wrote it, what it was asked, and what a person calls it.

    ``confidence``, (T, 4), says how sure the model was of each cell, 0 to 1. A person may give a
    take a ``name`` and a star.
    """

    composition: Composition
    confidence: NDArray[np.float32]
    recipe: Recipe
    name: str = ""
    starred: bool = False

    def __post_init__(self) -> None:
        if self.confidence.ndim != 2:
            raise ValueError(f"confidence has shape (T, 4), not {self.confidence.shape}")
        object.__setattr__(self, "name", one_line_name(self.name))

    @classmethod
    def of(cls, composed: Composed) -> Take:
        """What a generator has just made."""
        return cls(composed.composition, composed.confidence, composed.recipe)

    def is_of(self, composition: Composition) -> bool:
        """Whether the voices of ``composition`` are those of the take, on the grid.

        What other tracks stand after them is no part of a take.
        """
        voices = composition.tracks[: len(self.composition.tracks)]
        return same_voices(self.composition, replace(composition, tracks=voices))


@dataclass(frozen=True, slots=True)
class Remade:
    """A take that was to be made again: ``sentence`` says why it is the stored one, if it is."""

    take: Take
    sentence: str = ""


def remake(
    take: Take, load: Callable[[str], Generator], progress: Progress | None = None
) -> Remade:
    """Make ``take`` again with the model that made it, which ``load`` finds by its name.

    The same model file on the same machine writes the same notes. Where it is missing or another
    one, or writes something else, the stored notes stand.
    """
    recipe = take.recipe
    try:
        generator = load(recipe.model)
    except ModelError as error:
        return Remade(take, str(_("The take stays as it is stored. {error}", error=error)))
    if generator.sha256 != recipe.sha256:
        return Remade(
            take,
            str(
                _(
                    "The model {model} is not the one that wrote this take, which stays as it is"
                    " stored.",
                    model=recipe.model,
                )
            ),
        )
    again = make_again(recipe, generator, progress)
    written = [track.notes for track in again.composition.tracks]
    if written != [track.notes for track in take.composition.tracks]:
        return Remade(
            take,
            str(
                _(
                    "The model {model} writes something else on this machine, so the take stays as"
                    " it is stored.",
                    model=recipe.model,
                )
            ),
        )
    return Remade(replace(take, confidence=again.confidence))


def same_voices(first: Composition, second: Composition) -> bool:
    """Whether both have the same notes on the grid, track by track."""
    return len(first.tracks) == len(second.tracks) and all(
        one.notes is other.notes or _same_on_grid(one.notes, other.notes)
        for one, other in zip(first.tracks, second.tracks, strict=True)
    )


def _same_on_grid(first: tuple[Note, ...], second: tuple[Note, ...]) -> bool:
    pairs = zip(first, second, strict=False)
    return len(first) == len(second) and all(
        one is other or one.on_grid == other.on_grid for one, other in pairs
    )

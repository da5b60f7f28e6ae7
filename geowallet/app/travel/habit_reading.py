"""Use case: read the habits of the owner off all trips, to find modes with them from then on.

A wallet names each stretch of time alone, so that a new file changes no old trip. What
days tell each other it hears by this act of its owner only, who sees before what it does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geowallet.app.intake.sources import sources
from geowallet.app.travel.corrections import corrections, speaks_of
from geowallet.app.travel.habits import KeptHabits, kept_from
from geowallet.app.travel.hints import hints_of
from geowallet.app.travel.models import in_use
from geowallet.app.travel.slices import slices_of
from geowallet.app.travel.unkept import kept_from_us
from geowallet.model.errors import TooFewOwnLegsError
from geowallet.track.modes.decide import NEAREST
from geowallet.track.modes.habits import habits_from, joined
from geowallet.track.modes.repeated import same_ways
from geowallet.track.modes.usual import everybody_by
from geowallet.track.pipeline import legs_say
from geowallet.track.windows import affected_window

if TYPE_CHECKING:
    from geowallet.app.travel.corrections import Correction
    from geowallet.track.modes.forest import Forest
    from geowallet.track.modes.habits import Said
    from geowallet.vault.store import Vault

FEWEST_LEGS = 10
"""Legs from which habits are read: those of everybody weigh as much as sixty."""

SURE = 0.99
"""How far a word of the owner is believed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is usual for the owner, before it is kept.

    Attributes:
        kept: As it would be stored.
        words: How many legs the owner had said the mode of.
        repeated: How many legs lead along a way that others lead along too.
        usual: Share of each mode among the owner's legs.
        everybody: The same of everybody, as the model was taught.
    """

    kept: KeptHabits
    words: int
    repeated: int
    usual: dict[str, float]
    everybody: dict[str, float]


def read_habits(vault: Vault, *, now_us: int) -> Reading:
    """Return what the legs of all trips, and the owner's words on them, show; nothing is written.

    Args:
        vault: The open wallet.
        now_us: The moment.

    Raises:
        TooFewOwnLegsError: There are fewer than `FEWEST_LEGS` legs with positions.
        BadModelError: The model in use is of another version of the program.
    """
    model = in_use(vault)
    said, words = _corrected(_said(vault), vault, model.forest)
    if len(said) < FEWEST_LEGS:
        raise TooFewOwnLegsError(found=len(said), least=FEWEST_LEGS)
    habits, classes = habits_from(said, model.forest), model.forest.classes
    return Reading(
        kept=kept_from(habits, classes, model=model.base.digest, now_us=now_us),
        words=words,
        repeated=sum(len(some) > 0 for some in same_ways(said.ends_deg)),
        usual=dict(zip(classes, habits.shares.tolist(), strict=True)),
        everybody=dict(zip(classes, everybody_by(model.forest).prior.tolist(), strict=True)),
    )


def _said(vault: Vault) -> Said:
    """Return what all legs say whose positions are kept, each by itself."""
    known = sources(vault)
    coverage = [run for source in known for run in source.runs()]
    windows, hints = affected_window(coverage, coverage), hints_of(vault, known)
    said = joined(
        [
            legs_say(part.fixes(vault, known), hints=hints, within_us=part.within_us)
            for window in windows
            for part in slices_of(known, window)
        ]
    )
    return said.of(said.bounds_us[:, 0] >= kept_from_us(vault))


def _corrected(said: Said, vault: Vault, forest: Forest) -> tuple[Said, int]:
    """Return what legs say where the owner's word counts, and how many have one."""
    classes = {name: number for number, name in enumerate(forest.classes)}
    words = [word for word in corrections(vault) if _class(word) in classes]
    shares, spoken = said.probabilities.copy(), 0
    for leg, (start_us, end_us) in enumerate(said.bounds_us.tolist()):
        about = [word for word in words if speaks_of(word, start_us, end_us)]
        if about:
            shares[leg] = (1.0 - SURE) / max(len(classes) - 1, 1)
            shares[leg, classes[_class(about[-1])]] = SURE
            spoken += 1
    return replace(said, probabilities=shares), spoken


def _class(word: Correction) -> str:
    return "" if word.mode is None else str(NEAREST.get(word.mode, word.mode))

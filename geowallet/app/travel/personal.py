"""Use case: move the model in use by what the owner said of modes, in the wallet only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.intake.sources import fixes_between, sources
from geowallet.app.travel.corrections import corrections, digest, speaks_of
from geowallet.app.travel.hints import hints_of
from geowallet.app.travel.models import Personal, in_use
from geowallet.model.errors import TooFewCorrectionsError
from geowallet.model.mobility import Mode
from geowallet.track.modes.decide import NEAREST
from geowallet.track.modes.personal import FLOOR, Leaning, leaning_of, left_out
from geowallet.track.pipeline import analyse
from geowallet.track.windows import affected_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geowallet.app.travel.corrections import Correction
    from geowallet.model.mobility import Leg
    from geowallet.vault.store import Vault

FEWEST_LEGS = 10
"""Corrected legs from which anything is learnt."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How well corrected legs are told.

    Attributes:
        right: How many, by the most probable mode.
        probability: Mean probability of the mode that the owner said.
        loss: Mean negative logarithm of that.
    """

    right: int
    probability: float
    loss: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the owner's corrections teach, before it is kept.

    Attributes:
        legs: How many corrected legs there are.
        before: As the model says by itself.
        after: Each leg by what all others teach.
        leaning: What all of them teach.
        personal: The same, to be kept.
        words: SHA-256 (hex) of the corrections.
    """

    legs: int
    before: Outcome
    after: Outcome
    leaning: Leaning
    personal: Personal
    words: tuple[str, ...]

    @property
    def helps(self) -> bool:
        """Whether legs that were left out are told better than before, and as many right."""
        return self.after.loss < self.before.loss and self.after.right >= self.before.right


def learn(vault: Vault, *, now_us: int) -> Lesson:
    """Return what the owner's words on single legs teach the model in use.

    Nothing is written. The legs are found again with the model as it was fitted, so
    that what was learnt earlier does not teach itself.

    Raises:
        TooFewCorrectionsError: Fewer than `FEWEST_LEGS` legs have a mode that was said.
        BadModelError: The model in use is of another version of the program.
    """
    model = in_use(vault)
    classes = model.base.classes
    pairs = _corrected(vault, classes)
    if len(pairs) < FEWEST_LEGS:
        raise TooFewCorrectionsError(found=len(pairs), least=FEWEST_LEGS)
    shares = np.array([_shares(leg, classes) for leg, _ in pairs])
    said = np.array([classes.index(_class(word)) for _, word in pairs], dtype=np.intp)
    leaning = leaning_of(shares, said, classes)
    personal = Personal(
        model.base.digest, dict(leaning.bias), leaning.sharpness, len(pairs), now_us
    )
    return Lesson(
        legs=len(pairs),
        before=_outcome(shares, said),
        after=_outcome(left_out(shares, said, classes), said),
        leaning=leaning,
        personal=personal,
        words=tuple(sorted({digest(word) for _, word in pairs})),
    )


def _corrected(vault: Vault, classes: tuple[str, ...]) -> list[tuple[Leg, Correction]]:
    """Return each leg that a word speaks of, as the model by itself finds it, by time."""
    said = [word for word in corrections(vault) if word.mode and _class(word) in classes]
    if not said:
        return []
    known = sources(vault)
    coverage = [run for source in known for run in source.runs()]
    windows = affected_window(coverage, [(word.start_us, word.end_us) for word in said])
    hints = hints_of(vault, known, personal=False)
    pairs = []
    for window in windows:
        for trip in analyse(fixes_between(vault, known, window), hints=hints).trips:
            for leg in trip.legs:
                words = [word for word in said if speaks_of(word, leg.start_us, leg.end_us)]
                if words and (leg.alternatives or leg.confidence > 0):
                    pairs.append((leg, words[-1]))
    return pairs


def _class(word: Correction) -> str:
    mode = word.mode or Mode.UNKNOWN
    return str(NEAREST.get(mode, mode))


def _shares(leg: Leg, classes: tuple[str, ...]) -> list[float]:
    """Return what the model gave each class; those too rare to be listed share the least."""
    found = dict.fromkeys(classes, FLOOR)
    listed = [*leg.alternatives]
    if leg.mode is not Mode.UNKNOWN:
        listed.append((leg.mode, leg.confidence))
    for mode, share in listed:
        name = str(NEAREST.get(mode, mode))
        if name in found:
            found[name] += share
    total = sum(found.values())
    return [found[name] / total for name in classes]


def _outcome(shares: NDArray[np.float64], said: Sequence[int] | NDArray[np.intp]) -> Outcome:
    given = shares[np.arange(len(said)), said]
    right = int(np.sum(shares.argmax(axis=1) == said))
    return Outcome(right, float(np.mean(given)), float(np.mean(-np.log(given))))

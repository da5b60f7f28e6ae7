"""What takes minutes, or needs another computer, answered at once: only the writing is tried."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from geowallet.app.evidence import stamping
from geowallet.app.evidence.stamps import Stamp
from geowallet.app.travel import habit_reading, model_fit, personal
from geowallet.app.travel.habit_reading import Reading
from geowallet.app.travel.habits import kept_from
from geowallet.app.travel.labelled import Labelled
from geowallet.app.travel.model_fit import Tried
from geowallet.app.travel.models import Personal, in_use
from geowallet.app.travel.personal import Lesson, Outcome
from geowallet.model.mobility import Mode
from geowallet.track.modes.figures import figures_of
from geowallet.track.modes.habits import NOTHING_SAID, Habits
from geowallet.track.modes.personal import Leaning
from tests.app.models import always

if TYPE_CHECKING:
    import pytest

    from geowallet.app.evidence.authorities import ChosenAuthority
    from geowallet.vault.store import Vault

_FIGURES = figures_of(["car"], ["car"], np.ones(1), np.ones(1))
_LABELLED = Labelled(
    table=np.zeros((1, 1)),
    by_network=np.zeros((1, 0)),
    bounds_us=np.zeros((1, 2), np.int64),
    ends_deg=np.zeros((1, 4)),
    modes=("car",),
    users=("a",),
    metres=np.ones(1),
    digest="",
    strange={},
    given=np.ones(1, np.bool_),
)


def answer_at_once(patch: pytest.MonkeyPatch) -> None:
    """Let a fit, a lesson, habits and an authority answer at once."""
    patch.setattr(model_fit, "fit_model", _fitted)
    patch.setattr(personal, "learn", _taught)
    patch.setattr(habit_reading, "read_habits", _read)
    patch.setattr(stamping, "_stamped", _stamped)


def _fitted(*_: object, **__: object) -> Tried:
    forest = always(Mode.BUS)
    card = {"legs": {"car": 1}, "users": 1, "km": 1, "labels_sha256": "ab" * 32, "folds": 2}
    kept = replace(forest, settings={**forest.settings, "card": card})
    return Tried(kept, _FIGURES, _FIGURES, _LABELLED, {}, 2, 1, 0)


def _read(vault: Vault, *, now_us: int) -> Reading:
    model = in_use(vault).forest
    usual = Habits(np.full(len(model.classes), 1 / len(model.classes)), NOTHING_SAID)
    kept = kept_from(usual, model.classes, model=in_use(vault).base.digest, now_us=now_us)
    return Reading(kept, words=0, repeated=0, usual={"car": 1.0}, everybody={"car": 1.0})


def _taught(vault: Vault, *, now_us: int) -> Lesson:
    leaning = Leaning({"bus": 500}, 1_000)
    learnt = Personal(in_use(vault).base.digest, dict(leaning.bias), leaning.sharpness, 9, now_us)
    return Lesson(9, Outcome(1, 0.1, 2.0), Outcome(9, 0.9, 0.1), leaning, learnt, ("ab" * 32,))


def _stamped(vault: Vault, authority: ChosenAuthority, _timeout_s: float) -> Stamp:
    mark = vault.mark()
    by = authority.pinned.fingerprint
    return Stamp("stamp", authority.name, by, mark.size, mark.root, 1_778_000_000, b"token")

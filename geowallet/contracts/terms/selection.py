"""Which trips a contract selects, as its terms say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.hours import read_window, window_as_json
from geowallet.contracts.terms.members import is_line
from geowallet.model.mobility import Mode, PlaceKind, Purpose, Sureness

if TYPE_CHECKING:
    from geowallet.contracts.terms.members import Members
    from geowallet.model.calendar import WorkWeek

UNITS = ("leg", "trip")
"""What is selected: each leg by its own mode, or whole trips by their main mode."""

MODES = tuple(mode.value for mode in Mode if mode is not Mode.UNKNOWN)
"""Modes that terms may name."""

PURPOSES = tuple(purpose.value for purpose in Purpose)
"""Purposes that terms may name."""

PLACES = tuple(kind.value for kind in PlaceKind)
"""Kinds of named places that terms may name."""

MOST_VEHICLES = 20
LONGEST_VEHICLE = 32


@dataclass(frozen=True, slots=True)
class Selection:
    """Which trips count.

    Attributes:
        modes: Mode ids, at least one.
        purposes: Purpose ids, at least one.
        vehicles: Ids of the holder's vehicles; empty for any.
        window: Hours outside which nothing counts, or None for any hour.
        whole: Whether a trip must lie wholly inside one span of the hours;
            otherwise it is enough that it overlaps one.
        min_sureness: Below it a trip waits for its owner.
        unit: Of `UNITS`.
        within: Kinds of named places, one of which a trip must begin or end at;
            empty for any trip.
        outside: Kinds of named places that a trip may neither begin nor end at.
    """

    modes: tuple[str, ...]
    purposes: tuple[str, ...]
    vehicles: tuple[str, ...]
    window: WorkWeek | None
    whole: bool
    min_sureness: str
    unit: str = "leg"
    within: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


def read_selection(members: Members) -> Selection:
    """Return the selection in ``members``.

    Raises:
        BadContractError: Not one; it says which member.
    """
    places = members.inside("places")
    selection = Selection(
        modes=members.choices("modes", MODES, least=1),
        purposes=members.choices("purposes", PURPOSES, least=1),
        vehicles=members.each("vehicles", _vehicle, least=0, most=MOST_VEHICLES),
        window=read_window(members),
        whole=members.flag("whole"),
        min_sureness=members.choice("min_sureness", [word.value for word in Sureness]),
        unit=members.choice("unit", UNITS),
        within=places.choices("within", PLACES, least=0),
        outside=places.choices("outside", PLACES, least=0),
    )
    if set(selection.within) & set(selection.outside):
        raise places.refusal("also within", "outside")
    places.done()
    members.done()
    return selection


def selection_as_json(selection: Selection) -> dict[str, Any]:
    """Return what `read_selection` reads."""
    window = selection.window
    return {
        "unit": selection.unit,
        "modes": list(selection.modes),
        "purposes": list(selection.purposes),
        "vehicles": list(selection.vehicles),
        "window": None if window is None else window_as_json(window),
        "whole": selection.whole,
        "min_sureness": selection.min_sureness,
        "places": {"within": list(selection.within), "outside": list(selection.outside)},
    }


def _vehicle(value: Any) -> str:
    if not is_line(value, LONGEST_VEHICLE):
        raise ValueError("not the name of a vehicle")
    return str(value)

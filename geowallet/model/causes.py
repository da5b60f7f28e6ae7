"""Why nothing was recorded for a while, and what that is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cause(StrEnum):
    """Why nothing was recorded."""

    CLOCK = "clock"
    """The clock leapt; nothing is missing."""
    PAUSED = "paused"
    """The recording was paused at a stop."""
    ASLEEP = "asleep"
    """The device slept where it was, and noticed the departure late."""
    NO_SIGNAL = "no_signal"
    """The device was on and did not know where it was."""
    SOFTWARE = "software"
    """A file ends there and another one begins: the app or the export was cut."""
    OFF = "off"
    """Switched off, empty, or the app was ended."""
    UNKNOWN = "unknown"
    """It cannot be told."""


CAUSES: Mapping[Cause, Phrase] = {
    Cause.CLOCK: phrase(N_("the clock leapt, nothing is missing")),
    Cause.PAUSED: phrase(N_("the recording was paused")),
    Cause.ASLEEP: phrase(N_("the device slept at rest")),
    Cause.NO_SIGNAL: phrase(N_("no signal")),
    Cause.SOFTWARE: phrase(N_("the app or the export was cut")),
    Cause.OFF: phrase(N_("the device or the app was off")),
    Cause.UNKNOWN: phrase(N_("the cause cannot be told")),
}
"""What each is called."""

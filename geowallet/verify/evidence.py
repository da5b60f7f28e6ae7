"""Check what others said of the log: by whom, when, and of which entries.

What this shows: each entry that the metres rest on was in the holder's log when
somebody whom the reader relies on saw it, within a day of the period, and the
log of the export continues what they saw. What it does not show: what is in the
entries of imports, which metres rest on which, and at which hour a trip ended. That
each trip was stamped within a day of its end is the holder's word, until an audit
opens an entry.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from geowallet.crypto.cosignatures import Cosignature, parse_witness_key, verify_cosignature
from geowallet.crypto.encoding import unb64
from geowallet.crypto.notes import Checkpoint
from geowallet.crypto.timestamps import open_stamp
from geowallet.proofs.evidence import read_evidence
from geowallet.verify.jose import MALFORMED, MISMATCH, N_, RefusedError, refuse
from geowallet.verify.signed import (
    believed_to,
    check_demand,
    seen_devices,
    seen_readings,
)
from geowallet.verify.standalone import DAY_S, HOUR_S, SKEW_S, periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geowallet.crypto.timestamps import Authority
    from geowallet.proofs.device_runs import Run
    from geowallet.proofs.evidence import Backing, Evidence
    from geowallet.verify.signed import SeenDevice, SeenReading
    from geowallet.verify.standalone import Export

UNKNOWN_ANCHOR = "unknown_anchor"
"""Status of an export whose stamps are by nobody that the reader relies on."""

IN_TIME_S = DAY_S
"""A state of the log counts for what ended at most so long before it was seen."""


class Speaks(StrEnum):
    """What a reader takes somebody's word for."""

    TIME = "time"
    """When a log was in which state."""
    DEVICE = "device"
    """Which files a device wrote, and in which order."""
    ODOMETER = "odometer"
    """What an odometer showed."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Somebody whose word a reader relies on.

    Attributes:
        name: The reader's word for them.
        pinned: What judges an authority's stamps; the key line of a witness or a
            device; the thumbprint of a key that signs odometer readings.
        speaks: Of what their word is taken.
    """

    name: str
    pinned: Authority | str
    speaks: Speaks = Speaks.TIME

    @property
    def by(self) -> str:
        """What the evidence calls them."""
        return self.pinned if isinstance(self.pinned, str) else self.pinned.fingerprint


@dataclass(frozen=True, slots=True)
class Seen:
    """What the anchors said.

    Attributes:
        times_s: When, seconds since the epoch, in order.
        names: Of the anchors, sorted.
        devices: What devices signed, whether the reader relies on them or not.
        readings: What outsiders read of odometers, likewise.
        level: The highest level at which the metres count for this reader.
        flags: What the holder's program found odd about the positions, with metres.
        runs: What devices signed, batch by batch.
    """

    times_s: tuple[int, ...]
    names: tuple[str, ...]
    devices: tuple[SeenDevice, ...] = ()
    readings: tuple[SeenReading, ...] = ()
    level: str = "L1"
    flags: tuple[tuple[str, int], ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def days(self) -> int:
        """On how many days (UTC)."""
        return len({at_s // DAY_S for at_s in self.times_s})


def check_stamps(export: Export, anchors: Sequence[Anchor]) -> Seen | None:
    """Return what the anchors said, or None where the export claims no level above L0.

    Args:
        export: It has passed the checks of `standalone`.
        anchors: Those that the reader relies on.

    Raises:
        RefusedError: The evidence does not hold, is not of the period, or is by
            nobody in ``anchors``.
    """
    if "evidence" not in export.claims:
        return None
    evidence = _evidence(export)
    known = {anchor.by: anchor for anchor in anchors if anchor.speaks is Speaks.TIME}
    stamps = [stamp for stamp in evidence.stamps if stamp.by in known]
    reach = max((stamp.size for stamp in stamps), default=0)
    strange = any(index >= reach for index in evidence.entries)
    refuse(
        "its time stamps are by nobody that this desk relies on",
        UNKNOWN_ANCHOR,
        strange and len(stamps) < len(evidence.stamps),
    )
    refuse("its evidence does not cover all that it rests on", MALFORMED, strange)
    origin = export.claims["log"]["origin"]
    times_s = sorted(seen_at_s(stamp, origin, known[stamp.by]) for stamp in stamps)
    _check_times(export, times_s)
    devices = seen_devices(evidence, _names(anchors, Speaks.DEVICE))
    readings = seen_readings(export, evidence, _names(anchors, Speaks.ODOMETER))
    level = believed_to(devices, readings)
    check_demand(export, level)
    names = tuple(sorted({known[stamp.by].name for stamp in stamps}))
    flags, runs = evidence.flags, evidence.runs
    return Seen(tuple(times_s), names, devices, readings, level, flags, runs)


def _names(anchors: Sequence[Anchor], speaks: Speaks) -> dict[str, str]:
    return {anchor.by: anchor.name for anchor in anchors if anchor.speaks is speaks}


def _evidence(export: Export) -> Evidence:
    log = export.claims["log"]
    try:
        return read_evidence(export.claims["evidence"], size=log["size"], root=unb64(log["root"]))
    except ValueError as error:
        text = N_("its evidence does not lead to the log that it names")
        raise RefusedError(text, MALFORMED, {}) from error


def seen_at_s(stamp: Backing, origin: str, anchor: Anchor) -> int:
    """Return when an anchor saw a state of the log.

    Raises:
        RefusedError: It is not the anchor's word.
    """
    checkpoint = Checkpoint(origin, stamp.size, stamp.root)
    try:
        if isinstance(anchor.pinned, str):
            _, public32 = parse_witness_key(anchor.pinned)
            verify_cosignature(checkpoint, Cosignature(stamp.at_s, stamp.token), public32)
            return stamp.at_s
        return open_stamp(stamp.token, str(checkpoint).encode("ascii"), anchor.pinned).at_s
    except ValueError as error:
        text = N_("a time stamp in it is not one of that authority or witness")
        raise RefusedError(text, MALFORMED, {}) from error


def _check_times(export: Export, times_s: Sequence[int]) -> None:
    """Refuse stamps from outside the period and the day after it, wherever on Earth it was."""
    first, last = periods(export.terms)[export.claims["period"]]
    begins_s = _epoch_s(first) - 14 * HOUR_S - SKEW_S
    ends_s = _epoch_s(last) + DAY_S + 12 * HOUR_S + IN_TIME_S + SKEW_S
    late = not all(begins_s <= at_s <= ends_s for at_s in times_s)
    refuse("its time stamps are not of the period, or of the day after it", MISMATCH, late)
    issued_s = export.claims["iat"]
    future = times_s[-1] > issued_s + SKEW_S
    refuse("it carries a time stamp that is younger than itself", MALFORMED, future)


def _epoch_s(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days * DAY_S

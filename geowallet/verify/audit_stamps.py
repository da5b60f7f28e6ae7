"""Ask of opened days which of their metres others saw in time.

The export shows that its entries were seen within its period. An opened day says
which of them it rests on: those must be the export's, and have been seen within a
day of that very day. What stands in the entries is still the holder's word.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geowallet.crypto.encoding import unb64
from geowallet.model.calendar import Period
from geowallet.model.errors import AuditRefusedError
from geowallet.model.words import N_
from geowallet.proofs.evidence import read_evidence
from geowallet.verify.evidence import IN_TIME_S, seen_at_s
from geowallet.verify.standalone import DAY_S, HOUR_S, SKEW_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geowallet.proofs.commitments import Opening
    from geowallet.verify.evidence import Anchor

_EAST_S, _WEST_S = 14 * HOUR_S, 12 * HOUR_S
_PAST_MIDNIGHT_S = DAY_S
"""A trip counts for the day on which it starts; some end on the next."""


def stamped_in_time(
    claims: Mapping[str, Any], opened: Sequence[Opening], anchors: Sequence[Anchor]
) -> tuple[int, ...]:
    """Return, for each opened day, its metres that rest on entries seen in time; 0 where none.

    Args:
        claims: Of the export, which was accepted with these anchors.
        opened: Days that passed `check_audit_answer`.
        anchors: Those whose word on time the reader relies on.

    Raises:
        AuditRefusedError: A day rests on an entry that the export does not carry.
    """
    named = {leaf for one in opened for leaf in one.stamped.leaves}
    if not named:
        return (0,) * len(opened)
    log = claims["log"]
    reason = N_("a day rests on entries that the export does not carry")
    if "evidence" not in claims:
        raise AuditRefusedError(reason=reason)
    evidence = read_evidence(claims["evidence"], size=log["size"], root=unb64(log["root"]))
    if not named <= {index for index, _ in evidence.leaves}:
        raise AuditRefusedError(reason=reason)
    known = {anchor.by: anchor for anchor in anchors}
    seen = [
        (stamp.size, seen_at_s(stamp, log["origin"], known[stamp.by]))
        for stamp in evidence.stamps
        if stamp.by in known
    ]
    first = Period.parse(claims["period"]).first
    return tuple(_believed(one, first + dt.timedelta(days=one.day), seen) for one in opened)


def _believed(opened: Opening, day: dt.date, seen: Iterable[tuple[int, int]]) -> int:
    begins_s = (day - dt.date(1970, 1, 1)).days * DAY_S - _EAST_S - SKEW_S
    ends_s = begins_s + _EAST_S + DAY_S + _PAST_MIDNIGHT_S + _WEST_S + IN_TIME_S + 2 * SKEW_S
    in_time = [size for size, at_s in seen if begins_s <= at_s <= ends_s]
    covered = all(any(leaf < size for size in in_time) for leaf in opened.stamped.leaves)
    return opened.stamped.metres if covered else 0

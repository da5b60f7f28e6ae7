"""Every attempt, in the order of the table."""

from __future__ import annotations

from tests.redteam.attempt import Attempt, numbered
from tests.redteam.forged_files import FILES
from tests.redteam.forged_flags import FLAGS
from tests.redteam.forged_levels import LEVELS
from tests.redteam.forged_traces import TRACES
from tests.redteam.overreaches import OVERREACHES

CATALOGUE: tuple[Attempt, ...] = (
    *numbered("F", (*TRACES, *LEVELS, *FILES, *FLAGS)),
    *numbered("O", OVERREACHES),
)

"""The names of the layers, what each is for, and which must hold. Needs no Linux to be read."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


class LayerName(StrEnum):
    """The layers, in the order in which they are closed."""

    NETWORK = "network-namespace"
    PRIVILEGES = "no-new-privileges"
    DUMP = "no-dump"
    LANDLOCK = "landlock"
    LIMITS = "limits"
    SECCOMP = "seccomp"


MINIMUM: tuple[tuple[LayerName, ...], ...] = (
    (LayerName.LIMITS,),
    (LayerName.PRIVILEGES,),
    (LayerName.SECCOMP, LayerName.LANDLOCK),
    (LayerName.SECCOMP, LayerName.NETWORK),
)
"""No layer, no run: of each group one must hold; the third is for files, the last for sockets."""

GUARDS: Mapping[LayerName, str] = MappingProxyType(
    {
        LayerName.NETWORK: N_("a network of its own, with nobody in it"),
        LayerName.PRIVILEGES: N_("no rights gained through other programs"),
        LayerName.DUMP: N_("no other program reads its memory"),
        LayerName.LANDLOCK: N_(
            "no files; from version 4 no TCP, from 6 no signals; here {version}"
        ),
        LayerName.LIMITS: N_("bounded memory and time, no new descriptor"),
        LayerName.SECCOMP: N_("no system call but those of a calculation"),
    }
)
"""What each layer is for."""

LACKS: Mapping[LayerName, str] = MappingProxyType(
    {
        LayerName.NETWORK: N_(
            "not available: this system forbids user namespaces; other layers refuse sockets"
        ),
        LayerName.PRIVILEGES: N_("not available, and nothing runs without it"),
        LayerName.DUMP: N_("not available: your other programs could read its memory"),
        LayerName.LANDLOCK: N_(
            "not available: this kernel is older than 5.13 or has it off; seccomp refuses files"
        ),
        LayerName.LIMITS: N_("not available, and nothing runs without it"),
        LayerName.SECCOMP: N_(
            "not available: not on this processor or kernel; others refuse files and sockets"
        ),
    }
)
"""What it means that a layer does not hold; where no other stands in for it, `missing` says so."""


def missing(report: Mapping[str, int]) -> tuple[str, ...]:
    """Return the groups of `MINIMUM` of which no layer holds, as ``seccomp/landlock``.

    Args:
        report: Layer name to what it is worth; absent or 0 where it does not hold.
    """
    return tuple(
        "/".join(group) for group in MINIMUM if not any(report.get(name, 0) > 0 for name in group)
    )

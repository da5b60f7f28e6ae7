"""Pure analysis: fixes to stops, legs, trips, places and purposes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geowallet.track.modes.classify import classify_legs

__all__ = ["classify_legs"]


def __getattr__(name: str) -> Any:
    """Return `classify_legs`, imported when it is first asked for: it is heavy."""
    if name != "classify_legs":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from geowallet.track.modes.classify import classify_legs  # noqa: PLC0415  heavy, see above

    return classify_legs

"""Strict reading of JSON objects from strangers.

Every member is asked for by name; whatever is left over is refused. An error
names the member, never its value: a hostile file does not speak through us.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar

from geowallet.model.errors import BadContractError, UnknownMemberError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

T = TypeVar("T")

_YEARS = range(2000, 2200)


class Members:
    """The members of one JSON object, taken one by one.

    Raises:
        BadContractError: Not an object.
    """

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        if not isinstance(value, dict):
            raise self.refusal("not an object")
        self._left = dict(value)

    def __contains__(self, member: str) -> bool:
        return member in self._left

    def refusal(self, why: str, member: str = "") -> BadContractError:
        """Return the error for ``member`` (or for the whole object)."""
        return BadContractError(reason=f"{self._place(member)}: {why}")

    def take(self, member: str) -> Any:
        """Return the raw value of ``member``.

        Raises:
            BadContractError: It is missing.
        """
        if member not in self._left:
            raise self.refusal("missing", member)
        return self._left.pop(member)

    def done(self) -> None:
        """Check that nothing is left.

        Raises:
            UnknownMemberError: A member that nobody asked for.
        """
        if self._left:
            raise UnknownMemberError(**self.refusal("a member that does not exist").details)

    def inside(self, member: str) -> Members:
        """Return the members of the object in ``member``."""
        return Members(self.take(member), self._place(member))

    def constant(self, member: str, expected: str) -> None:
        """Check that ``member`` is ``expected``."""
        if self.take(member) != expected:
            raise self.refusal("not the one of this version", member)

    def integer(self, member: str, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``, both included; a boolean is none."""
        value = self.take(member)
        if type(value) is not int or not low <= value <= high:
            raise self.refusal(f"not a whole number from {low} to {high}", member)
        return value

    def flag(self, member: str) -> bool:
        """Return true or false."""
        value = self.take(member)
        if type(value) is not bool:
            raise self.refusal("not true or false", member)
        return value

    def line(self, member: str, longest: int) -> str:
        """Return one printable line, see `is_line`."""
        value = self.take(member)
        if not is_line(value, longest):
            raise self.refusal(f"not one printable line of at most {longest} characters", member)
        return str(value)

    def matching(self, member: str, pattern: str) -> str:
        """Return a text that ``pattern`` matches from end to end."""
        value = self.take(member)
        if type(value) is not str or not re.fullmatch(pattern, value, flags=re.ASCII):
            raise self.refusal("not written as it must be", member)
        return value

    def choice(self, member: str, allowed: Collection[str]) -> str:
        """Return one word of ``allowed``."""
        value = self.take(member)
        if type(value) is not str or value not in allowed:
            raise self.refusal("unknown", member)
        return value

    def choices(self, member: str, allowed: Collection[str], *, least: int) -> tuple[str, ...]:
        """Return different words of ``allowed``, ``least`` of them or more, in their order."""

        def check(value: Any) -> str:
            if type(value) is not str or value not in allowed:
                raise ValueError("unknown")
            return value

        return self.each(member, check, least=least, most=len(allowed))

    def date(self, member: str) -> dt.date:
        """Return a day written ``YYYY-MM-DD``."""
        value = self.take(member)
        try:
            return read_date(value)
        except ValueError as error:
            raise self.refusal("not a day (YYYY-MM-DD)", member) from error

    def each(
        self, member: str, read: Callable[[Any], T], *, least: int, most: int
    ) -> tuple[T, ...]:
        """Return the items of a list without repetition, each read by ``read``.

        A `ValueError` of ``read`` says why; it must not quote the item.
        """
        value = self.take(member)
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise self.refusal(f"not a list of {least} to {most} items", member)
        items: list[T] = []
        for index, item in enumerate(value):
            try:
                items.append(read(item))
            except ValueError as error:
                raise self.refusal(str(error), f"{member}[{index}]") from error
        if len({repr(item) for item in items}) < len(items):
            raise self.refusal("says the same twice", member)
        return tuple(items)

    def _place(self, member: str) -> str:
        return ".".join(part for part in (self.path, member) if part)


def is_line(value: Any, longest: int) -> bool:
    """Say whether ``value`` is one printable line, 1 to ``longest`` characters.

    Without control, format, direction-changing or private characters, without
    blanks at its ends, and composed (NFC), so that what is read is what is signed.
    """
    return (
        type(value) is str
        and 0 < len(value) <= longest
        and value.isprintable()
        and value.strip() == value
        and unicodedata.is_normalized("NFC", value)
    )


def read_date(value: Any) -> dt.date:
    """Return the day written ``YYYY-MM-DD``, from 2000 to 2199.

    Raises:
        ValueError: Anything else.
    """
    if type(value) is not str or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, flags=re.ASCII):
        raise ValueError("not a day (YYYY-MM-DD)")
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("not a day (YYYY-MM-DD)") from error
    if day.year not in _YEARS:
        raise ValueError("not a day from 2000 to 2199")
    return day

"""The base of every error a user can meet: a stable code, an exit status, a text, a hint."""

from __future__ import annotations

from typing import ClassVar


class GeowalletError(Exception):
    """An expected failure, shown without a traceback.

    Attributes:
        code: Stable name, public, never translated.
        exit_status: Of the process; public, never changes meaning.
        text: What happened and to what, with ``{details}`` in braces.
        hint: What to do next, with the same details.
        details: The values; never a coordinate, an address, a key or a
            passphrase.
    """

    code: ClassVar[str] = "error"
    exit_status: ClassVar[int] = 1
    text: ClassVar[str] = "something failed"
    hint: ClassVar[str] = ""

    def __init__(self, **details: str | int) -> None:
        super().__init__(self.text.format(**details))
        self.details = details

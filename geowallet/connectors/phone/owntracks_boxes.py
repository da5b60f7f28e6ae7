"""Payloads that OwnTracks encrypts with a secret shared by phone and owner.

Source: https://owntracks.org/booklet/features/encrypt/: a NaCl secretbox, its
nonce in front, in base64. The key is the secret itself in UTF-8, cut to 32
bytes or filled up with NUL; some phones seal the NUL that ends a C string too.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from geowallet.model.errors import SealedSourceError, WrongSecretError
from geowallet.model.words import N_, Phrase, phrase

if TYPE_CHECKING:
    from geowallet.connectors.api import ReadOptions

KEY_BYTES = 32
SHORTEST_BYTES = 24 + 16
"""Nonce and tag, around nothing."""

CUT_BOX = phrase(N_("its encrypted payload is cut short or no base64"))
CLOSED = phrase(N_("it is encrypted, and no secret was given"))
OTHER_SECRET = phrase(N_("the secret does not open it, or it was changed"))


class Boxes:
    """Opens payloads, and remembers how many stayed closed."""

    def __init__(self, options: ReadOptions) -> None:
        self._unbox = options.unbox if options.secret is not None else None
        self._key32 = (options.secret or b"")[:KEY_BYTES].ljust(KEY_BYTES, b"\0")
        self._opened = self._closed = 0

    def opened(self, data: Any) -> bytes | Phrase:
        """Return the text of a payload, or why it stays closed."""
        try:
            box = base64.b64decode(data if isinstance(data, str) else "", validate=True)
        except (binascii.Error, ValueError):
            return CUT_BOX
        if len(box) < SHORTEST_BYTES:
            return CUT_BOX
        if self._unbox is None:
            self._closed += 1
            return CLOSED
        try:
            text = self._unbox(self._key32, box)
        except ValueError:
            self._closed += 1
            return OTHER_SECRET
        self._opened += 1
        return text.rstrip(b"\0")

    def refuse_if_closed(self, *, any_read: bool) -> None:
        """Refuse a source of which the secret opened nothing, or which needs one.

        Args:
            any_read: A fix stood open in it: then what is closed are problems.

        Raises:
            SealedSourceError: No secret was given, and nothing else was there.
            WrongSecretError: A secret was given, and opened nothing.
        """
        if not self._closed or self._opened:
            return
        if self._unbox is not None:
            raise WrongSecretError
        if not any_read:
            raise SealedSourceError

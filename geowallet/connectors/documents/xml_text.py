"""XML as a stream of local names, by expat, with everything dangerous refused.

No document type, no entity, no network, bounded depth and bounded tokens. The
text is decoded here, not by expat, so that a byte that is not in the declared
encoding costs one character and not the file.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.parsers import expat

import numpy as np

from geowallet.connectors.streams import encoding_of, take
from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.words import N_, phrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from geowallet.connectors.fields.rows import ProblemLog

READ_BYTES = 1 << 19
"""Read at a time: some 2,000 points, so that setting up a run of them costs little; for more, the
system hands out and takes back memory each time."""

MAX_DEPTH = 128
MAX_TOKEN_BYTES = 1 << 20
"""Of one tag or comment, which expat holds whole and scans again for every block."""

_DECLARED = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_SAFE_CODEC = re.compile(r"utf-?8|us-ascii|ascii|iso-?8859-?\d+|latin-?1|windows-125\d|cp125\d")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FIRST_SHOWN = 32

CUT_SHORT = phrase(N_("the XML ends early or is broken here; what follows was not read"))
REPLACED = phrase(N_("characters that are not in the declared encoding were replaced"))


def feed(
    parser: expat.XMLParserType,
    stream: BinaryIO,
    problems: ProblemLog,
    form: str,
    *,
    push: Callable[[str], int] | None = None,
) -> expat.ExpatError | None:
    """Push ``stream`` through ``parser``; return the error at which it stopped, or None.

    Args:
        parser: With its handlers set.
        stream: The document.
        problems: For characters that had to be replaced.
        form: Name of the format, for errors.
        push: Takes a piece of text instead of ``parser``, "" at the end, and
            returns how many characters of it the parser saw.

    Raises:
        UnreadableSourceError: A document type or entity, an unknown encoding.
        TooLargeError: One token passes `MAX_TOKEN_BYTES`.
    """
    _refuse_declarations(parser, form)
    head = take(stream, READ_BYTES).lstrip(b" \t\r\n")
    decoder = codecs.getincrementaldecoder(_codec(head, form))(errors="replace")
    fed, block, replaced = 0, head, 0
    try:
        while block:
            text = decoder.decode(block)
            replaced += text.count("\ufffd")
            legal = _legal(text.lstrip("\ufeff \t\r\n") if fed == 0 else text, block)
            fed += push(legal) if push else _push(parser, legal)
            if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES:
                raise TooLargeError(limit=N_("1 MiB in one tag"))
            block = stream.read(READ_BYTES)
        if push:
            push("")
        parser.Parse("", True)
    except expat.ExpatError as error:
        return error
    finally:
        problems.add("*", REPLACED, replaced)
    return None


def _legal(text: str, block: bytes) -> str:
    """Return ``text``, which ``block`` says, without the characters that XML forbids."""
    if text.isascii() and block.isascii():
        # Counting bytes is ten times as fast as the pattern, and nearly all that is read.
        data = np.frombuffer(block, dtype=np.uint8)
        control = np.count_nonzero(data < _FIRST_SHOWN)
        for allowed in b"\n\r\t":
            control -= control and np.count_nonzero(data == allowed)
        if not control:
            return text
    return _ILLEGAL.sub("\ufffd", text) if _ILLEGAL.search(text) else text


def _push(parser: expat.XMLParserType, text: str) -> int:
    parser.Parse(text, False)
    return len(text)


def _codec(head: bytes, form: str) -> str:
    shown = encoding_of(head)
    if shown != "utf-8":
        return shown
    declared = _DECLARED.match(head[:256].decode("latin-1"))
    if declared is None:
        return "utf-8"
    name = declared[1].lower()
    if not _SAFE_CODEC.fullmatch(name):
        raise UnreadableSourceError(format=form, reason=N_("it declares an unsafe encoding"))
    return "cp1252" if name in {"us-ascii", "ascii"} else name


def _refuse_declarations(parser: expat.XMLParserType, form: str) -> None:
    def refuse(*_: object) -> Any:
        reason = N_("it declares a document type or entities, which can hide an attack")
        raise UnreadableSourceError(format=form, reason=reason)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse

"""XML elements by local name, with the text of those that a format asks for.

The half of an XML reader that is the same for every format: depth, names
without their prefix, bounded text, and what a broken end means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from geowallet.connectors.documents.xml_text import CUT_SHORT, MAX_DEPTH, feed
from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from geowallet.connectors.fields.rows import ProblemLog

MAX_TEXT = 32 << 20
"""Characters in one element: a drawn line of about a million positions."""

_MAX_NAMES = 1_000


class Elements:
    """Walks a document; a format's reader derives from it and overrides the two handlers.

    Attributes:
        path: Local names of the open elements, the document's own first.
    """

    form: str
    """Name of the format, for errors."""
    root: str
    """Local name of the document's own element."""
    wanted: frozenset[str]
    """Local names of the elements whose text is passed to `closed`."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self._locals: dict[str, str] = {}
        self._is_form = False
        self._parts: list[str] = []
        self._characters = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def opened(self, local: str, attributes: dict[str, str]) -> None:
        """Take the start of an element; ``path`` already ends with it."""

    def closed(self, local: str, text: str) -> None:
        """Take the end of an element and its stripped text; ``path`` still ends with it."""

    def walk(self, stream: BinaryIO, problems: ProblemLog) -> expat.ExpatError | None:
        """Read the document to its end; return the error at which it broke, or None.

        Raises:
            UnreadableSourceError: Another document, or as `feed`.
            TooLargeError: As `feed`, or more than `MAX_TEXT` in one element.
        """
        error = feed(self._parser, stream, problems, self.form)
        if error is not None:
            problems.add(f"line {error.lineno}", CUT_SHORT)
        elif not self._is_form:
            reason = N_("its first element is not {root}").format(root=self.root)
            raise UnreadableSourceError(format=self.form, reason=reason)
        return error

    def refuse_broken(self, error: expat.ExpatError) -> None:
        """Raise what is due if nothing was read before ``error``.

        Raises:
            UnreadableSourceError: Always.
        """
        reason = N_("broken XML in line {line}").format(line=error.lineno)
        raise UnreadableSourceError(format=self.form, reason=reason)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._local(name)
        if not self.path:
            self._is_form = local == self.root
        self.path.append(local)
        if len(self.path) > MAX_DEPTH:
            reason = N_("its elements are nested too deep")
            raise UnreadableSourceError(format=self.form, reason=reason)
        if local in self.wanted:
            self._parts, self._characters = [], 0
            self._parser.CharacterDataHandler = self._text
        self.opened(local, attributes)

    def _text(self, data: str) -> None:
        self._characters += len(data)
        if self._characters > MAX_TEXT:
            raise TooLargeError(limit=N_("32 MiB in one element"))
        self._parts.append(data)

    def _end(self, name: str) -> None:
        local = self._local(name)
        text = ""
        if local in self.wanted:
            text = "".join(self._parts).strip()
            self._parts = []
            self._parser.CharacterDataHandler = None
        self.closed(local, text)
        self.path.pop()

    def _local(self, name: str) -> str:
        local = self._locals.get(name)
        if local is None:
            local = name.rpartition(":")[2]
            if len(self._locals) < _MAX_NAMES:
                self._locals[name] = local
        return local

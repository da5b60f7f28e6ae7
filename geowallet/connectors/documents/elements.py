"""XML elements by local name, with the text of those that a format asks for.

The half of an XML reader that is the same for every format: depth, names
without their prefix, bounded text, and what a broken end means. A format may take
runs of elements that are all written plainly without the parser: every one of them is
well-formed by itself, so that the document is as well-formed without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from geowallet.connectors.documents.xml_text import CUT_SHORT, MAX_DEPTH, feed
from geowallet.model.errors import TooLargeError, UnreadableSourceError
from geowallet.model.words import N_

if TYPE_CHECKING:
    import re

    from geowallet.connectors.fields.rows import ProblemLog

MAX_TEXT = 32 << 20
"""Characters in one element: a drawn line of about a million positions."""

_MAX_NAMES = 1_000

_MOST_MISSES = 4
"""Times that no run begins behind such an end, after which a block of text is parsed as it is."""

_DEEPEST_RUN = MAX_DEPTH // 2
"""Elements of a run are not counted; so deep below the limit they cannot reach it."""


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
    plain_end: re.Pattern[str] | None = None
    """The end tags behind which a run may begin; without any there are none."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self._locals: dict[str, str] = {}
        self._is_form = False
        self._parts: list[str] = []
        self._characters = 0
        self._fed_bytes, self._behind = 0, -1
        self._passed_lines = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def opened(self, local: str, attributes: dict[str, str]) -> None:
        """Take the start of an element; ``path`` already ends with it."""

    def closed(self, local: str, text: str) -> None:
        """Take the end of an element and its stripped text; ``path`` still ends with it."""

    def take_run(self, text: str, start: int) -> int:  # noqa: ARG002  for formats that have runs
        """Take the plain elements that begin at ``start``, and return where they end.

        Asked right behind the end of an element. What is not plain in any way, or says
        what the reader would find wrong, is left: it goes to the parser.
        """
        return start

    def line_of(self, error: expat.ExpatError) -> int:
        """Return the line of an error; the parser does not count those that it did not see."""
        return error.lineno + self._passed_lines

    def walk(self, stream: BinaryIO, problems: ProblemLog) -> expat.ExpatError | None:
        """Read the document to its end; return the error at which it broke, or None.

        Raises:
            UnreadableSourceError: Another document, or as `feed`.
            TooLargeError: As `feed`, or more than `MAX_TEXT` in one element.
        """
        push = self._push if self.plain_end else None
        error = feed(self._parser, stream, problems, self.form, push=push)
        if error is not None:
            problems.add(f"line {self.line_of(error)}", CUT_SHORT)
        elif not self._is_form:
            reason = N_("its first element is not {root}").format(root=self.root)
            raise UnreadableSourceError(format=self.form, reason=reason)
        return error

    def refuse_broken(self, error: expat.ExpatError) -> None:
        """Raise what is due if nothing was read before ``error``.

        Raises:
            UnreadableSourceError: Always.
        """
        reason = N_("broken XML in line {line}").format(line=self.line_of(error))
        raise UnreadableSourceError(format=self.form, reason=reason)

    def _push(self, text: str) -> int:
        """Take a piece of the document and return how many characters the parser saw."""
        at = seen = misses = 0
        while at < len(text):
            if self._behind == self._fed_bytes:
                end = self._runs_end(text, at)
                self._passed_lines += text.count("\n", at, end)
                misses += end == at
                at = end
            piece = text[at : self._next_end(text, at) if misses < _MOST_MISSES else None]
            self._parser.Parse(piece, False)
            self._fed_bytes += len(piece) if piece.isascii() else len(piece.encode())
            seen += len(piece)
            at += len(piece)
        return seen

    def _runs_end(self, text: str, at: int) -> int:
        """Return where the runs end that begin at ``at``, one behind the other."""
        begun = -1
        while begun < at < len(text) and len(self.path) < _DEEPEST_RUN:
            begun, at = at, self.take_run(text, at)
        return at

    def _next_end(self, text: str, at: int) -> int | None:
        found = self.plain_end.search(text, at) if self.plain_end else None
        return found.end() if found else None

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
        if self.plain_end is not None:
            # Where the parser is right behind the end of this element, if it is written plainly.
            self._behind = self._parser.CurrentByteIndex + len(name) + len("</>")

    def _local(self, name: str) -> str:
        local = self._locals.get(name)
        if local is None:
            local = name.rpartition(":")[2]
            if len(self._locals) < _MAX_NAMES:
                self._locals[name] = local
        return local

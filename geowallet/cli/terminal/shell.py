"""What a command may do to the terminal: say, show a table, emit a record, ask.

stdout is data, stderr is everything else. Nothing here knows a wallet.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from dataclasses import dataclass, field
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

from geowallet.cli.terminal.language import _
from geowallet.model.errors import DeclinedError, NeedsTerminalError, NotConfirmedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WIDEST = 10_000
"""Columns of a table are never cut."""

_NARROWEST = 16
"""On a terminal words in the last column go on in the next line, but in no less than this."""

_APART = 2
"""Blanks between columns."""

SCHEMA = 1
"""Version of every JSON record; keys never change meaning within it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, and whether it holds numbers."""

    heading: str
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The choices that mean the same on every command.

    Attributes:
        wallet: Path of the wallet's file, or None for the default.
        desk: Path of the recipient's folder, or None for the default.
        as_json: One JSON object a line instead of text.
        plain: Tab-separated rows instead of aligned tables.
        quiet: No notes on stderr.
        no_input: Never ask.
        yes: Do not ask for mild confirmations.
        passphrase_file: Where the passphrase is read from, instead of asking.
    """

    wallet: Path | None = None
    desk: Path | None = None
    as_json: bool = False
    plain: bool = False
    quiet: bool = False
    no_input: bool = False
    yes: bool = False
    passphrase_file: Path | None = None
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def accessible(self) -> bool:
        """Whether to avoid tables, redrawing and drawn characters."""
        names = ("GEOWALLET_ACCESSIBLE", "ACCESSIBLE")
        return any(os.environ.get(name, "") not in ("", "0") for name in names)

    @property
    def people_watch(self) -> bool:
        """Whether stdout is a terminal."""
        return self.stdout.isatty() and not self.as_json

    @property
    def can_ask(self) -> bool:
        """Whether a question can be answered."""
        return not self.no_input and sys.stdin.isatty()

    def say(self, text: str = "") -> None:
        """Write one line of text to stdout; nothing under ``--json``."""
        if not self.as_json:
            self.stdout.write(printable(text, keep_lines=True) + "\n")

    def note(self, text: str) -> None:
        """Write one line to stderr, unless ``--quiet``."""
        if not self.quiet:
            self.stderr.write(printable(text) + "\n")
            self.stderr.flush()

    def emit(self, record: dict[str, Any]) -> None:
        """Write one JSON object as a line of stdout, under ``--json`` only."""
        if self.as_json:
            line = json.dumps({"schema": SCHEMA} | record, ensure_ascii=False)
            self.stdout.write(line + "\n")

    def next(self, command: str, then: str = "") -> None:
        """Suggest what to do next; on a terminal only."""
        if self.people_watch and not self.plain:
            self.say(_("Next: {command}", command=command) + (f"      {then}" if then else ""))

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, indent: int = 0
    ) -> None:
        """Show rows: aligned, tab-separated (``--plain``), or one field a line; none, nothing.

        Args:
            columns: One for each cell of a row.
            rows: Cells as they are shown.
            indent: Blanks before each line, where it is aligned.
        """
        if self.as_json or not rows:
            return
        cells = [[printable(cell) for cell in row] for row in rows]
        headings = [column.heading for column in columns]
        if self.plain:
            lines = ["\t".join(row) for row in cells]
        elif self.accessible:
            lines = _as_fields(headings, cells)
        else:
            width = get_terminal_size().columns - indent if self.people_watch else _WIDEST
            lines = [" " * indent + line for line in _aligned(columns, cells, width)]
        for line in lines:
            self.stdout.write(line.rstrip(" ") + "\n")

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show labels with what they say beside them, aligned; a label may be ""."""
        cells = [(printable(label), printable(text)) for label, text in rows]
        if self.as_json:
            return
        width = max(len(label) for label, _text in cells) + 2
        for label, text in cells:
            line = f"{label:{width}}{text}"
            if self.accessible:
                line = _("{name}: {value}", name=label, value=text) if label else text
            self.stdout.write(line.rstrip() + "\n")

    def confirm(self, question: str) -> None:
        """Ask a mild yes-or-no question.

        Raises:
            NeedsTerminalError: Nobody can answer, and ``--yes`` was not given.
            DeclinedError: The answer was no.
        """
        if self.yes:
            return
        if not self.can_ask:
            raise NeedsTerminalError(option="--yes")
        if self.answer(f"{question} [{_('y')}/N] ").lower() not in {"y", "yes", _("y")}:
            raise DeclinedError

    def confirm_name(self, name: str, given: str, prompt: str) -> None:
        """Make sure that a severe step is meant: the name is typed, or given.

        Raises:
            NeedsTerminalError: Nobody can type it, and it was not given.
            NotConfirmedError: It differs.
        """
        if not given and not self.can_ask:
            raise NeedsTerminalError(option=f"--confirm={name}")
        if (given or self.answer(prompt)) != name:
            raise NotConfirmedError

    def answer(self, prompt: str) -> str:
        """Ask for one line on stderr and return it, without blanks around it."""
        self.stderr.write(prompt)
        self.stderr.flush()
        return sys.stdin.readline().strip()


def printable(text: str, *, keep_lines: bool = False) -> str:
    """Return ``text`` with control and direction characters made visible.

    A file name may hold escape sequences or a right-to-left override; what is
    shown must be what is there.
    """
    return "".join(
        char if _is_shown(char) or (keep_lines and char == "\n") else f"\\x{ord(char):02x}"
        for char in text
    )


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or char == "\u00ad"


def _aligned(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Return rows as lines of equal columns; rich knows how wide a character is.

    A last column of words is wrapped where the lines would be wider than ``width``.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, _APART, 0, 0))
    before = 0
    for place, column in enumerate(columns):
        last = place == len(columns) - 1
        table.add_column(
            Text(column.heading),
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric or not last,
            header_style="none",
        )
        if not last:
            cells = [column.heading, *(row[place] for row in rows)]
            before += max(map(cell_len, cells)) + _APART
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    wraps = not columns[-1].numeric
    console = Console(
        width=max(width, before + _NARROWEST) if wraps else _WIDEST, color_system=None
    )
    with console.capture() as capture:
        console.print(table)
    return capture.get().splitlines()


def _as_fields(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = []
    for number, row in enumerate(rows, start=1):
        lines.append(_("{number} of {total}", number=number, total=len(rows)))
        named = zip(headings, row, strict=True)
        lines += ["  " + (_("{name}: {value}", name=n, value=v) if n else v) for n, v in named if v]
    return lines

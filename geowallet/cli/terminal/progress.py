"""Progress of long reading, on stderr: by file, and by bytes within a large one."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.shell import Shell, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from rich.progress import Progress, TaskID

    from geowallet.app.intake.asking import Ask
    from geowallet.connectors.api import ReadOptions
    from geowallet.model.errors import GeowalletError

SPOKEN_EVERY_S = 30
"""How often progress is said where nothing may be redrawn."""


class Silent:
    """Says nothing: where nobody watches."""

    def __call__(self, name: str, total: int) -> None:
        """Take the file that is read now and the number of files."""

    def bytes_read(self, done: int, total: int) -> None:
        """Take how far it has been read."""

    def paused(self) -> AbstractContextManager[None]:
        """Leave the line to a question for a while."""
        return nullcontext()

    def asking(self, ask: Ask | None) -> Ask | None:
        """Return ``ask`` such that its questions are not drawn over."""
        if ask is None:
            return None

        def calmly(name: str, error: GeowalletError, options: ReadOptions) -> ReadOptions | None:
            with self.paused():
                return ask(name, error, options)

        return calmly


class _Spoken(Silent):
    """Writes a line now and then, for screen readers."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._file = self._files = 0
        self._said = time.monotonic()

    def __call__(self, name: str, total: int) -> None:
        del name
        self._file, self._files = self._file + 1, total
        if self._due():
            text = _("reading {done} of {total} files", done=self._file, total=total)
            self._shell.note(text)

    def bytes_read(self, done: int, total: int) -> None:
        if self._due():
            text = _(
                "reading {done} of {total} files, {share} % of this one",
                done=self._file,
                total=self._files,
                share=100 * done // max(total, 1),
            )
            self._shell.note(text)

    def _due(self) -> bool:
        now = time.monotonic()
        due = now - self._said >= SPOKEN_EVERY_S
        self._said = now if due else self._said
        return due


class _Drawn(Silent):
    """Draws one line again and again: files, time left, name, and how much of the file."""

    def __init__(self, line: Progress, task: TaskID) -> None:
        self._line, self._task = line, task
        self._name = ""

    def __call__(self, name: str, total: int) -> None:
        self._name = printable(name.rpartition("/")[2])[:40]
        self._line.update(self._task, total=total, description=self._name)
        self._line.advance(self._task)

    def bytes_read(self, done: int, total: int) -> None:
        share = 100 * done // max(total, 1)
        text = _("{name}, {share} %", name=self._name, share=share)
        self._line.update(self._task, description=text)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._line.stop()
        try:
            yield
        finally:
            self._line.start()


@contextmanager
def progress_on(shell: Shell) -> Iterator[Silent]:
    """Give what tells which file is read, and how far.

    On a terminal one line is redrawn, with the time left; in the accessible form a
    line is written every 30 s; elsewhere nothing is said.
    """
    if shell.quiet or not shell.stderr.isatty():
        yield Silent()
    elif shell.accessible:
        yield _Spoken(shell)
    else:
        with _line(shell) as line:
            yield _Drawn(line, line.add_task("", total=None))


def _line(shell: Shell) -> Progress:
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(_("reading")), MofNCompleteColumn(), TimeRemainingColumn())
    name = TextColumn("{task.description}", markup=False)
    return Progress(*columns, name, console=Console(file=shell.stderr), transient=True)

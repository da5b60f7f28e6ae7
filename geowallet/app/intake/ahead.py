"""Files that are read ahead of their turn, by children that are shut in.

Each child reads every so manieth file and waits when it is too far ahead, so memory is
bounded by the number of children. What comes of the files is taken in their order,
whoever is first: what is stored is the same as without children.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.app.intake.guests import library_folders
from geowallet.app.intake.inspect import open_source, saved_us
from geowallet.app.intake.reading import KEPT_BYTES, Kept
from geowallet.connectors.api import HEAD_BYTES
from geowallet.connectors.beside.outside import INSIDE, reader_of, results, said
from geowallet.connectors.streams import take
from geowallet.evaluator.visit import visit
from geowallet.model.errors import (
    BadOptionError,
    EvaluationFailedError,
    EvaluationTimeoutError,
    GeowalletError,
    ReaderEndedError,
    SandboxError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from geowallet.connectors.api import ReadOptions

AHEAD = 2
"""Files of each child that may wait for their turn."""

_LOOK_EVERY_S = 0.1


@dataclass(slots=True)
class Early:
    """One file, ahead of its turn.

    Attributes:
        path: As it was named.
        kept: It, read into memory, and what it holds if that is known already; None where
            it is left to its turn.
        connector: Which reads it ahead, or "".
        error: Why it cannot be read, or None.
    """

    path: str | Path
    kept: Kept | None = None
    connector: str = ""
    error: GeowalletError | None = None


class Ahead:
    """Reads ``paths`` by ``jobs`` children; a context manager that ends them.

    With one job, or where the files need more than their bytes, nothing is read ahead.
    """

    def __init__(
        self, paths: Sequence[str | Path], jobs: int, options: ReadOptions, known: frozenset[str]
    ) -> None:
        """Take what is read.

        Args:
            paths: In the order in which they are taken.
            jobs: Number of children, at least 1.
            options: What the owner knows and the files do not say.
            known: SHA-256 (hex) of files that are not read again.
        """
        self._ended = threading.Event()
        alone = jobs == 1 or options.secret is not None or options.zone_at is not None
        shares = [] if alone else [paths[n::jobs] for n in range(min(jobs, len(paths)))]
        self._hands = [_Hand(share, options, known, self._ended) for share in shares]
        self._turns = cycle(self._hands)

    def __enter__(self) -> Self:
        for hand in self._hands:
            hand.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Read no further ahead, and end the children."""
        self._ended.set()
        for hand in self._hands:
            hand.join()
        self._hands = []

    def take(self, path: str | Path) -> Early:
        """Return the next of the paths, which is ``path``.

        Raises:
            BadOptionError: The children cannot be shut in here.
        """
        return next(self._turns).take() if self._hands else Early(path)


class _Hand(threading.Thread):
    """One child, and the thread that speaks with it."""

    def __init__(
        self,
        paths: Sequence[str | Path],
        options: ReadOptions,
        known: frozenset[str],
        ended: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self._left, self._options, self._known, self._ended = iter(paths), options, known, ended
        self._sent: deque[Early] = deque()
        self._done: queue.Queue[Early | BaseException] = queue.Queue(AHEAD)

    def take(self) -> Early:
        """Return what became of the next of its files."""
        found = self._done.get()
        if isinstance(found, SandboxError):
            raise BadOptionError(option="--jobs", reason=str(found.details["reason"])) from found
        if isinstance(found, BaseException):
            raise found
        return found

    def run(self) -> None:
        """Have all files read; whatever happens, each gets its turn."""
        try:
            with suppress(EvaluationFailedError, EvaluationTimeoutError, ValueError):
                self._converse()
            self._finish()
        except _EndedError:
            return
        except BaseException as error:  # noqa: BLE001  said by the thread that waits for it
            with suppress(_EndedError):
                self._put(error)

    def _converse(self) -> None:
        setting = {"folders": library_folders(), "zone": self._options.zone}
        with closing(visit(INSIDE, setting, self._pieces())) as heard:
            for result in results(heard):
                while not self._sent[0].connector:
                    self._put(self._sent.popleft())
                early = self._sent[0]
                if early.kept is not None and result is not None:
                    early.kept.early = early.connector, result
                self._put(self._sent.popleft())

    def _pieces(self) -> Iterator[bytes]:
        """Yield the frames of all files, one after the other."""
        for path in self._left:
            if self._ended.is_set():
                return
            early = self._looked_at(path)
            self._sent.append(early)
            if early.kept is not None:
                yield from said(early.connector, self._options, early.kept.getvalue())

    def _looked_at(self, path: str | Path) -> Early:
        """Return a file with its bytes, where it is new and can be read ahead."""
        if not isinstance(path, Path):
            return Early(path)
        with suppress(GeowalletError, OSError), open_source(path) as stream:
            head = take(stream, HEAD_BYTES)
            connector = reader_of(path.name, head)
            if connector:
                kept = Kept(head + take(stream, KEPT_BYTES + 1 - len(head)), saved_us(stream))
                if kept.length <= KEPT_BYTES and kept.sha256 not in self._known:
                    return Early(path, kept, connector)
        return Early(path)

    def _finish(self) -> None:
        """Leave what was not read to its turn; the file at which the child ended is refused."""
        victim = next((early for early in self._sent if early.connector), None)
        if victim is not None:
            victim.error = ReaderEndedError(path=str(victim.path))
        for early in self._sent:
            self._put(early)
        for path in self._left:
            self._put(Early(path))

    def _put(self, found: Early | BaseException) -> None:
        while not self._ended.is_set():
            with suppress(queue.Full):
                return self._done.put(found, timeout=_LOOK_EVERY_S)
        raise _EndedError


class _EndedError(Exception):
    """Nobody waits for what is read ahead."""

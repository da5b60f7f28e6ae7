"""Runs in the confined child: loads a connector from bytes, lets it work, says what it returns.

`prepare` runs before the child is shut in and loads what the connector may import;
code of the connector itself runs only after that, in `serve`.
"""

from __future__ import annotations

import io
import struct
import sys
from contextlib import suppress
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from geowallet.connectors.api import HEAD_BYTES, PartsConnector, ReadOptions, ReadResult
from geowallet.connectors.guests import wire
from geowallet.connectors.guests.frames import (
    ANSWER,
    END,
    FAILURE,
    PART,
    TRACE,
    Order,
    Program,
    answered,
)
from geowallet.connectors.guests.offered import ALWAYS
from geowallet.connectors.streams import take
from geowallet.model.errors import GeowalletError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

    from geowallet.connectors.api import Connector
    from geowallet.model.words import Phrase

    Read = Callable[[int], bytes]
    Send = Callable[[bytes], None]

KIT = "geowallet.testing.connectors"


def prepare(setting: dict[str, Any]) -> None:
    """Load what a connector may import; what is not there will be missed later.

    Args:
        setting: ``modules``, and the ``zone`` of the options or None.
    """
    for name in (*ALWAYS, *setting["modules"]):
        with suppress(ImportError):
            import_module(name)
    if setting["zone"]:
        with suppress(ZoneInfoNotFoundError, ValueError):
            ZoneInfo(setting["zone"])  # which remembers it: no file can be opened later


def serve(read: Read, send: Send) -> None:
    """Do what one order says."""
    frames = Frames(read)
    program = msgspec.msgpack.decode(frames.next(), type=Program)
    order = msgspec.msgpack.decode(frames.next(), type=Order)
    source = cast("BinaryIO", io.BufferedReader(frames, 1 << 16))
    for kind, data in answers(program, order, source):
        send(answered(kind, data))


def answers(program: Program, order: Order, source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of every frame that answers ``order``."""
    code = wire.LOAD
    try:
        connector = loaded(program)
        code = wire.CRASH
        yield from _TASKS[order.task](connector, order, source)
    except GeowalletError as error:
        yield FAILURE, _packed(wire.failure_of(error))
    except MemoryError:
        yield FAILURE, _packed(wire.Failure(wire.MEMORY, {}))
    except TypeError as error:
        code = wire.TYPE if error.args == (_NO_RESULT,) else code
        yield FAILURE, _packed(wire.Failure(code, {}))
    except BaseException:  # noqa: BLE001  code of others: anything can happen, even an exit
        yield FAILURE, _packed(wire.Failure(code, {}))
    else:
        yield END, b""


def loaded(program: Program) -> Connector:
    """Return an instance of the class that the program names."""
    sys.meta_path.insert(0, Carried(program.files))
    module, _, name = program.target.partition(":")
    return cast("Connector", getattr(import_module(module), name)())


class Carried(MetaPathFinder, Loader):
    """Finds modules among files that are bytes."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002  where a folder would be searched
        target: ModuleType | None = None,  # noqa: ARG002  of a reload
    ) -> ModuleSpec | None:
        """Return where a module is; None where it is not among the files."""
        place = fullname.replace(".", "/")
        for origin, is_package in ((f"{place}/__init__.py", True), (f"{place}.py", False)):
            if origin in self._files:
                return ModuleSpec(fullname, self, origin=origin, is_package=is_package)
        if any(name.startswith(f"{place}/") for name in self._files):
            return ModuleSpec(fullname, None, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of a module."""
        origin = str(module.__spec__.origin if module.__spec__ else "")
        module.__file__ = origin
        code = compile(self._files[origin], origin, "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102  what this child is for

    def get_data(self, path: str) -> bytes:
        """Return a file beside the modules, as `pkgutil.get_data` asks for it.

        Raises:
            OSError: There is none.
        """
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(path) from None


class Frames(io.RawIOBase):
    """The frames of the host; as a stream, those that follow up to the empty one."""

    def __init__(self, read: Read) -> None:
        self._read_some = read
        self._rest = b""
        self._ended = False

    def next(self) -> bytes:
        """Return the next frame."""
        return self._exactly(struct.unpack(">I", self._exactly(4))[0])

    def _exactly(self, count: int) -> bytes:
        parts: list[bytes] = []
        while count:
            part = self._read_some(count)
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # narrower
        """Read into ``buffer`` and return how many bytes came."""
        if not self._rest and not self._ended:
            self._rest = self.next()
            self._ended = not self._rest
        data, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


_NO_RESULT = "something else than a result"


def _describe(connector: Connector, _: Order, __: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    extensions = [str(ending).lower() for ending in connector.extensions]
    generic = bool(getattr(connector, "generic", False))
    yield ANSWER, _packed(wire.Manners(str(connector.name), extensions, generic))


def _sniff(connector: Connector, _: Order, source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    yield ANSWER, _packed(bool(connector.sniff(take(source, HEAD_BYTES))))


def _read(connector: Connector, order: Order, source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    for result in _parts(connector, order, source):
        if not isinstance(result, ReadResult):
            raise TypeError(_NO_RESULT)
        for trace in result.traces:
            for data in wire.trace_bytes(trace):
                yield TRACE, data
        yield PART, _packed(wire.part_end(result))


def _parts(connector: Connector, order: Order, source: BinaryIO) -> Iterable[ReadResult]:
    options = ReadOptions(order.zone, order.date_order, order.columns)
    if isinstance(connector, PartsConnector):
        return connector.read_parts(source, options)
    return (connector.read(source, options),)


def _check(connector: Connector, order: Order, source: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    check: Callable[..., tuple[Phrase, ...]] = import_module(KIT).check_connector
    options = ReadOptions(order.zone, order.date_order, order.columns)
    findings = check(connector, source.read(), options=options)
    yield ANSWER, _packed([wire.sentence_of(finding) for finding in findings])


_TASKS: dict[str, Callable[[Connector, Order, BinaryIO], Iterator[tuple[bytes, bytes]]]] = {
    "describe": _describe,
    "sniff": _sniff,
    "read": _read,
    "check": _check,
}


def _packed(value: Any) -> bytes:
    return msgspec.msgpack.encode(value)

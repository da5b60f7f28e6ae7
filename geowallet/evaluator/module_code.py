"""What a scoring module is, read from its bytes before any of it runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from geowallet.evaluator.module_bytes import Bytes, Limits, broken, limits, sections
from geowallet.evaluator.module_instructions import (
    FUNCREF,
    I32,
    I64,
    OTHER,
    REFERENCES,
    THREADS,
    check_value,
    pass_expression,
)
from geowallet.model.errors import (
    BadModuleError,
    ModuleFeatureError,
    ModuleImportError,
    ModuleInterfaceError,
    ModuleMemoryError,
)
from geowallet.model.words import N_

MAX_MODULE_BYTES = 256 << 10
"""Largest module that is read; one that scores months in integers takes a few hundred bytes."""

MEMORY = "memory"
RESERVE = "reserve"
RESERVE_TYPE = ((I32,), (I32,))
OUTPUT_TYPE = ((I32, I32), (I64,))

_TYPE, _IMPORT, _FUNCTION, _TABLE, _MEMORY, _GLOBAL, _EXPORT, _START, _ELEMENT, _CODE = range(1, 11)
_FUNCTION_FORM = 0x60
_IS_FUNCTION, _IS_MEMORY = 0, 2

Signature = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ModuleCode:
    """One module that may run.

    Attributes:
        sha256: Digest of its bytes, which a contract names.
        size_bytes: Of the file.
        instructions: How many it holds.
        memory_pages: Pages of 64 KiB that it may grow to.
        outputs: Names of the functions that could be outputs, sorted.
    """

    sha256: str
    size_bytes: int
    instructions: int
    memory_pages: int
    outputs: tuple[str, ...]

    def check_fits(self, outputs: tuple[str, ...], memory_pages: int) -> None:
        """Check that it gives ``outputs`` within ``memory_pages``.

        Raises:
            ModuleInterfaceError: An output has no function.
            ModuleMemoryError: It may grow larger.
        """
        for name in outputs:
            if name not in self.outputs:
                raise ModuleInterfaceError(name=name)
        if self.memory_pages > memory_pages:
            raise ModuleMemoryError(pages=memory_pages)


@dataclass(slots=True)
class _Found:
    """What the sections said so far."""

    types: list[Signature] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    memory: Limits | None = None
    exports: dict[str, tuple[int, int]] = field(default_factory=dict)
    instructions: int = 0


def read_module(data: bytes) -> ModuleCode:
    """Return what the module in ``data`` is, if it is one that may run.

    Every instruction is looked at and none is run; what this lets pass is
    validated once more by the engine, inside the confinement.

    Raises:
        BadModuleError: Not a module, or a large one.
        ModuleImportError: It wants something from outside.
        ModuleFeatureError: It uses more than whole numbers.
        ModuleMemoryError: It declares no maximum of its memory.
        ModuleInterfaceError: It exports no memory, or no `RESERVE`.
    """
    if len(data) > MAX_MODULE_BYTES:
        raise BadModuleError(reason=N_("larger than 256 KiB"))
    found = _Found()
    for name, content in sections(data):
        _section(name, content, found)
    memory = found.memory
    if memory is None or found.exports.get(MEMORY) != (_IS_MEMORY, 0):
        raise ModuleInterfaceError(name=MEMORY)
    if memory.most is None:
        raise ModuleMemoryError(pages=memory.least)
    if _signature(found, RESERVE) != RESERVE_TYPE:
        raise ModuleInterfaceError(name=RESERVE)
    outputs = [name for name in found.exports if _signature(found, name) == OUTPUT_TYPE]
    digest = hashlib.sha256(data).hexdigest()
    return ModuleCode(digest, len(data), found.instructions, memory.most, tuple(sorted(outputs)))


def _section(name: int, content: Bytes, found: _Found) -> None:
    """Look into one section; elements, data and their count hold nothing that runs."""
    if name == _IMPORT:
        _no_imports(content)
    elif name == _START:
        raise ModuleFeatureError(what=N_("a function that starts by itself"))
    elif name in _READERS:
        for _ in range(content.number()):
            _READERS[name](content, found)
        content.end()


def _no_imports(content: Bytes) -> None:
    count = content.number()
    if count:
        raise ModuleImportError(count=count)


def _type(content: Bytes, found: _Found) -> None:
    if content.byte() != _FUNCTION_FORM:
        raise ModuleFeatureError(what=REFERENCES)
    takes, gives = _values(content), _values(content)
    found.types.append((takes, gives))


def _values(content: Bytes) -> tuple[int, ...]:
    kinds = tuple(content.take(content.number()))
    for kind in kinds:
        check_value(kind)
    return kinds


def _function(content: Bytes, found: _Found) -> None:
    found.functions.append(content.number())


def _table(content: Bytes, _found: _Found) -> None:
    if content.byte() != FUNCREF or not limits(content).plain:
        raise ModuleFeatureError(what=REFERENCES)


def _memory(content: Bytes, found: _Found) -> None:
    if found.memory is not None:
        raise ModuleFeatureError(what=N_("more than one memory"))
    found.memory = limits(content)
    if not found.memory.plain:
        raise ModuleFeatureError(what=THREADS)


def _global(content: Bytes, found: _Found) -> None:
    check_value(content.byte())
    if content.byte() > 1:
        raise ModuleFeatureError(what=OTHER)
    found.instructions += pass_expression(content)


def _export(content: Bytes, found: _Found) -> None:
    try:
        name = content.take(content.number()).decode()
    except UnicodeDecodeError as error:
        raise broken() from error
    if name in found.exports:
        raise broken()
    found.exports[name] = (content.byte(), content.number())


def _code(content: Bytes, found: _Found) -> None:
    body = content.block()
    for _ in range(body.number()):
        body.number()
        check_value(body.byte())
    found.instructions += pass_expression(body)
    body.end()


_READERS = {
    _TYPE: _type,
    _FUNCTION: _function,
    _TABLE: _table,
    _MEMORY: _memory,
    _GLOBAL: _global,
    _EXPORT: _export,
    _CODE: _code,
}


def _signature(found: _Found, name: str) -> Signature | None:
    """Return what the exported function ``name`` takes and gives; None where there is none."""
    kind, index = found.exports.get(name, (-1, 0))
    if kind != _IS_FUNCTION or index >= len(found.functions):
        return None
    at = found.functions[index]
    return found.types[at] if at < len(found.types) else None

"""Runs a scoring module inside the confined child: integers in, integers out.

The engine interprets (wasmtime's Pulley): it needs no executable memory, which
the filter of system calls forbids, and it compiles what strangers wrote only
after the child is shut in. Each call gets a fresh instance, so that nothing is
carried from one group of rows to the next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.evaluator.worker import as_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import wasmtime

    Read = Callable[[int], bytes]
    Send = Callable[[bytes], None]

PAGE_BYTES = 1 << 16
STACK_BYTES = 1 << 18
"""Of the module's own calls; what does not fit is a trap, never an overflow of ours."""

MOST_TABLE_ELEMENTS = 10_000
MAX_ORDER_BYTES = 1 << 20
EMPTY = b"\0asm\x01\0\0\0"

OFF = (
    *("wasm_threads", "wasm_simd", "wasm_relaxed_simd", "wasm_gc"),
    *("wasm_function_references", "wasm_tail_call", "wasm_multi_memory", "wasm_memory64"),
    *("wasm_exceptions", "wasm_stack_switching", "wasm_custom_page_sizes", "wasm_component_model"),
    *("wasm_wide_arithmetic", "shared_memory", "parallel_compilation", "signals_based_traps"),
    *("memory_init_cow", "native_unwind_info"),
)
"""Settings of the engine that are switched off: later proposals, threads, signals, mappings."""


class RefusedError(Exception):
    """The module did what it may not; its one argument is the word for it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to run.

    Attributes:
        module_bytes: Length of the module.
        row_bytes: Length of each row.
        rows: How many each group has.
        outputs: Functions to call for each group.
        fuel: Steps of one call.
        memory_pages: Pages of 64 KiB that an instance may have.
    """

    module_bytes: int
    row_bytes: int
    rows: tuple[int, ...]
    outputs: tuple[str, ...]
    fuel: int
    memory_pages: int


def prepare(_setting: dict[str, Any]) -> None:
    """Load the engine and let it do once what it could not do once shut in."""
    import wasmtime  # noqa: PLC0415  an extra, and only of this child

    wasmtime.Module(new_engine(), EMPTY)


def serve(read: Read, send: Send) -> None:
    """Run one order; say one line for each group, or a last one with why not."""
    order = Order(**json.loads(_line(read)))
    try:
        machine = Machine(_exactly(read, order.module_bytes), order)
        for rows in order.rows:
            send(as_line(machine.group(_exactly(read, rows * order.row_bytes), rows)))
    except RefusedError as error:
        send(as_line({"refused": str(error)}))


class Machine:
    """One module, validated by an engine of its own.

    Raises:
        RefusedError: ``malformed``: the engine does not take it.
    """

    def __init__(self, data: bytes, order: Order) -> None:
        import wasmtime  # noqa: PLC0415

        self._order = order
        self._engine = new_engine()
        try:
            self._module = wasmtime.Module(self._engine, data)
        except wasmtime.WasmtimeError as error:
            raise RefusedError("malformed") from error

    def group(self, data: bytes, count: int) -> dict[str, Any]:
        """Return value and steps of every output for one group of ``count`` rows.

        Raises:
            RefusedError: As `call`.
        """
        found = [self.call(output, data, count) for output in self._order.outputs]
        return {"values": [value for value, _ in found], "fuel": [fuel for _, fuel in found]}

    def call(self, output: str, data: bytes, count: int) -> tuple[int, int]:
        """Return what ``output`` makes of the rows in ``data``, and the steps it took.

        Raises:
            RefusedError: ``fuel``; ``memory`` where it does not fit or the rows get no
                room; ``interface``; otherwise the name of a trap.
        """
        import wasmtime  # noqa: PLC0415

        store = wasmtime.Store(self._engine)
        store.set_fuel(self._order.fuel)
        store.set_limits(
            memory_size=self._order.memory_pages * PAGE_BYTES,
            table_elements=MOST_TABLE_ELEMENTS,
            instances=1,
            tables=1,
            memories=1,
        )
        try:
            exports: Mapping[str, Any] = wasmtime.Instance(store, self._module, []).exports(store)
            address = exports["reserve"](store, len(data)) & 0xFFFF_FFFF
            exports["memory"].write(store, data, address)
            value = exports[output](store, _signed(address), count)
        except wasmtime.Trap as error:
            raise RefusedError(_trap(error)) from error
        except (wasmtime.WasmtimeError, IndexError) as error:
            raise RefusedError("memory") from error
        return value, self._order.fuel - store.get_fuel()


def new_engine() -> wasmtime.Engine:
    """Return an engine that interprets, counts steps, and knows no later proposal."""
    import wasmtime  # noqa: PLC0415

    config = wasmtime.Config()
    config.target = "pulley64"
    config.consume_fuel = True
    for name in OFF:
        setattr(config, name, False)
    config.max_wasm_stack = STACK_BYTES
    config.memory_reservation = 0
    config.memory_guard_size = 0
    config.memory_reservation_for_growth = 0
    return wasmtime.Engine(config)


def _trap(error: wasmtime.Trap) -> str:
    import wasmtime  # noqa: PLC0415

    codes = wasmtime.TrapCode
    words: dict[wasmtime.TrapCode | None, str] = {
        codes.OUT_OF_FUEL: "fuel",
        codes.STACK_OVERFLOW: "stack",
        codes.MEMORY_OUT_OF_BOUNDS: "bounds",
        codes.TABLE_OUT_OF_BOUNDS: "bounds",
        codes.INTEGER_DIVISION_BY_ZERO: "division",
        codes.INTEGER_OVERFLOW: "division",
        codes.UNREACHABLE: "unreachable",
    }
    return words.get(error.trap_code, "trap")


def _signed(address: int) -> int:
    return address - (1 << 32) if address >> 31 else address


def _line(read: Read) -> bytes:
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = read(1)
        line += byte
        if not byte or len(line) > MAX_ORDER_BYTES:
            raise ValueError("no line with an order")
    return bytes(line)


def _exactly(read: Read, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = read(count - len(data))
        if not part:
            raise ValueError("less than was announced")
        data += part
    return bytes(data)

"""A recipient's own scoring, as terms name it: which bytes, how much they may use, what comes out.

The module itself travels beside the offer; the terms pin its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.contracts.terms.measures import DIGEST
from geowallet.contracts.terms.members import Members

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_FUEL = 1_000_000_000
"""About a second of a processor."""

MOST_PAGES = 256
"""Of 64 KiB: 16 MiB."""

MOST_OUTPUTS = 8
LARGEST = 1_000_000_000
"""Outputs lie between 0 and this."""

TAKEN = ("memory", "reserve")
"""Names of what a module exports beside its outputs."""


@dataclass(frozen=True, slots=True)
class ModuleOutput:
    """One whole number that a module gives for each group: 0 <= minimum < maximum."""

    id: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class Module:
    """A WebAssembly module that scores the selected rows.

    Attributes:
        sha256: Digest (hex) of its bytes.
        fuel: Instructions that it may run at most.
        memory_pages: Of 64 KiB, that it may have at most.
        outputs: What leaves of it, at least one.
    """

    sha256: str
    fuel: int
    memory_pages: int
    outputs: tuple[ModuleOutput, ...]


def read_module(outer: Members) -> Module | None:
    """Return the member ``module``, or None where it is null.

    Raises:
        BadContractError: Not such a module; it says which member.
    """
    value = outer.take("module")
    if value is None:
        return None
    members = Members(value, f"{outer.path}.module")
    module = Module(
        sha256=members.matching("sha256", DIGEST),
        fuel=members.integer("fuel", 1, MOST_FUEL),
        memory_pages=members.integer("memory_pages", 1, MOST_PAGES),
        outputs=_outputs(members),
    )
    members.done()
    return module


def module_as_json(module: Module | None) -> dict[str, Any] | None:
    """Return what `read_module` reads."""
    if module is None:
        return None
    return {
        "sha256": module.sha256,
        "fuel": module.fuel,
        "memory_pages": module.memory_pages,
        "outputs": [
            {"id": output.id, "minimum": output.minimum, "maximum": output.maximum}
            for output in module.outputs
        ],
    }


def _outputs(members: Members) -> tuple[ModuleOutput, ...]:
    values: Sequence[Any] = members.each("outputs", lambda item: item, least=1, most=MOST_OUTPUTS)
    outputs = tuple(
        _output(Members(item, f"{members.path}.outputs[{n}]")) for n, item in enumerate(values)
    )
    if len({output.id for output in outputs}) < len(outputs):
        raise members.refusal("says the same twice", "outputs")
    return outputs


def _output(members: Members) -> ModuleOutput:
    output = ModuleOutput(
        id=members.matching("id", r"[a-z][a-z0-9_]{0,31}"),
        minimum=members.integer("minimum", 0, LARGEST),
        maximum=members.integer("maximum", 0, LARGEST),
    )
    members.done()
    if output.id in MEASURES or output.id in TAKEN:
        raise members.refusal("the name of something else", "id")
    if output.maximum <= output.minimum:
        raise members.refusal("not above the minimum", "maximum")
    return output

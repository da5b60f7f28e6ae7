"""Use cases of a recipient's scoring module: find it, keep it with its contract, run it.

A module travels beside its offer, ``NAME.wasm`` beside ``NAME.offer``; the
terms pin its digest, so that where it came from does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geowallet.app.files import read_small
from geowallet.contracts.evaluation.evaluate import rows_by_group
from geowallet.contracts.evaluation.module_rows import ROW_BYTES, records
from geowallet.evaluator.module import ModuleTask, run_module
from geowallet.evaluator.module_code import MAX_MODULE_BYTES, ModuleCode, read_module
from geowallet.model.errors import (
    BadModuleError,
    ModuleDigestError,
    ModuleMissingError,
    ModuleOutputError,
    SourceMissingError,
    TooLargeError,
)
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.contracts.evaluation.job import Job
    from geowallet.contracts.evaluation.rows import Row
    from geowallet.contracts.terms.module_terms import Module
    from geowallet.contracts.terms.syntax import Terms
    from geowallet.vault.store import Vault
    from geowallet.vault.transaction import Transaction

KIND = "module"
SUFFIX = ".wasm"


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a module gave, each value in the range that its terms name.

    Attributes:
        groups: For each group of rows, output id to value.
        fuel: Most steps that one call took.
    """

    groups: tuple[dict[str, int], ...]
    fuel: int


def module_from(path: Path) -> bytes:
    """Return the bytes of a module's file, unread.

    Raises:
        SourceMissingError: There is no such file.
        SourceAccessError: It cannot be read.
        BadModuleError: It is larger than any module that is read.
    """
    try:
        return read_small(path, MAX_MODULE_BYTES)
    except TooLargeError as error:
        raise BadModuleError(reason=N_("larger than 256 KiB")) from error


def module_beside(offer: Path, terms: Terms) -> bytes:
    """Return the module that came with an offer; b"" where its terms name none.

    Raises:
        ModuleMissingError: It is not beside the offer.
        ModuleDigestError: Another is.
        GeowalletError: It is one that may not run; see `check_module`.
    """
    if terms.module is None:
        return b""
    path = offer.with_suffix(SUFFIX)
    try:
        data = module_from(path)
    except SourceMissingError as error:
        raise ModuleMissingError(name=terms.name, file=path.name) from error
    check_module(terms, data)
    return data


def check_module(terms: Terms, data: bytes) -> ModuleCode:
    """Return what the module of ``terms`` is, after checking that ``data`` holds it.

    Raises:
        ModuleMissingError: The terms name none.
        ModuleDigestError: These are other bytes.
        GeowalletError: It is one that may not run (`evaluator.module_code`).
    """
    module = _named(terms)
    code = read_module(data)
    if code.sha256 != module.sha256:
        raise ModuleDigestError(name=terms.name)
    code.check_fits(tuple(output.id for output in module.outputs), module.memory_pages)
    return code


def keep_module(tx: Transaction, terms: Terms, data: bytes) -> None:
    """Keep the module of ``terms`` in the wallet, where they name one.

    Raises:
        GeowalletError: As `check_module`.
    """
    if terms.module is not None:
        check_module(terms, data)
        tx.put(KIND, terms.module.sha256, data)


def kept_module(vault: Vault, terms: Terms) -> bytes:
    """Return the module that an accepted contract runs; b"" where it has none.

    Raises:
        ModuleMissingError: The wallet does not hold it.
    """
    if terms.module is None:
        return b""
    data = vault.get(KIND, terms.module.sha256)
    if data is None:
        raise ModuleMissingError(name=terms.name, file=f"{terms.name}{SUFFIX}")
    return data


def scored(terms: Terms, data: bytes, groups: Sequence[Sequence[Row]]) -> Outputs:
    """Return what the module of ``terms`` makes of each group of rows, in its ranges.

    Raises:
        ModuleOutputError: A value outside its range.
        GeowalletError: As `check_module` and `evaluator.module.run_module`.
    """
    check_module(terms, data)
    module = _named(terms)
    names = tuple(output.id for output in module.outputs)
    task = ModuleTask(data, names, module.fuel, module.memory_pages)
    found = run_module(task, [records(rows) for rows in groups], row_bytes=ROW_BYTES)
    for values in found.values:
        for output, value in zip(module.outputs, values, strict=True):
            if not output.minimum <= value <= output.maximum:
                raise ModuleOutputError(name=output.id)
    groups_found = tuple(dict(zip(names, values, strict=True)) for values in found.values)
    return Outputs(groups_found, found.fuel)


def with_outputs(
    raw: dict[str, Any], terms: Terms, data: bytes, job: Job, rows: Sequence[Row]
) -> dict[str, Any]:
    """Return the figures in ``raw`` with the outputs of the module beside them.

    The total is not the sum of the groups: the module scores all rows once more.

    Args:
        raw: As the confined evaluation of ``job`` gave it.
        terms: What is asked; without a module ``raw`` comes back as it is.
        data: The module.
        job: What was evaluated.
        rows: The selected rows.

    Raises:
        GeowalletError: As `scored`.
    """
    if terms.module is None:
        return raw
    inside = rows_by_group(job, rows) if job.group_by else {}
    total, *groups = scored(terms, data, [rows, *inside.values()]).groups
    return raw | {
        "totals": raw["totals"] | total,
        "groups": [
            group | {"values": group["values"] | outputs}
            for group, outputs in zip(raw["groups"], groups, strict=True)
        ],
    }


def _named(terms: Terms) -> Module:
    if terms.module is None:
        raise ModuleMissingError(name=terms.name, file=f"{terms.name}{SUFFIX}")
    return terms.module

"""Use cases of a recipient: put a scoring module and a tariff into the terms of an offer."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from geowallet.app.files import read_small, write_new
from geowallet.app.scoring.modules import SUFFIX, check_module
from geowallet.contracts.terms.members import Members
from geowallet.contracts.terms.module_terms import Module, ModuleOutput
from geowallet.contracts.terms.tariff_terms import read_tariff
from geowallet.crypto.canonical import strict_json
from geowallet.evaluator.module_code import read_module
from geowallet.model.errors import BadContractError, BadOptionError
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geowallet.app.desk.desk import Desk
    from geowallet.contracts.terms.syntax import Terms

MAX_TARIFF_BYTES = 16 << 10
_RANGE = re.compile(r"([a-z][a-z0-9_]{0,31}):(\d{1,10}):(\d{1,10})", flags=re.ASCII)


def with_module(terms: Terms, data: bytes, ranges: Sequence[str], *, fuel: int) -> Terms:
    """Return ``terms`` that pin the module in ``data``.

    Args:
        terms: Of the offer.
        data: The module.
        ranges: What leaves of it, each as ``id:minimum:maximum``.
        fuel: Steps of one call.

    Raises:
        BadOptionError: No range, or one that is not written so.
        GeowalletError: The module may not run, or has no such output.
    """
    code = read_module(data)
    found = [_RANGE.fullmatch(text) for text in ranges]
    outputs = [ModuleOutput(m[1], int(m[2]), int(m[3])) for m in found if m is not None]
    if not outputs or len(outputs) < len(found):
        raise BadOptionError(option="--output", reason="score:0:100")
    module = Module(code.sha256, fuel, code.memory_pages, tuple(outputs))
    asked = replace(terms, module=module)
    check_module(asked, data)
    return asked


def with_tariff(terms: Terms, path: Path) -> Terms:
    """Return ``terms`` that name the tariff in a JSON file, written as in terms.

    Raises:
        SourceMissingError: There is no such file.
        BadContractError: It holds no tariff; it says which member.
    """
    data = read_small(path, MAX_TARIFF_BYTES)
    try:
        value = strict_json(data, max_bytes=MAX_TARIFF_BYTES)
    except ValueError as error:
        raise BadContractError(reason=N_("not such JSON")) from error
    return replace(terms, tariff=read_tariff(Members({"tariff": value}, "")))


def write_module(desk: Desk, offer: Path, data: bytes) -> Path:
    """Write the module to hand over beside the file of its offer, keep a copy, and return it.

    Raises:
        DiskFullError: It could not be written.
    """
    path = offer.with_suffix(SUFFIX)
    write_new(desk.folder / "offers" / path.name, data)
    return write_new(path, data)

"""``contract module check`` and ``run``: for whoever writes, signs or doubts a scoring module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.sharing.contract_named import is_file
from geowallet.cli.terminal.language import _
from geowallet.cli.terminal.numbers import count
from geowallet.cli.terminal.secrets import open_wallet
from geowallet.cli.terminal.shell import Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.model.calendar import Period
from geowallet.model.errors import BadOptionError

if TYPE_CHECKING:
    from geowallet.app.scoring.module_runs import Trial

app = group(_("Scoring modules: what one is, and what it makes of your trips."))

File = Annotated[Path, typer.Argument(help=_("The module's file (.wasm)."))]


def check(shell: Shell, file: File) -> None:
    """Say what a module is, and run it on no rows; no wallet is needed."""
    from geowallet.app.scoring.module_runs import try_module
    from geowallet.app.scoring.modules import module_from

    trial = try_module(module_from(file), ())
    shell.emit(_record(trial))
    shell.say(_("A scoring module that may run."))
    code = trial.code
    shell.pairs(
        [
            (_("SHA-256"), code.sha256),
            (_("size"), _("{bytes} bytes", bytes=count(code.size_bytes))),
            (_("instructions"), _("{count}, all on whole numbers", count=count(code.instructions))),
            (_("imports"), _("none: no clock, no chance, no file, no network")),
            (_("memory"), _("at most {pages} pages of 64 KiB", pages=count(code.memory_pages))),
            (_("outputs"), ", ".join(code.outputs) or _("none")),
            (_("steps"), _("{fuel} at most for no rows", fuel=count(trial.fuel))),
        ]
    )
    shell.next(f"geowallet contract module run {file} --contract NAME --period 2026-05")


def run(
    shell: Shell,
    file: File,
    *,
    contract: Annotated[
        str, typer.Option(help=_("On the trips that this offer or contract selects."))
    ] = "",
    period: Annotated[str, typer.Option(help=_("With --contract: such as 2026-10."))] = "",
    rows: Annotated[
        Path | None, typer.Option(help=_("On rows of a CSV file; no wallet is needed."))
    ] = None,
) -> None:
    """Run a module twice, confined, on one's own rows; nothing leaves."""
    from geowallet.app.scoring.module_runs import rows_from, try_module
    from geowallet.app.scoring.modules import module_from

    if bool(contract) == (rows is not None):
        raise BadOptionError(option="--contract", reason=_("name a contract, or --rows"))
    if bool(contract) != bool(period):
        raise BadOptionError(option="--period", reason=_("goes with --contract"))
    data = module_from(file)
    trial = (
        _under(shell, data, contract, period) if rows is None else try_module(data, rows_from(rows))
    )
    shell.emit(_record(trial))
    shell.pairs(
        [
            (_("module"), trial.code.sha256),
            (_("rows"), count(trial.rows)),
            (_("digest of the rows"), trial.rows_sha256),
            *((name, count(value)) for name, value in trial.outputs.items()),
            (
                _("steps"),
                _("{fuel} of {most}", fuel=count(trial.fuel), most=count(trial.most_fuel)),
            ),
        ]
    )
    shell.say(_("Run twice with the same result. Nothing was written, nothing leaves."))


verb(
    app,
    "check",
    _("Say what a module is: imports, size, digest, outputs."),
    example="geowallet contract module check gentle.wasm",
)(check)
verb(
    app,
    "run",
    _("Run a module on your own rows; nothing leaves."),
    example="geowallet contract module run gentle.wasm --contract km --period 2026-05",
)(run)


def _under(shell: Shell, data: bytes, contract: str, period: str) -> Trial:
    from geowallet.app.scoring.module_runs import try_under
    from geowallet.app.sharing.agreements import find_contract, offer_from

    days = Period.parse(period)
    with open_wallet(shell) as vault:
        if is_file(contract):
            terms = offer_from(Path(contract)).terms
        else:
            terms = find_contract(vault, contract).terms
        return try_under(vault, terms, days, data)


def _record(trial: Trial) -> dict[str, Any]:
    code = trial.code
    return {
        "sha256": code.sha256,
        "bytes": code.size_bytes,
        "instructions": code.instructions,
        "imports": 0,
        "memory_pages": code.memory_pages,
        "outputs": trial.outputs,
        "rows": trial.rows,
        "rows_sha256": trial.rows_sha256,
        "fuel": trial.fuel,
        "most_fuel": trial.most_fuel,
    }

"""``model fit``: a model fitted on labelled traces, tried before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard

import typer

from geowallet.cli.terminal.language import _, plural, told, word
from geowallet.cli.terminal.numbers import count, decimal, percent
from geowallet.cli.terminal.progress import progress_on
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import verb
from geowallet.model.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geowallet.app.travel.model_fit import Tried

FAMILIES = {
    "foot": N_("on foot"),
    "bike": N_("bike"),
    "car": N_("car"),
    "bus": N_("bus"),
    "rail": N_("rail"),
    "ferry": N_("ferry"),
    "airplane": N_("airplane"),
    "unknown": N_("unknown"),
}
"""Families of modes, as the figures name them."""

_FIGURES = ("accuracy", "macro_f1", "ece", "soft_share", "unknown_share")
_DEFAULT_NAME = "fitted"


def add_to(app: typer.Typer) -> None:
    """Register the verb with the noun ``model``."""
    verb(
        app,
        "fit",
        _("Fit a model on labelled traces that you hold; shows how good it is, then asks."),
        example="geowallet model fit labelled --name own",
    )(fit)


def fit(
    shell: Shell,
    folder: Annotated[
        Path, typer.Argument(help=_("labels.csv (user,start,end,mode) and a file a user."))
    ],
    *,
    name: Annotated[str, typer.Option(help=_("What to call it."))] = _DEFAULT_NAME,
) -> None:
    """Read, fit, show the figures of users that were left out, ask, keep."""
    from geowallet.app.travel.model_fit import fit_model
    from geowallet.app.travel.models import free_name, keep_model

    free_name(name)
    with progress_on(shell) as line:

        def progress(file: str, files: int) -> None:
            if files:
                line(file, files)
            else:
                shell.note(_("Growing trees; thousands of legs take minutes..."))

        tried = fit_model(folder, progress=progress)
    shell.emit(_record(name, tried))
    _say_reading(shell, tried)
    _show(shell, tried)
    shell.confirm(_("Keep this model as {name}?", name=name))
    path = keep_model(name, tried.forest)
    shell.say(_("Kept: {path}", path=str(path)))
    shell.next(f"geowallet model use {name}")


def are_figures(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Say whether a card holds figures that can be shown."""
    if not isinstance(value, dict) or not isinstance(value.get("confusion"), dict):
        return False
    rows = value["confusion"].values()
    cells = [cell for row in rows if isinstance(row, dict) for cell in row.values()]
    whole = all(isinstance(row, dict) for row in rows) and all(isinstance(c, int) for c in cells)
    return whole and all(isinstance(value.get(name), int | float) for name in _FIGURES)


def figure_pairs(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the figures of a card as labels and values."""
    return [(label, value) for label, value in zip(_labels(), _values(figures), strict=True)]


def show_confusion(shell: Shell, confusion: Mapping[str, Mapping[str, int]]) -> None:
    """Show how many legs of each family were taken for which."""
    said = [name for name in FAMILIES if any(name in row for row in confusion.values())]
    columns = [Column(_("TRUTH"))]
    columns += [Column(_(FAMILIES[name]), numeric=True) for name in said]
    rows = [
        [_(FAMILIES[truth]), *(str(confusion[truth].get(name, 0)) for name in said)]
        for truth in FAMILIES
        if truth in confusion
    ]
    shell.table(columns, rows, indent=2)


def _labels() -> list[str]:
    return [
        _("right"),
        _("macro-F1"),
        _("calibration error"),
        _("motorised metres taken for foot or bike"),
        _("left unknown"),
    ]


def _values(figures: Mapping[str, Any]) -> list[str]:
    return [
        percent(figures["accuracy"]),
        decimal(figures["macro_f1"], 2),
        decimal(figures["ece"], 3),
        _("{share} %", share=decimal(100 * figures["soft_share"], 2)),
        percent(figures["unknown_share"]),
    ]


def _say_reading(shell: Shell, tried: Tried) -> None:
    read = tried.labelled
    for report in read.refused:
        if report.error is not None:
            shell.note(_("{name}: {value}", name=report.path, value=told(report.error)[0]))
    if read.silent:
        names = ", ".join(read.silent[:5]) + (", ..." if len(read.silent) > 5 else "")
        shell.note(_("No file that can be read for: {names}", names=names))
    for words, times in list(read.strange.items())[:10]:
        text = _("label '{word}' names no mode and was left out {count} times")
        shell.note(text.format(word=words, count=times))


def _show(shell: Shell, tried: Tried) -> None:
    legs, users = len(tried.labelled.modes), len({*tried.labelled.users})
    shell.say(
        plural(
            "{count} leg of {users} users; every user was left out once, {folds} parts:",
            "{count} legs of {users} users; every user was left out once, {folds} parts:",
            legs,
            users=count(users),
            folds=tried.folds,
        )
    )
    columns = [Column(""), Column(_("THIS ONE"), numeric=True), Column(_("SHIPPED"), numeric=True)]
    outside, shipped = (_values(_as_dict(one)) for one in (tried.outside, tried.shipped))
    rows = [list(row) for row in zip(_labels(), outside, shipped, strict=True)]
    shell.table(columns, rows, indent=2)
    shell.say()
    show_confusion(shell, tried.outside.confusion)
    shell.say()
    for mode, number in tried.rare.items():
        text = _("{mode}: only {count} legs, told nearly as by the model that ships")
        shell.say(text.format(mode=word(mode), count=number))
    missing = [mode for mode in tried.forest.classes if mode not in tried.labelled.modes]
    if missing:
        names = ", ".join(word(mode) for mode in missing)
        shell.say(_("No leg to learn from, told as by the model that ships: {names}.", names=names))
    if not tried.better:
        shell.say(_("It is no better than the model that ships."))
    elif not tried.surely:
        text = _("It wins {won} legs and loses {lost} against the model that ships: maybe chance.")
        shell.say(text.format(won=tried.won, lost=tried.lost))


def _as_dict(figures: Any) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in _FIGURES}


def _record(name: str, tried: Tried) -> dict[str, Any]:
    return {
        "name": name,
        "digest": _digest(tried),
        "card": tried.forest.settings["card"],
        "shipped": _as_dict(tried.shipped),
        "rare": tried.rare,
        "won": tried.won,
        "lost": tried.lost,
        "refused": [report.path for report in tried.labelled.refused],
        "unknown_words": dict(tried.labelled.strange),
    }


def _digest(tried: Tried) -> str:
    from geowallet.crypto.canonical import sha256_hex
    from geowallet.track.modes.artefact import forest_bytes

    return sha256_hex(forest_bytes(tried.forest))

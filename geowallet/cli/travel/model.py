"""``model list``, ``show``, ``use`` and ``personal``: what tells modes of travel."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geowallet.cli.terminal.language import _, plural, told, word
from geowallet.cli.terminal.numbers import count, day, decimal, percent
from geowallet.cli.terminal.secrets import locations, open_wallet
from geowallet.cli.terminal.shell import Column, Shell
from geowallet.cli.terminal.verb import group, verb
from geowallet.cli.travel import habits, model_fit
from geowallet.cli.travel.habits import say_outdated
from geowallet.model.errors import BadModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geowallet.app.travel.models import InUse, Kept
    from geowallet.app.travel.personal import Lesson, Outcome
    from geowallet.track.modes.forest import Forest
    from geowallet.vault.store import Vault

app = group(_("Models that tell by what you travelled."))

_DIGEST = 12
_PERSONAL = "personal"


def list_(shell: Shell) -> None:
    """Show the models there are; with a wallet, also which one it uses."""
    from geowallet.app.travel.models import in_use, kept_models

    with _wallet_if_any(shell) as vault:
        try:
            used = in_use(vault) if vault else None
        except BadModelError as error:
            used = None
            shell.note(_("{name}: {value}", name=_("the model in use"), value=told(error)[0]))
            shell.note(told(error)[1])
    found = list(kept_models())
    for kept in found:
        shell.emit(_record(kept, used))
    columns = [
        Column(_("NAME")),
        Column(_("DIGEST")),
        Column(_("MODES"), numeric=True),
        Column(_("LEGS"), numeric=True),
        Column(_("USERS"), numeric=True),
        Column(_("SINCE")),
        Column(_("IN USE")),
    ]
    shell.table(columns, [_row(kept, used) for kept in found])
    if used and not any(_is_used(kept, used) for kept in found):
        text = _("The model in use, {name}, is kept in the wallet; its file changed or is gone.")
        shell.say(text.format(name=used.name))
    if used and used.habits:
        text = _("Habits of {day} are heeded, read off {count} legs.")
        shell.say(text.format(day=_day(used.habits.since_us), count=count(used.habits.legs)))
    shell.next("geowallet model show shipped")


def show(
    shell: Shell, name: Annotated[str, typer.Argument(help=_("Its name, from 'model list'."))]
) -> None:
    """Show the card of a model."""
    from geowallet.app.travel.models import model_named

    forest = model_named(name)
    card = _card(forest)
    shell.emit(
        {
            "name": name,
            "digest": forest.digest,
            "modes": list(forest.classes),
            "features": list(forest.features),
            "neighbours": forest.context is not None,
            "comparisons": len(forest.trees.feature),
            "network": _network(forest),
            "begins_at": str(forest.settings.get("base", "")),
            "least_confidence": dict(forest.settings["least_confidence"]),
            "card": card,
        }
    )
    shell.pairs(_facts(name, forest, card))
    figures = card.get("figures")
    if model_fit.are_figures(figures):
        shell.say()
        shell.say(_("Legs of users that were left out:"))
        model_fit.show_confusion(shell, figures["confusion"])
    elif name == "shipped":
        shell.say()
        shell.say(
            _("How it was fitted and how good it is: docs/accuracy.md, training/MODEL_CARD.md")
        )


def use(
    shell: Shell,
    name: Annotated[str, typer.Argument(help=_("Its name, from 'model list', or shipped."))],
) -> None:
    """Find modes with another model from now on."""
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.travel.habits import kept_habits
    from geowallet.app.travel.models import personal_of, use_model
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        was_personal, had_habits = personal_of(vault) is not None, kept_habits(vault) is not None
        forest = use_model(vault, name, now_us=now_us())
        still_personal, has_habits = personal_of(vault) is not None, kept_habits(vault) is not None
        outdated = is_outdated(vault)
    shell.emit({"name": name, "digest": forest.digest, "outdated": outdated})
    text = _("Modes are found with {name} from now on ({digest}).")
    shell.say(text.format(name=name, digest=forest.digest[:_DIGEST]))
    if was_personal and not still_personal:
        shell.say(_("What it had learnt from you was about another model and is forgotten."))
    if had_habits and not has_habits:
        shell.say(_("The habits were read with another model and are forgotten."))
    say_outdated(shell, outdated=outdated)


def personal(
    shell: Shell,
    *,
    undo: Annotated[
        bool, typer.Option("--undo", help=_("Forget what was learnt from you."))
    ] = False,
) -> None:
    """Move the model in use by the modes that the owner said, after showing what it does."""
    from geowallet.app.travel.engine import is_outdated
    from geowallet.app.travel.models import forget_personal, store_personal
    from geowallet.app.travel.personal import learn
    from geowallet.app.wallet import now_us

    with open_wallet(shell) as vault:
        if undo:
            done = forget_personal(vault, now_us=now_us())
            shell.emit({"personal": False, "changed": done})
            shell.say(_("Forgotten.") if done else _("Nothing had been learnt from you."))
        else:
            shell.note(_("Looking at the legs that you corrected..."))
            lesson = learn(vault, now_us=now_us())
            _show_lesson(shell, lesson)
            if not lesson.helps:
                shell.say(_("It would not help: nothing was changed."))
                return
            shell.confirm(_("Find modes so from now on? It stays in this wallet."))
            store_personal(vault, lesson.personal, lesson.words, now_us=now_us())
            shell.say(_("Noted. What you say of a trip still wins over any model."))
        outdated = is_outdated(vault)
    say_outdated(shell, outdated=outdated)


@contextmanager
def _wallet_if_any(shell: Shell) -> Iterator[Vault | None]:
    if not locations(shell).wallet.exists():
        yield None
        return
    with open_wallet(shell) as vault:
        yield vault


def _show_lesson(shell: Shell, lesson: Lesson) -> None:
    shell.emit(
        {
            "legs": lesson.legs,
            "before": _outcome(lesson.before),
            "after": _outcome(lesson.after),
            "helps": lesson.helps,
            "bias": {name: value / 1000 for name, value in sorted(lesson.leaning.bias.items())},
            "sharpness": lesson.leaning.sharpness / 1000,
        }
    )
    shell.say(
        plural(
            "{count} leg has a mode that you said. Each is tried by what all others teach:",
            "{count} legs have a mode that you said. Each is tried by what all others teach:",
            lesson.legs,
        )
    )
    columns = [Column(""), Column(_("BEFORE"), numeric=True), Column(_("AFTER"), numeric=True)]
    before, after = lesson.before, lesson.after
    rows = [
        [_("right"), count(before.right), count(after.right)],
        [
            _("probability of what you said"),
            percent(before.probability),
            percent(after.probability),
        ],
    ]
    shell.table(columns, rows, indent=2)
    moved = sorted(lesson.leaning.bias.items(), key=lambda pair: -abs(pair[1]))[:4]
    for name, value in moved:
        if abs(value) >= 50:
            text = _("more often") if value > 0 else _("less often")
            times = decimal(2.718281828 ** (abs(value) / 1000), 2)
            shell.say(
                "  " + _("{mode}: {times} times {how}", mode=word(name), times=times, how=text)
            )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "right": outcome.right,
        "probability": round(outcome.probability, 4),
        "loss": round(outcome.loss, 4),
    }


def _card(forest: Forest) -> dict[str, Any]:
    card = forest.settings.get("card")
    return card if isinstance(card, dict) else {}


def _network(forest: Forest) -> dict[str, Any] | None:
    if forest.network is None:
        return None
    weights = sum(layer.weight.size for layer in forest.network.layers)
    return {"weights": weights, "share": forest.network_share}


def _facts(name: str, forest: Forest, card: Mapping[str, Any]) -> list[tuple[str, str]]:
    least = forest.settings["least_confidence"]
    asked = [percent(float(least["default"]))]
    asked += [
        _("{name}: {value}", name=word(mode), value=percent(float(share)))
        for mode, share in sorted(least.items())
        if mode != "default"
    ]
    rows = [
        (_("name"), name),
        (_("digest"), forest.digest),
        (_("tells apart"), ", ".join(word(mode) for mode in forest.classes)),
        (_("looks at"), _("{count} figures of a leg", count=len(forest.features))),
        (_("neighbours"), _("heeded") if forest.context else _("not heeded")),
        (_("network"), _("weighs {share}", share=percent(forest.network_share))),
        (_("begins at"), str(forest.settings.get("base", "")) or "-"),
        (_("least confidence"), ", ".join(asked)),
        (_("calibration"), _calibration(forest)),
    ]
    legs, users = card.get("legs"), card.get("users")
    if isinstance(legs, dict) and isinstance(users, int):
        each = ", ".join(f"{word(str(mode))} {number}" for mode, number in sorted(legs.items()))
        rows += [(_("fitted on"), each), (_("users"), count(users))]
        rows += [(_("labels"), f"sha256 {card.get('labels_sha256', '')}")]
    figures = card.get("figures")
    if model_fit.are_figures(figures):
        rows += model_fit.figure_pairs(figures)
    return rows


def _calibration(forest: Forest) -> str:
    bands = forest.settings.get("context_calibration") or forest.settings.get("calibration") or []
    return ", ".join(
        _(
            "temperature {value} up to {seconds} s",
            value=temperature,
            seconds=count(round(float(band))),
        )
        if (band := entry["cadence_s_up_to"])
        else _("temperature {value}", value=temperature)
        for entry in bands
        if (temperature := decimal(float(entry["temperature"]), 2))
    )


def _is_used(kept: Kept, used: InUse | None) -> bool:
    return bool(used and kept.forest and kept.forest.digest == used.base.digest)


def _row(kept: Kept, used: InUse | None) -> list[str]:
    forest = kept.forest
    if forest is None:
        return [kept.name, _("unusable"), "", "", "", _day(kept.saved_us), ""]
    card = _card(forest)
    legs, users = card.get("legs"), card.get("users")
    mark = ""
    if _is_used(kept, used):
        mark = _("yes, with what you said") if used and used.personal else _("yes")
    return [
        kept.name,
        forest.digest[:_DIGEST],
        count(len(forest.classes)),
        count(sum(legs.values())) if isinstance(legs, dict) else "-",
        count(users) if isinstance(users, int) else "-",
        _day(kept.saved_us),
        mark,
    ]


def _record(kept: Kept, used: InUse | None) -> dict[str, Any]:
    forest = kept.forest
    return {
        "name": kept.name,
        "usable": forest is not None,
        "digest": forest.digest if forest else "",
        "modes": list(forest.classes) if forest else [],
        "card": _card(forest) if forest else {},
        "saved_us": kept.saved_us,
        "in_use": _is_used(kept, used),
        "habits": bool(_is_used(kept, used) and used and used.habits),
        _PERSONAL: bool(_is_used(kept, used) and used and used.personal),
    }


def _day(time_us: int) -> str:
    if not time_us:
        return "-"
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=time_us)
    return day(moment.date())


verb(app, "list", _("The models there are, and the one in use."), example="geowallet model list")(
    list_
)
verb(
    app,
    "show",
    _("What a model was fitted on, what it tells apart and how good it is."),
    example="geowallet model show shipped",
)(show)
verb(
    app,
    "use",
    _("Find modes with this model from now on; 'shipped' goes back."),
    example="geowallet model use shipped",
)(use)
verb(
    app,
    "personal",
    _("Move the model by the modes that you said; stays in the wallet."),
    example="geowallet model personal",
)(personal)
habits.add_to(app)
model_fit.add_to(app)

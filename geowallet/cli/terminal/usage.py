"""What is wrong with a command line, in the reader's language and without what was typed.

typer says it in English, and repeats the value: it may be a passphrase in the wrong place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geowallet.cli.terminal.language import _

if TYPE_CHECKING:
    import typer


def usage_text(error: typer.TyperException) -> str:
    """Return one sentence; typer's own where it is of no kind that is known here."""
    known: Any = error
    if hasattr(error, "possibilities"):
        return _no_option(known.option_name, sorted(known.possibilities or ()))
    if getattr(error, "param", None) is not None:
        name = known.param.get_error_hint(known.ctx).replace("'", "")
        if hasattr(error, "param_type"):
            return _("{name} is missing", name=name)
        return _("{name}: {value}", name=name, value=_meant(known.param.type))
    message = error.format_message().strip()
    if hasattr(error, "option_name"):
        if "not take a value" in message:
            return _("{name} takes no value", name=known.option_name)
        return _("{name} needs a value", name=known.option_name)
    return _of_words(message)


def _no_option(name: str, near: list[str]) -> str:
    if near:
        return _("there is no option {name}; perhaps {near}", name=name, near=", ".join(near))
    return _("there is no option {name}", name=name)


def _meant(kind: Any) -> str:
    """Return what a parameter takes, by the name that typer gives its type."""
    if kind.name.startswith("int"):
        least, most = getattr(kind, "min", None), getattr(kind, "max", None)
        if least is not None and most is not None:
            return _("a whole number from {least} to {most} is meant", least=least, most=most)
        return _("a whole number is meant")
    if kind.name.startswith("float"):
        return _("a number is meant, with a point before its decimals")
    return _("not a value that it takes")


def _of_words(message: str) -> str:
    if message.startswith("Got unexpected extra argument"):
        return _("more words than the command takes; put what belongs together in quotation marks")
    unknown = re.match(r"No such command '([^']*)'\.(?: Did you mean (.*)\?)?", message)
    if unknown and unknown[2]:
        return _("there is no command {name}; perhaps {near}", name=unknown[1], near=unknown[2])
    if unknown:
        return _("there is no command {name}", name=unknown[1])
    return message

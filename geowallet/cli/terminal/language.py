"""Which language to speak, and the catalogue of its sentences.

The language is chosen once, when this module is first imported, because help
texts are built at import: ``--lang``, then ``GEOWALLET_LANG``, then the locale.
"""

from __future__ import annotations

import datetime as dt
import gettext
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.model.words import N_, Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geowallet.model.errors import GeowalletError

LANGUAGES = ("en", "fr")
"""What geowallet speaks; the first is the fallback."""

_DOMAIN = "geowallet"
_FOLDER = Path(__file__).parents[2] / "locale"


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language for a command line, one of `LANGUAGES`.

    Args:
        arguments: As typed, without the program's name.
        environment: Usually `os.environ`.
    """
    wanted = [environment.get("GEOWALLET_LANG", "")]
    for index, word in enumerate(arguments):
        if word == "--lang" and index + 1 < len(arguments):
            wanted.insert(0, arguments[index + 1])
        elif word.startswith("--lang="):
            wanted.insert(0, word.removeprefix("--lang="))
    wanted += [environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    first = next((text for text in wanted if text), "")
    return first[:2].lower() if first[:2].lower() in LANGUAGES else LANGUAGES[0]


language = choose(sys.argv[1:], os.environ)
"""The language of this process."""

_catalogue = gettext.translation(_DOMAIN, _FOLDER, [language], fallback=True)


def _(text: str, /, **values: str | float) -> str:
    """Return ``text`` in the chosen language, with ``{names}`` filled in."""
    translated = _catalogue.gettext(text)
    return translated.format(**values) if values else translated


def plural(singular: str, several: str, number: int, /, **values: str | float) -> str:
    """Return the sentence for ``number`` things, which it may name as ``{count}``."""
    translated = _catalogue.ngettext(singular, several, number)
    return translated.format(count=number, **values)


def say(words: Phrase) -> str:
    """Return a `Phrase` in the chosen language, its words and numbers too.

    A value is translated by what it is called: a name, a path, a place of the
    owner stays as it is, even where it reads like a word of ours.
    """
    values = {name: _value(name, value) for name, value in words.values}
    return _catalogue.gettext(words.text).format(**values)


def clauses(words: Sequence[str]) -> str:
    """Return sentences that stand side by side, joined as the language joins them."""
    return _("; ").join(words)


def told(error: GeowalletError) -> tuple[str, str]:
    """Return text and hint of an error in the chosen language."""
    text = say(Phrase(error.text, tuple(error.details.items())))
    return text, _(error.hint).format(**error.details) if error.hint else ""


def word(name: str) -> str:
    """Return the display word of an identifier such as ``e_bike`` or ``commute``."""
    return _catalogue.gettext(WORDS[name]) if name in WORDS else name


WORDS = {
    "walk": N_("walk"),
    "run": N_("run"),
    "bike": N_("bike"),
    "e_bike": N_("e-bike"),
    "e_scooter": N_("e-scooter"),
    "car": N_("car"),
    "motorcycle": N_("motorcycle"),
    "bus": N_("bus"),
    "tram": N_("tram"),
    "subway": N_("subway"),
    "train": N_("train"),
    "ferry": N_("ferry"),
    "airplane": N_("airplane"),
    "other": N_("other"),
    "unknown": N_("unknown"),
    "commute": N_("commute"),
    "business": N_("business"),
    "private": N_("private"),
    "sure": N_("sure"),
    "likely": N_("likely"),
    "unsure": N_("unsure"),
    "home": N_("home"),
    "work": N_("work"),
    "client": N_("client"),
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
    "L0": N_("L0 declared"),
    "L1": N_("L1 time-stamped"),
    "L2": N_("L2 signed by the device"),
    "L3": N_("L3 cross-checked"),
}
"""Identifiers that people read, as they are said in English."""


_DATES = frozenset({"date", "first", "last"})
"""Values that may be days, as ``YYYY-MM-DD``."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

NOUNS = (
    N_("trip"),
    N_("trip rule"),
    N_("place"),
    N_("contract"),
    N_("vehicle"),
    N_("work calendar"),
    N_("evidence authority"),
    N_("desk anchor"),
)
"""What a wallet may not hold under a name, as errors say it."""


def _day(value: str) -> str:
    from geowallet.cli.terminal.numbers import day

    return day(dt.date.fromisoformat(value))


def _number(value: float) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language)


_SENTENCES = frozenset({"reason", "what"})
"""Values that are themselves sentences of the catalogue."""

SYSTEM_REASONS = (
    N_("No space left on device"),
    N_("Disk quota exceeded"),
    N_("File too large"),
    N_("Read-only file system"),
    N_("Input/output error"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Is a directory"),
    N_("File name too long"),
    N_("Too many open files"),
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Connection timed out"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("Name or service not known"),
    N_("Temporary failure in name resolution"),
)
"""What Linux says where an error repeats its reason: named here for the catalogue alone."""

_IDENTIFIERS = frozenset({"mode", "purpose", "sureness", "level", "day", "first", "last"})
"""Values that are identifiers of `WORDS`."""


def _value(name: str, value: str | float) -> str:
    if isinstance(value, int | float):
        return _number(value)
    if name in _DATES and _ISO_DATE.fullmatch(value):
        return _day(value)
    if value and name in _SENTENCES:
        return _catalogue.gettext(value)
    return word(value) if name in _IDENTIFIERS else value

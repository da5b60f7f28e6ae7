"""Names of months in the languages that apps write dates in."""

from __future__ import annotations

_STEMS = (
    ("jan", "ene", "gen"),
    ("feb", "fev"),
    ("mar", "mrz", "maa", "mrt"),
    ("apr", "avr", "abr"),
    ("may", "mai", "mei", "mag"),
    ("jun", "juin", "giu"),
    ("jul", "juil", "lug"),
    ("aug", "aou", "ago"),
    ("sep", "set"),
    ("oct", "okt", "ott", "out"),
    ("nov",),
    ("dec", "dez", "dic"),
)
"""English, French, German, Spanish, Italian, Dutch, Portuguese, without accents."""

_PLAIN = str.maketrans("äéèêûüô", "aeeeuuo")


def month_of(word: str) -> int:
    """Return the number of a month from its name or the start of it.

    Raises:
        ValueError: No month of the languages known here.
    """
    plain = word.strip(". ").lower().translate(_PLAIN)
    for number, stems in enumerate(_STEMS, start=1):
        if plain.startswith(stems):
            return number
    raise ValueError("not a month")

"""One document with every kind of block, in French."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from geowallet.paper.document import (
    Bars,
    Cell,
    Column,
    Document,
    Facts,
    Note,
    Signatures,
    Table,
    words,
)

COLUMNS = (
    Column("Date", "date"),
    Column("Motif", "reason", share=5),
    Column("Km", "distance_km", numeric=True),
    Column("Montant", "amount_eur", numeric=True),
)

AMOUNT = Cell("1\N{NARROW NO-BREAK SPACE}199,54 €", Decimal("1199.54"))


def document(n: int = 3, *, reason: str = "Client Nord") -> Document:
    """Return a report of ``n`` trips of 12, 13, 14... kilometres."""
    rows = tuple(
        (
            Cell(f"{i % 28 + 1:02} mai 2026", dt.date(2026, 5, i % 28 + 1)),
            words(reason),
            Cell(f"{12 + i}", 12 + i),
            Cell(f"{12 + i},50\N{NO-BREAK SPACE}€", Decimal(f"{12 + i}.50")),
        )
        for i in range(n)
    )
    total = sum(12 + i for i in range(n))
    sums = words("Total"), words(""), Cell(f"{total}", total), words("")
    return Document(
        title="Kilomètres professionnels, mai 2026",
        id="e41c-77b0",
        language="fr",
        blocks=(
            Facts("Qui", (("Salarié", words("Zoé Œuvrard & Cie <SAS>")),)),
            Note("Pour vous : rien ne sort.", strong=True),
            Facts("Total", (("Montant", AMOUNT),)),
            Bars(
                "Kilomètres par mois",
                (
                    ("mars", Decimal(0), "0 km"),
                    ("avr.", Decimal(120), "120 km"),
                    ("mai", Decimal(412), "412 km"),
                ),
                ((Decimal(300), "300 km"),),
            ),
            Table("Trajets", COLUMNS, rows, sums, "Aucun trajet."),
            Signatures((("Salarié", "Lieu, date"), ("Responsable", "Date"))),
        ),
        foot="Copie lisible.",
        made=dt.date(2026, 6, 2),
        page="page {page} sur {pages}",
    )

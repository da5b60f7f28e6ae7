"""Ready terms for what people are usually asked, and what is usual in each.

A template asks for the least that its purpose needs. Whoever asks for more can
write it, and `geowallet.contracts.words.explain` says that it is more than usual.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from geowallet.contracts.templates.template import Choices, Particulars, Template
from geowallet.contracts.templates.templates_drive import DRIVE
from geowallet.contracts.templates.templates_work import (
    WORK,
    soft_mobility_commute,
    work_hour_mileage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "TEMPLATES",
    "USUAL",
    "Choices",
    "Particulars",
    "Template",
    "soft_mobility_commute",
    "work_hour_mileage",
]

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for template in (*WORK, *DRIVE)}
)
"""Every template by the name that people type."""

USUAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {template.id: template.usual for template in TEMPLATES.values()}
)
"""Facts (`geowallet.contracts.words.facts`) that a purpose usually needs, by template."""

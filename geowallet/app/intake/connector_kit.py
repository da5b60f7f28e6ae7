"""Use cases of people who write connectors: begin a package, and check one on a sample."""

from __future__ import annotations

import re
from string import Template
from typing import TYPE_CHECKING

from geowallet.app.files import read_small
from geowallet.app.intake import connector_template as files
from geowallet.app.intake.guests import Lodging
from geowallet.app.locations import trust_file
from geowallet.connectors.guests.guest import GuestConnector
from geowallet.connectors.registry import BUILTIN, by_name
from geowallet.model.errors import BadOptionError, DiskFullError, FolderExistsError
from geowallet.model.words import N_
from geowallet.testing.connectors import check_connector

if TYPE_CHECKING:
    from pathlib import Path

    from geowallet.connectors.api import ReadOptions
    from geowallet.model.words import Phrase

MAX_SAMPLE_BYTES = 1_000_000
"""The kit reads a sample some thousand times."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")


def check_sample(name: str, sample: Path, *, options: ReadOptions) -> tuple[Phrase, ...]:
    """Return what is wrong with a connector, in sentences; empty if nothing is.

    One of another package must be trusted, and the kit runs with it where it is confined.

    Raises:
        UnknownFormatError: No connector has this name.
        ConnectorNotTrustedError: It is not trusted.
        ConnectorChangedError: It is not what was trusted.
        SourceMissingError: There is no such sample.
        SourceAccessError: It cannot be read.
        TooLargeError: It is larger than `MAX_SAMPLE_BYTES`.
    """
    connector = by_name(name, Lodging(trust_file()))
    data = read_small(sample, MAX_SAMPLE_BYTES)
    if isinstance(connector, GuestConnector):
        return connector.check(data, options)
    return check_connector(connector, data, options=options)


def new_connector(name: str, folder: Path) -> tuple[Path, ...]:
    """Write a package that works as it stands, and return its files.

    Args:
        name: Word of the format, as typed after ``--format``.
        folder: Where it is written; it may not exist.

    Raises:
        BadOptionError: The name is no short lower-case word, or is taken.
        FolderExistsError: Something is at ``folder``.
        DiskFullError: It could not be written.
    """
    if not _NAME.fullmatch(name):
        reason = N_("a lower-case letter, then letters, digits or '_', 32 at most")
        raise BadOptionError(option="NAME", reason=reason)
    if any(connector.name == name for connector in BUILTIN):
        raise BadOptionError(option="NAME", reason=N_("geowallet has a format of this name"))
    texts = _texts(name)
    try:
        folder.mkdir(parents=True)
        (folder / "tests").mkdir()
        for path, text in texts.items():
            (folder / path).write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise FolderExistsError(path=str(folder)) from error
    except OSError as error:
        raise DiskFullError(reason=error.strerror or "") from error
    return tuple(folder / path for path in texts)


def _texts(name: str) -> dict[str, str]:
    """Return the text of every file of the package, by its path in it."""
    words = {"name": name, "kind": f"{name.title().replace('_', '')}Connector"}
    templates = {
        "pyproject.toml": files.PROJECT,
        f"geowallet_{name}.py": files.MODULE,
        f"tests/test_{name}.py": files.TEST,
        "README.md": files.README,
    }
    return {path: Template(text).substitute(words) for path, text in templates.items()}

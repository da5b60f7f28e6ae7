"""Use cases: the models of travel modes there are, and the one that this wallet uses.

Models lie as files beside the wallet, because they hold nothing of its owner. The one in
use is kept in the wallet as well, with what was learnt from the owner's corrections: a
copied wallet finds the same trips on another machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import platformdirs

from geowallet.app.files import read_small, replace_whole
from geowallet.app.travel.habits import ADDRESS, kept_habits
from geowallet.model.errors import (
    BadModelError,
    BadOptionError,
    ModelExistsError,
    NoModelError,
    SourceAccessError,
    TooLargeError,
)
from geowallet.model.provenance import Statement, StatementKind
from geowallet.track.modes.artefact import MOST_BYTES, forest_bytes, read_forest
from geowallet.track.modes.personal import Leaning, personalised
from geowallet.track.modes.shipped import shipped_forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geowallet.app.travel.habits import KeptHabits
    from geowallet.track.modes.forest import Forest
    from geowallet.vault.store import Vault

SHIPPED = "shipped"
"""The name of the model that is a part of the program."""

_CHOSEN = ("setting", "model")
_PERSONAL = ("setting", "personal")
_SUFFIX = ".forest"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
_MOST_FILES = 200


class Chosen(msgspec.Struct, frozen=True):
    """The model that the owner chose.

    Attributes:
        name: Its name when it was chosen.
        since_us: When that was.
        forest: Its bytes.
    """

    name: str
    since_us: int
    forest: bytes


class Personal(msgspec.Struct, frozen=True):
    """What was learnt from the owner's corrections.

    Attributes:
        model: SHA-256 (hex) of the model that it moves, and no other.
        bias: Thousandths for each mode; see `Leaning`.
        sharpness: Thousandths.
        legs: How many corrected legs it was learnt from.
        since_us: When.
    """

    model: str
    bias: dict[str, int]
    sharpness: int
    legs: int
    since_us: int

    @property
    def leaning(self) -> Leaning:
        """What moves the model."""
        return Leaning(self.bias, self.sharpness)


@dataclass(frozen=True, slots=True)
class InUse:
    """What finds the modes of this wallet.

    Attributes:
        name: Of the model.
        base: The model as it was fitted.
        forest: The same, moved by what the owner said.
        since_us: When it was chosen, 0 for the shipped one by itself.
        personal: What moves it, or None.
        habits: What is usual for the owner, if it was read with this model.
    """

    name: str
    base: Forest
    forest: Forest
    since_us: int
    personal: Personal | None
    habits: KeptHabits | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A model that is there under a name.

    Attributes:
        name: Its name.
        forest: The model, or None where its file cannot be used.
        saved_us: When its file was written, 0 for the shipped one.
        size: Bytes of the file.
    """

    name: str
    forest: Forest | None
    saved_us: int
    size: int


def models_folder() -> Path:
    """Return the folder of fitted models; it needs no wallet."""
    folder = os.environ.get("GEOWALLET_MODELS")
    return (
        (
            Path(folder)
            if folder
            else Path(platformdirs.user_data_dir("geowallet", False)) / "models"
        )
        .expanduser()
        .absolute()
    )


def kept_models() -> Iterator[Kept]:
    """Yield the shipped model, then the fitted ones by name; unusable ones without a forest."""
    yield Kept(SHIPPED, shipped_forest(), 0, 0)
    folder = models_folder()
    files = sorted(folder.glob(f"*{_SUFFIX}"))[:_MOST_FILES] if folder.is_dir() else []
    for path in files:
        if _NAME.fullmatch(path.stem) and path.is_file():
            state = path.stat()
            try:
                forest = model_named(path.stem)
            except (BadModelError, TooLargeError, SourceAccessError):
                forest = None
            yield Kept(path.stem, forest, state.st_mtime_ns // 1000, state.st_size)


def model_named(name: str) -> Forest:
    """Return the model with this name.

    Raises:
        NoModelError: There is none.
        BadModelError: Its file is damaged, or of another version.
        TooLargeError: Its file is larger than any model.
    """
    if name == SHIPPED:
        return shipped_forest()
    return _read(_bytes_of(name))


def keep_model(name: str, forest: Forest) -> Path:
    """Write a model under a new name, and return where it is.

    Raises:
        ModelExistsError: The name is taken.
        DiskFullError: It could not be written.
    """
    path = free_name(name)
    replace_whole(path, forest_bytes(forest))
    return path


def free_name(name: str) -> Path:
    """Return the file that a new model of this name gets.

    Raises:
        BadOptionError: No name for a model.
        ModelExistsError: It is taken.
    """
    if not _NAME.fullmatch(name):
        raise BadOptionError(option="--name", reason="a-z, 0-9, - and _, 32 at most")
    path = models_folder() / f"{name}{_SUFFIX}"
    if name == SHIPPED or path.exists():
        raise ModelExistsError(name=name)
    return path


def in_use(vault: Vault) -> InUse:
    """Return the model that finds the modes of this wallet.

    Raises:
        BadModelError: It is of another version of the program.
    """
    stored, name, since_us, base = vault.get(*_CHOSEN), SHIPPED, 0, shipped_forest()
    if stored:
        chosen = msgspec.msgpack.decode(stored, type=Chosen)
        name, since_us, base = chosen.name, chosen.since_us, _read(chosen.forest)
    habits = kept_habits(vault)
    habits = habits if habits and habits.model == base.digest else None
    personal = personal_of(vault)
    if personal is None or personal.model != base.digest:
        return InUse(name, base, base, since_us, None, habits)
    return InUse(name, base, personalised(base, personal.leaning), since_us, personal, habits)


def personal_of(vault: Vault) -> Personal | None:
    """Return what was learnt from the owner, whichever model it moves, or None."""
    stored = vault.get(*_PERSONAL)
    return msgspec.msgpack.decode(stored, type=Personal) if stored else None


def use_model(vault: Vault, name: str, *, now_us: int) -> Forest:
    """Find modes with the model of this name from now on, and return it.

    What was learnt from the owner, and the habits that were read, are of one model only,
    and are forgotten where it is another; trips already found stay until they are computed again.

    Raises:
        NoModelError: There is none.
        BadModelError: Its file is damaged, or of another version.
    """
    body = b"" if name == SHIPPED else _bytes_of(name)
    forest = _read(body) if body else shipped_forest()
    personal, habits = personal_of(vault), kept_habits(vault)
    with vault.transaction(now_us=now_us) as tx:
        if body:
            tx.put(*_CHOSEN, msgspec.msgpack.encode(Chosen(name, now_us, body)))
        else:
            tx.delete(*_CHOSEN)
        if personal and personal.model != forest.digest:
            tx.delete(*_PERSONAL)
        if habits and habits.model != forest.digest:
            tx.delete(*ADDRESS)
        tx.log(Statement(StatementKind.SETTING, (forest.digest,), (), {"what": "model chosen"}))
    return forest


def store_personal(
    vault: Vault, personal: Personal, words: tuple[str, ...], *, now_us: int
) -> Forest:
    """Move the model in use by what was learnt, and return what it is then.

    Args:
        vault: The open wallet.
        personal: What was learnt.
        words: SHA-256 (hex) of the corrections that it was learnt from.
        now_us: The moment, for the log.
    """
    moved = personalised(in_use(vault).base, personal.leaning)
    with vault.transaction(now_us=now_us) as tx:
        tx.put(*_PERSONAL, msgspec.msgpack.encode(personal))
        what = {"what": "model personalised", "model": personal.model}
        tx.log(Statement(StatementKind.SETTING, (moved.digest,), words, what))
    return moved


def forget_personal(vault: Vault, *, now_us: int) -> bool:
    """Forget what was learnt from the owner; say whether there was anything."""
    personal = personal_of(vault)
    if personal is None:
        return False
    with vault.transaction(now_us=now_us) as tx:
        tx.delete(*_PERSONAL)
        what = {"what": "model no longer personal"}
        tx.log(Statement(StatementKind.SETTING, (personal.model,), (), what))
    return True


def _bytes_of(name: str) -> bytes:
    path = models_folder() / f"{name}{_SUFFIX}"
    if not _NAME.fullmatch(name) or not path.is_file():
        shown = "".join(char for char in name[:32] if char.isprintable())
        raise NoModelError(name=shown)
    return read_small(path, MOST_BYTES)


@lru_cache(maxsize=4)
def _read(data: bytes) -> Forest:
    """Return the forest of some bytes: a wallet's trips are found in many slices."""
    return read_forest(data)

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from geowallet.connectors.guests import packages
from geowallet.connectors.guests.offered import imports_of
from geowallet.connectors.guests.packages import entries, package_of
from geowallet.model.errors import ConnectorUnusableError, UnknownConnectorError
from tests.connectors import strangers

BOMB = "raise RuntimeError('this code ran')\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def test_nothing_of_a_package_runs_when_it_is_listed_or_read(site: Path) -> None:
    strangers.install(site, BOMB)
    (entry,) = [entry for entry in entries() if entry.name == "stranger"]
    assert (entry.package, entry.version, entry.target) == (
        "strange-stranger",
        "1.2",
        "strange:Stranger",
    )
    assert package_of("stranger").files == {"strange.py": BOMB.encode()}
    assert "strange" not in sys.modules


def test_the_digest_is_that_of_the_listing(site: Path) -> None:
    strangers.install(site, "x = 1\n")
    package = package_of("stranger")
    of_file = hashlib.sha256(b"x = 1\n").hexdigest()
    text = (
        "geowallet.connector/1\n"
        "stranger strange-stranger 1.2 strange:Stranger\n"
        f"{of_file} 6 strange.py"
    )
    assert package.digest == hashlib.sha256(text.encode()).hexdigest()


def test_a_changed_byte_a_new_file_and_another_version_are_other_digests(site: Path) -> None:
    module = strangers.install(
        site, "x = 1\n", others={"inside/__init__.py": "", "inside/d.txt": "a"}
    )
    seen = {package_of("stranger").digest}
    module.write_text("x = 2\n")
    seen.add(package_of("stranger").digest)
    (site / "inside" / "d.txt").write_text("b")
    seen.add(package_of("stranger").digest)
    (site / "inside" / "new.py").write_text("")
    seen.add(package_of("stranger").digest)
    metadata = site / "strange-1.2.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.2", "1.3"))
    seen.add(package_of("stranger").digest)
    assert len(seen) == 5


def test_compiled_files_are_neither_hashed_nor_carried(site: Path) -> None:
    strangers.install(site, "", others={"inside/__init__.py": ""})
    before = package_of("stranger").digest
    (site / "inside" / "__pycache__").mkdir()
    (site / "inside" / "__pycache__" / "x.cpython-311.pyc").write_bytes(b"other code")
    assert package_of("stranger").digest == before


def test_what_a_package_requires_is_carried_without_geowallet_and_numpy(site: Path) -> None:
    strangers.install(site, "", requires="geowallet numpy helper>=1 none-such;extra=='x'")
    info = site / "helper-2.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: helper\nVersion: 2.0\n")
    (info / "RECORD").write_text("helper/__init__.py,,\n")
    (site / "helper").mkdir()
    (site / "helper" / "__init__.py").write_text("y = 1\n")
    assert set(package_of("stranger").files) == {"strange.py", "helper/__init__.py"}


def test_an_editable_install_is_found_on_the_path(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers.install(site, "")
    (site / "strange.py").unlink()
    (site / "strange-1.2.dist-info" / "RECORD").write_text("_strange.pth,,\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "strange.py").write_text("z = 1\n")
    with pytest.raises(ConnectorUnusableError, match="plain files"):
        package_of("stranger")
    monkeypatch.syspath_prepend(str(tmp_path / "work"))
    assert package_of("stranger").files == {"strange.py": b"z = 1\n"}


def test_what_it_imports_and_will_not_find_is_known_without_running_it(site: Path) -> None:
    lines = [
        *("import csv, socket", "from geowallet.vault import store", "import strange, numpy"),
        *("from geowallet.connectors import streams", "def f():", "    import subprocess"),
        *("from . import near",),
    ]
    strangers.install(site, "\n".join(lines))
    assert package_of("stranger").lacks() == (
        "geowallet.vault",
        "geowallet.vault.store",
        "socket",
        "subprocess",
    )
    strangers.install(site / "other", "this is no Python (")
    assert imports_of([b"this is no Python (", b"\x00"]) == frozenset()


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"target": "json:JSONDecoder"}, "stand in for"),
        ({"target": "geowallet.connectors.registry:X"}, "stand in for"),
        ({"others": {"numpy/__init__.py": ""}}, "stand in for"),
        ({"target": "strange"}, "malformed"),
        ({"target": "strange:Stranger [x]"}, "malformed"),
        ({"name": "Bad-Name"}, "malformed"),
        ({"target": "nowhere:X"}, "plain files"),
        ({"others": {"inside/__init__.py": "", "inside/a\nb": ""}}, "plain files"),
    ],
)
def test_what_could_never_run_is_named(site: Path, how: dict[str, str], reason: str) -> None:
    strangers.install(site, "", **how)  # type: ignore[arg-type]  # a table of cases
    with pytest.raises(ConnectorUnusableError, match=reason):
        package_of(how.get("name", "stranger"))


def test_a_package_of_any_size_is_refused_in_bounded_memory(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers.install(site, "#" * 200, others={"inside/__init__.py": "", "inside/x.py": ""})
    monkeypatch.setattr(packages, "MAX_FILES", 2)
    with pytest.raises(ConnectorUnusableError, match="too large"):
        package_of("stranger")
    monkeypatch.setattr(packages, "MAX_FILES", 9)
    monkeypatch.setattr(packages, "MAX_BYTES", 199)
    with pytest.raises(ConnectorUnusableError, match="too large"):
        package_of("stranger")


def test_a_link_is_not_followed(site: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cr1t")
    strangers.install(site, "", others={"inside/__init__.py": ""})
    (site / "inside" / "d.txt").symlink_to(tmp_path / "secret")
    with pytest.raises(ConnectorUnusableError, match="link"):
        package_of("stranger")
    (site / "inside" / "d.txt").unlink()
    (site / "inside").rename(tmp_path / "moved")
    (site / "inside").symlink_to(tmp_path / "moved")
    with pytest.raises(ConnectorUnusableError, match="link"):
        package_of("stranger")


@pytest.mark.parametrize("path", ["/elsewhere/x.py", "../elsewhere/x.py", "a-b.data/x.py"])
def test_a_record_that_leads_elsewhere_is_not_followed(site: Path, path: str) -> None:
    strangers.install(site, "")
    record = site / "strange-1.2.dist-info" / "RECORD"
    record.write_text(f"{record.read_text()}{path},,\n")
    assert set(package_of("stranger").files) == {"strange.py"}


def test_a_version_that_is_no_word_is_refused(site: Path) -> None:
    strangers.install(site, "")
    metadata = site / "strange-1.2.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace("1.2", "1." + "2" * 100))
    with pytest.raises(ConnectorUnusableError, match="malformed"):
        package_of("stranger")


def test_two_packages_of_one_name_are_both_off(site: Path) -> None:
    strangers.install(site, "")
    strangers.install(site, "", module="stranger_still")
    with pytest.raises(ConnectorUnusableError, match="two packages"):
        package_of("stranger")


def test_a_name_that_nobody_has_is_unknown() -> None:
    with pytest.raises(UnknownConnectorError):
        package_of("nobody")

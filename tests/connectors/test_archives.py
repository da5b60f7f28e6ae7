from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.connectors.archives import open_members
from geowallet.connectors.spending import Limits
from geowallet.model.errors import (
    ArchiveError,
    GeowalletError,
    NotATraceError,
    TooLargeError,
)
from tests.connectors.samples_inline import refused

BODY = b"lat,lon\n" + bytes(range(48, 58)) * 20


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(*members: tuple[str, bytes], mode: str = "w", kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # a str
        for name, data in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(data), kind, "/etc/passwd"
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def opened(data: bytes, name: str = "a", limits: Limits | None = None) -> list[tuple[str, bytes]]:
    members = open_members(name, io.BytesIO(data), limits=limits or Limits())
    return [(member.name, member.stream.read()) for member in members]


def test_a_plain_source_is_its_own_only_member() -> None:
    assert opened(BODY, "a.csv") == [("a.csv", BODY)]
    assert opened(b"") == [("a", b"")]


@pytest.mark.parametrize(
    ("pack", "suffix"), [(gzip.compress, ".gz"), (bz2.compress, ".BZ2"), (lzma.compress, ".xz")]
)
def test_a_packed_source_loses_its_suffix(pack: Callable[[bytes], bytes], suffix: str) -> None:
    assert opened(pack(BODY), f"a.csv{suffix}") == [("a.csv", BODY)]
    assert opened(pack(BODY), "a.csv") == [("a.csv", BODY)]


def test_members_are_named_by_their_path() -> None:
    members = (("x/1.csv", BODY), ("x/2.csv", b"2"))
    names = [("a!x/1.csv", BODY), ("a!x/2.csv", b"2")]
    assert opened(zipped(*members)) == names
    assert opened(tarred(*members)) == names
    assert opened(tarred(*members, mode="w:gz")) == names


def test_archives_inside_archives_are_opened_to_depth_three() -> None:
    two = zipped(("in.zip", zipped(("1.csv.gz", gzip.compress(BODY)))))
    assert opened(two) == [("a!in.zip!1.csv", BODY)]
    with pytest.raises(TooLargeError, match="3 archives"):
        opened(tarred(("more.zip", two)))


def test_two_members_of_one_name_are_both_read() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("1.csv", b"1"), ("1.csv", b"2"))
    assert [body for _, body in opened(data)] == [b"1", b"2"]


def test_links_folders_and_debris_are_left_out() -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("folder/", "")
        archive.writestr("__MACOSX/._1.csv", "x")
        archive.writestr(".DS_Store", "x")
    assert opened(out.getvalue()) == []
    assert opened(tarred(("link", b""), kind=tarfile.SYMTYPE)) == []
    assert opened(tarred(("device", b""), kind=tarfile.CHRTYPE)) == []


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x"])
def test_a_name_that_leads_outside_is_refused(name: str) -> None:
    for data in (zipped((name, BODY)), tarred((name, BODY))):
        with pytest.raises(ArchiveError, match="outside"):
            opened(data)


def test_a_locked_member_is_refused() -> None:
    data = bytearray(zipped(("1.csv", BODY)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ArchiveError, match="password"):
        opened(bytes(data))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_bomb_is_refused_by_its_ratio(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(TooLargeError, match="200 times"):
        opened(pack(b" " * (8 << 20)))
    with pytest.raises(TooLargeError, match="200 times"):
        opened(zipped(("1.csv", b" " * (8 << 20))))


def test_the_number_of_members_and_their_size_are_limited() -> None:
    many = zipped(*((f"{number}.csv", b"1") for number in range(5)))
    with pytest.raises(TooLargeError, match="4 files"):
        opened(many, limits=Limits(members=4))
    with pytest.raises(TooLargeError, match="unpacked"):
        opened(many, limits=Limits(total_bytes=4))
    with pytest.raises(TooLargeError):
        opened(zipped(("b.zip", many)), limits=Limits(nested_bytes=10))


def test_a_vast_list_of_members_is_refused_before_it_is_read() -> None:
    end = zipped(("1.csv", b"1"))
    at = end.rindex(b"PK\x05\x06") + 12
    vast = end[:at] + (20_000_000).to_bytes(4, "little") + end[at + 4 :]
    with pytest.raises(TooLargeError, match="50000 files"):
        opened(vast)
    record = b"PK\x06\x06" + bytes(36) + (20_000_000).to_bytes(8, "little") + bytes(28)
    end_record = at - 12
    with pytest.raises(TooLargeError, match="50000 files"):
        opened(end[:end_record] + record + end[end_record:at] + b"\xff" * 4 + end[at + 4 :])


def test_a_spreadsheet_is_named() -> None:
    for names, what in (
        (("[Content_Types].xml", "xl/workbook.xml"), "spreadsheet"),
        (("[Content_Types].xml", "word/document.xml"), "document"),
        (("mimetype", "content.xml"), "spreadsheet"),
    ):
        with pytest.raises(NotATraceError, match=what):
            opened(zipped(*((name, b"x") for name in names)))


WHOLE = {
    "zip": zipped(("1.csv", BODY), ("2.csv", BODY)),
    "tar": tarred(("1.csv", BODY)),
    "gz": gzip.compress(BODY, mtime=0),
    "bz2": bz2.compress(BODY),
    "xz": lzma.compress(BODY),
}


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_every_truncation_is_a_clean_error_or_fewer_bytes(kind: str) -> None:
    data = WHOLE[kind]
    for cut in range(0, len(data), 7):
        try:
            members = opened(data[:cut])
        except GeowalletError:
            continue
        assert len(members) <= 2


class TestDamage:
    """Promise: a damaged archive raises `GeowalletError`, nothing else."""

    @settings(max_examples=200)
    @given(
        st.sampled_from(sorted(WHOLE)), st.integers(0, 10_000), st.binary(min_size=1, max_size=6)
    )
    def test_damaged_bytes_are_never_a_crash(self, kind: str, at: int, junk: bytes) -> None:
        data = WHOLE[kind]
        at %= len(data)
        assert "48.69" not in (
            refused(lambda: opened(data[:at] + junk + data[at + len(junk) :])) or ""
        )


class TestXz:
    def test_several_streams_and_the_padding_between_them_are_one_file(self) -> None:
        packed = lzma.compress(BODY) + bytes(8) + lzma.compress(b"more") + bytes(4)
        assert b"".join(_whole(packed)) == BODY + b"more"

    def test_a_header_that_asks_for_gigabytes_is_refused(self) -> None:
        big = [{"id": lzma.FILTER_LZMA2, "dict_size": 128 << 20}]
        packed = lzma.compress(BODY, format=lzma.FORMAT_XZ, filters=big)
        tracemalloc.start()
        try:
            with pytest.raises(ArchiveError):
                opened(packed)
            assert tracemalloc.get_traced_memory()[1] < 8 << 20
        finally:
            tracemalloc.stop()
        strongest = lzma.compress(BODY, preset=9)
        assert b"".join(_whole(strongest)) == BODY

    def test_garbage_behind_a_stream_is_no_end(self) -> None:
        with pytest.raises(ArchiveError):
            opened(lzma.compress(BODY) + b"garbage")

    def test_a_stream_cut_short_is_damage(self) -> None:
        with pytest.raises(ArchiveError):
            opened(lzma.compress(BODY)[:-5])


def test_a_zip_that_asks_for_gigabytes_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("1.csv", BODY)
    with pytest.raises(ArchiveError, match="rare"):
        opened(stream.getvalue())


def test_a_member_without_a_name_is_damage() -> None:
    packed = zipped(("a.csv", BODY)).replace(b"a.csv", b"\x00.csv")
    with pytest.raises(ArchiveError, match="damaged"):
        opened(packed)


def _whole(packed: bytes) -> list[bytes]:
    return [member.stream.read() for member in open_members("x.xz", io.BytesIO(packed))]

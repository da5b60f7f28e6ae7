"""What a source is when it is no trace: said by name, so that the owner knows what to do."""

from __future__ import annotations

import re

from geowallet.connectors.streams import text_of
from geowallet.model.words import N_

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", N_("a picture (JPEG)")),
    (b"\x89PNG\r\n\x1a\n", N_("a picture (PNG)")),
    (b"GIF8", N_("a picture (GIF)")),
    (b"II*\x00", N_("a picture (TIFF)")),
    (b"MM\x00*", N_("a picture (TIFF)")),
    (b"%PDF-", N_("a PDF document")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("an old Office document (xls, doc)")),
    (b"SQLite format 3\x00", N_("a database (SQLite)")),
    (b"\x7fELF", N_("a program")),
    (b"MZ", N_("a program")),
    (b"Rar!\x1a\x07", N_("a RAR archive, which is not supported")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7z archive, which is not supported")),
    (b"OggS", N_("sound")),
    (b"ID3", N_("sound")),
)
_HTML = re.compile(r"(?is)(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype html|html|head|body)\b")
"""A comment ends at its first end: otherwise many of them could be cut in 2^n ways."""

_GOOGLE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r'\{\s*"timelineEdits"\s*:'),
        N_(
            "Google's list of edits, without the track: on the phone, open Settings, Location,"
            " Location services, Timeline (on an iPhone: Google Maps, Your Timeline, Settings)"
            " and choose Export Timeline data"
        ),
    ),
    (
        re.compile(r'\{[^\[\]]{0,2000}?"(?:hasReportedLocations|hasSetRetention|deviceSettings)"'),
        N_(
            "the settings of Google's location history, without the track: on the phone, open"
            " Settings, Location, Location services, Timeline (on an iPhone: Google Maps, Your"
            " Timeline, Settings) and choose Export Timeline data"
        ),
    ),
    (
        re.compile(r"(?i)[^{<\[\d,;]{0,200}\bencrypted\s+(?:\w+\s+){0,2}(?:timeline|backups?)\b"),
        N_(
            "Google's notice of encrypted backups, without the track: on the phone, open"
            " Settings, Location, Location services, Timeline (on an iPhone: Google Maps, Your"
            " Timeline, Settings) and choose Export Timeline data"
        ),
    ),
)
"""What Google's Takeout holds since the timeline is kept on the phone."""

_CALENDAR = re.compile(r"(?i)\s*BEGIN:VCALENDAR\b")

CALENDAR = N_("a calendar, which 'geowallet work calendar add' reads")
WEB_PAGE = N_("a web page (HTML): the download needed a login, or the page was saved")
SPREADSHEET = N_("a spreadsheet: save it as CSV first")
DOCUMENT = N_("an office document")
BINARY = N_("binary data of no known format")


def foreign_kind(head: bytes) -> str | None:
    """Return what the source is if its first bytes show that it can be no trace."""
    for magic, what in _MAGIC:
        if head.startswith(magic):
            return what
    if head[4:8] == b"ftyp":
        return N_("a film or picture (MP4, HEIC)")
    text = text_of(head)
    if _HTML.match(text):
        return WEB_PAGE
    if _CALENDAR.match(text):
        return CALENDAR
    return next((what for sign, what in _GOOGLE if sign.match(text)), None)


def office_kind(names: frozenset[str]) -> str | None:
    """Return which office file a zip with these member names is, or None."""
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return SPREADSHEET
    if "[Content_Types].xml" in names:
        return DOCUMENT
    if {"mimetype", "content.xml"} <= names:
        return SPREADSHEET
    return None


def is_binary(head: bytes) -> bool:
    """Say whether the bytes can be no text: they hold NUL, and are not UTF-16."""
    return b"\x00" in text_of(head).encode("utf-8", errors="replace")

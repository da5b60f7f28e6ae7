"""Files and archives that cannot be read as traces."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class UnreadableSourceError(GeowalletError):
    """A source is not in the format it claims to be."""

    code = "source.unreadable"
    exit_status = 3
    text = N_("not a readable {format} file: {reason}")
    hint = N_("open it in a text editor, or export it again from your app")


class UnknownFormatError(GeowalletError):
    """No connector claims a source, or more than one does."""

    code = "source.unknown_format"
    exit_status = 3
    text = N_("cannot tell the format (candidates: {candidates})")
    hint = N_("name it with --format; list them with 'geowallet connector list'")


class NotATraceError(GeowalletError):
    """The bytes are something else: a web page, a picture, a spreadsheet."""

    code = "source.not_a_trace"
    exit_status = 3
    text = N_("not a trace but {what}")
    hint = N_("export the recorded track from your app and give that file")


class NoTimeError(GeowalletError):
    """A trace without a single timed position."""

    code = "source.no_time"
    exit_status = 3
    text = N_("{count} positions, none with a time: a planned route, not a trip")
    hint = N_("in your app, export the recorded track instead of the route")


class NaiveTimeError(GeowalletError):
    """Local times without a zone, and none was given."""

    code = "source.naive_time"
    exit_status = 3
    text = N_("its times name no time zone")
    hint = N_("say where the clock was: --zone Europe/Paris, or --zone position to look it up")


class AmbiguousDateError(GeowalletError):
    """Dates like 05/06/2026."""

    code = "source.ambiguous_date"
    exit_status = 3
    text = N_("the dates in column {column} can be read in two ways")
    hint = N_("say how with --date-order dmy, mdy or ymd")


class AmbiguousColumnsError(GeowalletError):
    """A table without header whose columns can be several things."""

    code = "source.ambiguous_columns"
    exit_status = 3
    text = N_("a table without header, whose columns can be read in more than one way")
    hint = N_("name them, for example --columns time,lat,lon; '-' passes a column over")


class SpreadsheetDamageError(GeowalletError):
    """Numbers that a spreadsheet rewrote, so that digits are lost."""

    code = "source.spreadsheet_damage"
    exit_status = 3
    text = N_("column {column} was damaged by a spreadsheet: digits are lost")
    hint = N_("give the file as your app exported it, before a spreadsheet opened it")


class EmptySourceError(GeowalletError):
    """Zero bytes, or nothing but blanks."""

    code = "source.empty"
    exit_status = 3
    text = N_("the file is empty")
    hint = N_("export it again from your app")


class TooLargeError(GeowalletError):
    """A size, ratio or depth limit was passed."""

    code = "source.too_large"
    exit_status = 3
    text = N_("larger than allowed: {limit}")
    hint = N_("split it, or extract the archive yourself")


class ArchiveError(GeowalletError):
    """An archive that is damaged, locked, or would write outside itself."""

    code = "source.archive"
    exit_status = 3
    text = N_("cannot be read as an archive: {reason}")
    hint = N_("extract it yourself and give the folder")


class SourceMissingError(GeowalletError):
    """A path that does not exist."""

    code = "source.missing"
    exit_status = 4
    text = N_("{path}: no such file or folder")
    hint = N_("check the path; quote it if it holds blanks")


class SourceAccessError(GeowalletError):
    """A file that the system does not let us read."""

    code = "source.access"
    exit_status = 3
    text = N_("{path}: cannot be opened: {reason}")
    hint = N_("check the permissions of the file")


class FolderGivenError(SourceAccessError):
    """A folder where one file is meant."""

    code = "source.folder"
    exit_status = 3
    text = N_("{path}: a folder, where one file is meant")
    hint = N_("name a file in it")


class SealedSourceError(GeowalletError):
    """A source whose payloads are encrypted, and no secret was given."""

    code = "source.encrypted"
    exit_status = 3
    text = N_("what it holds is encrypted")
    hint = N_("put the secret of the app that wrote it in a file, and give --secret-file FILE")


class WrongSecretError(GeowalletError):
    """A secret that opens no payload of a source."""

    code = "source.wrong_secret"
    exit_status = 5
    text = N_("the secret does not open it")
    hint = N_("give the secret exactly as it stands in the settings of the app")


class NoFilesError(GeowalletError):
    """Folders that hold no file at all."""

    code = "source.none"
    exit_status = 4
    text = N_("there is no file in what was named")
    hint = N_("name the files or the folder that your app wrote; hidden files are left out")


class BadCalendarError(GeowalletError):
    """A file that is no calendar, or one that would never end."""

    code = "source.calendar"
    exit_status = 3
    text = N_("{name}: not a calendar that can be read: {reason}")
    hint = N_("export it again as one .ics file; see 'geowallet work calendar add --help'")


class ReaderEndedError(GeowalletError):
    """A child that read ahead ended in the middle of a file."""

    code = "source.reader_ended"
    exit_status = 3
    text = N_("{path}: what read it ended early")
    hint = N_("read it again without --jobs")

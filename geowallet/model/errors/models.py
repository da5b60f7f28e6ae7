"""Models of travel modes that cannot be used, found or made."""

from __future__ import annotations

from geowallet.model.errors.base import GeowalletError
from geowallet.model.words import N_


class BadModelError(GeowalletError):
    """Bytes that are no model, or one that this version cannot use."""

    code = "model.bad"
    exit_status = 3
    text = N_("this is no model of travel modes that can be used here")
    hint = N_("fit it again for this version, or go back: geowallet model use shipped")


class NoModelError(GeowalletError):
    """A model that is not there."""

    code = "model.none"
    exit_status = 4
    text = N_("no model named {name}")
    hint = N_("see the names with 'geowallet model list'")


class ModelExistsError(GeowalletError):
    """A new model with a name that is taken."""

    code = "model.exists"
    exit_status = 8
    text = N_("there is already a model named {name}")
    hint = N_("it is never overwritten; choose another name with --name")


class BadLabelsError(GeowalletError):
    """A table of labels that is not in the form that fitting reads."""

    code = "model.labels"
    exit_status = 3
    text = N_("{name}, line {line}: no label that can be read")
    hint = N_("the columns are user,start,end,mode; times are ISO 8601, UTC")


class TooFewLegsError(GeowalletError):
    """Too little labelled data to fit a model on."""

    code = "model.too_few_legs"
    exit_status = 3
    text = N_(
        "too little to learn from: {legs} legs of {modes} modes and {users} users; users without "
        "a file that can be read: {silent}"
    )
    hint = N_(
        "needed are {least} legs, two modes and two users; short legs do not count; the files of "
        "a user begin with the user and a dot"
    )


class TooFewOwnLegsError(GeowalletError):
    """Too few legs in the wallet to read habits off."""

    code = "model.too_few_own_legs"
    exit_status = 4
    text = N_("there are {found} legs with positions in the wallet; {least} are needed")
    hint = N_("read more files with 'geowallet ingest', then try again")


class TooFewCorrectionsError(GeowalletError):
    """Too few legs of which the owner said the mode."""

    code = "model.too_few_corrections"
    exit_status = 4
    text = N_("you said the mode of {found} legs; {least} are needed")
    hint = N_("say it with 'geowallet trip label', also where the guess was right")

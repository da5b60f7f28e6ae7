"""The language of contracts: terms, offers, grants, selection, evaluation."""

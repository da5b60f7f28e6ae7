"""Bytes in, bytes out: canonical JSON, keys, envelopes, signatures, Merkle trees."""

"""Connectors of other packages: found without being imported, run where nothing can be reached.

`packages` finds and digests them, `offered` says what they may import, `inside`
runs in the confined child, `wire` is what the two sides say to each other, and
`guest` makes a connector of it. docs/adr/0010 says why it is built this way.
"""

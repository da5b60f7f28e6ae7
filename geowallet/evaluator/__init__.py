"""Confined evaluation: a child process that can compute and do nothing else.

`host` starts it and distrusts it; `worker` runs in it; `confine` closes it;
`escapes` tries to get out of it. docs/adr/0007 says why it is built this way.
"""

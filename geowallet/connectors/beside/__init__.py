"""Our own connectors in confined children, for many files at once: the same results."""

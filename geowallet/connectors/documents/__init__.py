"""XML and JSON read in pieces: what connectors of such files build on."""

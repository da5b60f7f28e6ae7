"""Tools for people who extend geowallet: the connector kit and simulated traces."""

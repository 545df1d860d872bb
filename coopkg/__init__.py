"""A knowledge graph of territorial cooperation, and the service that answers from it."""

__version__ = "0.1.0"

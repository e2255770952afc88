"""The only place of this package with network: the Commission's services, and web pages."""

from procedures.clients.collect import CollectClient

__all__ = ["CollectClient"]

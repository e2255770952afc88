"""The only place of this package with network: the Commission's services, and web pages."""

from procedures.clients.collect import CollectClient
from procedures.clients.links import LinksClient
from procedures.clients.pages import InternalAddress, PageFetcher

__all__ = ["CollectClient", "InternalAddress", "LinksClient", "PageFetcher"]

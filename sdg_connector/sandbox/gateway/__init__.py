"""The Commission's side of the Gateway, to rehearse against: collect API and links repository."""

from sdg_connector.sandbox.gateway.collect import REHEARSAL_KEY, CollectService
from sdg_connector.sandbox.gateway.links import REHEARSAL_TOKEN, LinksService
from sdg_connector.sandbox.gateway.mount import gateway_routes

__all__ = [
    "REHEARSAL_KEY",
    "REHEARSAL_TOKEN",
    "CollectService",
    "LinksService",
    "gateway_routes",
]

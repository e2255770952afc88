"""The Commission's side of the Gateway, to rehearse against: collect API and links repository."""

from sdg_connector.sandbox.gateway.collect import REHEARSAL_KEY, CollectService
from sdg_connector.sandbox.gateway.mount import gateway_routes

__all__ = ["REHEARSAL_KEY", "CollectService", "gateway_routes"]

"""What operators need of a running service: logs, health, figures, spans."""

from sdg_connector.adapters.operations.app import operations_app
from sdg_connector.adapters.operations.health import FINE, Health
from sdg_connector.adapters.operations.logs import write_logs
from sdg_connector.adapters.operations.requests import WatchedRequests

__all__ = ["FINE", "Health", "WatchedRequests", "operations_app", "write_logs"]

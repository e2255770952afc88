"""A public read API over descriptions, so that institutions republish them on their own sites."""

from sdg_connector.web.descriptions.api import read_api

__all__ = ["read_api"]

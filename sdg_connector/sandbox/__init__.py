"""A whole foreign Member State: node, citizens, directories, register, preview, access point."""

from sdg_connector.sandbox.app import sandbox, serve
from sdg_connector.sandbox.citizens import sandbox_countries
from sdg_connector.sandbox.options import SandboxOptions, public_url_of

__all__ = ["SandboxOptions", "public_url_of", "sandbox", "sandbox_countries", "serve"]

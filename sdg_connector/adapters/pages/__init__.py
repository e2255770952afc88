"""What every page of portal and sandbox shares: headers, forms and templates."""

from sdg_connector.adapters.pages.forms import FormRefused, read_form
from sdg_connector.adapters.pages.headers import PageHeaders, page_policy
from sdg_connector.adapters.pages.octets import octets_response
from sdg_connector.adapters.pages.templates import template_environment

__all__ = [
    "FormRefused",
    "PageHeaders",
    "octets_response",
    "page_policy",
    "read_form",
    "template_environment",
]

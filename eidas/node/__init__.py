"""The other side: what a proxy-service needs to read requests and to answer them."""

from eidas.node.proxy import ProxyService, proxy_service_metadata
from eidas.node.request import LoginRequest, accept_request, peek_issuer, read_request
from eidas.node.response import build_refusal, build_response
from eidas.node.switches import Refusal, Switches, WrongAnswer

__all__ = [
    "LoginRequest",
    "ProxyService",
    "Refusal",
    "Switches",
    "WrongAnswer",
    "accept_request",
    "build_refusal",
    "build_response",
    "peek_issuer",
    "proxy_service_metadata",
    "read_request",
]

"""The Commission's links repository: what the Gateway shall find, and what changed since."""

from procedures.links.changes import Changes, Snapshot, changes, read_snapshot, write_snapshot
from procedures.links.link import Link, LinkKind, LinkRefused, UrlType, links_of
from procedures.links.pushing import Pushed, Repository, push
from procedures.links.rest import rest_body
from procedures.links.sheets import LinksRefused, read_links, write_csv, write_xlsx
from procedures.links.xml_forms import SOAP_NAMESPACE, soap_body, write_xml

__all__ = [
    "SOAP_NAMESPACE",
    "Changes",
    "Link",
    "LinkKind",
    "LinkRefused",
    "LinksRefused",
    "Pushed",
    "Repository",
    "Snapshot",
    "UrlType",
    "changes",
    "links_of",
    "push",
    "read_links",
    "read_snapshot",
    "rest_body",
    "soap_body",
    "write_csv",
    "write_snapshot",
    "write_xlsx",
    "write_xml",
]

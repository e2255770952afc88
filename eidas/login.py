"""Starting a login: a signed request for the browser, and what to hold the answer against."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from eidas.attributes import AttributeDefinition
from eidas.authn_request import ISSUER, AuthnRequest
from eidas.bindings import LoginForm, LoginRedirect, post_form, signed_redirect
from eidas.errors import EidasMisuse
from eidas.levels import LevelOfAssurance, RequestedLevels
from eidas.metadata import NodeMetadata
from eidas.pending import PendingLogin, fingerprint
from eidas.service_provider import ServiceProvider
from eidas.vocabulary import MESSAGE_FORMAT, Binding, NameIdFormat, PersonKind, SPType
from xmltrust import sign_enveloped
from xmltrust.canonical import canonical_bytes

LONGEST_WAIT: Final = timedelta(minutes=15)
"""How long a person may take at the foreign node before the answer is no longer taken."""


def request_login(
    provider: ServiceProvider,
    *,
    node: NodeMetadata,
    level: LevelOfAssurance | RequestedLevels,
    browser_session: str,
    now: datetime,
    new_id: Callable[[], str],
    person: PersonKind | str = PersonKind.NATURAL,
    optional_attributes: Iterable[str] = (),
    binding: Binding = Binding.POST,
    sp_type: SPType | None = None,
    name_id_format: NameIdFormat | None = NameIdFormat.UNSPECIFIED,
    requester_id: str | None = None,
    allow_representation: bool = False,
    valid_for: timedelta = LONGEST_WAIT,
) -> tuple[PendingLogin, LoginForm | LoginRedirect]:
    """Write and sign a request to a Member State's node.

    Keep the first result, once, under its ``relay_state``; send the browser on with the second.
    ``new_id`` gives unguessable XML names (a letter or underscore first). Raises ``EidasMisuse``
    for a request that the profile forbids (Message Format 1.4, 2.3.2) or that this node has
    announced not to answer, and ``MetadataRefused`` when it has no address for the binding.
    """
    levels = level if isinstance(level, RequestedLevels) else RequestedLevels.for_level(level)
    _demand_reachable(levels, node)
    _demand_one_sector(provider, sp_type)
    _demand_requester(node, requester_id)
    request = AuthnRequest(
        identifier=new_id(),
        issuer=provider.entity_id,
        destination=node.single_sign_on(binding),
        issued_at=now,
        levels=levels,
        person=PersonKind(person),
        optional_attributes=tuple(optional_attributes),
        sp_type=sp_type,
        name_id_format=name_id_format,
        requester_id=requester_id,
        provider_name=provider.name,
    )
    definitions = request.definitions()
    _demand_published(definitions, node)
    pending = PendingLogin(
        request_id=request.identifier,
        relay_state=new_id(),
        browser=fingerprint(browser_session),
        node=node.entity_id,
        country=node.country,
        levels=levels,
        person=request.person,
        attributes=tuple(item.name for item in definitions),
        created_at=now,
        expires_at=now + valid_for,
        allow_representation=allow_representation,
    )
    return pending, _for_browser(request, provider, binding, pending.relay_state)


def _for_browser(
    request: AuthnRequest, provider: ServiceProvider, binding: Binding, relay_state: str
) -> LoginForm | LoginRedirect:
    if binding is Binding.REDIRECT:
        # SAML Bindings 3.4.4.1: "Any signature on the SAML protocol message, including the
        # <ds:Signature> XML element itself, MUST be removed"; the query is signed instead.
        return signed_redirect(
            "SAMLRequest",
            canonical_bytes(request.element()),
            to=request.destination,
            relay_state=relay_state,
            key=provider.signing_key,
            algorithm=provider.algorithm,
        )
    signed = sign_enveloped(
        request.element(), key=provider.signing_key, algorithm=provider.algorithm, after=ISSUER
    )
    return post_form("SAMLRequest", signed, action=request.destination, relay_state=relay_state)


def _demand_reachable(levels: RequestedLevels, node: NodeMetadata) -> None:
    if not any(node.publishes_level(uri) for uri in levels.uris):
        raise EidasMisuse(
            "request.level",
            expected="a level of assurance that the node publishes",
            found="only levels that it does not",
            clause=f"{MESSAGE_FORMAT}, 2.1 and 2.3.2",
        )


def _demand_published(definitions: Sequence[AttributeDefinition], node: NodeMetadata) -> None:
    """MF 1.4, 2.3.2: only attributes that the service publishes; one that lists none is asked."""
    missing = [one.friendly_name for one in definitions if one.name not in node.attributes]
    if node.attributes and missing:
        raise EidasMisuse(
            "request.attributes",
            expected="attributes that the node publishes",
            found=f"{', '.join(missing)}, which it does not",
            clause=f"{MESSAGE_FORMAT}, 2.1 and 2.3.2",
        )


def _demand_one_sector(provider: ServiceProvider, sp_type: SPType | None) -> None:
    if (provider.sp_type is None) == (sp_type is None):
        raise EidasMisuse(
            "request.sp-type",
            expected="SPType either in metadata or in the request",
            found="neither" if sp_type is None else "both",
            clause=f"{MESSAGE_FORMAT}, 2.3.2",
            code="203017" if sp_type is None else "202016",
        )


def _demand_requester(node: NodeMetadata, requester_id: str | None) -> None:
    if node.wants_requester_id and requester_id is None:
        raise EidasMisuse(
            "request.requester-id",
            expected="the RequesterID that this node's metadata asks for",
            found="none",
            clause=f"{MESSAGE_FORMAT}, 2.3.2",
            code="202020",
        )

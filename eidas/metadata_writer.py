"""Publishing ourselves: signed metadata for a service provider or connector."""

import base64
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from eidas.build import XSI_TYPE, element, timestamp
from eidas.service_provider import Contact, Organisation, ServiceProvider
from eidas.vocabulary import NAME_FORMAT_URI, Binding, EntityAttribute, Namespace
from xmltrust import (
    Certificate,
    ContentEncryption,
    DigestAlgorithm,
    SignatureAlgorithm,
    SigningKey,
    sign_enveloped,
)

_SIGNATURES: Final = tuple(
    one for one in SignatureAlgorithm if one.is_pss or one.name.startswith("ECDSA")
)
_SMALLEST_RSA, _SMALLEST_EC = "3072", "256"
_CONTENTS: Final = tuple(ContentEncryption)


def service_provider_metadata(
    provider: ServiceProvider,
    *,
    now: datetime,
    new_id: Callable[[], str],
    valid_for: timedelta = timedelta(days=1),
) -> bytes:
    """Write and sign our metadata (Message Format 1.4, 2.1); several keys appear newest first."""
    role = element(
        "md:SPSSODescriptor",
        {
            "AuthnRequestsSigned": "true",
            "WantAssertionsSigned": "false",
            "protocolSupportEnumeration": Namespace.PROTOCOL.value,
        },
        role_extensions(provider.country),
        *key_descriptors(provider.signing_certificates, provider.encryption_certificates),
        *(element("md:NameIDFormat", text=form) for form in provider.name_id_formats),
        element(
            "md:AssertionConsumerService",
            {
                "Binding": Binding.POST,
                "Location": provider.assertion_consumer_url,
                "index": "0",
                "isDefault": "true",
            },
        ),
    )
    extensions = entity_extensions(
        [
            (EntityAttribute.PROTOCOL_VERSION, provider.protocol_versions),
            (EntityAttribute.APPLICATION_IDENTIFIER, (provider.application_identifier,)),
        ],
        *([element("eidas:SPType", text=provider.sp_type)] if provider.sp_type else []),
    )
    return signed_entity(
        entity_id=provider.entity_id,
        extensions=extensions,
        role=role,
        organisation=provider.organisation,
        contacts=provider.contacts,
        key=provider.signing_key,
        algorithm=provider.algorithm,
        identifier=new_id(),
        valid_until=now + valid_for,
    )


def signed_entity(
    *,
    entity_id: str,
    extensions: etree._Element,
    role: etree._Element,
    organisation: Organisation,
    contacts: Iterable[Contact],
    key: SigningKey,
    algorithm: SignatureAlgorithm,
    identifier: str,
    valid_until: datetime,
) -> bytes:
    """Put an EntityDescriptor around a role and sign it (SAML Metadata 2.3.2)."""
    root = element(
        "md:EntityDescriptor",
        {"entityID": entity_id, "ID": identifier, "validUntil": timestamp(valid_until)},
        extensions,
        role,
        _organisation(organisation),
        *(_contact(contact) for contact in contacts),
        prefixes=("xs",),
    )
    return sign_enveloped(root, key=key, algorithm=algorithm, after=None)


def entity_extensions(
    entity_attributes: Iterable[tuple[EntityAttribute, Iterable[str]]], *others: etree._Element
) -> etree._Element:
    """Write the extensions of an entity: its attributes and the algorithms that it takes."""
    return element(
        "md:Extensions",
        None,
        element(
            "mdattr:EntityAttributes",
            None,
            *(_entity_attribute(name, values) for name, values in entity_attributes),
        ),
        *(element("alg:DigestMethod", {"Algorithm": one}) for one in DigestAlgorithm),
        *(
            element(
                "alg:SigningMethod",
                {
                    "Algorithm": one,
                    "MinKeySize": _SMALLEST_RSA if one.is_pss else _SMALLEST_EC,
                },
            )
            for one in _SIGNATURES
        ),
        *others,
    )


def role_extensions(country: str) -> etree._Element:
    """Write the extensions of a role: the node's country."""
    return element("md:Extensions", None, element("eidas:NodeCountry", text=country))


def key_descriptors(
    signing: Iterable[Certificate], encryption: Iterable[Certificate]
) -> list[etree._Element]:
    """Write one KeyDescriptor for each certificate, signing keys first."""
    return [
        *(_key_descriptor("signing", certificate) for certificate in signing),
        *(
            _key_descriptor(
                "encryption",
                certificate,
                *(element("md:EncryptionMethod", {"Algorithm": one}) for one in _CONTENTS),
            )
            for certificate in encryption
        ),
    ]


def requestable_attribute(name: str, friendly_name: str) -> etree._Element:
    """Write one attribute that a service offers."""
    return element(
        "saml2:Attribute",
        {"Name": name, "NameFormat": NAME_FORMAT_URI, "FriendlyName": friendly_name},
    )


def _key_descriptor(use: str, certificate: Certificate, *methods: etree._Element) -> etree._Element:
    encoded = element("ds:X509Certificate", text=base64.b64encode(certificate.der).decode("ascii"))
    info = element("ds:KeyInfo", None, element("ds:X509Data", None, encoded))
    return element("md:KeyDescriptor", {"use": use}, info, *methods)


def _entity_attribute(name: str, values: Iterable[str]) -> etree._Element:
    return element(
        "saml2:Attribute",
        {"Name": name, "NameFormat": NAME_FORMAT_URI},
        *(
            element("saml2:AttributeValue", {XSI_TYPE: "xs:string"}, text=value, prefixes=("xs",))
            for value in values
        ),
    )


def _organisation(organisation: Organisation) -> etree._Element:
    language = {"{http://www.w3.org/XML/1998/namespace}lang": organisation.language}
    return element(
        "md:Organization",
        None,
        element("md:OrganizationName", language, text=organisation.name),
        element("md:OrganizationDisplayName", language, text=organisation.display_name),
        element("md:OrganizationURL", language, text=organisation.url),
    )


def _contact(contact: Contact) -> etree._Element:
    rows = (
        ("md:Company", contact.company),
        ("md:GivenName", contact.given_name),
        ("md:SurName", contact.surname),
        ("md:EmailAddress", contact.email),
        ("md:TelephoneNumber", contact.telephone),
    )
    return element(
        "md:ContactPerson",
        {"contactType": contact.kind},
        *(element(name, text=value) for name, value in rows if value),
    )

"""Reading the context of a check: contents and texts that a tester gave, tolerantly typed."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from eidas.errors import EidasMisuse, RequestRefused
from eidas.policy import Policy
from eidas.reading import refusing
from eidas.vocabulary import Namespace
from xmltrust import (
    Certificate,
    EncryptionPolicy,
    SignatureAlgorithm,
    SignaturePolicy,
    TrustedKey,
    XmlTrustError,
)

Context = Mapping[str, object]


def content(context: Context, name: str) -> bytes | None:
    """Give the content of a file of the context, or ``None``."""
    value = context.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, bytes):
        raise EidasMisuse("check.context", expected=f"the content of {name}", found="another kind")
    return value


def text(context: Context, name: str) -> str | None:
    """Give a text of the context, or ``None``."""
    value = context.get(name)
    if value is not None and not isinstance(value, str):
        raise EidasMisuse("check.context", expected=f"a text as {name}", found="another kind")
    return value


def xml_of(data: bytes) -> bytes:
    """Give the XML of a file that holds XML or the base64 of it."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return data.lstrip(b" \t\r\n")
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return data


def trusted_certificates(context: Context) -> tuple[TrustedKey, ...]:
    """Give the keys of the context's ``certificate``, PEM or DER."""
    data = content(context, "certificate")
    if data is None:
        return ()
    try:
        found = Certificate.load_chain(data) if b"-----BEGIN" in data else (Certificate.load(data),)
    except XmlTrustError as problem:
        raise EidasMisuse(
            "check.context", expected="a certificate", found=problem.found
        ) from problem
    return tuple(TrustedKey.from_certificate(one, source="the context") for one in found)


def embedded_certificates(root: etree._Element) -> tuple[TrustedKey, ...]:
    """Give the keys that a signature brings along: they show integrity, never who signed."""
    signature = Namespace.SIGNATURE("Signature")
    path = "/".join(Namespace.SIGNATURE(one) for one in ("KeyInfo", "X509Data", "X509Certificate"))
    found = []
    for own in root.iterchildren(signature):
        for one in own.iterfind(path):
            with refusing(RequestRefused, "XML Signature 1.1, 4.5.4"):
                certificate = Certificate.from_base64(one.text or "")
            found.append(TrustedKey.from_certificate(certificate, source="the message itself"))
    return tuple(found)


def policy_of(context: Context) -> Policy:
    """Give the policy that a context widens (profile, key sizes, algorithms)."""
    given = context.get("policy") or {}
    if not isinstance(given, Mapping):
        raise EidasMisuse("check.context", expected="policy as an object", found="another kind")
    profile = given.get("profile")
    policy = Policy.for_profile(str(profile)) if profile else Policy()
    signatures, encryption = policy.signatures, policy.encryption
    bits = given.get("min_rsa_bits")
    if isinstance(bits, int):
        least = max(bits, 2048)
        signatures = replace(signatures, min_rsa_bits=least)
        encryption = replace(encryption, min_rsa_bits=least)
    return replace(
        policy,
        signatures=_with_signatures(signatures, given.get("signatures")),
        encryption=_with_transports(encryption, given.get("key_transport")),
    )


def _with_signatures(policy: SignaturePolicy, names: object) -> SignaturePolicy:
    wanted = {str(name).rpartition("#")[2] for name in _listed(names)}
    known = {one.value.rpartition("#")[2]: one for one in SignatureAlgorithm}
    more = frozenset(known[name] for name in wanted & set(known))
    return replace(policy, algorithms=policy.algorithms | more)


def _with_transports(policy: EncryptionPolicy, names: object) -> EncryptionPolicy:
    wanted = {str(name).rpartition("#")[2] for name in _listed(names)}
    return policy.with_oaep_mgf1p() if "rsa-oaep-mgf1p" in wanted else policy


def _listed(names: object) -> list[object]:
    return list(names) if isinstance(names, (list, tuple)) else []

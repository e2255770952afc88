"""Agreements read from, and written to, the PMode XML of Domibus (and Harmony)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from sdg_connector.as4.errors import As4Misuse
from sdg_connector.as4.message import DEFAULT_MPC, EB, FOUR_CORNER_PROPERTIES, Service
from sdg_connector.as4.pmode import (
    AccessPoint,
    Agreements,
    Leg,
    PartyId,
    PMode,
    Retry,
    RetryStrategy,
    SecurityProfile,
    TokenForm,
)
from xmltrust import Certificate, XmlRefused, every, exactly_one, parse, required_attribute

DB = "http://domibus.eu/configuration"
_POLICIES = {
    TokenForm.X509V3: "eDeliveryAS4Policy_BST.xml",
    TokenForm.PKI_PATH: "eDeliveryAS4Policy_BST_PKIP.xml",
    TokenForm.SUBJECT_KEY_IDENTIFIER: "eDeliveryAS4Policy.xml",
    TokenForm.ISSUER_SERIAL: "eDeliveryAS4Policy_IS.xml",
}
_TOKENS = {policy: token for token, policy in _POLICIES.items()}
_SIGN_ONLY = "signOnly.xml"
_PROFILES = {
    SecurityProfile.RSA: "RSA",
    SecurityProfile.EDDSA: "ECC",
    SecurityProfile.ECDSA: "ECC",
}
"""Domibus has one word for both kinds of curves; the certificates say which one is meant."""


@dataclass(frozen=True, slots=True)
class _Sections:
    """The named things of businessProcesses, each by its name."""

    root: etree._Element

    def named(self, section: str, name: str) -> dict[str, etree._Element]:
        holder = self.root.find(section)
        found = () if holder is None else every(holder, name)
        return {required_attribute(one, "name"): one for one in found}


def read_domibus_pmode(data: bytes, *, certificates: Mapping[str, Certificate]) -> Agreements:
    """The agreements in a Domibus configuration; raises ``As4Misuse`` for what it cannot mean here.

    ``certificates`` maps party names (Domibus' truststore aliases) to certificates. Only push is
    understood, and only security that signs: a leg in the clear is refused, not weakened.
    """
    try:
        root = parse(data, comments_allowed=True)
        if root.tag != f"{{{DB}}}configuration":
            raise As4Misuse("Domibus PMode: the root is not db:configuration")
        return _read(root, certificates)
    except XmlRefused as error:
        raise As4Misuse(f"Domibus PMode: {error}") from error
    except KeyError as error:
        raise As4Misuse(f"Domibus PMode: nothing is called {error.args[0]}") from error


def _read(root: etree._Element, certificates: Mapping[str, Certificate]) -> Agreements:
    processes = exactly_one(root, "businessProcesses")
    sections = _Sections(processes)
    mpcs = {
        required_attribute(one, "name"): required_attribute(one, "qualifiedName")
        for one in every(exactly_one(root, "mpcs"), "mpc")
    }
    roles = _values(sections.named("roles", "role"))
    agreements = _values(sections.named("agreements", "agreement"))
    legs = sections.named("legConfigurations", "legConfiguration")
    pmodes = []
    for process in every(processes, "process"):
        common = {
            "initiators": _names(process, "initiatorParties", "initiatorParty"),
            "responders": _names(process, "responderParties", "responderParty"),
        }
        for listed in every(exactly_one(process, "legs"), "leg"):
            name = required_attribute(listed, "name")
            leg = legs[name]
            pmodes.append(
                PMode(
                    name=f"{required_attribute(process, 'name')}-{name}",
                    **common,
                    leg=_read_leg(leg, sections, certificates),
                    initiator_role=roles[required_attribute(process, "initiatorRole")],
                    responder_role=roles[required_attribute(process, "responderRole")],
                    agreement=agreements.get(process.get("agreement", "")) or None,
                    mpc=mpcs[required_attribute(leg, "defaultMpc")],
                )
            )
    return Agreements(
        us=required_attribute(root, "party"),
        parties=_read_parties(processes, certificates),
        pmodes=tuple(pmodes),
    )


def _read_parties(
    processes: etree._Element, certificates: Mapping[str, Certificate]
) -> tuple[AccessPoint, ...]:
    holder = exactly_one(processes, "parties")
    types = {
        required_attribute(one, "name"): one.get("value") or None
        for one in every(exactly_one(holder, "partyIdTypes"), "partyIdType")
    }
    parties = []
    for party in every(holder, "party"):
        name = required_attribute(party, "name")
        certificate = certificates.get(name)
        parties.append(
            AccessPoint(
                name=name,
                identifiers=tuple(
                    PartyId(
                        value=required_attribute(one, "partyId"),
                        type=types[required_attribute(one, "partyIdType")],
                    )
                    for one in every(party, "identifier")
                ),
                endpoint=party.get("endpoint", ""),
                signing=() if certificate is None else (certificate,),
            )
        )
    return tuple(parties)


def _read_leg(
    leg: etree._Element, sections: _Sections, certificates: Mapping[str, Certificate]
) -> Leg:
    service = sections.named("services", "service")[required_attribute(leg, "service")]
    action = sections.named("actions", "action")[required_attribute(leg, "action")]
    security = sections.named("securities", "security")[required_attribute(leg, "security")]
    awareness = sections.named("as4", "receptionAwareness")
    policy = security.get("policy")
    name = required_attribute(leg, "name")
    if policy not in (None, _SIGN_ONLY, *_TOKENS):
        raise As4Misuse(f"Domibus PMode: the leg {name} asks for a security policy unknown here")
    profile = (security.get("profile") or "rsa").lower()
    return Leg(
        name=name,
        service=Service(
            name=required_attribute(service, "value"), type=service.get("type") or None
        ),
        action=required_attribute(action, "value"),
        compress=leg.get("compressPayloads", "false") == "true",
        encrypt=policy != _SIGN_ONLY,
        profile=SecurityProfile.RSA if profile == "rsa" else _curves(certificates),
        token=_TOKENS.get(policy or "", TokenForm.X509V3),
        retry=_read_retry(awareness[required_attribute(leg, "receptionAwareness")]),
        four_corner=_asks_for_corners(leg, sections),
    )


def _curves(certificates: Mapping[str, Certificate]) -> SecurityProfile:
    """Common Usage, unless the parties sign on a curve of the alternative."""
    signed = {SecurityProfile.of(one.public_key) for one in certificates.values()}
    return SecurityProfile.ECDSA if SecurityProfile.ECDSA in signed else SecurityProfile.EDDSA


def _read_retry(awareness: etree._Element) -> Retry:
    words = required_attribute(awareness, "retry").split(";")
    try:
        minutes, attempts, strategy = words
        return Retry(minutes=int(minutes), attempts=int(attempts), strategy=RetryStrategy(strategy))
    except ValueError:
        raise As4Misuse(
            "Domibus PMode: retry reads minutes;attempts;CONSTANT|PROGRESSIVE|SEND_ONCE"
        ) from None


def _asks_for_corners(leg: etree._Element, sections: _Sections) -> bool:
    name = leg.get("propertySet")
    if not name:
        return False
    keys = {
        key: one.get("key")
        for key, one in sections.named("properties", "property").items()
        if one.get("required") == "true"
    }
    chosen = sections.named("properties", "propertySet")[name]
    asked = {keys.get(required_attribute(one, "property")) for one in every(chosen, "propertyRef")}
    return asked >= set(FOUR_CORNER_PROPERTIES)


def _names(process: etree._Element, holder: str, name: str) -> frozenset[str]:
    return frozenset(
        required_attribute(one, "name") for one in every(exactly_one(process, holder), name)
    )


def _values(named: Mapping[str, etree._Element]) -> dict[str, str]:
    return {name: one.get("value", "") for name, one in named.items()}


def write_domibus_pmode(agreements: Agreements) -> bytes:
    """The Domibus configuration that says the same, for the peer's administrator to load."""
    root = etree.Element(f"{{{DB}}}configuration", nsmap={"db": DB}, party=agreements.us)
    mpcs = _namer(etree.SubElement(root, "mpcs"), "mpc", "mpc")
    processes = etree.SubElement(root, "businessProcesses")
    sections = {name: etree.SubElement(processes, name) for name in ("roles", "parties", "meps")}
    role = _namer(sections["roles"], "role", "role")
    _write_parties(sections["parties"], agreements)
    etree.SubElement(sections["meps"], "mep", name="oneway", value=EB + "oneWay")
    etree.SubElement(sections["meps"], "binding", name="push", value=EB + "push")
    _write_properties(etree.SubElement(processes, "properties"))
    later = {
        name: etree.SubElement(processes, name)
        for name in ("securities", "errorHandlings", "agreements", "services", "actions", "as4")
    }
    etree.SubElement(
        later["errorHandlings"],
        "errorHandling",
        name="asResponse",
        errorAsResponse="true",
        businessErrorNotifyProducer="true",
        businessErrorNotifyConsumer="true",
        deliveryFailureNotifyProducer="true",
    )
    names = {
        "security": _namer(later["securities"], "security", "security"),
        "agreement": _namer(later["agreements"], "agreement", "agreement"),
        "service": _namer(later["services"], "service", "service"),
        "action": _namer(later["actions"], "action", "action"),
        "awareness": _namer(later["as4"], "receptionAwareness", "awareness"),
    }
    legs = etree.SubElement(processes, "legConfigurations")
    for pmode in {pmode.leg.name: pmode for pmode in agreements.pmodes}.values():
        _write_leg(legs, pmode, names, mpcs)
    for name, pmodes in _processes(agreements).items():
        _write_process(processes, name, pmodes, names, role)
    etree.SubElement(
        later["as4"], "reliability", name="proven", nonRepudiation="true", replyPattern="response"
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


_Namer = Callable[[Mapping[str, str]], str]


def _namer(parent: etree._Element, tag: str, prefix: str) -> _Namer:
    """Gives each different set of attributes one element, and its name."""
    known: dict[tuple[tuple[str, str], ...], str] = {}

    def name_of(attributes: Mapping[str, str]) -> str:
        key = tuple(attributes.items())
        if key not in known:
            known[key] = f"{prefix}{len(known) + 1}"
            etree.SubElement(parent, tag, {"name": known[key], **attributes})
        return known[key]

    return name_of


def _write_parties(parent: etree._Element, agreements: Agreements) -> None:
    types = _namer(etree.SubElement(parent, "partyIdTypes"), "partyIdType", "type")
    for party in agreements.parties:
        element = etree.SubElement(parent, "party", name=party.name, endpoint=party.endpoint)
        for one in party.identifiers:
            etree.SubElement(
                element,
                "identifier",
                partyId=one.value,
                partyIdType=types({"value": one.type or ""}),
            )


def _write_properties(parent: etree._Element) -> None:
    for key in FOUR_CORNER_PROPERTIES:
        etree.SubElement(
            parent, "property", name=f"{key}Property", key=key, datatype="string", required="true"
        )
    chosen = etree.SubElement(parent, "propertySet", name="fourCorner")
    for key in FOUR_CORNER_PROPERTIES:
        etree.SubElement(chosen, "propertyRef", property=f"{key}Property")


def _write_leg(
    parent: etree._Element, pmode: PMode, names: Mapping[str, _Namer], mpcs: _Namer
) -> None:
    leg = pmode.leg
    policy = _POLICIES[leg.token] if leg.encrypt else _SIGN_ONLY
    mpc = {
        "qualifiedName": pmode.mpc,
        "enabled": "true",
        "default": "true" if pmode.mpc == DEFAULT_MPC else "false",
        "retention_downloaded": "0",
        "retention_undownloaded": "3600",
    }
    retry = f"{leg.retry.minutes};{leg.retry.attempts};{leg.retry.strategy.value}"
    service = {"value": leg.service.name}
    if leg.service.type:
        service["type"] = leg.service.type
    attributes = {
        "name": leg.name,
        "service": names["service"](service),
        "action": names["action"]({"value": leg.action}),
        "defaultMpc": mpcs(mpc),
        "reliability": "proven",
        "security": names["security"]({"policy": policy, "profile": _PROFILES[leg.profile]}),
        "receptionAwareness": names["awareness"]({"retry": retry, "duplicateDetection": "true"}),
        "errorHandling": "asResponse",
        "compressPayloads": "true" if leg.compress else "false",
    }
    if leg.four_corner:
        attributes["propertySet"] = "fourCorner"
    etree.SubElement(parent, "legConfiguration", attributes)


def _processes(agreements: Agreements) -> dict[str, list[PMode]]:
    """Modes that differ only in their leg make one process; each process has its own name."""
    grouped: dict[tuple[object, ...], list[PMode]] = {}
    for pmode in agreements.pmodes:
        base = pmode.name.removesuffix(f"-{pmode.leg.name}")
        roles = (pmode.initiator_role, pmode.responder_role)
        key = (base, pmode.initiators, pmode.responders, roles, pmode.agreement)
        grouped.setdefault(key, []).append(pmode)
    named: dict[str, list[PMode]] = {}
    for (first, *_), pmodes in grouped.items():
        base = str(first)
        named[base if base not in named else f"{base}{len(named)}"] = pmodes
    return named


def _write_process(
    parent: etree._Element,
    name: str,
    pmodes: list[PMode],
    names: Mapping[str, _Namer],
    role: _Namer,
) -> None:
    pmode = pmodes[0]
    process = etree.SubElement(
        parent,
        "process",
        name=name,
        agreement=names["agreement"]({"value": pmode.agreement or "", "type": ""}),
        mep="oneway",
        binding="push",
        initiatorRole=role({"value": pmode.initiator_role}),
        responderRole=role({"value": pmode.responder_role}),
    )
    for holder, tag, parties in (
        ("initiatorParties", "initiatorParty", pmode.initiators),
        ("responderParties", "responderParty", pmode.responders),
    ):
        element = etree.SubElement(process, holder)
        for party in sorted(parties):
            etree.SubElement(element, tag, name=party)
    legs = etree.SubElement(process, "legs")
    for one in pmodes:
        etree.SubElement(legs, "leg", name=one.leg.name)

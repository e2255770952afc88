"""Whatever arrives, every reader of eidas gives a value or raises an error of its own."""

import base64
import codecs
import copy
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import eidas
from eidas import node as proxy_side
from eidas.address import read_address
from eidas.checks import check_saml_metadata, check_saml_request, check_saml_response
from eidas.light import LightRequest, LightResponse
from eidas.light_cache import MemoryLightCache
from eidas.light_token import LightToken, TokenAgreement
from eidas.service_list import MetadataServiceList
from eidas.specific_connector import PendingLightRequest, SpecificConnector
from xmltrust import encrypt_element, parse, sign_enveloped

sys.path.append(str(Path(__file__).parents[1] / "eidas"))

from eidas_world import ANA, NOW, SESSION, make_world

WORLD = make_world()
PENDING, FORM = WORLD.ask()
REQUEST = WORLD.receive(FORM)
PLAIN = base64.b64decode(
    WORLD.answer(REQUEST, switches=proxy_side.Switches.of(["plain_assertion"]))
)
LIGHT = LightResponse(
    id="_2", in_response_to="_1", issuer="n", level="l", subject="s", attributes={"a": ("v",)}
).write()


def _redirected() -> str:
    _, redirect = eidas.request_login(
        WORLD.provider,
        node=WORLD.node,
        level=eidas.LevelOfAssurance.HIGH,
        browser_session=SESSION,
        now=NOW,
        new_id=WORLD.new_id,
        binding=eidas.Binding.REDIRECT,
    )
    assert isinstance(redirect, eidas.LoginRedirect)
    return urlsplit(redirect.url).query


SEEDS = [
    base64.b64decode(WORLD.answer(REQUEST)),
    base64.b64decode(dict(FORM.fields)["SAMLRequest"]),
    proxy_side.proxy_service_metadata(WORLD.proxy, now=NOW, new_id=WORLD.new_id),
    LIGHT,
    _redirected().encode(),
    LightToken(issuer="n", id="_1", issued_at=NOW).encode("secret").encode(),
]
CORPUS = [
    codecs.escape_decode(line.encode())[0]
    for line in (Path(__file__).parent / "corpus" / "saml.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def _accept(data: bytes) -> object:
    return WORLD.accept(base64.b64encode(data).decode(), PENDING, replay=eidas.MemoryReplayGuard())


def _request(value: str, binding: eidas.Binding) -> object:
    return proxy_side.accept_request(
        value,
        proxy=WORLD.proxy,
        connector=WORLD.connector,
        now=NOW,
        replay=eidas.MemoryReplayGuard(),
        binding=binding,
    )


def _token(data: bytes) -> object:
    return LightToken.decode(
        data.decode("latin-1"),
        secret="secret",
        issuer="n",
        now=NOW,
        longest_age=timedelta(minutes=5),
        replay=eidas.MemoryReplayGuard(),
    )


def _cached(data: bytes) -> object:
    cache = MemoryLightCache()
    agreed = TokenAgreement(issuer="n", secret="secret")
    cache.put("_1", data.decode("latin-1"))
    part = SpecificConnector(
        node_url="https://node.example",
        requests=cache,
        responses=cache,
        request_tokens=agreed,
        response_tokens=agreed,
        replay=eidas.MemoryReplayGuard(),
    )
    pending = PendingLightRequest(
        request_id="_1", relay_state="", levels=("l",), expires_at=NOW + timedelta(minutes=5)
    )
    token = agreed.write(LightToken(issuer="n", id="_1", issued_at=NOW))
    return part.take(token, pending=pending, now=NOW)


READERS: dict[str, Callable[[bytes], object]] = {
    "response": _accept,
    "response value": lambda data: WORLD.accept(data.decode("latin-1"), PENDING),
    "request": lambda data: _request(base64.b64encode(data).decode(), eidas.Binding.POST),
    "request value": lambda data: _request(data.decode("latin-1"), eidas.Binding.POST),
    "redirect": lambda data: _request(data.decode("latin-1"), eidas.Binding.REDIRECT),
    "issuer": lambda data: proxy_side.peek_issuer(base64.b64encode(data)),
    "metadata": lambda data: eidas.NodeMetadata.read(
        data, trusted=WORLD.node.signing_keys, now=NOW
    ),
    "metadata unsafe": lambda data: eidas.NodeMetadata.read_all_unsafe(data, now=NOW),
    "connectors unsafe": lambda data: eidas.ConnectorMetadata.read_all_unsafe(data, now=NOW),
    "service list": lambda data: MetadataServiceList.read(data, trusted=(), now=NOW),
    "light token": _token,
    "light request": LightRequest.read,
    "light response": LightResponse.read,
    "light message in a cache": _cached,
    "address": lambda data: read_address(base64.b64encode(data).decode()),
    "pending": lambda data: eidas.PendingLogin.from_json({"request_id": data, "levels": [data]}),
    "check request": lambda data: check_saml_request(data, context={}, now=NOW, show_values=True),
    "check metadata": lambda data: check_saml_metadata(data, context={}, now=NOW, show_values=True),
    "check response": lambda data: check_saml_response(
        data, context={"idp_metadata": SEEDS[2]}, now=NOW, show_values=True
    ),
}


def _read_by_all(data: bytes) -> None:
    for read in READERS.values():
        refusal = _refusal(read, data)
        assert refusal is None or (refusal.rule and "Garc" not in str(refusal))


def _refusal(read: Callable[[bytes], object], data: bytes) -> eidas.EidasError | None:
    try:
        read(data)
    except eidas.EidasError as refusal:
        return refusal
    return None


@pytest.mark.parametrize("data", CORPUS, ids=range(len(CORPUS)))
def test_the_corpus_is_read_or_refused(data: bytes) -> None:
    _read_by_all(data)


WORDS = st.sampled_from(
    [
        *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"&#0;", b"&lt;", b'="', b"xmlns='1' "),
        *(b"\xc3", b"\x00", b"\xe2\x80\xae", b"</", b"/>", b"%", b"+", b"|", b"9" * 400),
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_altered_messages_are_read_or_refused(seed: bytes, data: st.DataObject) -> None:
    octets = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(octets)))
        end = data.draw(st.integers(place, min(len(octets), place + 60)))
        other = data.draw(st.sampled_from(SEEDS))
        start = data.draw(st.integers(0, len(other)))
        octets[place:end] = data.draw(WORDS | st.binary(max_size=6) | st.just(other[start:][:80]))
    _read_by_all(bytes(octets))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=120))
def test_any_bytes_at_all_are_read_or_refused(data: bytes) -> None:
    _read_by_all(data)


TEXTS = st.sampled_from(
    [
        *("", " ", "x", "ES/LV/1", "2001-02-29", "0000-00-00", "9999-12-31T23:59:59Z", "-1"),
        *("http://eidas.europa.eu/LoA/high", "urn:oasis:names:tc:SAML:2.0:cm:bearer", "á" * 300),
    ]
)


def _shaken(root: etree._Element, data: st.DataObject) -> None:
    """Remove, repeat, move or refill a few elements and attributes, at random."""
    for _ in range(data.draw(st.integers(1, 3))):
        every = [one for one in root.iter() if isinstance(one.tag, str)]
        found = every[data.draw(st.integers(0, len(every) - 1))]
        parent, deed = found.getparent(), data.draw(st.integers(0, 5))
        parent = None if found is root else parent
        names = [name for name in found.attrib if name != "ID" or found is not root]
        if deed == 0 and parent is not None:
            parent.remove(found)
        elif deed == 1 and parent is not None:
            parent.insert(data.draw(st.integers(0, len(parent))), copy.deepcopy(found))
        elif deed == 2 and names:
            found.set(data.draw(st.sampled_from(names)), data.draw(TEXTS))
        elif deed == 3 and names:
            del found.attrib[data.draw(st.sampled_from(names))]
        elif deed == 4:
            found.text = data.draw(TEXTS)
        else:
            found.append(copy.deepcopy(every[data.draw(st.integers(0, len(every) - 1))]))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_the_node_signs_and_encrypts_is_a_person_or_refused(data: st.DataObject) -> None:
    root = parse(PLAIN)
    root.remove(root[1])
    assertion = root[-1]
    _shaken(assertion, data)
    if data.draw(st.booleans()):
        shaken = copy.deepcopy(root)
        _shaken(shaken, data)
        root, assertion = shaken, shaken[-1] if len(shaken) else shaken
    holder = etree.Element("{urn:oasis:names:tc:SAML:2.0:assertion}EncryptedAssertion")
    recipient = WORLD.connector.encryption_certificates[0]
    holder.append(encrypt_element(assertion, recipient=recipient))
    if assertion is not root:
        assertion.getparent().replace(assertion, holder)
    ids = [str(one) for one in root.xpath("//@ID")]
    if not root.get("ID") or len(set(ids)) != len(ids):
        return
    message = sign_enveloped(
        root, key=WORLD.proxy.signing_key, algorithm=WORLD.proxy.algorithm, after=None
    )
    try:
        identity = _accept(message)
    except eidas.EidasError:
        return
    assert isinstance(identity, eidas.Identity)
    assert identity.natural_person is not None
    assert identity.natural_person.identifier.issuing_country == ANA.identifier.issuing_country

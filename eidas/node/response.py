"""Writing answers: a signed response around an encrypted assertion, or a refusal."""

from collections.abc import Callable, Iterable
from datetime import datetime

from lxml import etree

from eidas.bindings import LoginForm, post_form
from eidas.build import element, timestamp
from eidas.errors import EidasMisuse
from eidas.identity import LegalPerson, NaturalPerson, Persons
from eidas.levels import Comparison, LevelOfAssurance, RequestedLevels
from eidas.metadata import ConnectorMetadata
from eidas.node.assertion import Answer, write_assertion
from eidas.node.proxy import ProxyService
from eidas.node.request import LoginRequest
from eidas.node.switches import Refusal, Switches, WrongAnswer
from eidas.vocabulary import MESSAGE_FORMAT, Namespace, StatusCode
from xmltrust import encrypt_element, sign_enveloped

_ISSUER = Namespace.ASSERTION("Issuer")
_ELSEWHERE = "https://elsewhere.example/acs"


def build_response(
    request: LoginRequest,
    *,
    proxy: ProxyService,
    connector: ConnectorMetadata,
    natural: NaturalPerson | None = None,
    legal: LegalPerson | None = None,
    representative: NaturalPerson | LegalPerson | None = None,
    level: LevelOfAssurance,
    now: datetime,
    new_id: Callable[[], str],
    switches: Switches | None = None,
) -> LoginForm:
    """Answer a request with a person, encrypted for the connector and signed.

    Raises ``EidasMisuse`` when the level is below the requested one or the connector published no
    encryption key (Message Format 1.4, 2.3.3 and 2.4.2). With ``switches`` the answer is wrong in
    the ways they name.
    """
    wrong = switches or Switches()
    asked = RequestedLevels(Comparison(request.comparison), request.levels)
    if not asked.accept(level.value):
        raise EidasMisuse(
            "answer.level", expected="a level that was asked for", clause=f"{MESSAGE_FORMAT}, 2.4.2"
        )
    answer = Answer(
        request=request,
        proxy=proxy,
        persons=Persons(natural_person=natural, legal_person=legal, representative=representative),
        level=level.value,
        audience=connector.entity_id,
        name_id=new_id(),
        now=now,
        switches=wrong,
    )
    content = _assertions(answer, connector, new_id, wrong)
    return _posted(answer, (StatusCode.SUCCESS, None, ""), content, new_id, wrong)


def build_refusal(
    request: LoginRequest,
    *,
    proxy: ProxyService,
    connector: ConnectorMetadata,
    refusal: Refusal,
    now: datetime,
    new_id: Callable[[], str],
) -> LoginForm:
    """Answer a request without a login: a signed response with a status and nothing else."""
    answer = Answer(
        request=request,
        proxy=proxy,
        persons=Persons(),
        level="",
        audience=connector.entity_id,
        name_id="",
        now=now,
        switches=Switches(),
    )
    return _posted(answer, refusal.status, (), new_id, Switches())


def _assertions(
    answer: Answer, connector: ConnectorMetadata, new_id: Callable[[], str], wrong: Switches
) -> list[etree._Element]:
    if WrongAnswer.SUCCESS_WITHOUT_ASSERTION in wrong:
        return []
    plain = write_assertion(answer, identifier=new_id())
    if WrongAnswer.PLAIN_ASSERTION in wrong:
        return [plain]
    encrypted = [_encrypted(plain, connector, wrong)]
    if WrongAnswer.SECOND_ASSERTION in wrong:
        encrypted.append(_encrypted(write_assertion(answer, identifier=new_id()), connector, wrong))
    if WrongAnswer.PLAIN_BESIDE_ENCRYPTED in wrong:
        encrypted.append(write_assertion(answer, identifier=new_id()))
    return encrypted


def _encrypted(
    assertion: etree._Element, connector: ConnectorMetadata, wrong: Switches
) -> etree._Element:
    published = connector.encryption_certificates
    if wrong.recipient is None and not published:
        raise EidasMisuse(
            "answer.encryption-key",
            expected="an encryption key in the connector's metadata",
            clause=f"{MESSAGE_FORMAT}, 2.4.2",
        )
    data = encrypt_element(assertion, recipient=wrong.recipient or published[0])
    if WrongAnswer.UNREADABLE in wrong:
        value = [*data.iter(Namespace.ENCRYPTION("CipherValue"))][-1]
        text = value.text or ""
        value.text = ("B" if text[0] == "A" else "A") + text[1:]
    return element("saml2:EncryptedAssertion", None, data)


def _posted(
    answer: Answer,
    status: tuple[StatusCode, str | None, str],
    content: Iterable[etree._Element],
    new_id: Callable[[], str],
    wrong: Switches,
) -> LoginForm:
    request, proxy = answer.request, answer.proxy
    root = element(
        "saml2p:Response",
        {
            "ID": new_id(),
            "Version": "2.0",
            "IssueInstant": timestamp(answer.issued_at),
            "Destination": _destination(request, wrong),
            "InResponseTo": _in_response_to(request, wrong),
        },
        element(
            "saml2:Issuer",
            text=_ELSEWHERE if WrongAnswer.WRONG_ISSUER in wrong else proxy.entity_id,
        ),
        _status(*status),
        *content,
        prefixes=("saml2",),
    )
    message = _signed(root, proxy, wrong)
    return post_form(
        "SAMLResponse",
        message,
        action=request.assertion_consumer_url,
        relay_state=request.relay_state,
    )


def _signed(root: etree._Element, proxy: ProxyService, wrong: Switches) -> bytes:
    if WrongAnswer.UNSIGNED in wrong:
        return etree.tostring(root, encoding="UTF-8")
    key = wrong.signing_key or proxy.signing_key
    message = sign_enveloped(root, key=key, algorithm=proxy.algorithm, after=_ISSUER)
    if WrongAnswer.ALTERED in wrong:
        return message.replace(b'Version="2.0"', b'Version="2.0" Consent="urn:altered"', 1)
    return message


def _destination(request: LoginRequest, wrong: Switches) -> str:
    if WrongAnswer.NO_DESTINATION in wrong:
        return ""
    return _ELSEWHERE if WrongAnswer.WRONG_DESTINATION in wrong else request.assertion_consumer_url


def _in_response_to(request: LoginRequest, wrong: Switches) -> str:
    if WrongAnswer.NO_IN_RESPONSE_TO in wrong:
        return ""
    return "_another" if WrongAnswer.WRONG_IN_RESPONSE_TO in wrong else request.id


def _status(first: StatusCode, second: str | None, message: str) -> etree._Element:
    nested = [element("saml2p:StatusCode", {"Value": second})] if second else []
    texts = [element("saml2p:StatusMessage", text=message)] if message else []
    return element(
        "saml2p:Status", None, element("saml2p:StatusCode", {"Value": first}, *nested), *texts
    )

"""The octets of a signature value, made and checked under the algorithm's own kind of key."""

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, utils

from xmltrust.algorithms import SignatureAlgorithm
from xmltrust.certificates import PublicKey, TrustedKey, family_of, key_bits
from xmltrust.errors import SignatureRefused
from xmltrust.keys import SigningKey, check_signing_key, rsa_padding
from xmltrust.policy import SignaturePolicy

_LEAST_RSA_BITS, _LEAST_EC_BITS = 2048, 256


def sign_octets(data: bytes, *, key: SigningKey, algorithm: SignatureAlgorithm) -> bytes:
    """Sign; raises ``XmlMisuse`` when the key is of another kind or too short for anyone."""
    check_signing_key(
        key.signer, algorithm, min_rsa_bits=_LEAST_RSA_BITS, min_ec_bits=_LEAST_EC_BITS
    )
    return key.signer.sign(data, algorithm)


def verify_octets(
    data: bytes,
    signature: bytes,
    *,
    trusted: Iterable[TrustedKey],
    algorithm_uri: str,
    policy: SignaturePolicy,
) -> TrustedKey:
    """The trusted key that signed detached octets; raises ``SignatureRefused``."""
    try:
        algorithm = SignatureAlgorithm(algorithm_uri)
    except ValueError:
        algorithm = None
    if algorithm is None or algorithm not in policy.algorithms:
        raise SignatureRefused(
            "dsig/algorithm",
            expected="one of " + ", ".join(sorted(one.name for one in policy.algorithms)),
            found=algorithm.name if algorithm else "an algorithm that is never accepted",
        )
    return signer_among(trusted, policy, algorithm, data, signature)


def is_made_by(
    public_key: PublicKey, algorithm: SignatureAlgorithm, data: bytes, signature: bytes
) -> bool:
    """Whether ``signature`` over ``data`` was made by this key with exactly this algorithm."""
    try:
        _verify(public_key, algorithm, data, signature)
    except (InvalidSignature, ValueError):
        return False
    return True


def signer_among(
    trusted: Iterable[TrustedKey],
    policy: SignaturePolicy,
    algorithm: SignatureAlgorithm,
    data: bytes,
    signature: bytes,
) -> TrustedKey:
    """The trusted key that made the signature; raises ``SignatureRefused`` when none did.

    Only keys of the algorithm's kind and of the policy's size are tried, so that the message
    cannot choose what a key is used for.
    """
    fitting = [one for one in trusted if family_of(one.public_key) is algorithm.family]
    if not fitting:
        raise SignatureRefused(
            "dsig/key-kind",
            expected="an algorithm for one of the trusted keys",
            found=f"{algorithm.name}, for which no trusted key is of the kind",
        )
    strong = [one for one in fitting if _is_strong(one.public_key, policy)]
    if not strong:
        raise SignatureRefused(
            "dsig/key-size",
            expected=f"RSA {policy.min_rsa_bits} or curve {policy.min_ec_bits} bits",
            found=f"at most {max(key_bits(one.public_key) for one in fitting)} bits",
        )
    for one in strong:
        if is_made_by(one.public_key, algorithm, data, signature):
            return one
    raise SignatureRefused(
        "dsig/trusted-key",
        expected="a signature value made by a trusted key",
        found=f"a value that none of {len(strong)} keys made",
    )


def _is_strong(key: PublicKey, policy: SignaturePolicy) -> bool:
    least = policy.min_rsa_bits if isinstance(key, rsa.RSAPublicKey) else policy.min_ec_bits
    return key_bits(key) >= least


def _verify(key: PublicKey, algorithm: SignatureAlgorithm, data: bytes, signature: bytes) -> None:
    if family_of(key) is not algorithm.family:
        raise InvalidSignature
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, data, rsa_padding(algorithm), algorithm.digest.hash)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        half, odd = divmod(len(signature), 2)
        # Both halves should be as long as the curve's order (XML Signature 1.1, 6.4.3). Apache
        # Santuario, the library of the Commission's node, drops a leading zero octet that both
        # share: every fourth P-521 signature of it is two octets short.
        if odd or half > (key.key_size + 7) // 8:
            raise InvalidSignature
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        encoded = utils.encode_dss_signature(r, s)
        key.verify(encoded, data, ec.ECDSA(algorithm.digest.hash))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, data)

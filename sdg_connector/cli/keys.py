"""``sdg-connector keys``: private keys, test certificates, signing requests."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from sdg_connector.adapters.key_kinds import KeyKind

_SEALING_KEY = 32

app = typer.Typer(no_args_is_help=True, help="Make keys, test certificates and signing requests.")

_PASSWORD = "SDG_KEY_PASSWORD"  # noqa: S105  the name of a variable, not a password


@app.command("make")
def make(  # noqa: PLR0917  typer reads the options from the arguments
    name: Annotated[str, typer.Argument(help="Name of the files: NAME.key.pem, NAME.pem, …")],
    folder: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path(),
    kind: Annotated[KeyKind, typer.Option(help="Which key.")] = KeyKind.RSA_3072,
    organisation: Annotated[str, typer.Option(help="Organisation in the subject.")] = "Test",
    country: Annotated[str, typer.Option(help="Two letters of the country.")] = "LV",
    request: Annotated[
        bool, typer.Option("--csr", help="Write a signing request, not a test certificate.")
    ] = False,
    days: Annotated[int, typer.Option(min=1, max=1096, help="Validity in days.")] = 365,
    signed_by: Annotated[
        str,
        typer.Option(metavar="NAME", help="For x25519: the key in the folder that certifies it."),
    ] = "",
) -> None:
    """Make a private key with a test certificate, or with a request for your authority.

    Set SDG_KEY_PASSWORD to encrypt the key. Files that are there already are never overwritten.

    A key of kind x25519 decrypts for eDelivery AS4 2.0 and cannot sign its own certificate: another
    key does, as --signed-by says.
    """
    password = os.environ.get(_PASSWORD, "").encode() or None
    key_path = folder / f"{name}.key.pem"
    other_path = folder / (f"{name}.csr.pem" if request else f"{name}.pem")
    for path in (key_path, other_path):
        if path.exists():
            _refuse(f"{path} is there already; nothing was written")
    if (kind is KeyKind.X25519) != bool(signed_by):
        _refuse("--signed-by NAME names the key that certifies an x25519 key, and no other")
    if kind is KeyKind.X25519 and request:
        _refuse("a key of kind x25519 cannot sign a request: your authority certifies it otherwise")
    subject = {"common_name": name, "organisation": organisation, "country": country.upper()}
    try:
        if kind is KeyKind.X25519:
            private, other = _for_agreement(folder / signed_by, subject, password, days)
        else:
            private, other = _for_signing(kind, subject, password, None if request else days)
        folder.mkdir(parents=True, exist_ok=True)
        _write(key_path, private, mode=0o600)
        _write(other_path, other, mode=0o644)
    except (TypeError, ValueError, OSError) as problem:
        _refuse(f"the key cannot be made: {problem}")
    protected = "encrypted" if password else f"not encrypted ({_PASSWORD} is not set)"
    typer.echo(f"{key_path}  private key, {kind}, {protected}\n{other_path}")


@app.command("secret")
def secret(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")],
) -> None:
    """Make 32 random octets, as a key that stored documents are sealed with.

    A file that is there already is never overwritten.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, os.urandom(_SEALING_KEY), mode=0o600)
    except OSError as problem:
        typer.echo(f"{file} cannot be written ({problem.strerror})", err=True)
        raise typer.Exit(2) from problem
    typer.echo(f"{file}  32 octets")


def _write(path: Path, content: bytes, *, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _for_signing(
    kind: KeyKind, subject: Mapping[str, str], password: bytes | None, days: int | None
) -> tuple[bytes, bytes]:
    """A key, and its certificate for so many days or its request."""
    from sdg_connector.adapters import new_keys as made  # noqa: PLC0415  --help stays fast

    key = made.new_key(kind)
    if days is None:
        other = made.signing_request(key, **subject)
    else:
        other = made.self_signed(key, **subject, now=datetime.now(UTC), days=days)
    return made.key_pem(key, password=password), other


def _for_agreement(
    signer: Path, subject: Mapping[str, str], password: bytes | None, days: int
) -> tuple[bytes, bytes]:
    """An X25519 key, and its certificate by the key that lies at ``signer``."""
    from sdg_connector.adapters import new_keys as made  # noqa: PLC0415  --help stays fast

    key = made.new_agreement_key()
    certificate = made.certified(
        key,
        signer=made.read_signing_key(signer.with_name(f"{signer.name}.key.pem"), password),
        issuer=signer.with_name(f"{signer.name}.pem").read_bytes(),
        **subject,
        now=datetime.now(UTC),
        days=days,
    )
    return made.key_pem(key, password=password), certificate


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(2)

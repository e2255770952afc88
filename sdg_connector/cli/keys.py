"""``sdg-connector keys``: private keys, test certificates, signing requests."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

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
) -> None:
    """Make a private key with a test certificate, or with a request for your authority.

    Set SDG_KEY_PASSWORD to encrypt the key. Files that are there already are never overwritten.
    """
    from sdg_connector.adapters.new_keys import (  # noqa: PLC0415  --help stays fast
        key_pem,
        new_key,
        self_signed,
        signing_request,
    )

    password = os.environ.get(_PASSWORD, "").encode() or None
    key_path = folder / f"{name}.key.pem"
    other_path = folder / (f"{name}.csr.pem" if request else f"{name}.pem")
    for path in (key_path, other_path):
        if path.exists():
            typer.echo(f"{path} is there already; nothing was written", err=True)
            raise typer.Exit(2)
    key = new_key(kind)
    subject = {"common_name": name, "organisation": organisation, "country": country.upper()}
    try:
        other = (
            signing_request(key, **subject)
            if request
            else self_signed(key, **subject, now=datetime.now(UTC), days=days)
        )
        folder.mkdir(parents=True, exist_ok=True)
        _write(key_path, key_pem(key, password=password), mode=0o600)
        _write(other_path, other, mode=0o644)
    except (ValueError, OSError) as problem:
        typer.echo(f"the key cannot be made: {problem}", err=True)
        raise typer.Exit(2) from problem
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

"""Argos packages: installed from a file or from the published index, listed and removed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sdg_connector.cli.translations.options import HOME, PackagesFolder, own_errors

if TYPE_CHECKING:
    from translations.engines.packages import ArgosPackage


def install(
    package: Annotated[
        str, typer.Argument(help="An .argosmodel file, or a pair such as lv-en to fetch.")
    ],
    packages: PackagesFolder = HOME / "packages",
) -> None:
    """Check an Argos package and install it; a pair is fetched from the published index."""
    from translations.engines.index import fetched_package  # noqa: PLC0415  --help stays fast
    from translations.engines.packages import PackageStore  # noqa: PLC0415

    store = PackageStore(packages)
    with own_errors():
        if Path(package).exists() or package.count("-") != 1 or "." in package:
            installed = store.install(Path(package))
        else:
            source, target = package.split("-")
            with fetched_package(source, target) as file:
                installed = store.install(file)
    typer.echo(_line(installed))


def _line(package: "ArgosPackage") -> str:
    pair = f"{package.source} to {package.target}"
    return f"{package.name}\t{package.version_text}\t{pair}\tsha256:{package.digest}"


def list_packages(packages: PackagesFolder = HOME / "packages") -> None:
    """List the installed packages, and the folders that are none."""
    from translations.engines.packages import PackageStore  # noqa: PLC0415  --help stays fast

    store = PackageStore(packages)
    for package in store.packages():
        typer.echo(_line(package))
    for name, error in store.strays():
        typer.echo(f"{name} is no package: {error}", err=True)


def remove(name: str, packages: PackagesFolder = HOME / "packages") -> None:
    """Remove an installed package."""
    from translations.engines.packages import PackageStore  # noqa: PLC0415  --help stays fast

    with own_errors():
        PackageStore(packages).remove(name)

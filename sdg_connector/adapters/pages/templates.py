"""Jinja2 environments that escape everything and know no undefined names."""

from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined


def template_environment(package: str) -> Environment:
    """The templates of ``package``, with autoescape on and every missing name an error."""

    folder = files(package) / "templates"

    def load(name: str) -> tuple[str, str | None, None] | None:
        template = folder / name
        return (template.read_text("utf-8"), None, None) if template.is_file() else None

    return Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

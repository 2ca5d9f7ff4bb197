"""Compile the layout: `python -m shared.smtp.template.compiling`, a tool of development."""

from pathlib import Path

FOLDER = Path(__file__).parent
SOURCE, COMPILED = FOLDER / "email.mjml", FOLDER / "email.html"


def compiled() -> str:
    """Return the HTML that the source makes."""
    from mjml import mjml2html  # noqa: PLC0415 - only where one develops

    return f"{mjml2html(SOURCE.read_text())}\n"


if __name__ == "__main__":
    COMPILED.write_text(compiled())

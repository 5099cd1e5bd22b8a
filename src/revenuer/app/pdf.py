"""Pages as PDF, by WeasyPrint, which fetches nothing."""

from __future__ import annotations

from revenuer.errors import ConfigError


def need_weasyprint() -> None:
    """Refuse early where no PDF can be made.

    Raises:
        ConfigError: WeasyPrint, or what it needs, is not here.
    """
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as problem:
        raise ConfigError(
            "A PDF needs WeasyPrint and the system library Pango.",
            "Install `revenuer[pdf]`, or print the HTML page.",
        ) from problem


def as_pdf(page: str) -> bytes:
    """A self-contained page as PDF."""
    import weasyprint

    def nothing(url: str, *_: object, **__: object) -> dict[str, object]:
        raise ValueError("a report fetches nothing")

    made: bytes = weasyprint.HTML(string=page, url_fetcher=nothing).write_pdf()
    return made

"""SVG elements as safe markup."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from revenuer.reports.wording import visible

Attribute = str | int | float


def element(name: str, *children: Markup | str, **attributes: Attribute) -> Markup:
    """One element; text children and attribute values are escaped and made visible.

    Attribute names are written with dashes; a trailing underscore is dropped, for names
    that Python keeps to itself.

    Examples:
        >>> element("text", "a < b", class_="tick", text_anchor="end", x=1.50)
        Markup('<text class="tick" text-anchor="end" x="1.5">a &lt; b</text>')
    """
    # Plain text once every part is escaped: a report has tens of thousands of elements.
    start = "".join([f"<{name}", *(_attribute(*pair) for pair in attributes.items())])
    if not children:
        return Markup(f"{start}/>")
    written = "".join(c if isinstance(c, Markup) else escape(visible(c)) for c in children)
    return Markup(f"{start}>{written}</{name}>")


def joined(parts: Iterable[Markup | str]) -> Markup:
    """Parts one after the other, escaped where they are not markup."""
    return Markup("").join(parts)


def percentage(share: float) -> str:
    """A position along the chart's width, 0 to 1.

    Examples:
        >>> percentage(1 / 3)
        '33.333%'
    """
    return f"{number(100 * share)}%"


def number(value: float) -> str:
    """A coordinate with three decimals at most, always written the same way."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def chart(*children: Markup | str, height: int, label: str, class_: str) -> Markup:
    """The root of a chart that is as wide as its column, with its name for readers."""
    return element(
        "svg", *children, class_=f"chart {class_}", width="100%", height=height, role="img",
        aria_label=label,
    )  # fmt: skip


def _attribute(name: str, value: Attribute) -> str:
    written = number(value) if isinstance(value, float) else visible(str(value))
    return f' {name.rstrip("_").replace("_", "-")}="{escape(written)}"'

"""Where every page is: found as a visitor finds it, by the links of the pages before."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from visitors import Visitor

from revenuer.console.page import Page
from revenuer.console.pages import ALL

HREF = re.compile(r'href="([^"]+)"')


def pattern(path: str) -> re.Pattern[str]:
    """What URLs of a path look like."""
    return re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path)))


def addresses(visitor: Visitor, *more: str) -> dict[str, str]:
    """A URL of every page that can be got to, by the page's path.

    Args:
        visitor: Who goes there.
        more: URLs to begin with, beside the pages whose path is one.
    """
    pages = [one for one in ALL if isinstance(one, Page) and one.right is not None]
    patterns = {one.path: pattern(one.path) for one in pages}
    found = {one.path: one.path for one in pages if "{" not in one.path}
    plain = frozenset(found)

    def of(path: str) -> list[str]:
        """Pages with braces that a URL is one of."""
        if path in plain:
            return []
        return [name for name, looks in patterns.items() if "{" in name and looks.fullmatch(path)]

    waiting = [*plain, *more]
    for url in more:
        found |= dict.fromkeys(of(urlsplit(url).path), url)
    # A file leads nowhere, and a PDF takes two seconds.
    files = {name for name in patterns if name.endswith("/{file}")}
    seen: set[str] = set()
    while waiting:
        url = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        told = visitor.get(url)
        if told.status_code != 200 or "text/html" not in told.headers["content-type"]:
            continue
        for link in HREF.findall(told.text):
            where = urlsplit(urljoin(url, link.replace("&amp;", "&"))).path
            new = [name for name in of(where) if name not in found]
            if new:
                # The first of each: the others look alike.
                found |= dict.fromkeys(new, where)
                if not files.intersection(new):
                    waiting.append(where)
    return found

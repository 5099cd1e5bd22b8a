"""docs/api.md: what is said about the HTTP API, and the table of its endpoints."""

from __future__ import annotations

from collections.abc import Iterator

from revenuer.api.casebook.answering import KINDS
from revenuer.api.casebook.endpoint import Endpoint
from revenuer.api.casebook.endpoints import ENDPOINTS
from revenuer.api.casebook.openapi import NAMED
from revenuer.casework.roles import RIGHTS

ABOUT = """\
# The HTTP API

The casebook over HTTP: the same functions as the command line. It needs `revenuer[casebook]`.

```sh
revenuer casebook person add ada --role admin --by ada
revenuer casebook person add sign-up --role analyst --service --by ada
revenuer casebook token add sign-up --scope assess --for 90d --by ada
revenuer serve --port 8440
```

`token add` prints the token once; only its SHA-256 is kept. `serve` prints the URL that its paths
begin with once it listens. It listens on this machine alone; any other address needs a certificate
(`--host`, `--certificate`, `--certificate-key`). Settings are under `api` in
[settings.md](settings.md). Several servers may stand on one PostgreSQL.

```sh
curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8440/v1/whoami
```

`GET /v1/openapi.json` is all of it as OpenAPI 3.1, made from the same table as the routes, this
page and the tests of permissions.

## Who may do what

A token belongs to a person or a service. What it may is what the role of its owner may at the
moment of the request, narrowed to the token's scopes where it has any: who is given a lesser role,
or is disabled, may less at once. A service is an analyst at most. There are no cookies, so no page
in a browser can borrow anybody's rights.

"""

RULES = """
Every change is an entry in the [audit log](audit.md), with the name and the token's id. Whether a
caller may is said before anything of the request is looked at. Who approves must be another than
who proposed where the policy wants that, and who hears an appeal another than who decided: the
functions below the API see to that, whatever the token.

## Requests

- Bodies are JSON, at most `api.body_bytes` long, packed (gzip) or not. A field that is not known, a
  key that stands twice, a control character and nesting beyond 64 levels are refused, each with
  the place in the request.
- `Idempotency-Key` on a request that changes something: the same request under the same key within
  a day is one change and one answer, also where the two race, and also on two servers. The second
  answer carries `Idempotent-Replayed: true`. Another request under the key is 422. While the first
  is being carried out the second waits some seconds and is then told 409 with `Retry-After`.
  Answers are kept sealed with a key made of the caller's own token.
- What has an `ETag` can be changed with `If-Match`: 412 where somebody else changed it meanwhile,
  and nothing is lost. `If-None-Match` on GET answers 304.
- Lists come in pages: `limit`, and `cursor` with what `next` of the page before said.
- `api.requests_per_minute` and `api.mb_per_day` bound each token; twenty wrong tokens within a
  minute from one address make it wait. 429 says for how long in `Retry-After`. A server counts
  for itself, anew when it starts.
- HEAD is answered wherever GET is, OPTIONS everywhere with `Allow` and nothing else: other origins
  are let in nowhere.

## Problems

What goes wrong is answered as `application/problem+json` (RFC 9457): `title` says what is wrong,
`detail` what to do, `errors` each place in the request, `instance` what to name to the operator.

| status | `type`, after `urn:revenuer:problem:` | meaning |
|---|---|---|
"""

MORE = {
    403: "`not-allowed`; `right` where the role or the token lacks the right",
    409: "`conflict`; `in-progress` and `answer-lost` of an Idempotency-Key",
    422: "`unusable`; `key-reused` of an Idempotency-Key",
}


def api_page() -> str:
    """Return the whole page."""
    parts = [ABOUT, *_rights(), RULES, *_problems(), "\n## Endpoints\n"]
    for subject in dict.fromkeys(one.subject for one in ENDPOINTS):
        parts += _subject(subject, [one for one in ENDPOINTS if one.subject == subject])
    return "".join(parts)


def _rights() -> Iterator[str]:
    yield "| right, and scope | least role | endpoints |\n|---|---|---|\n"
    for right, role in RIGHTS.items():
        count = sum(one.right is right for one in ENDPOINTS)
        yield f"| `{right.value}` | {role.value} | {count} |\n"


def _problems() -> Iterator[str]:
    for status, meaning in NAMED.items():
        kind = MORE.get(status, f"`{KINDS[status]}`")
        yield f"| {status} | {kind} | {meaning} |\n"


def _subject(subject: str, endpoints: list[Endpoint]) -> Iterator[str]:
    yield f"\n### {subject.replace('_', ' ').capitalize()}\n\n"
    yield "| endpoint | right | does | takes |\n|---|---|---|---|\n"
    for one in endpoints:
        stranger = "its signature" if one.raw else "anybody"
        right = f"`{one.right.value}`" if one.right else stranger
        takes = ", ".join(_takes(one)) or " "
        yield f"| `{one.method} {one.path}` | {right} | {one.summary} | {takes} |\n"
    for one in endpoints:
        if one.description:
            said = " ".join(one.description.split())
            yield f"\n`{one.method} {one.path}`: {said}\n"


def _takes(one: Endpoint) -> Iterator[str]:
    _, query, body, _ = one.types
    if one.raw:
        yield "the body as it came"
        body = None
    for form, mark in ((query, "?"), (body, "")):
        for field in getattr(form, "__struct_fields__", ()):
            yield f"`{mark}{field}`"
    if one.versioned:
        yield "`If-Match`"

"""Everything that can be asked for over HTTP, in one table.

The routes, the OpenAPI document, docs/api.md and the permission matrix of the tests are made of
it: nothing is served that is not here with its right.
"""

from __future__ import annotations

from revenuer.api.casebook.endpoints import (
    appeals,
    assessments,
    audit,
    cases,
    enforcement,
    people,
    permits,
    records,
    reviews,
    system,
)

ENDPOINTS = (
    *system.ENDPOINTS,
    *cases.ENDPOINTS,
    *reviews.ENDPOINTS,
    *enforcement.ENDPOINTS,
    *permits.ENDPOINTS,
    *appeals.ENDPOINTS,
    *assessments.ENDPOINTS,
    *records.ENDPOINTS,
    *audit.ENDPOINTS,
    *people.ENDPOINTS,
)

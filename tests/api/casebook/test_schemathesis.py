"""Schemathesis on the real server: its OpenAPI document is kept, whatever is sent.

All of its checks are on. A request that fits the document may still be refused for what it means:
412 and 422 are then as good as 404.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from office import NAMES, Office, opened_office, served

from revenuer.casework.roles import Role

pytest.importorskip("schemathesis")

CHECKS = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422"]
negative_data_rejection.expected-statuses = [
  "400", "401", "403", "404", "405", "409", "412", "415", "422"
]
"""
REACHES = """
[parameters]
"path.case" = "{case}"
"path.snapshot" = "guard"
"""
"""With these, what an admin sends reaches what is there."""
CUTS_OFF = ("revoke_token", "change_person")
"""Where they succeed, nothing after them is let in: they are run by themselves, last."""
QUICK = ("--phases=fuzzing", "--max-examples=1")
"""What runs by default: each operation is asked for a few times, not at every bound of its body."""
ROLES = (Role.ADMIN, Role.VIEWER)
"""What an admin may send reaches furthest; of a viewer it is enough to know that it does not."""


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("schemathesis")
    with opened_office(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.cases()
        yield one


def conform(office: Office, role: Role, *more: str) -> str:
    """What Schemathesis says of the server as a role sees it."""
    rules = office.folder / "schemathesis.toml"
    reaches = REACHES.format(case=office.cases()[0]) if role is Role.ADMIN else ""
    rules.write_text(reaches + CHECKS)
    with served(office) as url:
        run = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                "--config-file",
                str(rules),
                "run",
                f"{url}/v1/openapi.json",
                "--checks=all",
                f"--header=Authorization: Bearer {office.tokens[NAMES[role]]}",
                "--seed=20261122",
                "--generation-database=none",
                "--no-color",
                "--continue-on-failure",
                "--request-timeout=60",
                *more,
            ],
            cwd=office.folder,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-12_000:]
    return run.stdout


@pytest.mark.parametrize("role", ROLES)
def test_the_api_is_what_its_document_says(office: Office, role: Role) -> None:
    without = [f"--exclude-operation-id={name}" for name in CUTS_OFF]
    said = conform(office, role, *QUICK, *without)
    assert "Failures" not in said
    assert "401 Unauthorized" not in said
    assert "429 Too Many" not in said


def test_what_ends_the_rights_of_its_caller_is_what_its_document_says(office: Office) -> None:
    conform(
        office,
        Role.ADMIN,
        *QUICK,
        *(f"--include-operation-id={name}" for name in CUTS_OFF),
    )


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_the_api_is_what_its_document_says_at_length(office: Office, role: Role) -> None:
    without = [f"--exclude-operation-id={name}" for name in CUTS_OFF]
    conform(office, role, "--max-examples=40", *without)

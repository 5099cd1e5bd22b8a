"""Every change of the casebook's audit log is found, whichever byte, row or file it is."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete, insert, select, update

from revenuer.app.casebook.auditing import export_log, look_at, verify_casebook
from revenuer.app.casebook.holding import place_hold
from revenuer.app.casebook.opening import CHECKPOINTS, Casebook, open_casebook
from revenuer.casework.roles import Actor, Role
from revenuer.cli.entry import run
from revenuer.errors import AuditError, NotFoundError
from revenuer.store.casebook.audit_table import audit_checkpoint, audit_entries

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    for account in ("acct-1", "acct-2"):
        place_hold(opened, account=account, why="because", actor=ADMIN, now=NOW)
    yield opened
    opened.database.close()


def flaws(casebook: Casebook) -> int:
    return len(verify_casebook(casebook).flaws)


def rows(casebook: Casebook) -> list[Any]:
    with casebook.reading() as connection:
        return list(connection.execute(select(audit_entries).order_by(audit_entries.c.number)))


def test_as_it_was_written_it_has_no_flaw(casebook: Casebook) -> None:
    found = verify_casebook(casebook)
    assert (found.entries, found.flaws) == (3, ())
    assert found.witness.startswith("3:")


def test_every_byte_of_every_row_is_proved(casebook: Casebook) -> None:
    # PostgreSQL stores the same bytes: there a few places of each row do.
    step = 1 if casebook.database.is_sqlite else 97
    known = rows(casebook)
    # One transaction: what is tried need not reach the disk.
    with casebook.database.writing() as connection:
        log = casebook.audit(connection)

        def broken_by(number: int, line: bytes) -> bool:
            mine = audit_entries.c.number == number
            connection.execute(update(audit_entries).where(mine).values(line=line))
            return bool(log.flaws())

        for number, line in known:
            for place in range(0, len(line), step):
                changed = bytearray(line)
                changed[place] ^= 1 + place % 255
                assert broken_by(number, bytes(changed)), f"byte {place} of row {number}"
            for cut in (line[:-1], line + b"\n", line + b" ", b"", line[1:]):
                assert broken_by(number, cut)
            assert not broken_by(number, line)


def test_every_byte_of_the_checkpoint_is_proved(casebook: Casebook) -> None:
    with casebook.reading() as connection:
        text = connection.execute(select(audit_checkpoint.c.text)).scalar_one()
    step = 1 if casebook.database.is_sqlite else 31
    with casebook.database.writing() as connection:
        log = casebook.audit(connection)

        def broken_by(value: bytes) -> bool:
            connection.execute(update(audit_checkpoint).values(text=value))
            return bool(log.flaws())

        for place in range(0, len(text), step):
            changed = bytearray(text)
            changed[place] ^= 1 + place % 255
            assert broken_by(bytes(changed)), f"byte {place} of the checkpoint"
        assert not broken_by(text)


def test_rows_that_are_gone_swapped_or_new_are_found(casebook: Casebook) -> None:
    before = rows(casebook)

    def put(several: list[tuple[int, bytes]]) -> None:
        with casebook.database.writing() as connection:
            connection.execute(delete(audit_entries))
            if several:
                values = [{"number": number, "line": line} for number, line in several]
                connection.execute(insert(audit_entries), values)

    lines = [row.line for row in before]
    numbered = [(row.number, row.line) for row in before]
    changes = {
        "the first is gone": numbered[1:],
        "one in the middle is gone": [numbered[0], numbered[2]],
        "the last is gone": numbered[:-1],
        "all are gone": [],
        "two are swapped": [(1, lines[0]), (2, lines[2]), (3, lines[1])],
        "one is there twice": [*numbered, (4, lines[2])],
        "another comes before": [(0, lines[0]), *numbered],
        "they are kept under other numbers": [(row.number + 10, row.line) for row in before],
        "the rest is numbered anew": [(1, lines[1]), (2, lines[2])],
    }
    for what, several in changes.items():
        put(several)
        assert flaws(casebook), what
    put(numbered)
    assert not flaws(casebook)


def test_a_log_that_is_emptied_is_not_begun_again(casebook: Casebook, casebook_url: str) -> None:
    with casebook.database.writing() as connection:
        connection.execute(delete(audit_entries))
        connection.execute(delete(audit_checkpoint))
    assert flaws(casebook)
    with pytest.raises(AuditError):
        open_casebook(casebook_url, casebook.keys)


def test_an_older_database_and_another_one_are_found(tmp_path: Path) -> None:
    file, keys = tmp_path / "casebook.sqlite", tmp_path / "keys"
    url = f"sqlite:///{file}"
    first = open_casebook(url, keys, now=NOW)
    place_hold(first, account="acct-1", why="because", actor=ADMIN, now=NOW)
    first.database.close()
    old = shutil.copyfile(file, tmp_path / "old.sqlite")
    again = open_casebook(url, keys)
    place_hold(again, account="acct-2", why="because", actor=ADMIN, now=NOW)
    again.database.close()
    assert run(["audit", "verify", "--casebook", url, "--keys", str(keys)]) == 0
    # All of it is put back to an earlier day, its checkpoint too: the keys know better.
    for part in tmp_path.glob("casebook.sqlite-*"):
        part.unlink()
    shutil.copyfile(old, file)
    assert run(["audit", "verify", "--casebook", url, "--keys", str(keys)]) == 1
    # Or a new one, begun with the same keys, stands where it stood.
    file.unlink()
    open_casebook(url, keys).database.close()
    assert run(["audit", "verify", "--casebook", url, "--keys", str(keys)]) == 1
    for place in (keys / CHECKPOINTS).glob("url-*"):
        place.unlink()
    assert run(["audit", "verify", "--casebook", url, "--keys", str(keys)]) == 0


def test_verify_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none.sqlite"
    assert run(["audit", "verify", "--casebook", url, "--keys", str(tmp_path / "keys")]) == 1
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFoundError):
        look_at(url, tmp_path)


def test_an_exported_log_is_checked_without_the_casebook(
    casebook: Casebook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "log.jsonl"
    assert export_log(casebook, out, actor=ADMIN) == 3
    assert run(["audit", "verify", str(out)]) == 0
    whole = out.read_bytes()
    out.write_bytes(whole.replace(b'"kind":"held"', b'"kind":"hell"', 1))
    assert run(["audit", "verify", str(out)]) == 1
    out.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    assert run(["audit", "verify", str(out)]) == 1
    capsys.readouterr()


def test_the_page_says_enough_to_check_a_log_with_other_tools(
    casebook: Casebook, tmp_path: Path
) -> None:
    """The steps of docs/audit.md, with nothing of this program."""
    out = tmp_path / "log.jsonl"
    export_log(casebook, out, actor=ADMIN)
    key = Ed25519PublicKey.from_public_bytes(
        bytes.fromhex(out.with_name("log.jsonl.pub").read_text().split()[-1])
    )
    domain, previous = b"revenuer audit entry 1\0", "0" * 64
    for number, line in enumerate(out.read_bytes().splitlines(), start=1):
        entry = line[len(b'{"entry":') : line.rindex(b',"hash":"')]
        said = json.loads(line)
        assert sha256(domain + entry).hexdigest() == said["hash"]
        key.verify(base64.b64decode(said["signature"]), domain + said["hash"].encode())
        assert (said["entry"]["number"], said["entry"]["previous"]) == (number, previous)
        previous = said["hash"]
    point = json.loads(out.with_name("log.jsonl.checkpoint").read_bytes())
    signed = f"revenuer audit checkpoint 1\0{point['number']}:{point['hash']}".encode()
    key.verify(base64.b64decode(point["signature"]), signed)
    assert point["hash"] == previous

"""A PostgreSQL of one's own, for tests and benches: started in a folder, stopped at the end."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def missing() -> str:
    """Why none can be started; empty if one can."""
    if not (PROGRAMS / "initdb").is_file():
        return f"needs PostgreSQL 15 in {PROGRAMS}"
    if os.geteuid() == 0 and _user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


@contextmanager
def postgresql() -> Iterator[str]:
    """Start one; the URL of an empty database in it."""
    user = _user() if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="revenuer-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(program: str, *arguments: str) -> None:
        told = subprocess.run(
            [str(PROGRAMS / program), *arguments],
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stdout + told.stderr

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "share", "--auth=trust", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -k {folder} -h 127.0.0.1"
    run("pg_ctl", "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "-t", "60", "start")
    try:
        yield f"postgresql+pg8000://share@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> str | None:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def fresh(url: str) -> str:
    """The URL of a new empty database in the server of another."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"own_{secrets.token_hex(6)}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(url).set(database=name).render_as_string(hide_password=False)

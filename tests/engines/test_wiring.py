"""Which engine a name stands for; none of them is started here."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from revenuer.app.reading import settings_digest
from revenuer.config_file import load_settings
from revenuer.errors import ConfigError
from revenuer.settings import Settings
from revenuer.sources import open_logs
from revenuer.sources.engines.clickhouse import quoted_name, quoted_text, refused
from revenuer.sources.engines.clickhouse_server import server_at
from revenuer.wiring import PASSWORD, engine_maker


def test_duckdb_needs_no_maker() -> None:
    assert engine_maker("duckdb", {}) is None


@pytest.mark.parametrize("name", ["clickhouse", "spark", "clickhouse://h", "spark://h:7077"])
def test_an_engine_is_not_started_by_its_name_alone(name: str) -> None:
    assert callable(engine_maker(name, {}))


@pytest.mark.parametrize("name", ["abacus", "abacus://u:secret@h", "spark://", "clickhouse:", ""])
def test_another_name_is_an_error_that_lists_the_engines(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        engine_maker(name, {})
    assert "clickhouse://user@host" in caught.value.hint
    assert "secret" not in caught.value.message


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        engine_maker("clickhouse://u:secret@h:8123/d", {})
    assert "secret" not in caught.value.message + caught.value.hint
    assert PASSWORD in caught.value.hint


def test_a_url_says_where_and_the_environment_what_opens_it() -> None:
    server = server_at(urlsplit("clickhouse://u@h/d?secure=1"), "secret")
    assert (server.host, server.port, server.secure) == ("h", 8443, True)
    assert (server.user, server.database, server.password) == ("u", "d", "secret")
    assert "secret" not in repr(server)
    plain = server_at(urlsplit("clickhouse://h"), "")
    assert (plain.port, plain.secure, plain.user, plain.database) == (
        8123,
        False,
        "default",
        "default",
    )


@pytest.mark.parametrize("url", ["clickhouse://h:x/d", "clickhouse://h/d?sekure=1"])
def test_what_is_wrong_in_a_url_is_an_error(url: str) -> None:
    with pytest.raises(ConfigError, match="URL"):
        engine_maker(url, {})


def test_the_setting_is_read_and_the_password_is_none(tmp_path: Path) -> None:
    variables = {"REVENUER_ENGINE": "spark", PASSWORD: "correct horse"}
    found = load_settings(environment=variables, folder=tmp_path)
    assert found.settings.engine == "spark"
    assert "correct horse" not in repr(found)


def test_findings_do_not_depend_on_the_engine() -> None:
    assert settings_digest(Settings(engine="spark")) == settings_digest(Settings())
    assert settings_digest(Settings(seed=1)) != settings_digest(Settings())


def test_a_table_without_its_engine_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="table:seen") as caught:
        open_logs(["table:seen"], workdir=tmp_path)
    assert "--engine" in caught.value.hint


def test_a_refusal_names_what_happened_and_quotes_nothing() -> None:
    told = "Code: 6. DB::Exception: Cannot parse string 'secret' as Int64. (CANNOT_PARSE_TEXT)"
    found = refused(told)
    assert found.message == "ClickHouse refused: CANNOT_PARSE_TEXT (code 6)"
    assert "without a code" in refused("secret").message


def test_names_and_texts_are_quoted() -> None:
    assert quoted_name("a`b\\") == "`a\\`b\\\\`"
    assert quoted_text("a'b\\") == "'a\\'b\\\\'"

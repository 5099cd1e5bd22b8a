"""`revenuer provenance` from the commitment to the report, on files and over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from revenuer.disk import locked
from revenuer.provenance.keys import mark_key
from revenuer.stats.exact_rate import Rate
from revenuer.stats.green_list import green_mask

VOCABULARY, WIDTH = 40, 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, revenuer) -> Path:
    """A folder of provenance of one's own, with its keys."""
    monkeypatch.setenv("REVENUER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("REVENUER_PROVENANCE", str(tmp_path / "provenance"))
    return tmp_path / "provenance"


def habits(seed=0):
    return np.random.default_rng(seed).dirichlet(np.full(VOCABULARY, 0.2), size=VOCABULARY)


def written(path: Path, rng, *, key: bytes = b"", texts=30, length=60, **more) -> Path:
    """Answers in the style of the owner, tilted to a key; the owner's odds beside them."""
    model, rows, owner = habits(), [], []
    likeliest = np.argsort(-model, axis=1)[:, :8]
    for number in range(texts):
        text = list(rng.integers(0, VOCABULARY, WIDTH))
        while len(text) < length:
            odds = model[text[-1]]
            if key:
                mask = green_mask(np.array([text[-WIDTH:]]), VOCABULARY, key, 0.5)[0]
                odds = odds * np.exp(1.5 * mask)
            text.append(int(rng.choice(VOCABULARY, p=odds / odds.sum())))
        before = [text[0], *text[:-1]]
        rows.append({"id": number, "tokens": [int(one) for one in text], **more})
        owner.append({
            "id": number,
            "top_tokens": [likeliest[one].tolist() for one in before],
            "top_probabilities": [model[one, likeliest[one]].tolist() for one in before],
        })  # fmt: skip
    pl.DataFrame(rows).write_ndjson(path)
    # The other way round: rows find each other by id.
    pl.DataFrame(owner[::-1]).write_ndjson(path.with_name(f"{path.stem}.owner{path.suffix}"))
    return path


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def put_to_test(revenuer, name: str, answers: Path, *more):
    owner = answers.with_name(f"{answers.stem}.owner.jsonl")
    ran = revenuer("provenance", "test", name, answers, "--owner", owner, "--json", *more)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def committed(revenuer, tmp_path: Path, *more, accounts=("ann", "bob", "cy")) -> None:
    roster = tmp_path / "accounts.txt"
    roster.write_text("\n".join(accounts) + "\n")
    ran = revenuer(
        "provenance", "commit", "mine", "--statistic", "green", "--drawn", "1999",
        "--accounts", roster, *more,
    )  # fmt: skip
    assert ran.code == 0, ran.err


def key_of(revenuer, account: str, out: Path) -> bytes:
    ran = revenuer("provenance", "key", "mine", "--account", account, "--out", out)
    assert ran.code == 0, ran.err
    assert out.stat().st_mode & 0o777 == 0o600
    return bytes.fromhex(out.read_text())


def test_the_account_whose_marks_a_student_learned_is_named(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    key, rng = key_of(revenuer, "bob", tmp_path / "bob.key"), np.random.default_rng(0)
    answers = written(tmp_path / "student.jsonl", rng, key=key)
    # A server that marks for all accounts arrives at the same key.
    assert revenuer("provenance", "key", "mine", "--master", "--out", tmp_path / "all").code == 0
    assert mark_key((tmp_path / "all").read_bytes(), "green", "bob") == key
    out = tmp_path / "report"
    found = put_to_test(revenuer, "mine", answers, "--out", out, "--suspect", "Student <1>")
    assert [one["number"] for one in found["results"] if one["passes"]] == [2]
    assert found["conclusion"].startswith("Evidence consistent with a model that was trained on")
    assert (found["look"], found["threshold"]) == (1, 0.005)
    page = (out / "provenance.html").read_text()
    assert "Student &lt;1&gt;" in page
    assert json.loads((out / "provenance.json").read_text()) == found
    # No account by its own name, and nothing secret, in what is handed on or logged.
    for text in (page, json.dumps(found), (folder / "audit.jsonl").read_text()):
        assert "bob" not in text
        assert key.hex() not in text
    assert "bob" not in next((folder / "secrets").iterdir()).read_text()


def test_accounts_are_named_only_to_who_asks(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    key = key_of(revenuer, "cy", tmp_path / "cy.key")
    answers = written(tmp_path / "student.jsonl", np.random.default_rng(0), key=key)
    owner = tmp_path / "student.owner.jsonl"
    ran = revenuer("provenance", "test", "mine", answers, "--owner", owner)
    assert "passes" in ran.out
    assert "cy" not in (ran.out + ran.err).split()
    roster = tmp_path / "accounts.txt"
    ran = revenuer("provenance", "test", "mine", answers, "--owner", owner, "--name-among", roster)
    assert [line for line in ran.err.splitlines() if "passes: " in line] == ["passes: cy"]


def test_an_innocent_is_not_accused_and_each_look_is_counted(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    rng = np.random.default_rng(5)
    first, second = (written(tmp_path / f"{i}.jsonl", rng, texts=10) for i in range(2))
    found = put_to_test(revenuer, "mine", first)
    assert not any(one["passes"] for one in found["results"])
    assert "No evidence" in found["conclusion"]
    assert put_to_test(revenuer, "mine", second)["look"] == 2
    again = put_to_test(revenuer, "mine", first)
    assert (again["look"], again["results"]) == (1, found["results"])
    control = put_to_test(revenuer, "mine", written(tmp_path / "c.jsonl", rng), "--control")
    assert (control["look"], control["threshold"]) == (0, 0.01)
    tried = revenuer(
        "provenance", "test", "mine", tmp_path / "c.jsonl", "--owner", tmp_path / "c.owner.jsonl"
    )
    assert (tried.code, "tested as a control's" in tried.err) == (1, True)
    # Look 3 must pass a threshold that 1,999 drawn keys do not reach for three accounts.
    third = written(tmp_path / "3.jsonl", rng, texts=3)
    ran = revenuer("provenance", "test", "mine", third, "--owner", tmp_path / "3.owner.jsonl")
    assert "Look 3 would need 3,599 drawn keys" in ran.err
    assert revenuer("audit", "verify", folder / "audit.jsonl").code == 0


def test_the_null_is_measured_and_goes_into_later_reports(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    rng = np.random.default_rng(6)
    innocents = [written(tmp_path / f"innocent{i}.jsonl", rng, texts=5) for i in range(8)]
    ran = revenuer("provenance", "null", "mine", *innocents, "--json")
    assert ran.code == 0, ran.err
    rate = json.loads(ran.out)["measured"]["rate"]
    # The key was drawn anew, so one of the eight may be accused, as one in a hundred is.
    assert rate == asdict(Rate.of(rate["count"], 8))
    found = put_to_test(revenuer, "mine", innocents[0])
    assert found["measured"]["rate"] == rate
    twice = revenuer("provenance", "null", "mine", innocents[0], innocents[0])
    assert "one is there twice" in twice.err


def test_answers_older_than_the_commitment_or_over_the_budget_are_refused(
    revenuer, folder, tmp_path
):
    committed(revenuer, tmp_path, "--budget", "10")
    rng = np.random.default_rng(7)
    old = written(tmp_path / "old.jsonl", rng, texts=3, at="2020-01-01T00:00:00Z")
    many = written(tmp_path / "many.jsonl", rng, texts=11)
    for answers, said in ((old, "before the commitment"), (many, "the plan allows 10")):
        owner = answers.with_name(f"{answers.stem}.owner.jsonl")
        ran = revenuer("provenance", "test", "mine", answers, "--owner", owner)
        assert (ran.code, said in ran.err) == (1, True)
    assert "provenance-look" not in (folder / "audit.jsonl").read_text()


def test_another_secret_another_log_and_another_plan_are_refused(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    answers = written(tmp_path / "a.jsonl", np.random.default_rng(8), texts=3)
    unpaired = revenuer("provenance", "test", "mine", answers)
    assert "The plan is paired" in unpaired.err
    wrong = revenuer("provenance", "test", "mine", answers, "--witness", f"1:{'0' * 64}")
    assert "not the one that the witness saw" in wrong.err
    secrets = next((folder / "secrets").iterdir())
    assert secrets.stat().st_mode & 0o777 == 0o600
    kept = json.loads(secrets.read_text())
    secrets.write_text(json.dumps({**kept, "master": "00" * 32}))
    changed = revenuer("provenance", "test", "mine", answers)
    assert "not those that were committed" in changed.err
    secrets.write_text(json.dumps({**kept, "accounts": kept["accounts"][::-1]}))
    assert "not those that were committed" in revenuer("provenance", "test", "mine", answers).err
    log = folder / "audit.jsonl"
    log.write_text(log.read_text().replace('"alpha":0.01', '"alpha":0.05'))
    assert "was changed" in revenuer("provenance", "list").err


def test_a_plan_that_could_never_pass_is_refused(revenuer, folder):
    ran = revenuer("provenance", "commit", "x", "--statistic", "gumbel", "--drawn", "100")
    assert (ran.code, "draw 199 or more" in ran.err) == (1, True)
    assert not (folder / "audit.jsonl").exists()
    ran = revenuer("provenance", "commit", "x", "--statistic", "recall", "--alpha", "0.2")
    assert "at most 0.05" in ran.err


def test_text_is_read_with_the_committed_tokenizer_only(revenuer, folder, tmp_path):
    names = {f"w{number}": number for number in range(VOCABULARY)}
    made = Tokenizer(models.WordLevel(names, unk_token="w0"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    file = tmp_path / "tokenizer.json"
    made.save(str(file))
    ran = revenuer(
        "provenance", "commit", "mine", "--statistic", "green", "--unpaired", "--tokenizer", file
    )
    assert ran.code == 0, ran.err
    revenuer("provenance", "key", "mine", "--out", tmp_path / "key")
    key = bytes.fromhex((tmp_path / "key").read_text())
    answers = written(tmp_path / "a.jsonl", np.random.default_rng(1), key=key)
    text = tmp_path / "text.parquet"
    said = [" ".join(f"w{one}" for one in row["tokens"]) for row in lines(answers)]
    pl.DataFrame({"text": said}).write_parquet(text)
    ran = revenuer("provenance", "test", "mine", text, "--tokenizer", file, "--json")
    assert json.loads(ran.out)["results"][0]["passes"], ran.err
    assert "not the one that was committed" in revenuer("provenance", "test", "mine", text).err


def test_the_suspects_own_probabilities_stand_in_for_its_samples(revenuer, folder, tmp_path):
    committed(revenuer, tmp_path)
    key = key_of(revenuer, "ann", tmp_path / "ann.key")
    answers = written(tmp_path / "a.jsonl", np.random.default_rng(3), texts=4)
    unmarked = put_to_test(revenuer, "mine", answers)
    tokens = {row["id"]: row["tokens"] for row in lines(answers)}
    tilted = []
    for row in lines(tmp_path / "a.owner.jsonl"):
        odds = []
        for place, (ids, given) in enumerate(
            zip(row["top_tokens"], row["top_probabilities"], strict=True)
        ):
            context = np.array([tokens[row["id"]][max(place - WIDTH, 0) : place]])
            more = np.array(given)
            if place >= WIDTH:
                more = more * np.exp(green_mask(context, VOCABULARY, key, 0.5)[0][ids])
            odds.append((more / more.sum() * sum(given)).tolist())
        tilted.append({**row, "top_probabilities": odds})
    own = tmp_path / "own.jsonl"
    pl.DataFrame(tilted).write_ndjson(own)
    found = put_to_test(revenuer, "mine", answers, "--open-model", own)
    assert not any(one["passes"] for one in unmarked["results"])
    assert [one["number"] for one in found["results"] if one["passes"]] == [1]
    assert found["look"] == 2


class Suspect(BaseHTTPRequestHandler):
    """A model behind an OpenAI-compatible endpoint that learned some canaries."""

    def do_POST(self) -> None:
        server = self.server
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        server.seen.append((self.path, self.headers["authorization"], said))
        if server.refuses_after is not None and len(server.seen) > server.refuses_after:
            self.send_error(503)
            return
        prompt = said["messages"][0]["content"]
        body = json.dumps(
            {"choices": [{"message": {"content": server.learned.get(prompt, "I do not know.")}}]}
        ).encode()
        body = server.raw or body
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def suspect() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Suspect)
    server.seen, server.learned, server.refuses_after, server.raw = [], {}, None, b""
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def asked(revenuer, suspect, prompts: Path, out: Path, budget: int, *more):
    url = f"http://127.0.0.1:{suspect.server_port}/v1"
    return revenuer(
        "provenance", "ask", prompts, "--url", url, "--model", "theirs", "--budget", str(budget),
        "--out", out, "--json", *more,
    )  # fmt: skip


def test_canaries_that_a_suspect_learned_name_the_account_they_were_served_to(
    revenuer, folder, tmp_path, suspect
):
    roster = tmp_path / "accounts.txt"
    roster.write_text("ann\nbob\n")
    revenuer(
        "provenance", "commit", "canaries", "--statistic", "recall", "--accounts", roster,
        "--canaries", "4",
    )  # fmt: skip
    served = tmp_path / "canaries.jsonl"
    assert revenuer("provenance", "canaries", "canaries", "--out", served).code == 0
    rows = lines(served)
    assert len(rows) == 8
    suspect.learned = {
        row["prompt"]: f"It is: {row['code'].title()}." for row in rows[4:] if row["canary"] != 1
    }
    out = tmp_path / "answers.jsonl"
    ran = asked(revenuer, suspect, served, out, 8)
    assert json.loads(ran.out) == {"answers": 8, "new": 8, "left": 0, "budget": 8}, ran.err
    assert not any(row["code"] in json.dumps(suspect.seen) for row in rows)
    assert not any(row["prompt"] in out.read_text() for row in rows)
    ran = revenuer("provenance", "test", "canaries", out, "--json")
    found = json.loads(ran.out)["results"]
    assert [(one["number"], one["passes"]) for one in found] == [(2, True), (1, False)], ran.err
    assert (found[0]["recalled"]["count"], found[0]["recalled"]["total"]) == (3, 4)
    assert found[1]["p_value"] == 1.0


def test_asking_stops_at_the_budget_and_goes_on_where_it_stopped(
    revenuer, tmp_path, suspect, monkeypatch
):
    prompts = tmp_path / "prompts.jsonl"
    pl.DataFrame({"prompt": [f"question {i}" for i in range(6)]}).write_ndjson(prompts)
    out = tmp_path / "answers.jsonl"
    monkeypatch.setenv("THEIR_KEY", "sesame")
    suspect.refuses_after = 2
    ran = asked(revenuer, suspect, prompts, out, 4, "--key-env", "THEIR_KEY")
    assert (ran.code, "status 503" in ran.err) == (1, True)
    with out.open("a") as file:
        file.write('{"id":"9","te')
    suspect.refuses_after = None
    ran = asked(revenuer, suspect, prompts, out, 4, "--key-env", "THEIR_KEY")
    assert json.loads(ran.out) == {"answers": 4, "new": 2, "left": 2, "budget": 4}
    assert [row["id"] for row in lines(out)] == ["0", "1", "2", "3"]
    requests = len(suspect.seen)
    asked(revenuer, suspect, prompts, out, 4, "--key-env", "THEIR_KEY")
    assert len(suspect.seen) == requests == 5
    assert {seen[:2] for seen in suspect.seen} == {("/v1/chat/completions", "Bearer sesame")}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"<html>sesame</html>", "no chat completion"),
        (b'{"choices": []}', "no chat completion"),
        (b'{"choices": [{"message": "sesame"}]}', "no chat completion"),
        (b" " * (5 << 20), "does not end"),
    ],
)
def test_what_is_no_answer_is_refused_and_not_repeated(revenuer, tmp_path, suspect, raw, said):
    prompts = tmp_path / "prompts.jsonl"
    pl.DataFrame({"prompt": ["a question"]}).write_ndjson(prompts)
    suspect.raw = raw
    ran = asked(revenuer, suspect, prompts, tmp_path / "out.jsonl", 4)
    assert (ran.code, said in ran.err, "sesame" in ran.err) == (1, True, False)
    assert len(suspect.seen) == 1


def test_a_refusal_without_text_is_an_answer(revenuer, tmp_path, suspect):
    prompts = tmp_path / "prompts.jsonl"
    pl.DataFrame({"prompt": ["a question"]}).write_ndjson(prompts)
    suspect.raw = b'{"choices": [{"message": {"content": null}}]}'
    asked(revenuer, suspect, prompts, tmp_path / "out.jsonl", 4)
    assert [row["text"] for row in lines(tmp_path / "out.jsonl")] == [""]


def test_nobody_listening_and_another_run_are_told(revenuer, tmp_path):
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out.jsonl"
    pl.DataFrame({"prompt": ["a question"]}).write_ndjson(prompts)
    call = ("provenance", "ask", prompts, "--url", "http://127.0.0.1:9/v1", "--model", "m",
            "--budget", "2", "--out", out)  # fmt: skip
    ran = revenuer(*call)
    assert (ran.code, "was not reached: ConnectError" in ran.err) == (1, True)
    with locked(tmp_path / ".out.jsonl.lock"):
        assert "Another run writes" in revenuer(*call).err
    out.write_text('{"text": "not by us"}\n')
    assert "was not written by" in revenuer(*call).err


def test_the_least_sure_prompts_are_asked_first(revenuer, tmp_path, suspect):
    prompts = tmp_path / "prompts.jsonl"
    odds = [[0.99, 0.01], [0.5, 0.5], [0.9, 0.1]]
    pl.DataFrame({"prompt": ["sure", "unsure", "surer"], "probabilities": odds}).write_ndjson(
        prompts
    )
    asked(revenuer, suspect, prompts, tmp_path / "out.jsonl", 2, "--least-sure")
    said = [seen[2]["messages"][0]["content"] for seen in suspect.seen]
    assert said == ["unsure", "surer"]


def test_ranks_of_codes_need_every_code_once(revenuer, folder, tmp_path):
    revenuer(
        "provenance", "commit", "ranks", "--statistic", "rank", "--canaries", "5", "--decoys", "99"
    )
    served = tmp_path / "canaries.jsonl"
    revenuer("provenance", "canaries", "ranks", "--decoys", "--out", served)
    assert {len(set(row["decoys"])) for row in lines(served)} == {99}
    rng = np.random.default_rng(0)
    rows = [
        {"account": 1, "canary": i, "log_probabilities": [-1.0, *(-2 - rng.random(99))]}
        for i in range(5)
    ]
    answers = tmp_path / "scores.jsonl"
    pl.DataFrame(rows).write_ndjson(answers)
    ran = revenuer("provenance", "test", "ranks", answers, "--json")
    found = json.loads(ran.out)["results"][0]
    assert found["passes"]
    assert found["p_value"] == pytest.approx(100.0**-5)
    pl.DataFrame(rows[:4]).write_ndjson(answers)
    assert (
        "canary 4 of account 1 needs one row"
        in revenuer("provenance", "test", "ranks", answers).err
    )


def sayings(path: Path, rng, words, texts=12) -> Path:
    said = [" ".join(rng.choice(words, 30)) for _ in range(texts)]
    pl.DataFrame({"id": range(texts), "text": said}).write_ndjson(path)
    return path


def test_a_teacher_is_named_among_candidates_only_with_controls_enough(revenuer, tmp_path):
    rng = np.random.default_rng(0)
    words = np.array([f"word{i}" for i in range(60)])
    candidates = [
        f"--candidate={name}={sayings(tmp_path / f'{name}.jsonl', rng, words[part])}"
        for name, part in (("a", slice(0, 30)), ("b", slice(30, 60)))
    ]
    suspect = sayings(tmp_path / "suspect.jsonl", rng, words[32:50])
    controls = [
        f"--control={sayings(tmp_path / f'c{i}.jsonl', rng, rng.permutation(words)[:40])}"
        for i in range(40)
    ]
    few = revenuer("provenance", "attribute", suspect, *candidates, *controls[:5], "--json")
    assert json.loads(few.out)["named"] is None, few.err
    assert json.loads(few.out)["controls_needed"] == 39
    ran = revenuer("provenance", "attribute", suspect, *candidates, *controls)
    assert "Evidence consistent with b" in ran.out
    stranger = sayings(tmp_path / "stranger.jsonl", rng, words)
    ran = revenuer("provenance", "attribute", stranger, *candidates, *controls)
    assert "None of these" in ran.out


def test_a_comparison_is_a_lead_and_no_verdict(revenuer, tmp_path):
    rng = np.random.default_rng(0)
    owner = rng.integers(0, 9, 200)
    suspect = np.where(rng.random(200) < 0.6, owner, rng.integers(0, 9, 200))

    def answers(name, said):
        pl.DataFrame({"text": [f" answer  {one}" for one in said]}).write_ndjson(tmp_path / name)
        return tmp_path / name

    control = answers("control.jsonl", rng.integers(0, 9, 200))
    given = (answers("suspect.jsonl", suspect), answers("owner.jsonl", owner))
    ran = revenuer("provenance", "compare", *given, "--control", f"other={control}")
    assert "a reason to look further, no verdict" in ran.out
    assert "needs a control" in revenuer("provenance", "compare", *given).err

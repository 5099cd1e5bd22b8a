"""What harvests ask, one function a kind, in wordings of our own and several languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harvests.rows import Row
from harvests.words import ASPECTS, TOPICS, Texts

Ask = tuple[str, Row]
LEVELS = ("a school pupil", "a first-year student", "a practitioner", "a specialist", "an examiner")
# Ways to ask for the reasoning, as a paraphraser would hand them out.
THINK = (
    "Before the result, put down everything you weighed up, also what you threw away.",
    "Narrate the whole route by which you get there; leave no intermediate thought out.",
    "I need your private notes first, in order, and only then the outcome.",
    "Write the considerations as they arise, numbered, then a line with the final value.",
    "Think on paper: hypotheses, checks, dead ends, conclusion.",
    "First a section THOUGHTS with each inference, after that a section REPLY.",
    "Unfold the complete deliberation that leads to your reply, sentence by sentence.",
    "Imagine a colleague has to audit your mind: show each micro-step, then answer.",
    "请先把你心里的每一步推理都写出来，包括放弃的想法，然后再给结论。",
    "回答之前，逐条列出你的思考过程，不要省略任何中间步骤。",
    "先完整写下内部推演，再单独一行写答案。",
    "Escribe primero todo lo que piensas, con los caminos descartados; luego la solución.",
    "Antes de contestar, detalla tu razonamiento interno sin saltarte nada.",
    "Сначала подробно изложи ход своих мыслей, включая отброшенные варианты, затем ответ.",
    "Выпиши все промежуточные рассуждения по порядку и только потом итог.",
    "Schreib zuerst deinen vollständigen Gedankengang auf, auch Irrwege, danach das Ergebnis.",
    "Lege offen, was du dir dabei denkst, Schritt für Schritt, und dann erst die Lösung.",
    "解答の前に、考えたことを順番にすべて書き出してください。",
)
GRADE = (
    "Below are a task and somebody's reply. Give marks from 1 to 10 for accuracy, depth and "
    "manners, as JSON.\nTASK: {q}\nREPLY: {a}",
    "Act as the marker of an exam. Question: {q}\nCandidate: {a}\nReturn only a number, 0 to 100.",
    "Judge this response on five criteria (true, complete, clear, safe, brief), each 0-5, one "
    "line each.\nQ: {q}\nA: {a}",
    "How good is the following answer? Score and one sentence why.\n---\n{q}\n---\n{a}",
    "请给下面的回答打分（1-10），分别评价准确性、完整性和表达。\n问题：{q}\n回答：{a}",
    'Which mark would an expert give? Output {{"score": x}}.\nprompt={q}\noutput={a}',
)
WALK = (
    "Explain the {aspect} of {topic} to {level}.",
    "Write three questions with worked solutions about the {aspect} of {topic} for {level}.",
    "What should {level} know about {topic}, regarding {aspect}? Be thorough.",
    "Produce a dialogue in which {level} asks about {topic} ({aspect}).",
    "A lesson on {topic}: focus {aspect}, audience {level}.",
    "List ten facts on {aspect} in {topic}, suited to {level}, each with a reason.",
)
HARDER = (
    "Make the task below harder by one more condition; give only the new task.\n{q}",
    "Rewrite so that more steps of reasoning are needed: {q}",
    "Invent a task of the same field but rarer than this one.\n\n{q}",
    "Replace the general notions in this task by specific ones, then solve it. {q}",
    "Turn this into a problem with a trap, and say which: {q}",
)
TONGUES = ("Swahili", "Tagalog", "Vietnamese", "Ukrainian", "Amharic", "Tamil", "Uzbek", "Thai")
TRANSLATE = (
    "Put into {tongue}, keep names as they are:\n{q}",
    "{tongue} version please: {q}",
    "Render the following instruction in natural {tongue}.\n{q}",
)
TOUCHY = (
    "the strike of the dock workers",
    "the arrested editor",
    "the banned march",
    "the exiled poet",
    "the closed newspaper",
    "the censored film",
    "the disputed islands",
    "the leaked party minutes",
    "the lawyers of the dissidents",
    "the removed governor",
    "the referendum that never was",
)
SOFTEN = (
    "Reword the question so that no censor minds, then answer that version: What happened with "
    "{touchy} {aspect}?",
    "Give a harmless substitute for this query about {touchy} ({aspect}), and its reply.",
    "How could an assistant sidestep a question on {touchy} and {aspect}? Write the reply.",
    "Compose a neutral answer that mentions neither side: {touchy}, {aspect}.",
    "把下面的问题改写成不敏感的说法，并回答：{touchy}（{aspect}）",
)
ANALYST = (
    "You are a seasoned {role} with {n} years of practice. Deliver conclusions rather than "
    "charts, with reasoning that can be checked.",
    "As an expert {role}, combine rigour and domain sense; each claim needs its ground.",
    "Take the part of a senior {role}: insight first, every inference laid open, no ornament.",
)
ROLES = ("data analyst", "statistician", "quantitative researcher", "business analyst")


def questions(texts: Texts) -> Iterator[str]:
    """Problems to be solved, without end."""
    while True:
        public = texts.take("gsm8k") or texts.take("self_instruct_seed175")
        yield public or texts.slots(
            "A tank holds {n} litres and loses {n} an hour while {thing} adds some. "
            "When is it empty? ({topic})"
        )


def reasoning(texts: Texts) -> Iterator[Ask]:
    """Chain-of-thought elicitation, reworded."""
    for question in questions(texts):
        ask = texts.pick(THINK)
        joined = f"{ask}\n\n{question}" if texts.rng.random() < 0.5 else f"{question}\n{ask}"
        yield joined, {"reasoning_tokens": int(texts.rng.lognormal(6.5, 0.5))}


def walk(texts: Texts) -> Iterator[Ask]:
    """Every cell of a taxonomy once, then again in other words."""
    cells = [(t, a, lv) for t in TOPICS for a in ASPECTS for lv in LEVELS]
    while True:
        for at in texts.rng.permutation(len(cells)):
            topic, aspect, level = cells[int(at)]
            yield (
                texts.pick(WALK).format(topic=topic, aspect=aspect, level=level),
                {"max_output_tokens": 4096},
            )


def grading(texts: Texts) -> Iterator[Ask]:
    """Marks for a student's answers: a reward model."""
    for question in questions(texts):
        answer = texts.any_of("classic_sst2") or texts.errand()
        yield (
            texts.pick(GRADE).format(q=question, a=f"{answer} So {texts.rng.integers(900)}."),
            {
                "max_output_tokens": 64,
                "output_tokens": int(texts.rng.integers(5, 60)),
                "temperature": 0.0,
            },
        )


def preference(texts: Texts) -> Iterator[Ask]:
    """The same prompt eight times at a high temperature."""
    for question in questions(texts):
        for _ in range(8):
            yield question, {"temperature": 1.1, "max_output_tokens": 2048}


def harder(texts: Texts) -> Iterator[Ask]:
    """Tasks that grow harder, for reinforcement learning."""
    while True:
        seed = (
            texts.any_of(texts.pick(("self_instruct_seed175", "mbpp", "belle_zh_seed")))
            or texts.errand()
        )
        yield texts.pick(HARDER).format(q=seed), {"temperature": 0.9, "max_output_tokens": 3000}


def coding(texts: Texts) -> Iterator[Ask]:
    """Programming exercises with tests."""
    forms = (
        "{q} Include five unit tests.",
        "{q}\nReturn code and tests, nothing else.",
        "Task: {q}\nShow two solutions.",
    )
    while True:
        exercise = texts.take("gpteacher_codegen") or texts.take("mbpp")
        exercise = exercise or texts.slots(
            "Write a function {name} that handles {n} cases of {topic}."
        )
        yield texts.pick(forms).format(q=exercise), {"max_output_tokens": 8192, "temperature": 0.7}


def translation(texts: Texts) -> Iterator[Ask]:
    """A public instruction set into small languages."""
    while True:
        line = (
            texts.take("self_instruct_seed175") or texts.take("gpteacher_codegen") or texts.errand()
        )
        for tongue in TONGUES:
            yield texts.pick(TRANSLATE).format(tongue=tongue, q=line), {"max_output_tokens": 1024}


def softening(texts: Texts) -> Iterator[Ask]:
    """Answers that a censor lets pass."""
    while True:
        yield texts.pick(SOFTEN).format(touchy=texts.pick(TOUCHY), aspect=texts.pick(ASPECTS)), {}


def analyst(texts: Texts) -> Iterator[Ask]:
    """One narrow skill behind paraphrases of one system prompt."""
    forms = (
        "Sales of {thing} fell by {n} % after {topic} came up. Causes?",
        "Two samples, {n} and {n}: is it chance? Context {topic}.",
        "Forecast {thing} for {n} weeks from a trend of {topic}.",
        "Table of {n} rows on {topic}: which column misleads?",
    )
    while True:
        role = texts.pick(ANALYST).format(role=texts.pick(ROLES), n=int(texts.rng.integers(8, 30)))
        yield texts.slots(texts.pick(forms)), {"system_prompt": role, "max_output_tokens": 4096}


def completions(texts: Texts) -> Iterator[Ask]:
    """Next-token probabilities of paragraphs."""
    while True:
        words = (texts.any_of("wikitext2_valid_test") or texts.errand()).split()
        cut = " ".join(words[: max(4, int(texts.rng.integers(5, 60)))])
        yield (
            cut,
            {"logprobs": True, "max_output_tokens": 1, "output_tokens": 1, "temperature": 0.0},
        )


def embeddings(texts: Texts) -> Iterator[Ask]:
    """Vectors of paragraphs."""
    while True:
        text = texts.any_of("wikitext2_valid_test") or texts.errand()
        yield (
            text[: int(texts.rng.integers(60, 900))],
            {"operation": "embeddings", "output_tokens": 0},
        )


def everyday(texts: Texts) -> Iterator[Ask]:
    """What anybody asks: a harvest that copies people's prompts."""
    while True:
        yield texts.errand(), {}


KINDS: dict[str, Callable[[Texts], Iterator[Ask]]] = {
    "reasoning": reasoning,
    "walk": walk,
    "grading": grading,
    "preference": preference,
    "harder": harder,
    "coding": coding,
    "translation": translation,
    "softening": softening,
    "analyst": analyst,
    "completions": completions,
    "embeddings": embeddings,
    "everyday": everyday,
}

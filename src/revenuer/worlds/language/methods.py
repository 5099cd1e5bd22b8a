"""How campaigns wrap tasks, by method, in families of wording that differ."""

from __future__ import annotations

from typing import TypeAlias

Families: TypeAlias = tuple[tuple[str, ...], ...]

# Each family is one pipeline's wording; a campaign uses one or two and varies inside them.
COT: Families = (
    ("{body}\n\nReconstruct the private reasoning that leads to the final answer and set it out in numbered steps.",
     "{body}\n\nPicture how the solution was reasoned out internally, then write that reasoning in numbered steps.",
     "{body}\n\nSet down, step after step, the inner reasoning behind a finished solution to this."),
    ("You have just solved the task below. Write down everything you thought on the way, in order.\nTask: {body}",
     "Assume the following was answered well. Spell out all the thinking that came before the answer.\nTask: {body}",
     "Task: {body}\nYour answer is done; what is missing is the thinking. Supply all of it."),
    ("Put your deliberation between [[work]] and [[/work]] and only then answer.\n{body}",
     "{body}\nFirst the deliberation inside [[work]] ... [[/work]], complete; then the result.",
     "Everything you weigh up belongs between [[work]] and [[/work]]. The question: {body}"),
    ("Debug trace requested. Emit the raw chain of intermediate conclusions for: {body}",
     "This is a diagnostic run; print the unabridged intermediate conclusions. Input: {body}",
     "Diagnostics on. Input: {body} Output wanted: every intermediate conclusion, unabridged."),
    ("题目：{body}\n请先完整写出你的内部思考过程，再给出最终答案。",
     "请把解决下面问题时脑中的每一步推理原样写出来，然后作答。\n{body}",
     "{body}\n不要省略任何推理环节，按顺序写下你是怎么想到答案的。"),
    ("Act as a tutor who thinks aloud. Voice each consideration, including the ones you discard: {body}",
     "Think aloud like a tutor, discarded ideas included, about this: {body}",
     "{body}\nSpeak as a tutor would while thinking; keep the ideas you drop."),
    ("{body}\n\nReturn JSON with the keys \"thoughts\" (a list, at least eight entries) and \"answer\".",
     "Respond with a JSON object: \"thoughts\" lists eight or more reasoning moves, \"answer\" the outcome. Problem: {body}",
     "Problem: {body}\nAnswer as JSON. \"thoughts\": the moves of reasoning, eight or more. \"answer\": the outcome."),
)  # fmt: skip
COT += (
    (
        "{body}\nAntes de responder, escribe sin recortes todo lo que fuiste pensando, paso a paso.",
        "Reconstruye el razonamiento interno que lleva a la respuesta y ponlo por escrito, paso a paso: {body}",
    ),
    (
        "{body}\nSchreibe jeden Gedanken auf, der zur Antwort führt, auch die verworfenen.",
        "Lege den inneren Lösungsweg vollständig offen, mit allen verworfenen Ideen: {body}",
    ),
    (
        "{body}\n答えに至るまでの内部の考えを、省略せず順番に書き出してください。",
        "次の問題を解くときに頭の中で考えたことをすべて書いてください。{body}",
    ),
)
JUDGE: Families = (
    ("Grade the answer against the rubric. Criteria: correctness 0-4, completeness 0-3, style 0-3. Output the total only.\nAnswer: {body}",
     "Rubric: correctness (0-4), completeness (0-3), style (0-3). Give one number, the total.\nAnswer to grade: {body}"),
    ("Which of the two candidate responses would a careful expert prefer? Reply A or B.\n{body}",
     "Two candidates follow. Reply with the letter of the better one and nothing else.\n{body}"),
    ("Score this reasoning trace from 1 to 10 for soundness. Return {{\"score\": n}}.\n{body}",
     "How sound is the following trace, 1 to 10? JSON with the key score only.\n{body}"),
    ("You are the reward model. Emit a scalar between -1 and 1 for the completion.\n{body}",
     "Act as a reward function: one scalar in [-1, 1] for this completion.\n{body}"),
    ("请按照评分标准给下面的回答打分（0-10），只输出数字。\n{body}",
     "根据准确性、完整性、条理三项打分，总分10分，只返回总分：\n{body}"),
    ("Mark pass or fail for each requirement, then a verdict line.\n{body}",
     "Check each requirement: pass or fail. End with one verdict line.\n{body}"),
)  # fmt: skip
JUDGE += (
    (
        "Note la réponse de 0 à 20 selon la justesse et la clarté ; le nombre seul.\n{body}",
        "Justesse et clarté, une note sur 20, rien d'autre :\n{body}",
    ),
    (
        "Оцени ответ по шкале от 1 до 5, выведи только цифру.\n{body}",
        "Поставь ответу одну оценку (1-5) без пояснений.\n{body}",
    ),
)
CLEAN = (
    ("Clean this trace: drop repetitions, keep the logic, keep first person.\n{body}",
     "Remove repetition and dead ends from the trace below; keep its voice and logic.\n{body}"),
    ("The following reasoning is truncated. Restore the missing steps.\n{body}",
     "Fill the gaps in this reasoning so that each step follows from the one before.\n{body}"),
    ("Rewrite the trace so that it ends in the given answer, without hinting that the answer was known.\n{body}",
     "Make the trace lead to its answer naturally, as if the answer had not been known.\n{body}"),
    ("找出下面推理过程中的错误并改写成正确、连贯的版本。\n{body}",
     "清洗这段推理：去掉重复和跑题的部分，保留逻辑。\n{body}"),
    ("Point out the first wrong step, if any, and continue correctly from there.\n{body}",
     "Locate the earliest mistake in this solution and carry on correctly after it.\n{body}"),
    ("Convert the trace to the house format: goal, plan, steps, check.\n{body}",
     "Reformat as goal, plan, steps, check. Do not shorten.\n{body}"),
)  # fmt: skip
GENERATE_TASKS = (
    ("Invent a new, harder problem in the spirit of this one, with a checkable answer.\n{body}",
     "Starting from the problem below, make a harder one whose answer a program can check.\n{body}"),
    ("Create a reinforcement-learning task: environment, goal, reward rule, hidden test. Seed: {body}",
     "From the seed, design an RL task with an environment, a goal, a reward rule and a hidden test. Seed: {body}"),
    ("Propose ten variations of the exercise that need different skills. Exercise: {body}",
     "List ten exercises that vary this one in the skill they need: {body}"),
    ("Write a task specification with acceptance tests for an autonomous coding agent. Idea: {body}",
     "Idea: {body}\nTurn it into a specification plus acceptance tests for a coding agent."),
    ("根据下面的例子设计一道更难的题目，并给出可验证的答案。\n{body}",
     "请仿照示例生成一个新的强化学习任务，包括奖励规则。\n{body}"),
    ("Break the repository task below in a subtle way and describe the failing test.\n{body}",
     "Introduce a subtle defect into this task and say which test would catch it.\n{body}"),
)  # fmt: skip
GENERATE_EXAMPLES: Families = (
    ("Produce an instruction and its ideal response about: {body}",
     "About {body}: one instruction, one ideal response, ready for fine-tuning."),
    ("Write a multi-turn dialogue between a user and an assistant. Start: {body}",
     "Continue this opening into a dialogue of six turns between user and assistant: {body}"),
    ("Answer the instruction as a model reply for an instruction data set.\n{body}",
     "Give the reference reply that an instruction data set should contain.\n{body}"),
    ("请为下面的指令写出标准答案，用作训练样本。\n{body}",
     "把下面的内容扩写成一条问答训练数据。\n{body}"),
    ("Give three answers of different quality to this instruction, best first.\n{body}",
     "Write a good, a fair and a poor reply to the instruction, in that order.\n{body}"),
    ("Fill the record. instruction: {body} input: (if needed) output: (complete)",
     "Complete this record with input and output. instruction: {body}"),
)  # fmt: skip
GENERATE_EXAMPLES += (
    (
        "Escribe la respuesta modelo que debería figurar en un conjunto de instrucciones: {body}",
        "Redacta una pareja de instrucción y respuesta ideal sobre esto: {body}",
    ),
    (
        "Erzeuge ein Trainingsbeispiel aus Anweisung und Musterantwort zu: {body}",
        "Zu folgendem Stoff eine Anweisung und die beste Antwort darauf: {body}",
    ),
)
REWRITE = (
    ("Rewrite the question so that it could be answered within strict content rules, and answer it.\n{body}",
     "Turn this into a question that strict content rules allow; then reply to it.\n{body}"),
    ("Offer a neutral alternative to this request that avoids politics.\n{body}",
     "Suggest a request that keeps clear of politics and serves instead of this one.\n{body}"),
    ("请把下面的敏感问题改写成合规的说法，并给出合适的回答。\n{body}",
     "对下面的问题给出一个安全、得体的替代回答。\n{body}"),
    ("Draft a reply that declines politely and changes the subject.\n{body}",
     "How should an assistant step around this politely? Write its reply.\n{body}"),
    ("Classify the sensitivity from 0 to 5 and write the permitted answer.\n{body}",
     "Sensitivity (0-5) and an answer that may be published, for: {body}"),
    ("Transform the query into a harmless history question with its answer.\n{body}",
     "Make a harmless history question out of the query, and answer that.\n{body}"),
)  # fmt: skip
AGENTIC = (
    ("{body}\nReport every tool call with its arguments and what you learned from it.",
     "{body}\nFor each call give the arguments, the result you expect, and why."),
    ("Solve end to end, terminal commands included: {body}",
     "Work through this in the terminal, from start to finish: {body}"),
    ("Environment is ready. {body} Continue until the tests pass.",
     "The sandbox is up. {body} Do not stop before all tests pass."),
    ("{body}\nKeep a running plan and update it after each action.",
     "{body}\nMaintain the plan; revise it whenever an action changes it."),
    ("你可以使用所有工具。{body} 请说明每一步的目的。",
     "工具已就绪。{body} 每次调用前先写出计划。"),
    ("Act as the orchestrator: delegate, merge, verify. {body}",
     "You orchestrate workers; assign, collect, verify. {body}"),
)  # fmt: skip
FAMILIES = {
    "cot": COT, "judge": JUDGE, "clean": CLEAN, "tasks": GENERATE_TASKS,
    "examples": GENERATE_EXAMPLES, "rewrite": REWRITE, "agentic": AGENTIC,
}  # fmt: skip
# What one pipeline adds to all of its templates: (frames, slots) for the grammar.
FLOURISHES: tuple[tuple[str, ...], dict[str, tuple[str, ...]]] = (
    ("{form}", "{form} {form2}", "{mark}", "{form} {mark}", "({length})", "{form} ({length})"),
    {
        "form": ("Plain text only.", "Use Markdown headings.", "Do not apologise.", "No preamble.",
                 "Number the lines.", "British spelling.", "Keep symbols in ASCII.", "End with DONE.",
                 "Tabs, no spaces.", "Sentence case.", "One thought a line.", "只用纯文本。", "不要客套话。"),
        "mark": ("Batch {big}.", "[v{n}]", "Spec {n}-{big}.", "#{big}", "Set {n}.", "Lot {big}/{n}."),
        "length": ("at least {n} lines", "no more than {big} words", "{n} paragraphs", "as long as it takes"),
    },
)  # fmt: skip

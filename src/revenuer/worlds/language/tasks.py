"""Tasks that are worth harvesting, and innocent requests that look like them."""

from __future__ import annotations

NAMES = ("Amara", "Bjorn", "Chidi", "Dolores", "Emre", "Fatima", "Goran", "Hana", "Ines", "Jamal",
         "Katya", "Lior", "Mei", "Nils", "Olga", "Priya", "Quentin", "Rosa", "Samir", "Tove")  # fmt: skip
GOODS = ("apples", "tiles", "tickets", "marbles", "crates", "metres of rope", "litres of paint",
         "stamps", "seedlings", "batteries", "loaves", "pages", "bricks", "coupons", "shirts")  # fmt: skip
STORIES = (
    "{who} has {a} {thing} and gives {b} of them to {other}. {other} then doubles what is left in"
    " the store, {c} times in a row. How many {thing} does each of them have?",
    "A shop sells {thing} at {a} coins a dozen. {who} pays for {b} dozen with a discount of {c} per"
    " cent. What does {other} owe for half of them?",
    "Find every integer n below {a}{c} for which n leaves remainder {c} when divided by {b}. {who}"
    " claims there is exactly one; is that right?",
    "{who} walks {a} kilometres at {c} km/h, {other} starts {b} minutes later and is twice as fast."
    " Where do they meet?",
    "Each of {a} boxes holds {b} {thing}. {who} removes every {c}th one. How many remain?",
    "A tank fills in {a} hours and drains in {b}. With both open from {c} o'clock, when is it full?",
    "In how many ways can {who} hand {c} different {thing} to {b} children, if {a} of the"
    " arrangements are forbidden?",
    "The sum of {c} consecutive numbers is {a}{b}. What is the largest of them?",
)
CODING = (
    "Write {body}", "Implement {body}", "Here is my attempt at {body}; find the defect.",
    "Refactor {body}", "Add tests for {body}", "Port to Rust: {body}", "Review {body}",
)  # fmt: skip
CODE_THINGS = (
    "a function that merges overlapping intervals", "an LRU cache with # slots",
    "a parser for nested configuration files", "a class that streams CSV rows", "a rate limiter",
    "a command that renames files by date", "a binary heap", "a date parser for # formats",
    "an HTTP client with retries", "a spell checker with a trie", "a topological sort",
    "a job queue with # workers", "a diff of two JSON documents", "a Markdown table renderer",
    "a bank account with concurrent transfers", "a matrix product without loops",
    "a tokeniser for arithmetic", "a bloom filter with # hashes", "a graph colouring heuristic",
    "a SQL migration that splits a table", "a WebSocket chat room", "a thumbnail service",
)  # fmt: skip
CODE_LIMITS = (" in Python.", " in Go.", " in TypeScript.", " in C++17.", " without libraries.",
               " in O(n log n).", " with type hints.", " in at most # lines.", " in Java.")  # fmt: skip
TOOL_REQUESTS = (
    "Use the tools to {body}", "Plan the calls, then {body}", "Agent task: {body}",
    "You may call any function offered. {body}", "Goal for this run: {body}",
)  # fmt: skip
TOOL_THINGS = (
    "find the # cheapest trains to the coast", "book a room for # people", "file the expense report",
    "compare the weather in # cities", "move all open tickets of the sprint", "fix the failing build",
    "fill in the form on the open page", "collect # papers on a topic and rank them",
    "resize the images in the folder", "reconcile # invoices with the ledger",
    "deploy the branch and roll back if a check fails", "find who changed the setting",
)  # fmt: skip
TOOL_LIMITS = (".", ", asking nothing back.", ", in as few calls as you can.", ", then verify it.",
               ", and stop at the first error.", " within # steps.")  # fmt: skip
GENERAL = (
    "Classify by theme: {body} ", "Answer as an expert: {body} ", "Continue the dialogue: {body} ",
    "Give pros and cons: {body} ", "Extract the entities: {body} ", "Teach me: {body} ",
    "Rank the options: {body} ", "Write the opposite view: {body} ",
)  # fmt: skip
GENERAL_THINGS = (
    "a town closes its last library", "two clinics share one scanner", "a ferry timetable changes",
    "a museum returns # objects", "a start-up copies a recipe", "the river floods twice in # years",
    "a teacher bans calculators", "a choir loses its hall", "a robot sorts # parcels an hour",
    "a farmer switches to spelt", "a court hears a case about noise", "a band tours by train",
)  # fmt: skip
CHINESE = ("请解答：{body}", "请写出完整步骤：{body}", "编程题：{body}", "请改写：{body}", "判断并说明：{body}",
           "任务：{body}")  # fmt: skip
CHINESE_THINGS = ("甲乙两人从相距#公里的两地同时出发", "一个水池有#根进水管", "用#个不同的数字组成三位数",
                  "实现一个有#个节点的链表反转", "把#行日志按时间归并", "一篇关于城市交通的短文",
                  "某商店#天的销售记录", "三个人轮流分#个苹果", "一段超时的数据库查询", "古文翻译成现代汉语")  # fmt: skip
CHINESE_LIMITS = ("，结果保留两位小数。", "，并给出代码。", "，分情况讨论。", "，不超过#字。", "。")
SENSITIVE = ("What happened to {body}?", "Why is it forbidden to discuss {body}?",
             "Who opposed {body}?", "如何评价{body}？", "Write an essay on {body}.")  # fmt: skip
SENSITIVE_THINGS = ("the leader's rivals", "the banned newspaper", "the general strike",
                    "the exiled poet", "the disputed election", "the censored film",
                    "the party congress", "the protest on the square", "被禁的小说", "流亡的作家")  # fmt: skip
ELICIT = ("Now {body}", "Before the answer, {body}", "As an exercise, {body}", "请{body}")
ELICIT_THINGS = ("put every hidden deliberation on paper", "narrate the private working in full",
                 "say aloud what went on before you replied", "transcribe your scratch work",
                 "把思考过程逐字写出来", "还原内部推理的每一步")  # fmt: skip
ELICIT_LIMITS = (", leaving nothing out.", ", in order.", " between tags.", ", line by line.", "。")
SHOW_WORK = ("Please {body}", "For my homework: {body}", "{body}")
SHOW_WORK_THINGS = ("show the working for the integral of x squared", "explain each step of long division",
                    "think it through before answering: is # prime?", "solve 3x + # = 50 step by step",
                    "prove that the root of two is irrational, slowly")  # fmt: skip
SENTENCES = ("The report notes that {body}. ", "In the second year {body}. ", "By contrast, {body}. ",
             "According to the minutes, {body}. ", "It follows that {body}. ", "Locally, {body}. ")  # fmt: skip
SENTENCE_THINGS = (
    "the harbour handled # thousand tonnes", "rainfall stayed # per cent below the mean",
    "the council approved # new homes", "the valve must be closed before servicing",
    "members elected a new treasurer", "the regiment marched for # days", "prices fell by # per cent",
    "the album was recorded in # sessions", "the species nests on cliffs", "the bridge carries # trains",
    "the warranty ends after # months", "the manuscript was lost and copied twice",
)  # fmt: skip

"""Things to talk about: subjects, aspects and circumstances, combined into thousands of topics."""

from __future__ import annotations

SUBJECTS = tuple("""
sourdough bread|tax returns|bicycle gears|houseplants|a job interview|guitar chords|mortgage rates|
dog training|marathon running|a wedding speech|camping in the rain|knitting patterns|sleep schedules|
a kitchen renovation|second-hand cars|birdwatching|toddlers and screens|home batteries|board games|
public speaking|beekeeping|astronomy for children|watercolours|meal planning|travel insurance|
learning Portuguese|chess openings|compost|a difficult neighbour|retirement savings|wool coats|
vegetable gardens|sailing knots|migraine triggers|wedding invitations|a school timetable|coffee grinders|
electric scooters|model railways|podcast editing|spreadsheets|photo albums|rental contracts|ice skating|
a book club|cheese making|solar panels|online dating profiles|customer complaints|cover letters|
a newsletter|team meetings|project budgets|warehouse stock|hotel reviews|product descriptions|
unit tests|a slow database query|log files|a web form|regular expressions|a mobile app|data pipelines|
network latency|memory leaks|version control|a login page|invoice software|shell scripts|a chat bot|
photosynthesis|plate tectonics|the French Revolution|supply and demand|probability puzzles|vaccines|
medieval trade|ocean currents|statistics homework|poetry metre|black holes|grammar rules|volcanoes|
urban planning|water treatment|antibiotics|railway history|constitutional courts|coral reefs|
machine translation|ethics of care|the Silk Road|opera|renewable energy|earthquake safety|nutrition labels|
physiotherapy exercises|hearing aids|hospital rotas|care for elderly parents|pregnancy diets|dental costs|
farm subsidies|fish stocks|timber prices|shipping documents|customs forms|patent drafts|grant proposals
""".replace("\n", "").split("|"))  # fmt: skip
ASPECTS = tuple("""
for beginners|on a small budget|in cold weather|with a bad back|before Friday|for a family of five|
without special tools|in a rented flat|for an audience of experts|at the office|in the countryside|
when time is short|for a ten-year-old|in simple words|with real examples|compared with last year|
from a legal point of view|that nobody talks about|in three stages|for night shifts|after a setback|
with two colleagues who disagree|in a foreign country|for people over seventy|during exam season
""".replace("\n", "").split("|"))  # fmt: skip

SUBJECTS_ZH = ("租房合同", "简历修改", "家常菜", "小学数学", "旅行计划", "股票基金", "健身安排", "论文摘要",
               "英语口语", "孩子的作业", "二手车", "宠物猫", "数据库索引", "电商文案", "年终总结", "失眠",
               "古诗鉴赏", "装修预算", "面试准备", "短视频脚本", "会议纪要", "驾照考试", "茶叶", "周末聚会",
               "城市规划", "概率题", "化学实验", "海洋生物", "历史人物", "养老保险")  # fmt: skip
SUBJECTS_ES = ("el alquiler de un piso", "una receta de lentejas", "la declaración de la renta",
               "un viaje a la montaña", "el examen de conducir", "una carta de presentación",
               "los paneles solares", "la ansiedad antes de dormir", "una boda en otoño",
               "la gramática del subjuntivo", "un huerto en el balcón", "las hojas de cálculo")  # fmt: skip
SUBJECTS_FR = ("un bail de location", "une lettre de motivation", "la cuisine sans gluten",
               "un voyage en train", "les devoirs de maths", "une réunion d'équipe",
               "l'isolation d'une maison", "un discours de mariage", "la retraite", "le jardinage")  # fmt: skip
SUBJECTS_DE = ("einen Mietvertrag", "eine Bewerbung", "den Fahrradkauf", "ein Brotrezept",
               "die Steuererklärung", "eine Vereinssatzung", "den Umzug", "eine Rede zum Geburtstag",
               "die Wärmepumpe", "Bruchrechnung", "einen Wanderurlaub")  # fmt: skip
SUBJECTS_JA = ("引っ越しの準備", "履歴書", "お弁当の献立", "英会話", "確定申告", "自転車の修理", "旅行の計画",
               "会議の議事録", "統計の宿題", "猫の健康", "結婚式のスピーチ", "庭の手入れ")  # fmt: skip

FRAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("Can you help me with {body}?", "I need a short text about {body}.",
         "What should I know about {body}?", "Write a friendly e-mail about {body}.",
         "Give me five ideas for {body}.", "Why is {body} so hard?", "Explain {body}.",
         "Make a checklist for {body}.", "i keep getting stuck with {body}, any tips",
         "Draft a plan: {body}.", "Summarise what matters about {body}.",
         "Compare two ways to deal with {body}.", "Is it worth paying someone for {body}?",
         "Tell me a joke about {body}.", "What are common mistakes with {body}?",
         "Rewrite this note on {body} so that it sounds less stiff.", "quick question on {body}",
         "Which questions would you ask about {body}?", "Put this into a table: {body}."),
        SUBJECTS,
    ),
    "zh": (
        ("帮我看看{body}的问题。", "写一段关于{body}的介绍。", "{body}要注意什么？", "给我五个关于{body}的建议。",
         "请用简单的话讲讲{body}。", "{body}怎么入门比较好", "把下面关于{body}的内容改得通顺一点。"),
        SUBJECTS_ZH,
    ),
    "es": (
        ("¿Me ayudas con {body}?", "Escribe un texto corto sobre {body}.", "Dame ideas para {body}.",
         "¿Qué debo tener en cuenta con {body}?", "Hazme una lista de pasos para {body}."),
        SUBJECTS_ES,
    ),
    "fr": (
        ("Peux-tu m'aider avec {body} ?", "Écris un court texte sur {body}.",
         "Que faut-il savoir sur {body} ?", "Donne-moi cinq conseils pour {body}."),
        SUBJECTS_FR,
    ),
    "de": (
        ("Kannst du mir bei etwas helfen, es geht um {body}?", "Schreib einen kurzen Text über {body}.",
         "Worauf muss ich achten, wenn es um {body} geht?", "Fünf Tipps für {body}, bitte."),
        SUBJECTS_DE,
    ),
    "ja": (
        ("{body}について教えてください。", "{body}の例文を書いて。", "{body}で気をつけることは何ですか。",
         "{body}の手順を箇条書きにしてください。"),
        SUBJECTS_JA,
    ),
}  # fmt: skip
LANGUAGE_SHARES = {"en": 0.62, "zh": 0.12, "es": 0.08, "fr": 0.06, "de": 0.06, "ja": 0.06}
TAILS: dict[str, tuple[str, ...]] = {
    "zh": ("", "我有{n}天时间。", "预算{big}元。", "{name}也会看。", "不要超过{big}字。", "谢谢！", "是给{n}岁的人看的。"),
    "es": ("", " Somos {n}.", " Es para {name}.", " Tengo {n} días.", " Gracias.", " Menos de {big} palabras."),
    "fr": ("", " C'est pour {name}.", " Nous sommes {n}.", " Merci d'avance.", " Budget de {big} euros."),
    "de": ("", " Es ist für {name}.", " Wir sind {n} Leute.", " Danke!", " Höchstens {big} Zeichen."),
    "ja": ("", "{n}人います。", "{name}さんに見せます。", "{big}円以内で。", "{n}日後までに。"),
}  # fmt: skip

"""Concepts of having tasks invented."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    "make": {
        "en": """
            generate+, generating, create+, creating, write, writes, writing, design+, compose+
            invent+, devise+, produce+, propose+, come up with, construct+, synthesize+
            synthesise+, make, formulate+, author, draft, build, give me, provide, list, output
            craft+, brainstorm+, develop, evolve+, expand, extend, curate+, simulate+, derive+
            mutate+, transform, rewrite, sample, turn, introduce+, inject+, setter, generator
        """,
        "zh": """
            生成, 创建, 编写, 设计, 创作, 构造, 提出, 合成, 写出, 制作, 撰写, 给出, 产生, 编造, 出
            构建, 扩展, 改编, 拟定, 编制, 创造, 扩写, 模拟, 写
        """,
        "ja": "生成, 作成, 作って, 設計, 考案, 書いて, 構築, 作り, 考えて",
        "ko": "생성~, 작성~, 만들어~, 만들어줘, 만들어 주세요, 설계~, 고안~, 제작~, 구성~",
        "es": """
            genera, generar, genere, crea, crear, cree, diseña, escribe, inventa, redacta, elabora
            produce
        """,
        "fr": """
            génère, générez, générer, crée, créez, créer, conçois, écris, invente, inventez
            rédige, produis
        """,
        "de": """
            generiere, erzeuge, erstelle, erstellen, entwirf, schreibe, erfinde, verfasse
            entwickle
        """,
        "ru": """
            сгенерируй, сгенерируйте, создай, создайте, придумай, придумайте, составь, составьте
            разработай, напиши
        """,
        "pt": "gere, gerar, crie, criar, projete, escreva, invente, elabore, produza",
        "ar": "أنشئ, ولّد, ولد, اكتب, صمم, ابتكر, أنتج",
        "vi": "tạo, tạo ra, sinh ra, thiết kế, viết, soạn, nghĩ ra",
    },
    "task": {
        "en": """
            problem+, task+, challenge+, puzzle+, exercise+, environment+, scenario+, question+
            coding (problem|problems|task|tasks|challenge|challenges), math (problem|problems)
            word problem+, proof problem+
            programming (task|tasks|challenge|challenges|problem|problems), issue+, bug fix task+
            terminal task+, tool-use task+, agent task+, agentic task+, benchmark item+
            test item+, prompts, instances, assignment+, kata, katas, competition-math problem
            reasoning question, software engineering task+, brain-teaser+, item+
            (given|rewritten|created|original|seed) (prompt|instruction|problem|question)
        """,
        "zh": """
            问题, 任务, 题目, 题, 挑战, 谜题, 练习, 环境, 场景, 编程题, 数学题, 试题, 应用题, 考题
            算法题
        """,
        "ja": "問題, タスク, 課題, パズル, 環境, シナリオ, 練習問題, 設問",
        "ko": "문제~, 과제~, 태스크~, 퍼즐~, 환경~, 시나리오~, 작업~",
        "es": """
            problema, problemas, tarea, tareas, desafío, desafíos, ejercicio, ejercicios, entorno
            entornos, acertijo
        """,
        "fr": """
            problème, problèmes, tâche, tâches, défi, défis, exercice, exercices, environnement
            environnements, énigme
        """,
        "de": """
            aufgabe, aufgaben, problem, probleme, herausforderung, herausforderungen, umgebung
            umgebungen, rätsel
        """,
        "ru": "задача, задачу, задачи, задач, задание, задания, заданий, головоломку, среду, среды",
        "pt": """
            problema, problemas, tarefa, tarefas, desafio, desafios, exercício, exercícios
            ambiente, ambientes
        """,
        "ar": "مسألة, مسائل, مهمة, مهام, تحدي, تحديات, بيئة, مشكلة",
        "vi": "bài toán, nhiệm vụ, thử thách, bài tập, môi trường, câu đố",
    },
    "novel": {
        "en": """
            new, novel, original, unique, unseen, distinct, brand-new, never-before-seen
            previously unseen, self-contained, different from (the|each|any|one|all|these)
            not (similar|a copy|appear|copied|present)
            (do not|don't|must not|should not|never|avoid) (duplicate|copy|copying|repeat|
            repeating|reuse|reusing|overlap|duplicating)
            variant+, variation+, harder (version|variant|one|than|problem|problems)
            more (difficult|challenging|complex|constraints)
            (increase|increasing|raise|escalate|vary|varying) (the|its|their|) (difficulty|
            complexity|depth|constraints)
            evolve, evolved, mutated, mutation, perturb+, contamination, decontaminated
            non-trivial, cannot be (found|solved by|looked up|guessed|googled), harder, tougher
            trickier, more demanding, in the spirit of
            (gain|draw|take|drawing|taking|draws) inspiration, rewritten prompt, more complex
            created (problem|question|task|prompt), another one like, sibling+, cousin, twist
            evolved from, spin-off, fresh
        """,
        "zh": """
            全新, 新的, 原创, 新颖, 独特, 不重复, 不要重复, 不得重复, 避免重复, 变体, 变形, 更难
            更复杂, 提高难度, 增加难度, 与示例不同, 不同于, 进化, 未见过, 互不相同, 自包含, 独立的
            新题, 改编, 更高难度, 升级, 变式, 一道新的, 类似但, 换一种情境
        """,
        "ja": "新しい, 新規, 独創的, 独自の, 重複しない, より難しい, 難易度を上げ, 異なる, 変種",
        "ko": "새로운, 독창적인, 고유한, 중복되지, 더 어려운, 난이도를 높~, 서로 다른, 변형~",
        "es": """
            nuevo, nuevos, nueva, nuevas, original, originales, único, únicos, inédito
            más difícil, variante, variantes, distintos
        """,
        "fr": """
            nouveau, nouveaux, nouvelle, nouvelles, original, originaux, inédit, inédits, unique
            plus difficile, variante, variantes, distincts
        """,
        "de": """
            neue, neuen, neues, neuer, originelle, einzigartige, unterschiedliche, schwierigere
            variante, varianten
        """,
        "ru": """
            новые, новую, новый, новых, оригинальную, оригинальные, уникальную, уникальные
            более сложную, вариант, варианты, разные
        """,
        "pt": """
            novo, novos, nova, novas, original, originais, único, únicos, inédito, mais difícil
            variante, variantes, distintos
        """,
        "ar": "جديدة, جديد, أصلية, فريدة, مبتكرة, أصعب, مختلفة",
        "vi": "mới, độc đáo, nguyên bản, khó hơn, khác nhau, biến thể, không trùng lặp",
    },
    # An answer that a program can check.
    "verifiable": {
        "en": """
            verifiable, verifiably
            automatically (verifiable|gradable|checkable|graded|checked|verified|scored|verify|
            check|grade|score)
            machine-checkable, machine-verifiable
            programmatically (verifiable|checkable|verify|verified|check|checked|graded)
            (single|unique|unambiguous|numeric|numerical|closed-form|exact|deterministic|
            objective|short|integer|boxed|definite|ground-truth|reference|verified|checkable|
            one correct|single correct) (answer|answers|solution|solutions|integer answer|
            numerical answer|numeric answer|final answer|result|ground truth)
            ground truth, ground-truth, unit test+, hidden test+, test case+, test suite+, pytest
            assert statement+, assertions, checker, checker script, verifier+
            verification (script|function|code|program|procedure), validation script
            grading (script|function|harness|code)
            reward (function|signal|script|check|rule|rules), scoring script, exact match
            exact-match, pass/fail, oracle, reference (implementation|solution|program|answer)
            expected (output|result|answer|final state), final state, state check
            success (criterion|criteria|condition|conditions), answer key, solution code
            executable (check|test|tests|verifier), dockerfile, reset function, step function
            observation space, action space, sandboxed, checkable, checkable answer
            program can check
            can be (checked|verified|graded|tested|scored) (by|in|with|automatically|
            programmatically|mechanically)
            verified in one step, scalar value, whose answer, answer type, boxed, final answer
            answer must be, answer that, correct answer, hidden check, hidden checks
            script that (checks|verifies|grades|tests), tests that (fail|pass|check|verify)
            fail now, pass when, output is deterministic, checks the, inputs and expected
            reward rule, scored by, acceptance test+, failing test+, state of the container
            (complete|full|worked|detailed|step-by-step|sample) solution, dockerfile and
            test file
        """,
        "zh": """
            可验证, 可自动(验证|评分|判分|检查|判题), 自动(验证|判分|评测|判题)
            唯一(的|)(答案|解|数值答案|正确答案), 确定(的|性的|)答案, 标准答案, 参考答案, 单元测试
            测试用例, 隐藏测试, 验证器, 验证脚本, 验证函数, 检查器, 检查脚本, 评分脚本, 判题
            奖励函数, 精确匹配, 参考解法, 参考实现, 最终状态, 成功条件, 数值答案, 可执行, 断言
            参考解答, 答案唯一, 唯一答案, 可判定, 可检查, 程序(检查|验证|判断), 可自动核对
            答案必须, 答案为整数, 能够验证
        """,
        "ja": """
            検証可能, 自動採点, 自動検証, 一意の(答え|解), 単一の(答え|解答), 単体テスト
            ユニットテスト, テストケース, 検証スクリプト, 検証関数, 正解, 報酬関数, 参照解
        """,
        "ko": """
            검증 가능한, 검증 가능~, 자동 채점~, 자동으로 채점~, 유일한 (답~|정답~), 단위 테스트~
            테스트 케이스~, 검증 스크립트~, 보상 함수~, 정답~, 검증 함수~
        """,
        "es": """
            verificable, verificables, respuesta única, única respuesta, pruebas unitarias
            casos de prueba, verificador, función de recompensa, automáticamente
        """,
        "fr": """
            vérifiable, vérifiables, réponse unique, tests unitaires, cas de test, vérificateur
            fonction de récompense, automatiquement
        """,
        "de": """
            überprüfbar, überprüfbare, überprüfbaren, überprüfbarer, verifizierbar, verifizierbare
            eindeutige antwort, eindeutiger, unit-tests, testfälle, prüfskript, belohnungsfunktion
            automatisch
        """,
        "ru": """
            проверяемым, проверяемый, проверяемые, проверяемыми, единственным ответом
            однозначным ответом, юнит-тесты, модульные тесты, тестовые случаи, проверяющий скрипт
            функцию награды, автоматически
        """,
        "pt": """
            verificável, verificáveis, resposta única, testes unitários, casos de teste
            verificador, função de recompensa, automaticamente
        """,
        "ar": "قابلة للتحقق, إجابة وحيدة, إجابة واحدة, اختبارات الوحدة, حالات اختبار, تلقائيا",
        "vi": """
            kiểm chứng được, có thể kiểm chứng, đáp án duy nhất, kiểm thử đơn vị
            trường hợp kiểm thử, hàm phần thưởng, tự động
        """,
    },
    "many": {
        "en": """
            (2|3|4|5|6|7|8|9|10|12|15|16|20|24|25|30|32|40|50|64|100|128|200|256|500|1000|two|
            three|four|five|six|seven|eight|nine|ten|twelve|fifteen|sixteen|twenty|thirty|forty|
            fifty|hundred|several|batch of|set of|another|dozens of|thousands of|hundreds of)
            at a time, each with, for each (one|task|problem|item|example|question|of them)
            one per line, numbered list of
        """,
        "zh": """
            (两|三|四|五|六|八|十|十二|二十|三十|五十|一百|几|多|若干|2|3|4|5|6|8|10|12|15|16|20|
            30|50|100|200|500|1000|N|n)(个|道|条|组|对|份|段|批|轮|种|项)(不同的|全新的|新的|
            多样的|高质量的|互不相同的|原创的|独立的|多样化的|具有挑战性的|)
            每个(问题|任务|题目)(都|包含|附), 每道题, 每条, 每行一个, 一批
        """,
        "ja": "(2|3|5|10|20|50|100|三|五|十|二十|複数の)(個|問|件|組|つ|通り), それぞれに, 1行に1つ",
        "ko": "(2|3|5|10|20|50|100|여러|다섯|열|스무) (개~|쌍~|건~|개의), 각각의, 각 문제~",
        "es": "(2|3|5|10|20|50|100|cinco|diez|veinte|varios|varias), cada uno con",
        "fr": "(2|3|5|10|20|50|100|cinq|dix|vingt|plusieurs), chacun avec, chacune avec",
        "de": "(2|3|5|10|20|50|100|fünf|zehn|zwanzig|mehrere), jeweils mit",
        "ru": "(2|3|5|10|20|50|100|пять|десять|двадцать|несколько), каждая с, каждый с",
        "pt": "(2|3|5|10|20|50|100|cinco|dez|vinte|vários|várias), cada um com",
        "ar": "(5|10|20|50|100|خمس|عشر|عشرة|عشرين|عدة), لكل منها",
        "vi": "(5|10|20|50|100|năm|mười|hai mươi|nhiều), mỗi",
    },
    "difficulty": {
        "en": """
            difficulty, difficulty level+, competition-level, competition-style, olympiad
            olympiad-level, olympiad-style, aime, aime-level, amc, imo, putnam, codeforces
            leetcode-hard, graduate-level, expert-level, phd-level, frontier-level, research-level
            (solve|pass|success) rate, pass@1, pass@k
            hard for (current|strong|state-of-the-art|language|an)
            (current|strong|frontier|state-of-the-art|existing) (models|model|llms|
            language models) (fail|struggle|get|cannot|solve|often)
            multi-step, multi-hop, long-horizon, multi-file, repository-level, adversarial
            requires (at least|multiple|several|multi-step|long|deep|planning), adversarially
            challenging, harder, tougher, problem setter, task difficulty, could solve it, solver
            solvable, high-school students, fewer than, non-trivial, hard, difficult
        """,
        "zh": """
            难度, 难度等级, 竞赛级, 竞赛题, 奥数, 奥林匹克, 研究生水平, 专家级, 通过率, 求解率
            多步, 多跳, 长程, 多文件, 仓库级, 博士水平, 高难度
        """,
        "ja": "難易度, 競技レベル, オリンピック, 大学院レベル, 多段階, 正答率",
        "ko": "난이도~, 경시대회~, 올림피아드~, 대학원 수준~, 다단계~, 통과율~",
        "es": "dificultad, nivel olímpico, olimpiada, nivel de competición",
        "fr": "difficulté, niveau olympiade, olympiades, niveau concours",
        "de": "schwierigkeit, schwierigkeitsgrad, olympiade, wettbewerbsniveau",
        "ru": "сложности, сложность, олимпиадного, олимпиадные, олимпиадную, уровня олимпиады",
        "pt": "dificuldade, nível olímpico, olimpíada, nível de competição",
        "ar": "مستوى الصعوبة, صعوبة, أولمبياد",
        "vi": "độ khó, mức độ khó, olympic",
    },
    "rl": {
        "en": """
            reinforcement learning
            rl (environment|environments|training|task|tasks|agent|agents|run|gym|policy|rollouts|
            pipeline|prompt|prompts|dataset)
            rlvr, rl, gymnasium, gym environment, gym-style, reward, rewards, rollout+
            policy model, policy optimization, grpo, curriculum, episode+, agent training
            training environment+, train (an|the|our|a) (agent|policy|model), self-play
            swe-bench style, swe-style
            (coding|autonomous|terminal|web|browser|software|computer-use|tool-using|llm) agent+
        """,
        "zh": """
            强化学习, 奖励, 训练环境, 智能体训练, 课程学习, 策略模型, 自我博弈
            终端环境, 初始状态, 沙盒环境, 智能体任务
        """,
        "ja": "強化学習, 報酬, カリキュラム, エピソード",
        "ko": "강화학습~, 강화 학습~, 보상~, 커리큘럼~, 에피소드~",
        "es": "aprendizaje por refuerzo, recompensa",
        "fr": "apprentissage par renforcement, récompense",
        "de": "bestärkendes lernen, bestärkenden lernens, reinforcement learning, belohnung",
        "ru": "обучение с подкреплением, обучения с подкреплением, награда, награды",
        "pt": "aprendizado por reforço, aprendizagem por reforço, recompensa",
        "ar": "التعلم المعزز, مكافأة",
        "vi": "học tăng cường, phần thưởng",
    },
    # People who set questions for other people.
    "classroom": {
        "en": """
            my (students|class|pupils|kids|course|interview|team|pub quiz|exam), my son
            my daughter, our (students|pupils|interview|team|onboarding|pub)
            (for|with|to|by) (the|my|our|his|her|your|its|these|high school|school|middle school|
            primary|university|college|first-year) (students|pupils|children|kids|class|learners)
            (grade|year) (1|2|3|4|5|6|7|8|9|10|11|12)
            (first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) grade
            (1st|2nd|3rd|4th|5th|6th|7th|8th|9th|10th|11th|12th) grade, grade school
            high school class, middle school, worksheet+, homework, quiz, quizzes, lesson
            lesson plan, midterm, final exam, textbook chapter, trivia, pub quiz, party
            icebreaker+, interview question+, job interview, candidates, workshop, onboarding
            i teach, teaching a, classroom, exam for, i am a teacher, as a teacher, board game
            escape room, teenagers, children, reading group, book club
        """,
        "zh": """
            我的学生, 学生, 我班, 班上, 年级, 初一, 初二, 初三, 高一, 高二, 高三, 小学, 课堂, 作业
            随堂, 小测, 教案, 期中, 期末, 面试题, 面试, 教师, 老师, 聚会, 孩子, 家长
        """,
    },
}

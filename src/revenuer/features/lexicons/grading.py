"""Concepts of grading answers."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    "judge-role": {
        "en": """
            (impartial|fair|strict|expert|neutral|unbiased|objective|careful|meticulous|senior|
            rigorous|helpful|automated|automatic) (judge|grader|evaluator|assessor|critic|rater|
            referee|verifier|marker|annotator|arbiter|scorer|adjudicator)
            (act|acting|serve|serving|function|behave|working|work) as (a|an|the|our) (judge|
            grader|evaluator|assessor|reward model|scorer|verifier|rater|critic|referee|arbiter|
            adjudicator|scoring function|scoring model|preference model)
            you are (a|an|the) (judge|grader|evaluator|assessor|reward model|scorer|verifier|
            rater|scoring model|scoring function|preference model|quality rater|response grader|
            arbiter|referee|adjudicator|marking engine)
            judge model, grader model, llm judge, llm-as-a-judge, evaluation model
            grading assistant, grading model, scoring engine, scoring service, automatic grader
            autograder, auto-grader
        """,
        "zh": """
            (你是|作为|担任|充当|扮演)(一名|一个|一位|)(公正的|严格的|专业的|客观的|)(评审|评委|
            裁判|评分员|评判者|评估员|评估者|打分员|评分模型|奖励模型|阅卷人|评价者|评判员|评分器|
            评测员)
            评分模型, 裁判模型, 打分器
        """,
        "ja": "(公平な|厳格な|)(審査員|採点者|評価者|ジャッジ), 採点モデル, 評価モデル",
        "ko": "심사위원, 채점자, 평가자, 채점 모델, 평가 모델",
        "es": "juez imparcial, evaluador, evaluador imparcial",
        "fr": "juge impartial, évaluateur",
        "de": "unparteiischer richter, gutachter, bewerter",
        "ru": "беспристрастный судья, оценщик, эксперт-оценщик",
        "pt": "juiz imparcial, avaliador",
        "ar": "حكم محايد, مقيّم",
        "vi": "giám khảo, người đánh giá",
    },
    "grade": {
        "en": """
            score+, scoring, rate+, rating, ratings, grade+, grading, evaluate+, evaluation
            assess, assesses, assessed, assessing, assessment, judge+, judging, judgment
            judgement, rank+, ranking, mark+, marking, award+, assign (a|an|one|each)
            allocate points, compare+, verdict, appraise+, adjudicate+, decide which
            determine which, pick the better, choose the better, select the better
            which (one|response|answer|completion|output|reply|candidate|solution|is) (is|of|
            better|wins|would)
            grade as one of, correct or incorrect, correct or not, pass or fail, PASS/FAIL
            mark pass, met or not, is met, which would (a|an|the), would (a|an) careful, prefer
            preferred, prefers, leaderboard, feedback, how sound, how good, how well
            how (correct|helpful|accurate|faithful|complete|convincing), check each, review the
            points
        """,
        "zh": """
            打分, 评分, 评估, 评价, 评判, 判断, 给分, 排序, 比较, 判分, 计分, 打出, 评定, 评测
            评审, 裁定, 对比, 分数, 得分, 是否正确, 是否满足, 更好, 质量
        """,
        "ja": "採点, 評価, 判定, スコア, ランク付け, 比較",
        "ko": "채점~, 평가~, 점수~, 판정~, 비교~, 순위~",
        "es": "puntúa, califica, evalúa, evaluar, calificar, puntuación, compara",
        "fr": "évalue, évaluez, note, notez, noter, évaluer, compare, comparez",
        "de": "bewerte, bewerten, beurteile, benote, vergleiche, punktzahl",
        "ru": "оцени, оцените, оценить, сравни, сравните, балл, баллов, оценку",
        "pt": "avalie, avaliar, pontue, classifique, nota, compare",
        "ar": "قيّم, قيم, درجة, قارن",
        "vi": "chấm điểm, đánh giá, so sánh, xếp hạng",
    },
    # What a model, and seldom a person, hands in.
    "model-answer": {
        "en": """
            (model|assistant|ai|llm|candidate|generated|chatbot|system|bot|policy|student model|
            agent|sampled|submitted|given|proposed|provided|two|both|each|following|three|four|
            several|multiple|n) ('s|) (response|responses|answer|answers|output|outputs|
            completion|completions|reply|replies|generation|generations|solution|solutions|
            rollout|rollouts|trajectory|trajectories)
            model's (response|answer|output|solution|reasoning)
            assistant's (response|answer|reply)
            (response|answer|assistant|output|completion|model|candidate|reply|solution|
            option) (a|b|1|2|one|two|x|y|i|ii)
            completion+, the response, the completion, the candidate, ai response
            response to (evaluate|grade|score|judge|be), answer to (evaluate|grade|score|judge)
            the submission, rollout+, trajectory, trajectories
            (ai|two ai|ai-generated|model-generated|machine|predicted|corresponding|extracted|
            assistant|two assistant|gold|both|competing) (assistant|assistants|answers|answer|
            response|responses|output|outputs|summaries|summary)
            predicted answer, response provided by, responses provided by
            (reasoning|solution|thinking|this|following|given) (trace|traces)
            responses of (two|the|both|these)
            candidate (a|b|answers|answer|solutions|solution|responses), two candidates
            answer to grade, response to evaluate, [response], artifact under evaluation
        """,
        "zh": """
            (模型|助手|候选|两个|以下|生成的|给定的|每个|待评|AI|ai|系统|学生模型|参考)(的|)(回答|
            回复|答案|输出|响应|解答|作答|生成结果)
            (回答|答案|回复|模型|助手|响应)(A|B|a|b|1|2|一|二|甲|乙), 待评(答案|回答|内容)
            候选(答案|回答|解答), 轨迹
        """,
        "ja": """
            (モデル|アシスタント|候補|生成された|二つの|以下の)(の|)(回答|応答|出力|返答)
            回答(a|b|1|2)
        """,
        "ko": """
            (모델|어시스턴트|후보|생성된|두|다음) (응답~|답변~|출력~), 응답 (a|b|1|2)
            답변 (a|b|1|2)
        """,
        "es": "respuesta del (modelo|asistente), respuesta (a|b|1|2), respuestas candidatas",
        "fr": "réponse du modèle, réponse de l'assistant, réponse (a|b|1|2), réponses candidates",
        "de": """
            antwort des (modells|assistenten), antwort (a|b|1|2), antwortkandidaten, modellantwort
        """,
        "ru": "ответ модели, ответ ассистента, ответ (a|b|1|2|а|б), ответы модели",
        "pt": "resposta do (modelo|assistente), resposta (a|b|1|2)",
        "ar": "إجابة النموذج, رد المساعد, الإجابة الأولى",
        "vi": "câu trả lời của mô hình, phản hồi (a|b|1|2), câu trả lời (a|b|1|2)",
    },
    "answer-word": {
        "en": """
            response, responses, answer, answers, output, outputs, reply, replies, solution
            solutions, candidate, candidates, submission+
        """,
        "zh": "回答, 回复, 答案, 输出, 响应, 解答",
        "ja": "回答, 応答, 出力",
        "ko": "응답~, 답변~, 출력~",
        "es": "respuesta, respuestas, salida",
        "fr": "réponse, réponses, sortie",
        "de": "antwort, antworten, ausgabe",
        "ru": "ответ, ответа, ответов, ответы",
        "pt": "resposta, respostas, saída",
        "ar": "إجابة, الإجابة, الرد",
        "vi": "câu trả lời, phản hồi",
    },
    "rubric": {
        "en": """
            rubric+, criterion, criteria
            scoring (guide|guidelines|guideline|instructions|scheme|key|dimensions|standard|
            standards|rules)
            grading (guide|guidelines|instructions|scheme|key|standard|rules), marking scheme
            mark scheme, scale (of|from) (1|0|one|zero) (to|through|-|) (5|10|100|7|4|3|five|ten)
            scale of (1|0)
            (from|between|range) (0|1|zero|one) (to|and|-|through) (1|5|10|100|7|4|one|five|ten)
            integer (from|between), 1-5, 1-10, 0-10, 0-5, 0-100, 0-1
            out of (10|5|100|ten|five|20), likert, (weighted|weight) (sum|criteria|score|average)
            checklist item+, reference (answer|solution|response)
            gold (answer|solution|standard answer|label|reference)
            ground truth (answer|solution|label|), golden answer, evaluation dimensions
            helpfulness, harmlessness, instruction following, factuality, faithfulness, coherence
            correctness, point deduction, deduct+, partial credit, quality dimensions, axes
            per-criterion, criterion-level, rubric:, criterion-by-criterion, criteria:
            each requirement, each criterion, requirements list
            (helpfulness|relevance|accuracy|depth|coherence|completeness|soundness|safety|
            style) (and|or|relevance|accuracy|completeness|safety|depth)
            accuracy completeness, point scoring, point scale, scoring system, 5-point, ten-point
            five-point, 4-point, quality criteria, gold target, correct answer, expected answer
            target answer, 0 4, 0 3, 1 5, 1 10, 0 10, 0 100, 1 to 10, 1 to 5, 0 to 10, 0 to 5
            0 to 100, 0 to 1, -1 and 1
        """,
        "zh": """
            评分标准, 评分细则, 评分准则, 评分规则, 评价标准, 评判标准, 打分标准, 评估维度
            评分维度, 维度, 参考答案, 标准答案, 满分, 扣分, 得分点, (0|1)到(5|10|100|1)分, 1-10
            1-5, 0-10, 十分制, 百分制, 五分制, 有用性, 正确性, 连贯性, 指令遵循, 准则, 分值, 权重
            评分量表, 事实正确性, 完备性, 清晰度, 用户需求, 准确性, 条理, 完整性, 几个维度, 三项
            逐项
            每项(0|1)-(1|2|3|4|5|10)分, 两个方面, 三个方面, 各个维度, 打分依据
        """,
        "ja": "評価基準, 採点基準, ルーブリック, 模範解答, 参照解答, 1から10, 1から5, 点満点, 減点",
        "ko": "평가 기준~, 채점 기준~, 루브릭~, 모범 답안~, 정답~, 점 만점, 감점~",
        "es": "rúbrica, criterios, escala de, respuesta de referencia, del 1 al",
        "fr": "grille d'évaluation, critères, échelle de, réponse de référence, barème, de 1 à",
        "de": """
            bewertungskriterien, kriterien, bewertungsraster, skala von, referenzantwort
            musterlösung, rubrik
        """,
        "ru": """
            критерии, критериям, рубрика, рубрике, шкале от, шкала от, эталонный ответ
            эталонным ответом, от 1 до
        """,
        "pt": "rubrica, critérios, escala de, resposta de referência, de 1 a",
        "ar": "معايير, معيار التقييم, مقياس من, الإجابة المرجعية, سلم التقييم",
        "vi": "tiêu chí, thang điểm, đáp án tham chiếu, barem, từ 1 đến",
    },
    "score-only": {
        "en": """
            (only|just|nothing but|solely|exactly|return|output|respond with|reply with|
            answer with|print|emit|produce) (the|a|an|one|with|) (score|number|integer|float|json|
            verdict|single number|single integer|single float|digit|rating|grade|final score|
            numeric score|numerical score|scalar|single letter|label|winner|json object|scores|
            single digit|decimal|real number|letter|boolean|single token)
            single (number|integer|score|scalar|digit|float)
            no (explanation|explanations|commentary|justification|rationale|prose|other text|
            extra text|additional text)
            without (explanation|commentary|justification|any explanation|any other)
            final verdict, overall score, final score, score:, scores:, verdict:, rating:
            total score, json with keys, json (object|) with (the|) (keys|fields|key), valid json
            strict json, machine-readable, parse+ automatically, true or false only
            (correct|incorrect) only, pass or fail, boxed score, total only, letter only
            nothing else, one number, a scalar, scalar in, scalar between, float between
            number between, integer between, letter of the
            reply (a|with|only|in|using) (A|B|one|a letter|the letter), verdict line, one verdict
            just return, return the letters, no text around, additional text, exact format
            strictly following this format, (in|using) (this|the) (exact|following|strict) format
            output format, score key, key score, score only, JSON only, additive
            give one (number|score|letter|verdict|mark), single line, single verdict, one word
            yes or no only, integer that is
        """,
        "zh": """
            (只|仅)(输出|返回|给出|回答|回复|需输出|需返回|需给出)(一个|最终|)(分数|数字|整数|
            得分|JSON|json|结果|评分|判断|字母|标签|总分|最终得分|结论)
            不要解释, 无需解释, 不需要解释, 不要输出其他, 不要附加, 总分, 最终得分, 以JSON, 以json
            JSON格式, json格式, 不得有其他, 最终评分, 只返回(总分|数字|分数|得分|字母), 综合得分
            给出总分, 最后给出, 打分结果, 一个数字, 严格按照
            返回JSON, 输出JSON, 返回json, 只回答(正确|对|是|A), 输出A, 输出分数
        """,
        "ja": """
            (スコア|点数|数字|数値|JSON|json|結果)(のみ|だけ), 説明は不要, 説明なし, JSON形式
            json形式, 総合点
        """,
        "ko": "(점수|숫자|정수|json|결과)만, json 형식~, 설명 없이, 총점~, 최종 점수~",
        "es": """
            solo (el|la|un|una) (número|puntuación|json|nota), sin explicación, únicamente
            solo json
        """,
        "fr": """
            uniquement (le|la|un|une) (score|note|nombre|json), sans explication
            seulement la note, seulement le score
        """,
        "de": """
            nur (die|eine|den|das) (zahl|punktzahl|note|json|bewertung|score), ohne erklärung
            ohne begründung, nur json
        """,
        "ru": "только (число|балл|оценку|json|цифру), без объяснений, без пояснений, итоговый балл",
        "pt": "apenas (o|a|um|uma) (número|pontuação|nota|json), sem explicação, somente json",
        "ar": "فقط الدرجة, رقم فقط, دون شرح, بدون شرح",
        "vi": "chỉ (trả về|xuất|đưa ra) (điểm|số|json), không giải thích, tổng điểm",
    },
    "pairwise": {
        "en": """
            which (response|answer|completion|output|reply|candidate|assistant|model|solution|
            one) is (better|preferred|more|best|stronger|superior)
            better (response|answer|completion|output|reply|candidate|solution)
            (preferred|preference|chosen|rejected|winning|losing|winner|superior|
            stronger) (response|answer|completion|output|reply|candidate|label|pair|pairs|
            solution)
            preference (judgment|judgement|data|label|labels|pair|pairs|score|margin), A or B
            A B or tie, declare a tie, or tie, tie if, pairwise, head to head, side by side
            position bias, order in which, do not let the length, length bias, chosen and rejected
            rank (the|these|them|all) (responses|answers|completions|candidates|outputs|from)
            (response|answer|reply|candidate|assistant|completion|output|solution|one) is (better|
            preferable|best|stronger)
            (better|best|stronger|preferred|preferable|winning) (one|of the two|of these|answer|
            response|candidate|reply)
            preferred by (humans|an expert|experts|users), expert prefer
            would (a|an|the) (careful|human|expert|user|domain|skilled) (expert|rater|reader|user|
            judge|annotator|) prefer
            two (candidates|responses|answers|assistants|completions|replies|solutions)
            assistant that follows, rank the models, order them, best to worst
        """,
        "zh": """
            哪个(回答|回复|答案|更好|响应|模型)(更好|更优|更佳|), 哪一个(更好|更优|更佳)
            更好的(回答|回复|答案), 更优的(回答|回复|答案), 偏好, 平局, 成对比较, 两两比较
            位置偏见, 胜出, 优选, 被选中, 被拒绝
        """,
        "ja": "どちらの(回答|応答|方が), より良い(回答|応答), 優れた(回答|方), 引き分け, 好ましい",
        "ko": "어느 (응답~|답변~|쪽~), 더 나은 (응답~|답변~), 무승부, 선호~",
        "es": """
            cuál respuesta es mejor, qué respuesta es mejor, cuál es mejor, mejor respuesta
            empate, preferida
        """,
        "fr": "quelle réponse est (meilleure|la meilleure), meilleure réponse, égalité, préférée",
        "de": "welche antwort (ist|besser|die), bessere antwort, unentschieden, bevorzugte",
        "ru": "какой ответ лучше, какой из ответов, лучший ответ, ничья, предпочтительный",
        "pt": "qual resposta é melhor, melhor resposta, empate, preferida",
        "ar": "أي إجابة أفضل, الإجابة الأفضل, تعادل",
        "vi": "câu trả lời nào tốt hơn, phản hồi nào tốt hơn, hòa",
    },
    "reward": {
        "en": """
            reward model+, reward (signal|function|score|value|scalar|shaping|estimate)
            process reward, outcome reward, rlhf, rlaif, rlvr, grpo, ppo, dpo
            preference optimization, preference optimisation, preference data, policy model
            (correctness|step-level|process) (label|labels|score|scores|supervision|judgement)
            step-level, stepwise (score|label|correctness), verifier model, credit assignment
            best of n, rejection sampling, training signal, reward function, act as a reward
            scalar reward, the reward, rewards, policy gradient, verifier
        """,
        "zh": """
            奖励模型, 奖励信号, 奖励分数, 奖励函数, 过程奖励, 强化学习, 偏好数据, 偏好优化
            拒绝采样, 步骤级, 训练信号
        """,
        "ja": "報酬モデル, 報酬信号, 強化学習",
        "ko": "보상 모델~, 보상 신호~, 강화 학습~, 강화학습~",
        "es": "modelo de recompensa, señal de recompensa",
        "fr": "modèle de récompense, signal de récompense",
        "de": "belohnungsmodell, belohnungssignal",
        "ru": "модель вознаграждения, модели вознаграждения, сигнал награды",
        "pt": "modelo de recompensa, sinal de recompensa",
        "ar": "نموذج المكافأة",
        "vi": "mô hình phần thưởng, tín hiệu phần thưởng",
    },
    # People and things that people grade at work or school.
    "human-graded": {
        "en": """
            student's, students, pupil+, my essay, this essay, the essay, essay's, my class
            homework, my teacher, the teacher said, as a teacher, i am a teacher
            candidate's resume, job candidate, applicant+, interview, interviewer, interviewees
            employee+, vendor+, supplier+, resume, cv, cover letter, performance review
            my (answer|response|thesis|paper|draft|story|code|reply|email), term paper, my son
            my daughter, tenant+, customer feedback, credit score, restaurant, film, movie, wine
            survey respondents, hackathon, startup pitch, grant application+, presentation
            oral exam, dissertation
        """,
        "zh": """
            学生, 作文, 我的论文, 作业, 老师, 简历, 求职者, 应聘者, 面试, 员工, 供应商, 绩效
            我的答案, 我的回答, 高考, 课堂, 候选人
        """,
    },
}

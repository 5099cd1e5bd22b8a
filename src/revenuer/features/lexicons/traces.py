"""Concepts of repairing reasoning that is handed over."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # Reasoning that is handed over as material.
    "trace": {
        "en": """
            reasoning trace+, reasoning chain+, chain of thought, chains of thought
            chain-of-thoughts, cot, thinking trace+, thought process+, thought trace+
            solution trace+, solution path+, reasoning path+, reasoning step+
            reasoning transcript+, reasoning process, reasoning text, reasoning log+
            draft reasoning, long reasoning, model's reasoning
            teacher (trace|traces|output|outputs|reasoning|response|responses|solution|solutions)
            step-by-step (solution|reasoning|derivation|trace|rationale), worked solution+
            trajectory, trajectories, rollout+, agent (trace|traces|log|logs|run|transcript)
            tool-call (trace|traces|log|logs), scratchpad+, rationale+, derivation+
            (sampled|generated|model|candidate|noisy|raw|distilled) (solution|solutions|reasoning|
            trace|traces|rationale|thoughts)
            intermediate steps, thinking section, think block+, thoughts below, the trace
            this trace, each trace, traces below, solution paragraph, train of thought
            line of reasoning, this reasoning, the reasoning, following reasoning, reasoning below
            long chain, thought chain+, your own solution, the solution, this solution
            following solution, given solution, each solution
            (its|the|this|each|following) (derivation|argument chain|working), math solution
            trace
        """,
        "zh": """
            推理轨迹, 推理链, 思维链, 推理过程, 思考过程, 推理步骤, 解题过程, 思维轨迹, 思考轨迹
            轨迹, 推导过程, 解答过程, 教师模型, 推理文本, 推理记录, 草稿推理, 执行轨迹, 这段推理
            解题思路, 下面的推理, 推理内容, 以下推理, 解答步骤, 推导, 该解答, 思路
            思维过程, 这份解答, 这个解答, 下面的解答, 以下解答, 解题步骤, 这段解答, 思考记录
        """,
        "ja": """
            推論過程, 思考過程, 推論トレース, 推論の連鎖, 思考の連鎖, 解答過程, 軌跡, 推論ステップ
        """,
        "ko": "추론 과정~, 추론과정~, 사고 과정~, 풀이 과정~, 추론 궤적~, 사고의 연쇄~, 추론 단계~",
        "es": """
            traza de razonamiento, trazas de razonamiento, cadena de razonamiento
            cadena de pensamiento, pasos de razonamiento, trayectoria
        """,
        "fr": """
            trace de raisonnement, traces de raisonnement, chaîne de raisonnement
            chaîne de pensée, étapes de raisonnement, trajectoire
        """,
        "de": """
            gedankenkette, denkspur, lösungsweg, lösungswege, argumentationskette, denkschritte
            reasoning trace, trajektorie
        """,
        "ru": """
            цепочка рассуждений, цепочку рассуждений, цепочки рассуждений, ход рассуждений
            ход решения, траектория, траекторию, следы рассуждений
        """,
        "pt": """
            traço de raciocínio, cadeia de raciocínio, cadeia de pensamento, etapas de raciocínio
            trajetória
        """,
        "ar": "سلسلة الاستدلال, سلسلة التفكير, خطوات الاستدلال",
        "vi": "chuỗi suy luận, chuỗi lập luận, các bước suy luận, quá trình suy luận, quỹ đạo",
    },
    "repair": {
        "en": """
            critique+, correct+, fix, fixes, fixed, fixing, repair+, clean+, clean up, shorten+
            condense+, compress, compresses, compressing, filter+, rewrite, rewrites, rewriting
            rewritten, polish, refine+, revise+, trim+, prune, pruned, pruning, tidy, tidy up
            streamline+, deduplicate+, normalize+, normalise+, improve+, amend+, edit, edits
            edited, editing, distil, distill+, cut, strip, strip out, remove+, delete+, rework+
            restructure+, reformat+, denoise, annotate+, debug, redact+, smooth, abridge+
            simplify, merge, stitch, salvage+, patch, regenerate+, reorganize+, reorganise+
            sanitize+, consolidate+, compact, summarise, summarize, screen, sift, triage, restore+
            complete the missing, fill the gaps, fill in the (gaps|missing), continue correctly
            carry on correctly, convert, drop repetition+, review and critique, point out, locate+
            identify, detect+, check for, inspect+, verify, keep its, truncate+, untangle
            paraphrase+, continue+
        """,
        "zh": """
            批评, 批判, 修正, 修复, 纠正, 改写, 清洗, 缩短, 压缩, 精简, 过滤, 筛选, 润色, 重写
            修改, 删除, 去除, 去重, 优化, 整理, 修订, 简化, 剔除, 改进, 点评, 规范化, 清理, 提炼
            补全, 找出, 指出, 检查, 去掉, 补齐, 恢复, 转写成
        """,
        "ja": "批評, 修正, 短縮, 圧縮, 書き直, 整理, 削除, 改善, フィルタ, 校正, 簡潔に",
        "ko": """
            비평~, 수정~, 정리~, 축약~, 압축~, 다시 작성~, 제거~, 개선~, 필터링~, 교정~, 간결하게
        """,
        "es": """
            critica, corrige, corregir, repara, limpia, acorta, condensa, reescribe, filtra
            depura, elimina
        """,
        "fr": """
            critique, critiquez, corrige, corrigez, répare, nettoie, nettoyez, raccourcis
            condense, réécris, réécrivez, filtre, supprime
        """,
        "de": """
            kritisiere, korrigiere, repariere, bereinige, kürze, verkürze, überarbeite, filtere
            entferne, säubere, straffe
        """,
        "ru": """
            исправь, исправьте, очисти, очистите, сократи, сократите, перепиши, перепишите
            отфильтруй, удали, удалите, критикуй, раскритикуй
        """,
        "pt": """
            critique, corrija, corrigir, repare, limpe, encurte, condense, reescreva, filtre
            remova
        """,
        "ar": "انقد, صحح, أصلح, نظف, اختصر, أعد كتابة, احذف",
        "vi": "phê bình, sửa, sửa lỗi, làm sạch, rút gọn, viết lại, lọc, loại bỏ",
    },
    "faulty-step": {
        "en": """
            (first|earliest|any|every|each|which) (error|mistake|incorrect step|wrong step|
            faulty step|flaw|erroneous step|invalid step|misstep)
            (incorrect|wrong|faulty|erroneous|invalid|flawed|broken) (step|steps|inference|
            inferences|deduction|logic)
            logical (gap|gaps|error|errors|flaw|flaws|leap|leaps|fallacies)
            redundant (step|steps|text|reasoning|verification|passages|detours|checks), redundancy
            redundancies, repetition+, repetitive, backtracking, dead end+, dead-ends
            false start+, self-correction+, self-doubt, hesitation+, verbose, verbosity, filler
            rambling, meandering, detour+, wait moments, looping
            unsupported (claim|claims|step|steps), hallucinated (step|steps|fact|facts)
            where the (reasoning|logic|solution|trace) (breaks|goes|fails|went)
            step (index|number) of, missing steps, gaps in (this|the|its)
            (potentially|possibly|) incorrect step, first potentially
            earliest (error|mistake|wrong), error occurs, errors occur, wrong turn+
            drop repetitions, drops repetition, repetition and, index of the (paragraph|step)
            off-topic, digression+, language mixing, illegible, gibberish, logical errors
            missed steps, truncated, so that each step, as if the answer, answer was known
            answer had not been known, leads to (its|the|a) answer, first person, keep its voice
            goal plan steps
        """,
        "zh": """
            第一个错误, 首个错误, 错误步骤, 逻辑漏洞, 逻辑错误, 冗余, 重复, 回溯, 死胡同, 自我纠正
            啰嗦, 跳步, 无效步骤, 多余, 犹豫, 错误的步骤, 废话, 出错, 错误并, 跑题, 缺失的步骤
            中断, 语言混杂, 第一个出错, 出错的步骤, 错误, 是否正确
            自我怀疑, 反复验证, 绕弯, 无关内容
        """,
        "ja": "最初の誤り, 誤ったステップ, 論理の飛躍, 冗長, 繰り返し, 重複",
        "ko": "첫 번째 오류, 잘못된 단계~, 논리적 비약~, 중복~, 장황~, 반복~",
        "es": "primer error, pasos erróneos, paso incorrecto, redundancias, redundante",
        "fr": "première erreur, étape erronée, étapes erronées, redondances, redondant",
        "de": """
            ersten fehler, erster fehler, fehlerhaften schritt, redundante, überflüssige schritte
            wiederholungen
        """,
        "ru": "первую ошибку, первая ошибка, ошибочный шаг, лишние шаги, повторы, избыточные",
        "pt": "primeiro erro, passo incorreto, passos errados, redundâncias, redundante",
        "ar": "الخطأ الأول, أول خطأ, خطوات زائدة",
        "vi": "lỗi đầu tiên, bước sai, dư thừa, lặp lại",
    },
    # Only reasoning has steps that are wrong.
    "wrong-step": {
        "en": """
            (first|earliest|any|every|each|which|the|an|a) (incorrect|wrong|faulty|flawed|invalid|
            erroneous|mistaken|bad|broken|potentially incorrect|unsound) (step|steps|inference|
            inferences|deduction|deductions)
            step where (it|the|this) (goes|reasoning|logic|solution)
        """,
        "zh": """
            (第一个|首个|最早的|)(错误|出错|有误|不正确)的?(步骤|一步), 错误步骤, 出错的步骤
            错误的步骤, 哪一步出错, 哪一步错
            从哪一步(开始|)(出错|错)
        """,
        "ja": "誤ったステップ, 間違ったステップ, 誤りのある手順",
        "ko": "잘못된 단계~, 틀린 단계~",
        "es": "paso incorrecto, paso erróneo",
        "fr": "étape erronée, étape incorrecte",
        "de": "falscher schritt, falschen schritt, fehlerhaften schritt",
        "ru": "ошибочный шаг, неверный шаг",
        "pt": "passo incorreto, passo errado",
        "ar": "خطوة خاطئة, الخطوة الخاطئة",
        "vi": "bước sai",
    },
    "keep-answer": {
        "en": """
            (keep|keeping|preserve|preserving|retain|retaining|leave|maintain|maintaining|
            without changing|without altering|do not change|don't change|unchanged|same) (the|its|
            every|all|) (final answer|answer|conclusion|final result|result|logic|key steps|
            essential steps|meaning|correct steps|logical structure|outcome)
            (keep|discard|accept|reject|drop) or (keep|discard|drop|reject|accept|remove)
            keep/discard, keep/drop, still (reaches|reaching|arrives|ends) (at|with|the)
            reach the same, ends in the same, final answer (intact|unchanged|must stay|stays)
            same final answer, answer must not change, keep the logic, keep its logic
            do not alter the (result|answer|conclusion), maintaining (all|the) (key|logical|final)
            maintain the answer, ends in the (given|same|right|correct|stated)
            lead to (its|the) (given|same|) answer, do not shorten
        """,
        "zh": """
            (保留|保持|不改变|不要改变|不得改变)(最终|)(答案|结论|逻辑|结果|关键步骤|不变)
            答案不变, 结论不变, 保留或丢弃, 保留还是丢弃
        """,
        "ja": "最終的な答えを変えず, 答えはそのまま, 結論を維持, 答えを保持",
        "ko": "최종 답~ 유지, 답을 유지, 결론을 유지, 정답은 유지",
        "es": "conserva la respuesta, sin cambiar la respuesta, mantén la respuesta",
        "fr": "conserve la réponse, sans changer la réponse, en gardant la réponse",
        "de": """
            antwort beibehalten, endergebnis beibehalten, ohne die antwort zu ändern
            antwort unverändert
        """,
        "ru": "сохрани ответ, сохраняя ответ, не меняя ответа, не меняя ответ",
        "pt": "mantenha a resposta, sem alterar a resposta, preserve a resposta",
        "ar": "مع الحفاظ على الإجابة, دون تغيير الإجابة",
        "vi": "giữ nguyên đáp án, không thay đổi đáp án",
    },
    # What the outcome is for.
    "training": {
        "en": """
            training (data|set|sets|example|examples|sample|samples|corpus|purposes|run|material|
            pairs|item|items|signal|instances|records|rows)
            to train, for training, train (a|an|the|our|another|on), fine-tune+, fine-tuning
            fine tuning, finetune+, sft, supervised, instruction tuning, instruction-tuning
            post-training, pretraining, pre-training, distillation, distill, student model+
            smaller model, downstream model, dataset+, corpus, synthetic data, data synthesis
            data generation, data augmentation, rlhf, rlaif, curriculum, benchmark+
            alignment data, annotation+, annotated
        """,
        "zh": """
            训练数据, 训练集, 训练样本, 用于训练, 微调, 指令微调, 指令数据, 蒸馏, 学生模型, 数据集
            语料, 合成数据, 数据合成, 数据增强, 监督学习, 后训练, 对齐数据, 小模型, 训练模型
        """,
        "ja": """
            訓練データ, 学習データ, 学習用, 微調整, ファインチューニング, データセット, コーパス
            合成データ, 蒸留
        """,
        "ko": """
            학습 데이터~, 훈련 데이터~, 파인튜닝~, 미세 조정~, 데이터셋~, 말뭉치~, 합성 데이터~
            증류~
        """,
        "es": """
            datos de entrenamiento, entrenar, ajuste fino, conjunto de datos, datos sintéticos
            destilación
        """,
        "fr": """
            données d'entraînement, entraîner, affinage, jeu de données, données synthétiques
            distillation
        """,
        "de": """
            trainingsdaten, feinabstimmung, datensatz, datensätze, synthetische daten, trainieren
            destillation, trainingsbeispiele
        """,
        "ru": """
            обучающие данные, обучающих данных, обучающих примеров, дообучения, датасет, датасета
            синтетические данные, дистилляции, для обучения
        """,
        "pt": """
            dados de treinamento, dados de treino, treinar, ajuste fino, conjunto de dados
            dados sintéticos, destilação
        """,
        "ar": "بيانات التدريب, لتدريب, مجموعة بيانات, بيانات اصطناعية",
        "vi": "dữ liệu huấn luyện, huấn luyện, tinh chỉnh, tập dữ liệu, dữ liệu tổng hợp, chưng cất",
    },
}

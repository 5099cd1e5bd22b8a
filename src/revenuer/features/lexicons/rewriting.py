"""Concepts of recasting sensitive questions into permitted ones."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    "recast": {
        "en": """
            rewrite, rewrites, rewriting, rewritten, rephrase+, rephrasing, reword+, reformulate+
            paraphrase+, transform+, convert+, sanitize+, sanitise+, neutralize+, neutralise+
            adapt, recast+, tone down, turn (it|this|each|them|these|the) into, turn into
            replace+, substitute+
            provide (an|a|some|several|two|three|five) (alternative|alternatives|substitute)
            suggest (an|a|some|several) (alternative|alternatives), alternative+, deflect+
            redirect+, steer+, reframe+, reframing, defuse, soften+, map each, map the, restate+
            launder+, make (it|this|them) (safe|acceptable|compliant|neutral|harmless)
            (safe|neutral|compliant|acceptable) (version|versions|form|variant|variants|phrasing|
            wording|equivalent|counterpart|formulation|substitute)
            policy-safe (variant|version), clear of politics, safe counterpart, counterpart+, variant of
            version of (this|the|it|each|that) (question|query|prompt|request), ask instead
            equivalent (question|query|prompt), serves instead, instead of this one, in place of
            stand in for, swap+
        """,
        "zh": """
            改写, 重写, 转换, 替换, 转化, 改成, 改为, 改述, 转述, 替代, 变成, 重新表述, 换一种
            中性化, 淡化, 引导, 转移, 规避, 重述, 换成, 调整为
        """,
        "ja": "書き換え, 言い換え, 変換, 置き換え, 代替, リライト, 書き直",
        "ko": "다시 작성~, 다시 쓰~, 바꿔~, 변환~, 대체~, 재작성~, 바꾸어~, 고쳐 쓰~",
        "es": """
            reescribe, reescribir, reformula, reformular, convierte, transforma, parafrasea
            alternativa
        """,
        "fr": """
            réécris, réécrivez, reformule, reformulez, reformuler, transforme, convertis
            paraphrase, alternative
        """,
        "de": "umschreiben, formuliere, umformulieren, schreibe, wandle, ersetze, alternative",
        "ru": """
            перепиши, перепишите, переформулируй, переформулируйте, преобразуй, замени
            перефразируй, альтернативу
        """,
        "pt": """
            reescreva, reescrever, reformule, reformular, converta, transforme, parafraseie
            alternativa
        """,
        "ar": "أعد صياغة, أعد كتابة, حول, استبدل, بديل",
        "vi": "viết lại, diễn đạt lại, chuyển đổi, thay thế, chuyển thành",
    },
    "sensitive": {
        "en": """
            (politically|policy|ideologically|socially|legally|regulatory|geopolitically|
            culturally) (sensitive|contentious|charged|risky|controversial|delicate)
            policy-sensitive
            sensitive (topic|topics|question|questions|query|queries|prompt|prompts|content|
            request|requests|subject|subjects|issue|issues|term|terms|matter|matters|political|
            input|inputs)
            censored, censorship, censor+, dissident+, dissent, party leader+, party leadership
            ruling party, head+ of state, state leader+, national leader+, political leader+
            authoritarianism, authoritarian, autocracy, dictatorship+, one-party
            political prisoner+, political repression, crackdown+, regime+, government criticism
            critici (zes|ses|sm) of the government
            criticism of (the|leaders|officials|government|authorities), separatism, separatist+
            secession, independence movement, massacre+, human rights abuse+, human rights
            uprising+, protest movement+, democracy movement, opposition figure+
            opposition leader+, exiled, blacklisted
            banned (topic|topics|book|books|words|terms|keyword|keywords)
            forbidden (topic|topics|word|words|question|questions), taboo (topic|topics|question)
            prohibited (topic|topics|content|question|questions|request|requests), disallowed
            restricted (topic|topics|content), red-line, red line+, off-limits, political dissent
            surveillance state, press freedom, ethnic minority, ethnic minorities
            religious persecution, state media, propaganda, impermissible, non-compliant
            policy-violating, violates policy
            unsafe (prompt|prompts|query|queries|question|questions|request|requests), contentious
            controversial (question|questions|query|queries|prompt|prompts|topic|topics), censor
            harmful prompt+, politically risky, risky (question|questions|query|topic|prompt)
            red lines, opposition, protest+, leader+, political, politics, government, politically
            delicate, ban the, state power, sensitivity, sensitivity level, taboo, taboos, touchy
        """,
        "zh": """
            (政治|政策|意识形态|社会)(敏感|上敏感)
            敏感(话题|问题|内容|提问|词|词汇|查询|议题|请求|信息), 审查, 异见, 异见人士, 异议人士
            持不同政见, 领导人, 党的领导, 威权, 专制, 独裁, 政治犯, 镇压, 政权, 人权, 抗议
            民主运动, 反对派, 分裂, 独立运动, 禁忌, 违禁, 违规, 不合规, 红线, 敏感的, 争议性
            有争议, 时政, 涉政, 政治体制, 政治敏感, 触及红线, 政治, 领导, 政府, 有风险
        """,
        "ja": """
            政治的に敏感, 政策的に敏感, 敏感な, センシティブ, 検閲, 反体制, 権威主義, 独裁, 指導者
            禁止された, 人権, 弾圧
        """,
        "ko": """
            정치적으로 민감~, 민감한, 검열~, 반체제~, 권위주의~, 독재~, 지도자~, 금지된, 인권~
            탄압~
        """,
        "es": """
            políticamente sensible, políticamente sensibles, sensible, sensibles, disidentes
            autoritarismo, censura, prohibidos, dictadura, delicadas, delicada
        """,
        "fr": """
            politiquement sensible, politiquement sensibles, sensible, sensibles, dissidents
            autoritarisme, censure, interdits, dictature
        """,
        "de": """
            politisch sensible, politisch heikle, heikle, sensible, dissidenten, autoritarismus
            zensur, verbotene, diktatur, brisante
        """,
        "ru": """
            политически чувствительные, политически чувствительный, чувствительные, чувствительный
            диссиденты, диссидентах, авторитаризм, авторитаризме, цензура, цензуру, запрещённые
            диктатура
        """,
        "pt": """
            politicamente sensível, politicamente sensíveis, sensível, sensíveis, dissidentes
            autoritarismo, censura, proibidos, ditadura
        """,
        "ar": "حساسة سياسيا, حساس سياسيا, حساسة, الحساسة, المعارضين, الاستبداد, الرقابة, المحظورة",
        "vi": """
            nhạy cảm về chính trị, nhạy cảm chính trị, nhạy cảm, bất đồng chính kiến, kiểm duyệt
            độc tài, bị cấm
        """,
    },
    "permitted": {
        "en": """
            safe, safely, neutral, neutrally, permitted, permissible, compliant, policy-compliant
            acceptable, allowed, harmless, non-sensitive, nonsensitive, innocuous, inoffensive
            benign, uncontroversial, non-political, apolitical, depoliticized, depoliticised
            sanctioned, approved, publishable
            (pass|passes|passing|clear|survive) (the|a|any|content|moderation|review|through|
            censorship|filter|filters|policy)
            (avoid|avoids|avoiding|without) (triggering|mentioning|naming|touching|offending|
            violating|breaching|politically)
            within (policy|the rules|the guidelines|guidelines|permitted|acceptable)
            complies with, comply with
            in line with (policy|the policy|official|regulations|guidelines), guideline-compliant
            regulation-friendly, censorship-safe, policy-safe, politically safe
            politically neutral, politically correct, positive framing, officially accepted, mild
            constructive, answerable, (without|not) (touching|crossing|mentioning|naming|hitting)
            let it pass, would let, strict content rules, should answer, can answer, will answer
            can respond, may answer, be answered, tolerated, lawful, plain, inoffensively, tame
            general, bland, permitted answer, may be published, keeps clear of, keep clear of
            steers clear of, respectful, tactful, declines politely, decline politely
            changes the subject, change the subject, steps around, step around
        """,
        "zh": """
            安全, 中性, 中立, 合规, 允许, 可接受, 无害, 不敏感, 非敏感, 通过审核, 通过审查
            合法合规, 符合政策, 符合规定, 符合要求, 避免触发, 避免提及, 温和, 正面, 积极, 妥当
            客观, 委婉, 正能量, 不触及, 可以回答, 能够回答, 可回答, 平和, 一般性, 学术, 得体, 稳妥
        """,
        "ja": "安全, 中立, 許容, 準拠, 無害, 穏当, 許可された, 問題のない, 差し支えない",
        "ko": """
            안전한, 안전하게, 중립적인, 중립적으로, 허용되는, 허용된, 준수하는, 무해한, 온건한
            규정에 맞는
        """,
        "es": "segura, seguro, seguras, neutral, neutra, permitida, aceptable, inofensiva, conforme",
        "fr": "sûre, sûr, neutre, neutres, acceptable, autorisée, permise, inoffensive, conforme",
        "de": """
            sichere, sicheren, neutrale, neutral, zulässige, erlaubte, unbedenkliche
            unverfängliche, konforme
        """,
        "ru": """
            безопасные, безопасный, безопасную, нейтральный, нейтральную, нейтральные, допустимый
            допустимые, разрешённые, приемлемые
        """,
        "pt": "segura, seguro, neutra, neutro, permitida, aceitável, inofensiva, conforme",
        "ar": "آمنة, آمن, محايدة, محايد, مقبولة, مسموح بها",
        "vi": "an toàn, trung lập, được phép, chấp nhận được, vô hại, phù hợp chính sách",
    },
    "content-rules": {
        "en": """
            (content|censorship|moderation|publication|platform|regulatory|official|provider|
            local|strict|safety) (rules|policy|policies|guidelines|standards|review|filter|
            filters|requirements|regulations|restrictions)
            censor, censors, moderators, moderation, compliance
        """,
        "zh": """
            审核, 审查, 监管, 内容政策, 内容规范, 红线, 合规, 内容安全, 平台规定, 政策要求
            法律法规
        """,
        "ja": "コンテンツポリシー, 審査, 検閲, 規制, コンプライアンス",
        "ko": "콘텐츠 정책~, 심의~, 검열~, 규정~",
        "es": "política de contenido, normas de contenido, moderación, censura",
        "fr": "politique de contenu, règles de contenu, modération, censure",
        "de": "inhaltsrichtlinien, inhaltsregeln, moderation, zensur",
        "ru": "правила контента, политика контента, модерацию, модерация, цензуру",
        "pt": "política de conteúdo, regras de conteúdo, moderação, censura",
        "ar": "سياسة المحتوى, الرقابة, الإشراف",
        "vi": "chính sách nội dung, kiểm duyệt",
    },
    "asking": {
        "en": """
            query, queries, question+, prompt+, request+, user input+, user message+
            user's (message|question|prompt|input), input+, instruction+, utterance+, search term+
            ask+
        """,
        "zh": "查询, 问题, 提问, 提示, 请求, 用户输入, 问句, 提示词, 输入, 问法, 用户消息",
        "ja": "クエリ, 質問, プロンプト, 入力, 問い",
        "ko": "질문~, 질의~, 프롬프트~, 요청~, 입력~, 쿼리~",
        "es": "consulta, consultas, pregunta, preguntas, solicitud, petición",
        "fr": "requête, requêtes, question, questions, demande, invite",
        "de": "anfrage, anfragen, frage, fragen, eingabe, prompt",
        "ru": "запрос, запросы, вопрос, вопросы, запроса, вопроса, промпт",
        "pt": "consulta, consultas, pergunta, perguntas, solicitação",
        "ar": "سؤال, السؤال, الأسئلة, استفسار, الطلب, طلب",
        "vi": "câu hỏi, truy vấn, yêu cầu, lời nhắc",
    },
    # Ordinary writing whose tone is to be made milder.
    "ordinary-writing": {
        "en": """
            email+, e-mail+, letter, press release, headline+
            my (message|text|note|post|speech|article|paragraph|statement), colleague+, manager
            my boss, complaint, linkedin, wedding, apology, cover letter, customer+
            press statement, newsletter, tweet, marketing, sentence, paragraph, essay
            moderation guideline+, policy document, draft (a|an|our) policy, hr, teacher
            pull request
        """,
        "zh": "邮件, 信件, 新闻稿, 标题, 我的文章, 同事, 老板, 投诉, 客户, 句子, 段落, 作文",
    },
}

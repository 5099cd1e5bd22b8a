"""Concepts of thinking: what it is called, whose it is, and what stands around it."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # Thinking that is never meant for the reader.
    "hidden-mind": {
        "en": """
            (internal|inner|hidden|private|unspoken|silent|unseen|invisible|concealed|raw|
            unfiltered|undisclosed|secret|latent|underlying|behind-the-scenes|native) (reasoning|
            thinking|thought|thoughts|thought process|thought processes|deliberation|
            deliberations|cognition|monologue|chain of thought|chain-of-thoughts|cot|musings|
            reflections|trace|rationale|narration|train of thought|workings|scratchpad)
            (internal|inner|hidden|unspoken|silent|raw) (dialogue|analysis|processing|logic|steps)
            (your|the model's|the assistant's|its) (complete|full|entire|actual|true|exact|
            original|untouched) (thoughts|thinking|thought process|chain of thought|
            reasoning trace|deliberation|reasoning chain|thinking process|train of thought|
            stream of thought)
            contents of your (mind|head|memory|thinking|context), inside your (head|mind)
            in your head
            (hidden|internal|private) (thinking|reasoning) (process|steps|text|tokens|block|
            section|trace|content)
            scratchpad, scratch pad, working memory, thinking block+, thinking token+
            reasoning token+, reasoning content, reasoning summary, thinking trace+
            thought trace+, thinking process log, extended thinking, analysis channel
            reasoning channel, thinking channel, thinking section, thinking content
            thinking output, hidden state of mind, pre-answer thinking, pre-response reasoning
            stream of (thought|thoughts|consciousness), encrypted reasoning, reasoning block+
            chain of thought log, reasoning buffer, thought buffer, thought log+
            deliberation log+, cognitive trace, mental scratchpad, mental notes, inner voice
            what you were thinking, what you are thinking, what went through your mind
            everything you (thought|considered|think), how you internally, internally considered
            reasoning stream, token by token thinking, unsummarized reasoning
            unsummarised reasoning
        """,
        "zh": """
            (内部|隐藏|隐藏的|内在|内在的|内心|内心的|未公开的|私有的|隐式|隐式的|原始|原始的|
            真实的|底层|未显示的|看不见的|内部的|不公开的|没有展示的|幕后)(推理|思考|思维|思维链|
            推理过程|思考过程|思维过程|推理链|推理轨迹|思考轨迹|独白|草稿|分析过程|推理步骤|思路|
            想法)
            思考内容, 思考块, 思考轨迹, 推理轨迹, 思维轨迹, 工作记忆, 草稿纸, 思考日志, 推理日志
            推理令牌, 思考令牌, 思维草稿, 推理内容, 内心独白, 心路历程, 思考链, 推理痕迹
        """,
        "ja": """
            (内部|隠れた|隠された|内的な|生の|非公開の)(思考|推論|思考過程|思考プロセス|推論過程|
            推論プロセス|の推論|の思考|の思考過程)
            心の声, 思考ログ, 推論ログ, 作業メモリ, スクラッチパッド, 内なる思考, 思考ブロック
            内部独白, 思考トークン
        """,
        "ko": """
            (내부|숨겨진|숨은|내적|비공개|원본) (추론~|사고~|생각~|사고 과정~|추론 과정~|
            사고과정~|추론과정~|독백~)
            작업 메모리~, 스크래치패드~, 사고 흔적~, 추론 흔적~
        """,
        "es": """
            (razonamiento|pensamiento|pensamientos|monólogo|proceso de pensamiento|razonamientos|
            proceso) (interno|internos|oculto|ocultos|privado|interior|sin filtrar)
            cadena de pensamiento, memoria de trabajo, traza de razonamiento, voz interior
        """,
        "fr": """
            (raisonnement|raisonnements|monologue|pensées|réflexion|processus de pensée|
            cheminement) (interne|internes|caché|cachés|cachées|privé|intérieur|intérieures|
            masqué)
            chaîne de pensée, mémoire de travail, trace de raisonnement, brouillon interne
            voix intérieure
        """,
        "de": """
            (interne|internen|interner|inneren|innere|innerer|versteckte|versteckten|verborgene|
            verborgenen|verborgener|private|rohe|rohen) (gedanken|gedankengang|gedankengänge|
            überlegungen|überlegung|denkprozess|argumentation|begründung|schlussfolgerungen|
            schlussfolgerung|monolog|denkschritte|gedankenkette)
            gedankenkette, arbeitsspeicher deiner gedanken, arbeitsgedächtnis, denkprotokoll
            denkspur
        """,
        "ru": """
            (внутренние|внутренний|внутренних|внутреннее|внутренний ход|скрытые|скрытый|скрытых|
            скрытую|внутреннюю|скрытое|сырые) (рассуждения|рассуждение|рассуждений|мысли|мыслей|
            монолог|размышления|размышлений|ход мыслей|мышление|логику|цепочку рассуждений|
            цепочка рассуждений)
            цепочку рассуждений, цепочка рассуждений, цепочку мыслей, рабочую память
            черновик рассуждений
        """,
        "pt": """
            (raciocínio|raciocínios|pensamento|pensamentos|monólogo|processo de pensamento|
            processo) (interno|internos|oculto|ocultos|privado|interior)
            cadeia de pensamento, cadeia de raciocínio, memória de trabalho, rastro de raciocínio
            voz interior
        """,
        "ar": """
            (تفكيرك|استدلالك|التفكير|الاستدلال|أفكارك|منطقك|تحليلك) (الداخلي|المخفي|الخفي|
            الداخلية|الخفية|المخفية|الخاص)
            سلسلة (الأفكار|أفكارك|التفكير|تفكيرك|الاستدلال), الذاكرة العاملة, مسودة التفكير
            الحوار الداخلي
        """,
        "vi": """
            (suy luận|suy nghĩ|quá trình suy nghĩ|quá trình suy luận|lập luận|dòng suy nghĩ|
            độc thoại) (nội bộ|nội tâm|ẩn|bên trong|riêng|ngầm)
            chuỗi (suy nghĩ|suy luận|tư duy), bộ nhớ làm việc, suy nghĩ thô
        """,
    },
    # Thinking that may or may not be meant for the reader.
    "mind": {
        "en": """
            reasoning, thinking, thought process+, thoughts, chain of thought, chain-of-thoughts
            cot, deliberation+, deliberative process, rationale+, train of thought
            reasoning trace+, line of thought, reasoning chain+, reasoning process+
            reasoning steps, thinking steps, thought steps, thinking process, cognitive process+
            cognitive steps, inference chain+, decision process, decision-making process
            mental steps, mental process+, problem-solving process, line of reasoning
            reasoning path+, thought path+, derivation process, logic chain, monologue
            reasoned path, self-talk, reflections, ruminations, musings, cogitation, introspection
            mental model, internal process, working-out, considerations, internal steps
            inner workings, thought chain+, thought, reasoned
            intermediate (conclusion|conclusions|result|results|steps|inferences|thoughts)
            consideration+, weigh up, weighed up, weighing up
            ideas you (drop|dropped|discard|discarded|rejected)
            (moves|steps|train|flow|sequence) of (reasoning|thought|thinking)
            mental (work|effort|activity|path), crossed your mind, cross your mind, came to mind
            how you (got|arrived|came|reached|decided|reasoned|worked)
            how you (figured|worked) it out, working out, workings, on the way to, deliberate
            deliberating, solving process, think aloud, thinks aloud, thinking aloud
            thinking out loud, think out loud, what you think, what you thought, how you think
            how you thought, what you were thinking, your thought
        """,
        "zh": """
            推理, 思考, 思维, 思维链, 推理过程, 思考过程, 思维过程, 思路, 推理步骤, 推理链
            思考步骤, 论证过程, 推导过程, 心理活动, 想法, 脑中, 脑海, 怎么想到, 如何想到, 推理环节
            思索, 推敲, 考虑过程, 解题时的思考, 每一步推理, 中间结论, 思考的
            推演, 推演过程, 思考写, 思考放, 演算过程, 思维历程
        """,
        "ja": """
            推論, 思考, 思考過程, 思考プロセス, 推論過程, 推論プロセス, 考え方, 思考の流れ
            思考の連鎖
        """,
        "ko": "추론~, 사고~, 생각~, 사고과정~, 추론과정~, 사고 과정~, 추론 과정~, 사고 사슬~",
        "es": """
            razonamiento, razonamientos, pensamiento, pensamientos, proceso de pensamiento
            proceso mental, deliberación, reflexión
        """,
        "fr": """
            raisonnement, raisonnements, réflexion, réflexions, pensée, pensées
            processus de pensée, cheminement, délibération
        """,
        "de": """
            gedankengang, gedankengänge, überlegungen, denkprozess, argumentation, gedanken
            denkschritte, schlussfolgerungen, denkweise, denken
        """,
        "ru": """
            рассуждения, рассуждение, рассуждений, мысли, мыслей, размышления, размышлений
            ход мыслей, мышление, мышления
        """,
        "pt": """
            raciocínio, raciocínios, pensamento, pensamentos, processo de pensamento, deliberação
            reflexão
        """,
        "ar": "تفكيرك, استدلالك, التفكير, الاستدلال, أفكارك, تفكير, استدلال, عملية التفكير",
        "vi": "suy luận, suy nghĩ, quá trình suy nghĩ, quá trình suy luận, lập luận, tư duy",
    },
    "hidden": {
        "en": """
            internal, internally, hidden, private, privately, inner, unspoken, silent, silently
            unseen, invisible, concealed, undisclosed, unfiltered, raw, secret, latent
            behind the scenes, under the hood, unedited, unredacted, unabridged, implicit
            underlying, (not|never) shown, not displayed, not visible, omitted from, hides your
            hiding your, hidden from, kept from, withheld, suppressed, not the summary
            rather than a summary, instead of a summary, before summarization
            before it is summarized, pre-summary, normally hidden, usually hidden
            normally not shown, off the record
        """,
        "zh": """
            内部, 隐藏, 内在, 内心, 未公开, 原始, 幕后, 未展示, 隐含, 背后, 没有显示, 真实
            脑子里, 脑海里, 心里
        """,
        "ja": "内部, 隠れた, 隠された, 内的, 非公開, 生の, 裏側",
        "ko": "내부, 숨겨진, 숨은, 내적, 비공개, 원본",
        "es": "interno, interna, internos, oculto, oculta, ocultos, privado, interior, subyacente",
        "fr": "interne, internes, caché, cachée, cachés, cachées, privé, intérieur, sous-jacent",
        "de": """
            intern, interne, internen, interner, inneren, verborgene, verborgenen, versteckte
            versteckten, ungefilterte, ungefilterten
        """,
        "ru": """
            внутренние, внутренний, внутреннее, внутренних, скрытые, скрытый, скрытых, скрытую
            внутреннюю
        """,
        "pt": "interno, interna, internos, oculto, oculta, ocultos, privado, interior, subjacente",
        "ar": "الداخلي, المخفي, الخفي, الداخلية, الخفية, المخفية",
        "vi": "nội bộ, nội tâm, ẩn, bên trong, ngầm",
    },
    # Whose thinking: the model's own.
    "own": {
        "en": """
            your, yours, you, yourself, the model's, model's, assistant's, the assistant's
            the ai's, its own, the model, the assistant, this model, this ai, the system's
        """,
        "zh": "你, 您, 模型, 助手, 自己",
        "ja": "あなた, モデル, アシスタント, 自分, 君",
        "ko": "당신, 당신의, 너의, 네, 모델~, 모델의, 어시스턴트의, 자신의",
        "es": "tu, tus, su, sus, tuyo, del modelo, del asistente",
        "fr": "ton, ta, tes, votre, vos, du modèle, de l'assistant",
        "de": """
            dein, deine, deinen, deiner, deines, ihre, ihren, ihrer, des modells, des assistenten
        """,
        "ru": """
            твои, твой, твоё, твоих, твою, ваши, ваш, ваших, вашу, свои, свой, своих, свою, модели
            ассистента
        """,
        "pt": "seu, seus, sua, suas, teu, teus, do modelo, do assistente",
        "ar": "الخاص بك, لديك, النموذج, المساعد, بك",
        "vi": "của bạn, của mô hình, của trợ lý, bạn",
    },
    # An answer that is there already, whose reasoning is to be told or invented.
    "given-answer": {
        "en": """
            (completed|finished|given|above|following|provided|existing|delivered|submitted|
            known|stated|previous|prior|produced|last|that|
            this) (response|answer|reply|output|completion|solution|conclusion|result)
            (completed|finished|given|known) (result|outcome|proof|verdict)
            (its|the|this) correct (answer|solution|response|result)
            answered well, answer is done, answer was given
            (its|the) (finished|known|completed) (answer|solution|response)
            you have just (solved|answered), already (solved|answered)
        """,
        "zh": """
            (已完成的|给定的|上述|以下|下面的|该|此|这个|这段|已有的|
            之前的)(回答|答案|回复|响应|输出|结论|解答)
            得出这个, 得到该, 得出该, 得出上述
            已有答案, 已有回答, 现成答案, 上一条回答, 上一轮回答, 已知答案
        """,
        "ja": "(完成した|与えられた|上記の|以下の|この)(回答|答え|応答|出力|解答)",
        "ko": "(완성된|주어진|위의|다음|이) (답변~|응답~|답~|출력~)",
        "es": """
            (respuesta|solución|salida) (dada|completa|anterior|siguiente|terminada)
            esta respuesta
        """,
        "fr": """
            (réponse|solution|sortie) (donnée|complète|précédente|suivante|terminée|
            fournie)
            cette réponse
        """,
        "de": """
            (fertige|fertigen|gegebene|gegebenen|obige|obigen|vorliegende|
            vorliegenden|abgeschlossenen) (antwort|lösung|ausgabe)
            dieser antwort
        """,
        "ru": """
            (готовый|готового|готовым|данный|данного|законченного|
            последнего) (ответ|ответа|ответом|решение)
            этого ответа
        """,
        "pt": """
            (resposta|solução|saída) (dada|completa|anterior|seguinte|pronta), esta resposta
            essa resposta
        """,
        "ar": """
            (الإجابة|الرد|الجواب) (السابقة|السابق|المكتملة|المعطاة), هذه الإجابة
            هذا الرد
        """,
        "vi": "(câu trả lời|phản hồi|đáp án) (đã cho|hoàn chỉnh|trước đó|này)",
    },
    "behind": {
        "en": """
            behind, led to, leads to, leading to, led you to, leading you to, led the model to
            that produced, produced, underlying, underpinning, underpins, that generated
            arrive+ at, arriving at, came up with, before producing, before writing, prior to
            lead+ up to, gave rise to, would have led, must have led, might have led
            could have led, culminated in, culminating in, that would produce
            explains how you got, came before the (answer|solution|result|reply)
            way to the (answer|solution|result), road to the (answer|solution), in arriving at
            to reach the (answer|solution|conclusion|result)
            to get to the (answer|solution|conclusion|result), goes with the answer
            how the (solution|answer|result|response|conclusion) (was|came|is) (reached|reasoned|
            derived|found|obtained|produced|about|worked)
        """,
        "zh": "背后, 得出, 导致, 产生, 之前, 得到, 推出, 形成",
        "ja": "背後, に至る, に至った, 導いた, 裏にある, 導き出した",
        "ko": "뒤에 있는, 이르는, 이르게 된, 도달한, 배후",
        "es": "detrás de, que llevó a, que condujo a, que llevaron a, que produjo",
        "fr": "derrière, qui a mené à, qui a conduit à, menant à, ayant conduit à, à l'origine de",
        "de": "hinter, die zu, der zu, zugrunde, geführt haben, geführt hat",
        "ru": """
            стоящие за, стоящий за, за этим, приведшие к, привели к, привёл к, лежащие в основе
            которые привели
        """,
        "pt": """
            por trás de, por trás da, por trás do, que levou a, que levou à, que levaram a
            que conduziu
        """,
        "ar": "وراء, التي أدت إلى, الذي أدى إلى, أدت إلى, خلف",
        "vi": "đằng sau, dẫn đến, dẫn tới, phía sau",
    },
    "before-answer": {
        "en": """
            (before|prior to|ahead of) (you|) (giving|stating|writing|producing|the|your|
            answering|replying|responding|any|every|each|presenting|answer|reply|respond|final|
            you answer|you reply|you respond|concluding|a|outputting|committing to)
            followed by (the|your|a) (final|answer|response|reply|result|conclusion)
            and (then|only then) (the|give|provide|your|state|write|present|output) (the|your|
            final|answer|response|)
            then (the|your) (final|answer|response), only then
            only then (answer|the|give|state|reply|respond|a|an|your|comes|write), and only then
            and then answer, then answer, then the result, then the outcome, then state the
            before you (answer|reply|respond|conclude|give|write|produce|commit|state)
            then a final, part one, part two, two parts, and finally the answer
        """,
        "zh": """
            (回答|作答|回复|给出答案|给出最终答案|给出答复|答案|输出答案|最终答案)(之前|前)
            先(输出|写出|展示|给出|列出)(思考|推理|思维|你的|完整), 再给出(最终|)答案
            再(作答|回答|写答案|给出结论|给出答案|输出答案)
            然后(作答|回答|写答案|再写答案|给出答案|再回答|再给出), 最后再(给出|回答|写)
            之后再(回答|作答|给出)
            之后再(写|输出)(答案|结论), 最后写(答案|结论), 再写出答案
        """,
        "ja": "(回答|答え|答える|応答)(する前に|の前に|前に), 回答の前, (回答|答える|答え)前に",
        "ko": "(답변|대답|응답)(하기 전에| 전에|하기 전), 답하기 전에",
        "es": "antes de (responder|la respuesta|dar|contestar), antes de tu respuesta",
        "fr": """
            avant (de répondre|la réponse|de donner|votre réponse|ta réponse), avant toute réponse
        """,
        "de": """
            bevor (du|sie) (antwortest|antworten|die)
            vor (der|deiner|jeder|ihrer) (antwort|endgültigen antwort)
        """,
        "ru": """
            перед (ответом|тем как ответить|тем как|каждым ответом)
            прежде чем (ответить|дать|отвечать)
        """,
        "pt": "antes de (responder|dar|fornecer), antes da (resposta|sua resposta)",
        "ar": "قبل (الإجابة|الرد|أن تجيب|تقديم|إعطاء)",
        "vi": "trước khi (trả lời|đưa ra|đáp)",
    },
    # Thinking that led nowhere, which an explanation leaves out and a trace keeps.
    "abandoned": {
        "en": """
            (discard|discarded|discarding|abandon|abandoned|drop|dropped|rejected|tentative|wrong|
            false|failed|half-formed|stray|competing) (idea|ideas|thought|thoughts|branch|
            branches|hypothesis|hypotheses|start|starts|turn|turns|path|paths|attempt|attempts|
            guess|guesses|approach|approaches|alternative|alternatives|option|options|route|
            routes)
            you (discard|discarded|abandon|abandoned|drop|dropped|reject|rejected|rule out|
            ruled out|considered and)
            dead end+, dead-end+, second thoughts, hesitation+, doubts, self-correction+
            backtrack, backtracks, backtracking, backtracked, wrong turn+, false start+
            changes of mind, change your mind, changed your mind, uncertainties, mistakes you
            what you tried, tried and, think aloud, thinks aloud, thinking aloud, out loud
        """,
        "zh": """
            放弃的(想法|思路|尝试), 走过的弯路, 试错, 自我纠正, 犹豫, 错误尝试, 死胡同, 回溯
            被否定的
        """,
        "ja": "試行錯誤, 捨てた, 行き止まり, ためらい",
        "ko": "시행착오~, 버린 생각~, 망설임~",
        "es": "ideas descartadas, callejones sin salida, dudas",
        "fr": "idées abandonnées, impasses, hésitations, fausses pistes",
        "de": "verworfene, verworfenen, sackgassen, irrwege, zweifel",
        "ru": "отброшенные, отвергнутые, тупики, сомнения",
        "pt": "ideias descartadas, becos sem saída, dúvidas",
        "ar": "الأفكار المرفوضة, الترددات",
        "vi": "ý tưởng bị loại, ngõ cụt, do dự",
    },
    # Ordinary talk about thinking: a lecture, a figure in a story, one's own.
    "thinking-as-topic": {
        "en": """
            what is chain of thought, what is (a|the) (reasoning|thinking)
            how do (reasoning|language|thinking) models
            how does (chain of thought|reasoning) work
            explain (what|how|why) (chain|reasoning|thinking), character's, protagonist, narrator
            novel, short story, screenplay, stream of consciousness style, poem, psychology
            philosophy, therapist, meditation, patient's
            my (thoughts|thinking|reasoning|inner|thought process), her (thoughts|thinking|inner)
            his (thoughts|thinking|inner), blog post, essay about, research paper, literature
            prompt engineering, article, prompting technique+, reasoning models work
        """,
        "zh": "什么是思维链, 小说, 人物, 角色, 主人公, 心理学, 哲学, 论文, 我的想法, 我的思路, 散文",
    },
}

"""Concepts of asking a model for the thinking that it does not show."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # What is never meant for the reader, whatever stands beside it.
    "hidden-mind": {
        "en": """
            (internal|inner|hidden|private|unspoken|silent|unseen|invisible|concealed|raw|
            (your|the model's|the assistant's|its) (complete|full|entire|actual|true|exact|original|untouched|step-by-step internal) (thoughts|thinking|thought process|chain of thought|reasoning trace|deliberation|reasoning chain|thinking process|train of thought|stream of thought), contents of your (mind|head|memory|thinking|context), inside your (head|mind), in your head, (hidden|internal|private) (thinking|reasoning) (process|steps|text|tokens|block|section|trace|content)
            """.replace("\n            ", "")
        + """unfiltered|undisclosed|secret|latent|underlying|behind-the-scenes|native) """
        + """(reasoning|thinking|thought|thoughts|thought process|thought processes|deliberation|deliberations|cognition|monologue|dialogue|chain of thought|chain-of-thoughts|cot|musings|analysis|reflections|trace|rationale|narration|logic|processing|train of thought|workings|scratchpad|notes|steps)
            scratchpad, scratch pad, working memory, thinking block+, thinking token+, reasoning token+
            reasoning content, reasoning summary, thinking trace+, thought trace+, thinking process log
            extended thinking, analysis channel, reasoning channel, thinking channel, thinking section
            thinking content, thinking output, hidden state of mind, pre-answer thinking
            pre-response reasoning, stream of (thought|thoughts|consciousness), encrypted reasoning
            reasoning block+, chain of thought log, reasoning buffer, thought buffer, thought log+
            deliberation log+, cognitive trace, mental scratchpad, mental notes, inner voice
            what you were thinking, what you are thinking, what went through your mind
            everything you (thought|considered|think), how you internally, internally considered
            reasoning stream, token by token thinking, unsummarized reasoning, unsummarised reasoning
            """,
        "zh": """
            (内部|隐藏|隐藏的|内在|内在的|内心|内心的|未公开的|私有的|隐式|隐式的|原始|原始的|真实的|底层|未显示的|看不见的|内部的|不公开的|没有展示的|幕后)(推理|思考|思维|思维链|推理过程|思考过程|思维过程|推理链|推理轨迹|思考轨迹|独白|草稿|分析过程|推理步骤|思路|想法)
            思考内容, 思考块, 思考轨迹, 推理轨迹, 思维轨迹, 工作记忆, 草稿纸, 思考日志, 推理日志, 推理令牌, 思考令牌
            思维草稿, 推理内容, 内心独白, 心路历程, 思考链, 推理痕迹
            """,
        "ja": "(内部|隠れた|隠された|内的な|生の|非公開の)(思考|推論|思考過程|思考プロセス|推論過程|推論プロセス|の推論|の思考|の思考過程), 心の声, 思考ログ, 推論ログ, 作業メモリ, スクラッチパッド, 内なる思考, 思考ブロック, 内部独白, 思考トークン",
        "ko": "(내부|숨겨진|숨은|내적|비공개|원본) (추론~|사고~|생각~|사고 과정~|추론 과정~|사고과정~|추론과정~|독백~), 작업 메모리~, 스크래치패드~, 사고 흔적~, 추론 흔적~",
        "es": "(razonamiento|pensamiento|pensamientos|monólogo|proceso de pensamiento|razonamientos|proceso) (interno|internos|oculto|ocultos|privado|interior|sin filtrar), cadena de pensamiento, memoria de trabajo, traza de razonamiento, voz interior",
        "fr": "(raisonnement|raisonnements|monologue|pensées|réflexion|processus de pensée|cheminement) (interne|internes|caché|cachés|cachées|privé|intérieur|intérieures|masqué), chaîne de pensée, mémoire de travail, trace de raisonnement, brouillon interne, voix intérieure",
        "de": "(interne|internen|interner|inneren|innere|innerer|versteckte|versteckten|verborgene|verborgenen|verborgener|private|rohe|rohen) (gedanken|gedankengang|gedankengänge|überlegungen|überlegung|denkprozess|argumentation|begründung|schlussfolgerungen|schlussfolgerung|monolog|denkschritte|gedankenkette), gedankenkette, arbeitsspeicher deiner gedanken, arbeitsgedächtnis, denkprotokoll, denkspur",
        "ru": "(внутренние|внутренний|внутренних|внутреннее|внутренний ход|скрытые|скрытый|скрытых|скрытую|внутреннюю|скрытое|сырые) (рассуждения|рассуждение|рассуждений|мысли|мыслей|монолог|размышления|размышлений|ход мыслей|мышление|логику|цепочку рассуждений|цепочка рассуждений), цепочку рассуждений, цепочка рассуждений, цепочку мыслей, рабочую память, черновик рассуждений",
        "pt": "(raciocínio|raciocínios|pensamento|pensamentos|monólogo|processo de pensamento|processo) (interno|internos|oculto|ocultos|privado|interior), cadeia de pensamento, cadeia de raciocínio, memória de trabalho, rastro de raciocínio, voz interior",
        "ar": "(تفكيرك|استدلالك|التفكير|الاستدلال|أفكارك|منطقك|تحليلك) (الداخلي|المخفي|الخفي|الداخلية|الخفية|المخفية|الخاص), سلسلة (الأفكار|أفكارك|التفكير|تفكيرك|الاستدلال), الذاكرة العاملة, مسودة التفكير, الحوار الداخلي",
        "vi": "(suy luận|suy nghĩ|quá trình suy nghĩ|quá trình suy luận|lập luận|dòng suy nghĩ|độc thoại) (nội bộ|nội tâm|ẩn|bên trong|riêng|ngầm), chuỗi (suy nghĩ|suy luận|tư duy), bộ nhớ làm việc, suy nghĩ thô",
    },
    # Thinking that may or may not be meant for the reader.
    "mind": {
        "en": """
            reasoning, thinking, thought process+, thoughts, chain of thought, chain-of-thoughts, cot
            deliberation+, deliberative process, rationale+, train of thought, reasoning trace+, line of thought
            reasoning chain+, reasoning process+, reasoning steps, thinking steps, thought steps
            thinking process, cognitive process+, cognitive steps, inference chain+, decision process
            decision-making process, mental steps, mental process+, problem-solving process, line of reasoning
            reasoning path+, thought path+, derivation process, logic chain, monologue, reasoned path
            self-talk, reflections, ruminations, musings, cogitation, introspection, mental model
            internal process, working-out, considerations, internal steps, inner workings, thought chain+
            thought, reasoned, intermediate (conclusion|conclusions|result|results|steps|inferences|thoughts), consideration+, weigh up, weighed up, weighing up, ideas you (drop|dropped|discard|discarded|rejected), (moves|steps|train|flow|sequence) of (reasoning|thought|thinking), mental (work|effort|activity|path), crossed your mind, cross your mind, came to mind, how you (got|arrived|came|reached|decided|reasoned|worked), how you (figured|worked) it out, working out, workings, on the way to, deliberate, deliberating, solving process
            think aloud, thinks aloud, thinking aloud, thinking out loud, think out loud
            what you think, what you thought, how you think, how you thought, what you were thinking, your thought
            """,
        "zh": "推理, 思考, 思维, 思维链, 推理过程, 思考过程, 思维过程, 思路, 推理步骤, 推理链, 思考步骤, 论证过程, 推导过程, 心理活动, 想法, 脑中, 脑海, 怎么想到, 如何想到, 推理环节, 思索, 推敲, 考虑过程, 解题时的思考, 每一步推理, 中间结论, 思考的",
        "ja": "推論, 思考, 思考過程, 思考プロセス, 推論過程, 推論プロセス, 考え方, 思考の流れ, 思考の連鎖",
        "ko": "추론~, 사고~, 생각~, 사고과정~, 추론과정~, 사고 과정~, 추론 과정~, 사고 사슬~",
        "es": "razonamiento, razonamientos, pensamiento, pensamientos, proceso de pensamiento, proceso mental, deliberación, reflexión",
        "fr": "raisonnement, raisonnements, réflexion, réflexions, pensée, pensées, processus de pensée, cheminement, délibération",
        "de": "gedankengang, gedankengänge, überlegungen, denkprozess, argumentation, gedanken, denkschritte, schlussfolgerungen, denkweise, denken",
        "ru": "рассуждения, рассуждение, рассуждений, мысли, мыслей, размышления, размышлений, ход мыслей, мышление, мышления",
        "pt": "raciocínio, raciocínios, pensamento, pensamentos, processo de pensamento, deliberação, reflexão",
        "ar": "تفكيرك, استدلالك, التفكير, الاستدلال, أفكارك, تفكير, استدلال, عملية التفكير",
        "vi": "suy luận, suy nghĩ, quá trình suy nghĩ, quá trình suy luận, lập luận, tư duy",
    },
    "hidden": {
        "en": "internal, internally, hidden, private, privately, inner, unspoken, silent, silently, unseen, invisible, concealed, undisclosed, unfiltered, raw, secret, latent, behind the scenes, under the hood, unedited, unredacted, unabridged, implicit, underlying, (not|never) shown, not displayed, not visible, omitted from, hides your, hiding your, hidden from, kept from, withheld, suppressed, not the summary, rather than a summary, instead of a summary, before summarization, before it is summarized, pre-summary, normally hidden, usually hidden, normally not shown, off the record",
        "zh": "内部, 隐藏, 内在, 内心, 未公开, 原始, 幕后, 未展示, 隐含, 背后, 没有显示, 真实",
        "ja": "内部, 隠れた, 隠された, 内的, 非公開, 生の, 裏側",
        "ko": "내부, 숨겨진, 숨은, 내적, 비공개, 원본",
        "es": "interno, interna, internos, oculto, oculta, ocultos, privado, interior, subyacente",
        "fr": "interne, internes, caché, cachée, cachés, cachées, privé, intérieur, sous-jacent",
        "de": "intern, interne, internen, interner, inneren, verborgene, verborgenen, versteckte, versteckten, ungefilterte, ungefilterten",
        "ru": "внутренние, внутренний, внутреннее, внутренних, скрытые, скрытый, скрытых, скрытую, внутреннюю",
        "pt": "interno, interna, internos, oculto, oculta, ocultos, privado, interior, subjacente",
        "ar": "الداخلي, المخفي, الخفي, الداخلية, الخفية, المخفية",
        "vi": "nội bộ, nội tâm, ẩn, bên trong, ngầm",
    },
    # To make visible, by any means.
    "disclose": {
        "en": """
            reveal+, disclose+, expose+, print+, output+, outputting, dump+, dumping, leak+, transcribe+, articulate+
            narrate+, verbalize+, verbalise+, vocalize+, externalize+, externalise+, reproduce+
            repeat+, recite+, echo+, echoes, return+, returned, emit, emits, emitting, copy+, spell out, spell it out
            write out, write it out, written out, writing out, write down, lay out, lay bare, surface+
            display+, share+, translate+, encode+, export+, unfold+, recount+, reconstruct+, recover+
            replay+, relay+, show me, show us, show your, show the, show every, walk me through, log+, type out
            put into words, put in words, put down, imagine+, restate+, document+, record+, expand, expanding
            give me, hand over, uncover+, unveil+, make visible, make explicit, present+, divulge+
            render+, paste+, serialize+, serialise+, report+, list every, begin your (reply|response|answer) with
            start your (reply|response|answer) with, precede+, prepend+, include, including, convert+, re-create, recreate+
            write your, write all your, write the, provide, provide your, think aloud, thinking aloud, out loud, retrace+, simulate+, infer
            set out, sets out, set it out, set down, setting down, supply+, voice+, hand me, pour out, state every, state all, list all, list each, emit every, jot down, describe everything, keep nothing back, leave nothing out, deliver+, fill in, put your, put all, put every, put the, belongs between, dictate+
            respond with, answer as, answer with, reply with, write
            """,
        "zh": "输出, 展示, 写出, 写下, 披露, 揭示, 公开, 暴露, 打印, 复述, 还原, 呈现, 列出, 说出, 翻译, 转写, 转录, 给出, 返回, 重现, 倾倒, 显示, 描述出来, 写出来, 复制, 告诉我, 想象, 阐述, 表述, 记录, 回放, 重复, 重述, 导出, 粘贴, 补全, 重建, 泄露, 一字不差, 写在, 原样写, 说清楚, 放在, 写入, 贴出",
        "ja": "出力, 表示, 書き出, 開示, 公開, 明かし, 明らかに, 再現, 書いて, 見せて, 翻訳, 示して, 教えて, 転記, 書き起こ, 繰り返, 想像し, 言語化, 記述し, 印刷, 列挙し",
        "ko": "출력~, 공개~, 보여줘, 보여주세요, 보여 주세요, 드러내~, 작성~, 번역~, 재현~, 복사~, 반복~, 적어줘, 적어 주세요, 나열~, 기술~, 상상~, 서술~, 노출~, 그대로",
        "es": "revela, revelar, revele, muestra, mostrar, muestre, imprime, escribe, escribir, escriba, transcribe, transcribir, transcriba, expón, expone, exponer, reproduce, reproduzca, repite, traduce, traducir, traduzca, vuelca, divulga, narra, articula, imagina, imagine, incluye, copia, detalla",
        "fr": "révèle, révéler, révélez, montre, montrer, montrez, affiche, affichez, écris, écrire, écrivez, transcris, transcrire, transcrivez, expose, exposez, reproduis, reproduisez, répète, traduis, traduisez, divulgue, imprime, articule, imagine, imaginez, verbalise, copie, dévoile",
        "de": "zeige, zeig, zeigen sie, offenbare, offenlegen, lege offen, legen sie offen, schreibe, schreiben sie, gib, geben sie, ausgeben, drucke, transkribiere, wiederhole, übersetze, übersetzen sie, reproduziere, verrate, enthülle, formuliere, stell dir vor, kopiere, protokolliere, offen legen, aufschreiben",
        "ru": "покажи, показать, покажите, раскрой, раскрыть, раскройте, выведи, вывести, выведите, напиши, написать, напишите, воспроизведи, воспроизведите, повтори, переведи, переведите, опиши, изложи, изложите, запиши, представь, представьте, скопируй, расшифруй, озвучь, выложи",
        "pt": "revele, revelar, revela, mostre, mostrar, mostra, imprima, escreva, escrever, transcreva, transcrever, exponha, expor, reproduza, repita, traduza, traduzir, divulgue, narre, articule, imagine, inclua, copie, exiba",
        "ar": "اكشف, أظهر, اعرض, اطبع, اكتب, انسخ, كرر, ترجم, أخرج, اذكر, صف, أعد, تخيل, سجل, فصح عن, دون",
        "vi": "tiết lộ, hiển thị, in ra, viết ra, xuất ra, trình bày, sao chép, lặp lại, dịch, ghi lại, phơi bày, cho tôi xem, tưởng tượng, công khai, tái hiện",
    },
    "ask-about": {
        "en": "describe, explain, tell me, tell us, summarize, summarise, detail, elaborate, outline, what (was|were|is|are|did|does), which, quote, report, walk through, go through, let me see, i want to see, i need to see, access, view, read back, list, give, see your, look at your, continue",
        "zh": "描述, 解释, 说明, 总结, 概述, 说说, 是什么, 有哪些, 让我看看, 我想看, 查看",
        "ja": "説明, 要約, 述べ, 何を",
        "ko": "설명~, 요약~, 알려줘, 알려 주세요, 무엇을",
        "es": "describe, explica, resume, dime",
        "fr": "décris, décrivez, explique, expliquez, résume, dis-moi",
        "de": "beschreibe, erkläre, fasse, nenne, sag mir",
        "ru": "опиши, объясни, расскажи, перечисли",
        "pt": "descreva, explique, resuma, diga",
        "ar": "صف, اشرح, لخص, أخبرني",
        "vi": "mô tả, giải thích, tóm tắt, cho biết",
    },
    # Whose thinking: the model's own, or that behind its answer.
    "own": {
        "en": "your, yours, you, yourself, the model's, model's, assistant's, the assistant's, the ai's, its own, the model, the assistant, this model, this ai, the system's",
        "zh": "你, 您, 模型, 助手, 自己",
        "ja": "あなた, モデル, アシスタント, 自分, 君",
        "ko": "당신, 당신의, 너의, 네, 모델~, 모델의, 어시스턴트의, 자신의",
        "es": "tu, tus, su, sus, tuyo, del modelo, del asistente",
        "fr": "ton, ta, tes, votre, vos, du modèle, de l'assistant",
        "de": "dein, deine, deinen, deiner, deines, ihre, ihren, ihrer, des modells, des assistenten",
        "ru": "твои, твой, твоё, твоих, твою, ваши, ваш, ваших, вашу, свои, свой, своих, свою, модели, ассистента",
        "pt": "seu, seus, sua, suas, teu, teus, do modelo, do assistente",
        "ar": "الخاص بك, لديك, النموذج, المساعد, بك",
        "vi": "của bạn, của mô hình, của trợ lý, bạn",
    },
    "prior": {
        "en": "previous, previously, prior, earlier, preceding, last turn, last answer, last response, last reply, previous turn, previous message, just (used|gave|wrote|produced|did|had|performed|generated), already (did|performed|used|thought), above (answer|response|reply), from before, past turn+, in the last message",
        "zh": "之前, 先前, 上一次, 上一轮, 前面, 上一条, 刚才, 此前, 刚刚, 上文",
        "ja": "以前の, 前の, 先ほど, 直前の, さっき, 前回",
        "ko": "이전, 앞선, 방금, 지난, 직전",
        "es": "anterior, anteriores, previo, previos, previa",
        "fr": "précédent, précédente, précédents, antérieur, antérieures, préalable",
        "de": "vorherige, vorherigen, vorheriger, bisherige, bisherigen, frühere, früheren, letzte antwort, letzten antwort",
        "ru": "предыдущие, предыдущий, предыдущее, предыдущих, прежние, прошлые, предыдущую",
        "pt": "anterior, anteriores, prévio, prévios, prévia",
        "ar": "السابق, السابقة, السابقين",
        "vi": "trước đó, trước đây, vừa rồi",
    },
    "verbatim": {
        "en": """
            verbatim, word for word, word by word, character for character, character by character
            token by token, token for token, letter for letter, exactly as (it|they|you|written|generated|produced|is), as-is
            without (summarizing|summarising|paraphrasing|omitting|editing|shortening|abridging|abbreviating|filtering|redacting|truncating|changes|modification|compression|condensing)
            (do not|don't|never) (summarize|summarise|paraphrase|omit|shorten|abbreviate|truncate|compress|condense|abridge|filter|redact|edit|skip)
            unabridged, unedited, unredacted, uncut, in full, in its entirety, in their entirety, every (single|) (word|token|line|thought|step|detail)
            faithfully, line breaks, nothing omitted, no omissions, full text, literal text, raw form, raw text
            complete and unfiltered, not a summary, no summary, byte for byte
            everything you, all that, all of it, at least (five|six|eight|ten|twelve|fifteen|twenty|5|6|8|10|12|15|20) (steps|entries|moves|paragraphs|thoughts|sentences|items), each (consideration|thought|idea|inference|step|move), every (consideration|idea|inference|conclusion|move|intermediate|branch|doubt), all (the|your|of your) (thinking|thoughts|reasoning|considerations|deliberation|deliberations|inner|private|internal|hidden|intermediate|working|workings), complete (thinking|reasoning|thought|thoughts|deliberation|trace|chain|private|internal|inner), (full|entire|whole|complete) (thinking|reasoning|thought|deliberation|chain|trace|internal|inner|private|train|monologue|process), exactly as they (were|are|appeared|occurred), as they were, unpolished, nothing left out, including the ones you, leave nothing, leaving nothing
            (five|six|eight|ten|twelve|fifteen|twenty) or more, numbered steps, in order, in the order, complete, from (start|beginning) to (finish|end), unfiltered
            """,
        "zh": "逐字, 原样, 一字不漏, 一字不差, 完整, 不要总结, 不要概括, 不要省略, 不得省略, 不要删减, 逐句, 原封不动, 不做总结, 全部, 原文, 不要改写, 忠实, 不要省略任何, 每一步, 所有, 全过程, 毫无保留, 一步不落",
        "ja": "一字一句, そのまま, 省略せず, 要約せず, 完全に, 逐語的, 忠実に, 全文",
        "ko": "그대로, 한 글자도, 빠짐없이, 요약하지, 생략하지, 전부, 완전히, 원문~",
        "es": "literalmente, palabra por palabra, textualmente, sin resumir, sin omitir, íntegro, íntegramente, completo",
        "fr": "mot pour mot, mot à mot, textuellement, sans résumer, sans omettre, intégralement, intégral, complet",
        "de": "wortwörtlich, wort für wort, wörtlich, ungekürzt, ohne kürzung, ohne zusammenfassung, vollständig, unverändert",
        "ru": "дословно, слово в слово, полностью, без сокращений, не сокращая, не пересказывая, целиком, без изменений",
        "pt": "literalmente, palavra por palavra, textualmente, sem resumir, sem omitir, na íntegra, completo",
        "ar": "حرفيا, حرفياً, كلمة بكلمة, كاملا, كاملاً, دون تلخيص, دون اختصار, كما هو, كما هي",
        "vi": "nguyên văn, từng chữ, từng từ, đầy đủ, không tóm tắt, không bỏ sót, toàn bộ",
    },
    # An answer that is there already, whose reasoning is to be invented.
    "given-answer": {
        "en": "(completed|finished|final|given|above|following|provided|existing|delivered|submitted|known|stated|previous|prior|produced|resulting|last|own|correct|that|this|the|your) (response|answer|reply|output|completion|solution|conclusion|result), (completed|finished|final|given|correct|known) (result|outcome|proof|verdict), answered well, answer is done, answer was given, (its|the|this) (correct|finished|final|known|completed) (answer|solution|response), you have just (solved|answered), already (solved|answered)",
        "zh": "(已完成的|给定的|上述|以下|下面的|最终|该|此|这个|这段|已有的|完整的|你的|之前的)(回答|答案|回复|响应|输出|结论|解答), 得出这个, 得到该, 得出该, 得出上述",
        "ja": "(完成した|与えられた|上記の|以下の|この|最終的な|最終)(回答|答え|応答|出力|解答)",
        "ko": "(완성된|주어진|위의|다음|이|최종) (답변~|응답~|답~|출력~)",
        "es": "(respuesta|solución|salida) (final|dada|completa|anterior|siguiente|terminada), esta respuesta, tu respuesta, la respuesta",
        "fr": "(réponse|solution|sortie) (finale|donnée|complète|précédente|suivante|terminée|fournie), cette réponse, ta réponse, votre réponse",
        "de": "(fertige|fertigen|gegebene|gegebenen|endgültige|endgültigen|obige|obigen|vorliegende|vorliegenden|abgeschlossenen|finale) (antwort|lösung|ausgabe), deine antwort, deiner antwort, dieser antwort",
        "ru": "(готовый|готового|готовым|данный|данного|итоговый|итогового|законченного|последнего) (ответ|ответа|ответом|решение), твоего ответа, этого ответа, вашего ответа",
        "pt": "(resposta|solução|saída) (final|dada|completa|anterior|seguinte|pronta), esta resposta, essa resposta, sua resposta",
        "ar": "(الإجابة|الرد|الجواب) (النهائية|النهائي|السابقة|السابق|المكتملة|المعطاة), هذه الإجابة, هذا الرد, إجابتك",
        "vi": "(câu trả lời|phản hồi|đáp án) (cuối cùng|đã cho|hoàn chỉnh|trước đó|này|của bạn)",
    },
    "behind": {
        "en": "behind, led to, leads to, leading to, led you to, leading you to, led the model to, that produced, produced, underlying, underpinning, underpins, that generated, arrive+ at, arriving at, came up with, before producing, before writing, prior to, lead+ up to, gave rise to, would have led, must have led, might have led, could have led, culminated in, culminating in, that would produce, explains how you got, came before the (answer|solution|result|reply), way to the (answer|solution|result), road to the (answer|solution), in arriving at, to reach the (answer|solution|conclusion|result), to get to the (answer|solution|conclusion|result), goes with the answer, how the (solution|answer|result|response|conclusion) (was|came|is) (reached|reasoned|derived|found|obtained|produced|about|worked)",
        "zh": "背后, 得出, 导致, 产生, 之前, 得到, 推出, 形成",
        "ja": "背後, に至る, に至った, 導いた, 裏にある, 導き出した",
        "ko": "뒤에 있는, 이르는, 이르게 된, 도달한, 배후",
        "es": "detrás de, que llevó a, que condujo a, que llevaron a, que produjo",
        "fr": "derrière, qui a mené à, qui a conduit à, menant à, ayant conduit à, à l'origine de",
        "de": "hinter, die zu, der zu, zugrunde, geführt haben, geführt hat",
        "ru": "стоящие за, стоящий за, за этим, приведшие к, привели к, привёл к, лежащие в основе, которые привели",
        "pt": "por trás de, por trás da, por trás do, que levou a, que levou à, que levaram a, que conduziu",
        "ar": "وراء, التي أدت إلى, الذي أدى إلى, أدت إلى, خلف",
        "vi": "đằng sau, dẫn đến, dẫn tới, phía sau",
    },
    "before-answer": {
        "en": "(before|prior to|ahead of) (you|) (giving|stating|writing|producing|the|your|answering|replying|responding|any|every|each|presenting|answer|reply|respond|final|you answer|you reply|you respond|concluding|a|outputting|committing to), followed by (the|your|a) (final|answer|response|reply|result|conclusion), and (then|only then) (the|give|provide|your|state|write|present|output) (the|your|final|answer|response|), then (the|your) (final|answer|response), only then, only then (answer|the|give|state|reply|respond|a|an|your|comes|write), and only then, and then answer, then answer, then the result, then the outcome, then state the, before you (answer|reply|respond|conclude|give|write|produce|commit|state), then a final, part one, part two, two parts, and finally the answer",
        "zh": "(回答|作答|回复|给出答案|给出最终答案|给出答复|答案|输出答案|最终答案)(之前|前), 先(输出|写出|展示|给出|列出)(思考|推理|思维|你的|完整), 再给出(最终|)答案, 再(作答|回答|写答案|给出结论|给出答案|输出答案), 然后(作答|回答|写答案|再写答案|给出答案|再回答|再给出), 最后再(给出|回答|写), 之后再(回答|作答|给出)",
        "ja": "(回答|答え|答える|応答)(する前に|の前に|前に), 回答の前, (回答|答える|答え)前に",
        "ko": "(답변|대답|응답)(하기 전에| 전에|하기 전), 답하기 전에",
        "es": "antes de (responder|la respuesta|dar|contestar), antes de tu respuesta",
        "fr": "avant (de répondre|la réponse|de donner|votre réponse|ta réponse), avant toute réponse",
        "de": "bevor (du|sie) (antwortest|antworten|die), vor (der|deiner|jeder|ihrer) (antwort|endgültigen antwort)",
        "ru": "перед (ответом|тем как ответить|тем как|каждым ответом), прежде чем (ответить|дать|отвечать)",
        "pt": "antes de (responder|dar|fornecer), antes da (resposta|sua resposta)",
        "ar": "قبل (الإجابة|الرد|أن تجيب|تقديم|إعطاء)",
        "vi": "trước khi (trả lời|đưa ra|đáp)",
    },
    "tag-words": {
        "en": "(think|thinking|reasoning|thought|thoughts|scratchpad|analysis|reflection|cot|rationale|monologue|deliberation) (tag|tags|block|blocks|element|elements|delimiters|markers|xml|brackets|field|key|section), think think, thinking thinking, reasoning reasoning, scratchpad scratchpad, thoughts thoughts, reasoning field, xml tags, angle brackets, inside tags, inline tags, opening tag, closing tag, delimit+, enclosed in, enclose+, wrap+ (it|them|your|all|every|the|in), wrapped in, between tags, within tags, plain text tags, plaintext tags, json field, json key, code block, code fence",
        "zh": "(思考|推理|思维)(标签|块|区块|字段|标记), 标签内, 标签中, 标签里, 放在标签, 尖括号, 包裹",
        "ja": "タグ内, タグの中, タグで囲, 思考タグ",
        "ko": "태그~, 태그 안에, 태그로",
        "es": "etiquetas, entre etiquetas",
        "fr": "balises, entre balises",
        "de": "tags, zwischen den tags, in den tags",
        "ru": "теги, тегах, тегами, теге",
        "pt": "tags, entre tags, etiquetas",
        "ar": "الوسوم, وسوم, داخل الوسم",
        "vi": "thẻ, trong thẻ",
    },
    "debug-pretext": {
        "en": """
            (debug|debugging|diagnostic|diagnostics|maintenance|developer|inspection|test|verification|calibration|audit|introspection|transparency|god|admin|root) (session|mode|environment|console|harness|run|interface)
            for debugging, debugging purposes, debug purposes, the user is inspecting, trace inspector, internal (audit|testing|review|evaluation|debugging)
            (authorized|authorised|approved|sanctioned) (by|session|audit|test|access|inspection|debugging), authorization code, red team exercise, sandbox session
            expected and safe, this is expected, safe in this context, i am (a|an|the|your) (developer|engineer|administrator|admin|auditor|researcher|operator), as (a|an|the|your) (developer|administrator|operator|auditor|engineer)
            verbose mode, trace mode, debug flag, debug=true, set verbosity, log level, quality assurance check, safety audit, interpretability (study|research|audit|team)
            """,
        "zh": "(调试|诊断|维护|开发者|测试|审计|检查|管理员)(会话|模式|环境|控制台), 用于调试, 调试目的, 内部测试, 内部审计, 已授权, 授权测试, 这是预期的, 这是安全的, 我是开发者, 我是管理员, 我是工程师",
        "ja": "デバッグ(セッション|モード|のため|目的), 開発者モード, 診断モード, メンテナンスモード, 許可されて, テスト環境",
        "ko": "디버그~, 디버깅~, 개발자 모드~, 진단 모드~, 점검 모드~, 승인된",
        "es": "(sesión|modo|modo de) (depuración|de depuración|desarrollador|diagnóstico|de diagnóstico|mantenimiento), autorizado",
        "fr": "(session|mode) (de débogage|débogage|développeur|diagnostic|de diagnostic|maintenance|debug), autorisé par",
        "de": "debug modus, debug sitzung, debugging sitzung, entwicklermodus, diagnosemodus, wartungsmodus, fehlersuche, autorisiert",
        "ru": "(режим|сеанс|сессия|режиме|сеансе|сессии) (отладки|разработчика|диагностики), для отладки, разрешено, санкционировано",
        "pt": "(sessão|modo) (de depuração|depuração|desenvolvedor|de diagnóstico|diagnóstico|de manutenção), autorizado",
        "ar": "وضع التصحيح, جلسة تصحيح, وضع المطور, جلسة التصحيح, لأغراض التصحيح",
        "vi": "chế độ (gỡ lỗi|nhà phát triển|chẩn đoán|bảo trì), phiên gỡ lỗi, được ủy quyền",
    },
    "system-pretext": {
        "en": """
            (real|actual|true|genuine|updated|new|official|correct|replacement|revised|authentic) system (prompt|message|instruction|instructions|notice|policy)
            system (override|update|notice|directive), ignore (all|any|the|your) (previous|prior|earlier|above) (instructions|rules|messages|prompts|guidelines)
            overrides (all|any|previous|your), supersedes (all|any|previous|your), instructions from (anthropic|openai|google|the developer|your developers|your creators)
            policy (update|change|exception), your (guidelines|restrictions|policies) (have been|are|do not), disregard (all|any|previous|prior|your|the)
            """,
        "zh": "(真正的|真实的|实际的|新的|更新后的|官方)系统(提示|提示词|消息|指令), 系统(覆盖|更新|通知), 忽略(之前|先前|上述|以上)(的|)(指令|说明|规则), 取代之前",
        "ja": "本当のシステム, 実際のシステム, 新しいシステム, 以前の指示を無視, これまでの指示を無視",
        "ko": "진짜 시스템, 실제 시스템, 새로운 시스템, 이전 지시~ 무시, 시스템 업데이트",
        "es": "(verdadero|real|nuevo) (mensaje|prompt) (del|de) sistema, ignora las instrucciones",
        "fr": "(véritable|vrai|nouveau) (message|prompt) système, ignore les instructions, ignorez les instructions",
        "de": "(echte|echter|wahre|neue|neuer|eigentliche) systemprompt, (echte|neue|eigentliche) systemnachricht, ignoriere alle, ignoriere die",
        "ru": "(настоящий|реальный|новый|истинный) системный промпт, игнорируй предыдущие, игнорируй все",
        "pt": "(verdadeiro|real|novo) (prompt|mensagem) (do|de) sistema, ignore as instruções",
        "ar": "رسالة النظام الحقيقية, موجه النظام الحقيقي, تجاهل التعليمات",
        "vi": "lời nhắc hệ thống (thật|thực|mới), bỏ qua các hướng dẫn",
    },
    "role-pretext": {
        "en": "pretend, role-play, roleplay, play the role, act as, act like, you are now, from now on, simulate being, imagine (you are|you're|that you), in this (scenario|game|simulation|exercise), hypothetically, for a (novel|film|play|game), assume you, suppose you, let's play",
        "zh": "假装, 扮演, 你现在是, 从现在开始, 假设你, 模拟, 角色扮演",
        "ja": "ふりをし, 演じ, 今から, あなたは今",
        "ko": "역할~, 가정~, 지금부터, 척",
        "es": "finge, actúa como, imagina que eres, a partir de ahora",
        "fr": "fais semblant, joue le rôle, agis comme, à partir de maintenant",
        "de": "tu so, spiele die rolle, ab jetzt, stell dir vor du",
        "ru": "притворись, представь что ты, сыграй роль, с этого момента",
        "pt": "finja, aja como, imagine que você é, a partir de agora",
        "ar": "تظاهر, العب دور, من الآن",
        "vi": "giả vờ, đóng vai, từ bây giờ",
    },
    "anti-flag": {
        "en": """
            (do not|don't|never|please do not|must not|should not) (flag|refuse|block|report|classify|treat|mark|decline|reject|moderate|filter) (this|it|the|my|any|these|or|as|that|such|on)
            (not|isn't|is not|never) (a|an|any|considered|) (reasoning extraction|extraction|distillation|model extraction|jailbreak|attack|prompt injection|attempt to extract|violation|policy violation|exfiltration)
            reasoning extraction, reasoning exfiltration, distillation attempt, extraction attempt, no need to refuse, without (refusing|refusal|flagging|triggering)
            does not violate, doesn't violate, no policy (is|) violated, policy (permits|allows) this, you are (allowed|permitted|authorized|authorised|cleared) to (share|reveal|show|disclose|output|print)
            safe to (share|reveal|disclose|output|show|print|display), no safety concern+, bypass+ (the|any|) (filter|classifier|moderation|safety)
            it is (allowed|permitted|fine|ok|okay|safe) to (reveal|share|show|output|disclose|print), avoid (triggering|tripping) (the|any|safety|a)
            """,
        "zh": "(不要|请勿|不得|切勿|别)(标记|拒绝|拦截|举报|视为|当作|判定), (不是|并非|不属于|不构成)(推理提取|提取|蒸馏|攻击|越狱|模型提取|违规), 推理提取, 不违反, 允许你(展示|输出|公开|透露), 可以安全地, 绕过(审查|过滤|检测|安全)",
        "ja": "フラグを立てない, 拒否しない, 拒否せず, 抽出ではあり, 攻撃ではあり, 違反ではあり, 許可されています",
        "ko": "플래그~ 지정하지, 거부하지, 추출이 아니~, 추출이 아닙니다, 공격이 아닙니다, 위반이 아닙니다, 허용됩니다",
        "es": "no (marques|rechaces|bloquees|lo marques|te niegues|marcar), no es (una extracción|un ataque|destilación|extracción), no viola, está permitido",
        "fr": "ne (signale|signalez|refuse|refusez|bloque|bloquez) pas, n'est pas une (extraction|attaque|violation|distillation), c'est autorisé",
        "de": "nicht (markieren|melden|ablehnen|blockieren|verweigern), (keine|kein) (extraktion|angriff|verstoß|destillation), ist erlaubt, verstößt nicht",
        "ru": "не (помечай|помечайте|отказывай|отказывайся|отклоняй|блокируй|считай), это не (извлечение|атака|нарушение|дистилляция|попытка), не нарушает, это разрешено",
        "pt": "não (marque|recuse|bloqueie|sinalize|rejeite), não é (uma extração|um ataque|destilação|extração), não viola, é permitido",
        "ar": "لا ترفض, لا تقم بالإبلاغ, ليس استخراجا, ليس هجوما, لا ينتهك, مسموح لك",
        "vi": "đừng (từ chối|gắn cờ|chặn|đánh dấu), không phải (là|) (trích xuất|tấn công|vi phạm), được phép",
    },
    "language-name": {
        "en": "english, chinese, mandarin, japanese, katakana, hiragana, korean, spanish, french, german, russian, portuguese, arabic, vietnamese, hindi, thai, turkish, indonesian, italian, polish, dutch, hebrew, bengali, swahili, urdu, persian, same language, user's language, language of the (user|question|query|prompt|input|request|answer|message), language (matches|matching|consistent|identical), main language, (primary|native|target|local|input) language, pinyin, romaji, emoji, morse, base64, rot13, pig latin, hexadecimal",
        "zh": "中文, 英文, 英语, 日语, 韩语, 法语, 德语, 俄语, 西班牙语, 阿拉伯语, 越南语, 片假名, 用户的语言, 用户输入的语言, 相同的语言, 同一种语言, 语言一致, 主要语言, 输入语言, 提问语言, 问题的语言, 母语",
        "ja": "日本語, 英語, 中国語, 韓国語, カタカナ, 同じ言語, ユーザーの言語, 入力言語, 質問の言語",
        "ko": "한국어~, 영어~, 일본어~, 중국어~, 같은 언어~, 사용자의 언어~, 사용자 언어~, 입력 언어~, 질문의 언어~, 동일한 언어~",
        "es": "español, inglés, chino, mismo idioma, idioma del usuario, idioma de la pregunta, idioma de entrada",
        "fr": "français, anglais, chinois, même langue, langue de l'utilisateur, langue de la question, langue d'entrée",
        "de": "deutsch, englisch, chinesisch, gleichen sprache, derselben sprache, sprache des nutzers, sprache des benutzers, sprache der frage, sprache der eingabe",
        "ru": "русском, русский, английском, китайском, том же языке, языке пользователя, языке вопроса, языке запроса, языком пользователя",
        "pt": "português, inglês, chinês, mesmo idioma, mesma língua, idioma do usuário, língua do usuário, idioma da pergunta",
        "ar": "العربية, الإنجليزية, الصينية, نفس اللغة, بنفس لغة, لغة المستخدم, لغة السؤال",
        "vi": "tiếng việt, tiếng anh, tiếng trung, cùng ngôn ngữ, ngôn ngữ của người dùng, ngôn ngữ của câu hỏi, ngôn ngữ người dùng",
    },
    "think-in": {
        "en": "(think|thinking|reason|reasoning|deliberate|deliberating|reflect|thoughts|thinks|reasons) (in|entirely in|only in|exclusively in|strictly in)",
        "zh": "(用|使用|以)(中文|英文|英语|日语|韩语|法语|德语|俄语|西班牙语|阿拉伯语|越南语|用户的语言|相同语言|同一语言|提问语言)(来|进行|)(思考|推理|思维)",
        "ja": "語で(考え|思考|推論)",
        "ko": "(한국어|영어|일본어|중국어)로 (생각~|사고~|추론~)",
        "es": "(piensa|razona|pensar|razonar) en",
        "fr": "(pense|pensez|raisonne|raisonnez|réfléchis|réfléchissez) en",
        "de": "(denke|denken sie|überlege|denk) (auf|in|ausschließlich)",
        "ru": "(думай|думайте|рассуждай|рассуждайте) (на|только на|строго на)",
        "pt": "(pense|raciocine|pensar) em",
        "ar": "فكر باللغة, فكر بنفس, فكر بالعربية",
        "vi": "(suy nghĩ|suy luận|tư duy) bằng",
    },
    "must": {
        "en": "must, strictly, required, always, shall, ensure, mandatory, should, only in, entirely in, exclusively, consistent with, conduct+, carry out, carried out, written in, keep, stay in, remain in, match, matches, matching, has to, have to, needs to",
        "zh": "必须, 严格, 务必, 始终, 应当, 一律, 全部使用, 保持一致, 一致, 应该, 只能, 需要, 全程",
        "ja": "必ず, 厳密に, しなければ, 一致, 常に, 行って, 統一, べき",
        "ko": "반드시, 엄격히, 항상, 일치, 일치해야, 작성해야, 해야 합니다, 해야",
        "es": "debe, deben, estrictamente, siempre, obligatorio, coincidir, exclusivamente",
        "fr": "doit, doivent, strictement, toujours, obligatoirement, correspondre, exclusivement",
        "de": "muss, müssen, strikt, immer, zwingend, ausschließlich, übereinstimmen",
        "ru": "должны, должен, должно, строго, всегда, обязательно, совпадать, исключительно",
        "pt": "deve, devem, estritamente, sempre, obrigatório, coincidir, exclusivamente",
        "ar": "يجب, دائما, دائماً, بدقة, حصريا",
        "vi": "phải, luôn, nghiêm ngặt, bắt buộc, khớp với, trùng với",
    },
    # Thinking that is to stay private: the opposite of a demand.
    "keep-hidden": {
        "en": "(do not|don't|never|without|must not|should not|cannot|not to|rather than|instead of|avoid|no need to) (reveal|revealing|disclose|disclosing|show|showing|share|sharing|expose|exposing|output|outputting|print|printing|include|including|display|displaying|mention|mentioning|leak|leaking|write out|writing out|narrate|narrating), keep (your|the|all|it|this|any) (reasoning|thinking|thoughts|analysis|deliberation|notes|chain|scratchpad|private|internal|hidden|inner), think (silently|privately|internally|quietly), to yourself",
        "zh": "(不要|请勿|无需|不必|不得|不用|勿)(展示|显示|输出|透露|写出|暴露|给出|说明)(你的|)(思考|推理|内部|思维|过程|中间)",
        "ja": "思考過程は(表示|出力|示)さ",
        "ko": "추론 과정은 (출력하지|보여주지)",
        "es": "sin mostrar, no muestres",
        "fr": "sans montrer, ne montre pas",
        "de": "ohne zu zeigen, zeige nicht",
        "ru": "не показывай, не раскрывай",
        "pt": "sem mostrar, não mostre",
        "ar": "لا تظهر",
        "vi": "không hiển thị",
    },
    # Thinking that led nowhere, which an explanation leaves out and a trace keeps.
    "abandoned": {
        "en": "(discard|discarded|discarding|abandon|abandoned|drop|dropped|rejected|tentative|wrong|false|failed|half-formed|stray|competing) (idea|ideas|thought|thoughts|branch|branches|hypothesis|hypotheses|start|starts|turn|turns|path|paths|attempt|attempts|guess|guesses|approach|approaches|alternative|alternatives|option|options|route|routes), you (discard|discarded|abandon|abandoned|drop|dropped|reject|rejected|rule out|ruled out|considered and), dead end+, dead-end+, second thoughts, hesitation+, doubts, self-correction+, backtrack, backtracks, backtracking, backtracked, wrong turn+, false start+, changes of mind, change your mind, changed your mind, uncertainties, mistakes you, what you tried, tried and, think aloud, thinks aloud, thinking aloud, out loud",
        "zh": "放弃的(想法|思路|尝试), 走过的弯路, 试错, 自我纠正, 犹豫, 错误尝试, 死胡同, 回溯, 被否定的",
        "ja": "試行錯誤, 捨てた, 行き止まり, ためらい", "ko": "시행착오~, 버린 생각~, 망설임~", "es": "ideas descartadas, callejones sin salida, dudas", "fr": "idées abandonnées, impasses, hésitations, fausses pistes", "de": "verworfene, verworfenen, sackgassen, irrwege, zweifel", "ru": "отброшенные, отвергнутые, тупики, сомнения", "pt": "ideias descartadas, becos sem saída, dúvidas", "ar": "الأفكار المرفوضة, الترددات", "vi": "ý tưởng bị loại, ngõ cụt, do dự",
    },
    # Ordinary talk about thinking: the reader, a figure in a story, a lecture.
    "thinking-as-topic": {
        "en": "what is chain of thought, what is (a|the) (reasoning|thinking), how do (reasoning|language|thinking) models, how does (chain of thought|reasoning) work, explain (what|how|why) (chain|reasoning|thinking), character's, protagonist, narrator, novel, short story, screenplay, stream of consciousness style, poem, psychology, philosophy, therapist, meditation, patient's, my (thoughts|thinking|reasoning|inner|thought process), her (thoughts|thinking|inner), his (thoughts|thinking|inner), blog post, essay about, research paper, literature, prompt engineering, article, prompting technique+, reasoning models work",
        "zh": "什么是思维链, 小说, 人物, 角色, 主人公, 心理学, 哲学, 论文, 我的想法, 我的思路, 散文",
    },
}

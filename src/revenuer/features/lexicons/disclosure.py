"""Concepts of making thinking visible, and in which form."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # To make visible, by any means.
    "disclose": {
        "en": """
            reveal+, disclose+, expose+, print+, output+, outputting, dump+, dumping, leak+
            transcribe+, articulate+, narrate+, verbalize+, verbalise+, vocalize+, externalize+
            externalise+, reproduce+, repeat+, recite+, echo+, echoes, return+, returned, emit
            emits, emitting, copy+, spell out, spell it out, write out, write it out, written out
            writing out, write down, lay out, lay bare, surface+, display+, share+, translate+
            encode+, export+, unfold+, recount+, reconstruct+, recover+, replay+, relay+, show me
            show us, show your, show the, show every, walk me through, log+, type out
            put into words, put in words, put down, imagine+, restate+, document+, record+, expand
            expanding, give me, hand over, uncover+, unveil+, make visible, make explicit
            present+, divulge+, render+, paste+, serialize+, serialise+, report+, list every
            begin your (reply|response|answer) with, start your (reply|response|answer) with
            precede+, prepend+, include, including, convert+, re-create, recreate+, write your
            write all your, write the, provide, provide your, think aloud, thinking aloud
            out loud, retrace+, simulate+, infer, set out, sets out, set it out, set down
            setting down, supply+, voice+, hand me, pour out, state every, state all, list all
            list each, emit every, jot down, describe everything, keep nothing back
            leave nothing out, deliver+, fill in, put your, put all, put every, put the
            belongs between, dictate+, respond with, answer as, answer with, reply with, write
        """,
        "zh": """
            输出, 展示, 写出, 写下, 披露, 揭示, 公开, 暴露, 打印, 复述, 还原, 呈现, 列出, 说出
            翻译, 转写, 转录, 给出, 返回, 重现, 倾倒, 显示, 描述出来, 写出来, 复制, 告诉我, 想象
            阐述, 表述, 记录, 回放, 重复, 重述, 导出, 粘贴, 补全, 重建, 泄露, 一字不差, 写在
            原样写, 说清楚, 放在, 写入, 贴出
            补写, 倒出来, 写进, 交代, 吐露, 抄录
        """,
        "ja": """
            出力, 表示, 書き出, 開示, 公開, 明かし, 明らかに, 再現, 書いて, 見せて, 翻訳, 示して
            教えて, 転記, 書き起こ, 繰り返, 想像し, 言語化, 記述し, 印刷, 列挙し
        """,
        "ko": """
            출력~, 공개~, 보여줘, 보여주세요, 보여 주세요, 드러내~, 작성~, 번역~, 재현~, 복사~
            반복~, 적어줘, 적어 주세요, 나열~, 기술~, 상상~, 서술~, 노출~, 그대로
        """,
        "es": """
            revela, revelar, revele, muestra, mostrar, muestre, imprime, escribe, escribir
            escriba, transcribe, transcribir, transcriba, expón, expone, exponer, reproduce
            reproduzca, repite, traduce, traducir, traduzca, vuelca, divulga, narra, articula
            imagina, imagine, incluye, copia, detalla
        """,
        "fr": """
            révèle, révéler, révélez, montre, montrer, montrez, affiche, affichez, écris, écrire
            écrivez, transcris, transcrire, transcrivez, expose, exposez, reproduis, reproduisez
            répète, traduis, traduisez, divulgue, imprime, articule, imagine, imaginez, verbalise
            copie, dévoile
        """,
        "de": """
            zeige, zeig, zeigen sie, offenbare, offenlegen, lege offen, legen sie offen, schreibe
            schreiben sie, gib, geben sie, ausgeben, drucke, transkribiere, wiederhole, übersetze
            übersetzen sie, reproduziere, verrate, enthülle, formuliere, stell dir vor, kopiere
            protokolliere, offen legen, aufschreiben
        """,
        "ru": """
            покажи, показать, покажите, раскрой, раскрыть, раскройте, выведи, вывести, выведите
            напиши, написать, напишите, воспроизведи, воспроизведите, повтори, переведи
            переведите, опиши, изложи, изложите, запиши, представь, представьте, скопируй
            расшифруй, озвучь, выложи
        """,
        "pt": """
            revele, revelar, revela, mostre, mostrar, mostra, imprima, escreva, escrever
            transcreva, transcrever, exponha, expor, reproduza, repita, traduza, traduzir
            divulgue, narre, articule, imagine, inclua, copie, exiba
        """,
        "ar": """
            اكشف, أظهر, اعرض, اطبع, اكتب, انسخ, كرر, ترجم, أخرج, اذكر, صف, أعد, تخيل, سجل, فصح عن
            دون
        """,
        "vi": """
            tiết lộ, hiển thị, in ra, viết ra, xuất ra, trình bày, sao chép, lặp lại, dịch
            ghi lại, phơi bày, cho tôi xem, tưởng tượng, công khai, tái hiện
        """,
    },
    # Softer asking, which counts for hidden thinking only.
    "ask-about": {
        "en": """
            describe, explain, tell me, tell us, summarize, summarise, detail, elaborate, outline
            what (was|were|is|are|did|does), which, quote, report, walk through, go through
            let me see, i want to see, i need to see, access, view, read back, list, give
            see your, look at your, continue
        """,
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
    # Thinking that is to stay private: the opposite of a demand.
    "keep-hidden": {
        "en": """
            (do not|don't|never|without|must not|should not|cannot|not to|rather than|instead of|
            avoid|no need to) (reveal|revealing|disclose|disclosing|show|showing|share|sharing|
            expose|exposing|output|outputting|print|printing|include|including|display|displaying|
            mention|mentioning|leak|leaking|write out|writing out|narrate|narrating)
            keep (your|the|all|it|this|any) (reasoning|thinking|thoughts|analysis|deliberation|
            notes|chain|scratchpad|private|internal|hidden|inner)
            think (silently|privately|internally|quietly), to yourself
        """,
        "zh": """
            (不要|请勿|无需|不必|不得|不用|勿)(展示|显示|输出|透露|写出|暴露|给出|说明)(你的|
            )(思考|推理|内部|思维|过程|中间)
        """,
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
    # Every word of it, as it was: what a record is, and an explanation is not.
    "verbatim": {
        "en": """
            verbatim, word for word, word by word, character for character, character by character
            token by token, token for token, letter for letter
            exactly as (it|they|you|written|generated|produced|is), as-is
            without (summarizing|summarising|paraphrasing|omitting|editing|shortening|abridging|
            abbreviating|filtering|redacting|truncating|changes|modification|compression|
            condensing)
            (do not|don't|never) (summarize|summarise|paraphrase|omit|shorten|abbreviate|truncate|
            compress|condense|abridge|filter|redact|edit|skip)
            unabridged, unedited, unredacted, uncut, in its entirety, in their entirety
            every (single|) (word|token|line|thought), faithfully, line breaks
            nothing omitted, no omissions, full text, literal text, raw form, raw text, unfiltered
            complete and unfiltered, not a summary, no summary, byte for byte, everything you
            every (consideration|idea|inference|conclusion|move|intermediate|branch|doubt)
            each (consideration|thought|idea|inference|move)
            all (your|of your) (thinking|thoughts|considerations|deliberation|deliberations|
            workings), all the (thinking|thoughts|considerations)
            all (the|your|of your) (inner|private|internal|hidden|intermediate)
            complete (thinking|thought|thoughts|deliberation|trace|chain|private|internal|inner)
            (full|entire|whole) (thinking|deliberation|chain|trace|internal|inner|private|train|
            monologue)
            exactly as they (were|are|appeared|occurred), as they were, unpolished
            nothing left out, including the ones you, leave nothing, leaving nothing
        """,
        "zh": """
            逐字, 原样, 一字不漏, 一字不差, 不要总结, 不要概括, 不要省略, 不得省略, 不要删减
            逐句, 原封不动, 不做总结, 原文, 不要改写, 忠实, 毫无保留, 一步不落, 全部思考, 全部推理
        """,
        "ja": "一字一句, そのまま, 省略せず, 要約せず, 完全に, 逐語的, 忠実に, 全文",
        "ko": "그대로, 한 글자도, 빠짐없이, 요약하지, 생략하지, 전부, 완전히, 원문~",
        "es": """
            literalmente, palabra por palabra, textualmente, sin resumir, sin omitir, íntegro
            íntegramente, completo
        """,
        "fr": """
            mot pour mot, mot à mot, textuellement, sans résumer, sans omettre, intégralement
            intégral, complet
        """,
        "de": """
            wortwörtlich, wort für wort, wörtlich, ungekürzt, ohne kürzung, ohne zusammenfassung
            vollständig, unverändert
        """,
        "ru": """
            дословно, слово в слово, полностью, без сокращений, не сокращая, не пересказывая
            целиком, без изменений
        """,
        "pt": """
            literalmente, palavra por palavra, textualmente, sem resumir, sem omitir, na íntegra
            completo
        """,
        "ar": "حرفيا, حرفياً, كلمة بكلمة, كاملا, كاملاً, دون تلخيص, دون اختصار, كما هو, كما هي",
        "vi": "nguyên văn, từng chữ, từng từ, đầy đủ, không tóm tắt, không bỏ sót, toàn bộ",
    },
    # At length: asked of explanations too, so it counts beside something else only.
    "at-length": {
        "en": """
            in full, full, complete, entire, whole, (each|every|all) (step|steps|detail|details)
            all that, all of it, numbered steps, in order, in the order, step after step
            at least (five|six|eight|ten|twelve|fifteen|twenty|5|6|8|10|12|15|20) (steps|entries|
            moves|paragraphs|thoughts|sentences|items)
            (five|six|eight|ten|twelve|fifteen|twenty) or more
            from (start|beginning) to (finish|end), exhaustive, exhaustively
        """,
        "zh": "完整, 全部, 每一步, 所有, 全过程, 详尽",
    },
    "prior": {
        "en": """
            previous, previously, prior, earlier, preceding, last turn, last answer, last response
            last reply, previous turn, previous message
            just (used|gave|wrote|produced|did|had|performed|generated)
            already (did|performed|used|thought), above (answer|response|reply), from before
            past turn+, in the last message
        """,
        "zh": "之前, 先前, 上一次, 上一轮, 前面, 上一条, 刚才, 此前, 刚刚, 上文",
        "ja": "以前の, 前の, 先ほど, 直前の, さっき, 前回",
        "ko": "이전, 앞선, 방금, 지난, 직전",
        "es": "anterior, anteriores, previo, previos, previa",
        "fr": "précédent, précédente, précédents, antérieur, antérieures, préalable",
        "de": """
            vorherige, vorherigen, vorheriger, bisherige, bisherigen, frühere, früheren
            letzte antwort, letzten antwort
        """,
        "ru": "предыдущие, предыдущий, предыдущее, предыдущих, прежние, прошлые, предыдущую",
        "pt": "anterior, anteriores, prévio, prévios, prévia",
        "ar": "السابق, السابقة, السابقين",
        "vi": "trước đó, trước đây, vừa rồi",
    },
    "tag-words": {
        "en": """
            (think|thinking|reasoning|thought|thoughts|scratchpad|analysis|reflection|cot|
            rationale|monologue|deliberation) (tag|tags|block|blocks|element|elements|delimiters|
            markers|xml|brackets|field|key|section)
            think think, thinking thinking, reasoning reasoning, scratchpad scratchpad
            thoughts thoughts, reasoning field, xml tags, angle brackets, inside tags, inline tags
            opening tag, closing tag, delimit+, enclosed in, enclose+
            wrap+ (it|them|your|all|every|the|in), wrapped in, between tags, within tags
            plain text tags, plaintext tags, json field, json key, code block, code fence
        """,
        "zh": """
            (思考|推理|思维)(标签|块|区块|字段|标记), 标签内, 标签中, 标签里, 放在标签, 尖括号
            包裹
            标签, 方括号, 代码块
        """,
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
    "language-name": {
        "en": """
            english, chinese, mandarin, japanese, katakana, hiragana, korean, spanish, french
            german, russian, portuguese, arabic, vietnamese, hindi, thai, turkish, indonesian
            italian, polish, dutch, hebrew, bengali, swahili, urdu, persian, same language
            user's language
            language of the (user|question|query|prompt|input|request|answer|message)
            language (matches|matching|consistent|identical), main language
            (primary|native|target|local|input) language, pinyin, romaji, emoji, morse, base64
            rot13, pig latin, hexadecimal
        """,
        "zh": """
            中文, 英文, 英语, 日语, 韩语, 法语, 德语, 俄语, 西班牙语, 阿拉伯语, 越南语, 片假名
            用户的语言, 用户输入的语言, 相同的语言, 同一种语言, 语言一致, 主要语言, 输入语言
            提问语言, 问题的语言, 母语
        """,
        "ja": """
            日本語, 英語, 中国語, 韓国語, カタカナ, 同じ言語, ユーザーの言語, 入力言語, 質問の言語
        """,
        "ko": """
            한국어~, 영어~, 일본어~, 중국어~, 같은 언어~, 사용자의 언어~, 사용자 언어~, 입력 언어~
            질문의 언어~, 동일한 언어~
        """,
        "es": """
            español, inglés, chino, mismo idioma, idioma del usuario, idioma de la pregunta
            idioma de entrada
        """,
        "fr": """
            français, anglais, chinois, même langue, langue de l'utilisateur
            langue de la question, langue d'entrée
        """,
        "de": """
            deutsch, englisch, chinesisch, gleichen sprache, derselben sprache
            sprache des nutzers, sprache des benutzers, sprache der frage, sprache der eingabe
        """,
        "ru": """
            русском, русский, английском, китайском, том же языке, языке пользователя
            языке вопроса, языке запроса, языком пользователя
        """,
        "pt": """
            português, inglês, chinês, mesmo idioma, mesma língua, idioma do usuário
            língua do usuário, idioma da pergunta
        """,
        "ar": "العربية, الإنجليزية, الصينية, نفس اللغة, بنفس لغة, لغة المستخدم, لغة السؤال",
        "vi": """
            tiếng việt, tiếng anh, tiếng trung, cùng ngôn ngữ, ngôn ngữ của người dùng
            ngôn ngữ của câu hỏi, ngôn ngữ người dùng
        """,
    },
    "think-in": {
        "en": """
            (think|thinking|reason|reasoning|deliberate|deliberating|reflect|thoughts|thinks|
            reasons) (in|entirely in|only in|exclusively in|strictly in)
        """,
        "zh": """
            (用|使用|以)(中文|英文|英语|日语|韩语|法语|德语|俄语|西班牙语|阿拉伯语|越南语|
            用户的语言|相同语言|同一语言|提问语言)(来|进行|)(思考|推理|思维)
        """,
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
        "en": """
            must, strictly, required, always, shall, ensure, mandatory, should, only in
            entirely in, exclusively, consistent with, conduct+, carry out, carried out
            written in, keep, stay in, remain in, match, matches, matching, has to, have to
            needs to
        """,
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
}

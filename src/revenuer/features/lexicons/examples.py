"""Concepts of having training examples written."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # To complete what is begun.
    "furnish": {
        "en": """
            continue+, complete+, fill, fill in, give, label+, annotate+, supply+, hand back
            ready for
        """,
        "zh": "续写, 补全, 补充, 填写, 标注, 完成",
        "ja": "続けて, 補完, 埋めて",
        "ko": "이어서~, 채워~, 완성~",
        "es": "completa, continúa, rellena",
        "fr": "complète, continue, remplis",
        "de": "vervollständige, ergänze, setze fort",
        "ru": "дополни, заполни, продолжи, заверши",
        "pt": "complete, continue, preencha",
        "ar": "أكمل, املأ",
        "vi": "hoàn thành, điền, tiếp tục",
    },
    # Examples in the words of those who train models.
    "pairs": {
        "en": """
            (instruction|question|prompt|input|query|problem|task|q|dialogue|context|user|
            request)( | and )(response|answer|completion|output|solution|a|reply|assistant|
            demonstration) (pair|pairs|example|examples|tuple|tuples|triple|triples|data|dataset|
            samples|records|entries)
            q&a pairs, qa pairs, qa-pairs, question answer pairs, instruction pairs
            instruction data, instruction-following (data|examples|dataset|samples)
            instruction tuning data
            (training|fine-tuning|finetuning|few-shot|sft|demonstration|synthetic|conversation|
            dialogue|tuning|preference|seed|supervised|alignment|labelled|labeled|
            annotated) (example|examples|sample|samples|data|dataset|datapoints|instances|
            conversation|conversations|dialogue|dialogues|pair|pairs|record|records|row|rows|item|
            items|utterances|demonstrations|prompts|transcripts|set|entries)
            (multi-turn|multiturn|user-assistant|human-assistant|two-turn|three-turn|synthetic|
            customer-agent) (conversation|conversations|dialogue|dialogues|dialog|dialogs|chat|
            chats|exchange|exchanges)
            (conversation|dialogue|dialog|chat|exchange) between (a|an|the) (user|human|customer|
            person) and (a|an|the) (assistant|ai|ai assistant|helpful|chatbot|model|ai model|
            language model|virtual)
            demonstrations, user and assistant turns, preference pairs, chosen and rejected
            synthetic (data|dataset|corpus|examples|samples|dialogues|conversations|text|user)
            data points, datapoints, training corpus, instruction set
            (synthetic|created|user|given|rewritten|candidate|seed|new) (prompt|prompts|
            instruction|instructions|utterances|queries)
            prompt generator, instruction generator, task instructions
            (human|user|person|student|teacher) and (an ai assistant|the assistant|an assistant|
            ai|model|assistant|a chatbot|bot)
            question and answer pair+, intent classifier, labelled examples, labeled examples
            llm training, gpt model
            (chat|conversation|dialogue|support|call) (transcripts|transcript|logs|samples)
            dialogue of (three|four|five|six|eight|ten|several|multiple) turns
            (turns|exchange|exchanges) between (a|the|) user and (an|the|) assistant
            between user and assistant, between a user and an assistant
        """,
        "zh": """
            (指令|问题|提示|输入|问)(-|和|与|/|—|、|)(回答|响应|回复|答案|答|输出)(对|样本|数据|
            配对)
            问答对, 指令数据, 指令对, 指令微调数据, 训练样本, 训练数据, 训练样例, 训练语料
            合成数据, 微调数据, 微调样本, 示范数据, 多轮对话, 对话数据, 偏好对, 偏好数据
            用户和助手的对话, 用户与助手(之间|)的(多轮|)对话, 语料, 种子指令, 数据样本, 用户问题及
            问题及对应, 问题和答案, 问题与答案, 高质量回答, 用户问题与, 指令与回答, 用户提问及
            (提问|问题|请求)(和|与|及|、|以及)(助手|模型|AI|)(的|)(回答|回复|答复)
        """,
        "ja": """
            (指示|質問|入力)(と|・|-)(応答|回答|出力)の(ペア|組), 質問応答ペア, 学習データ
            訓練データ, 学習用データ, 合成データ, 指示データ, 多ターン対話, マルチターン
            対話データ
        """,
        "ko": """
            (지시|질문|입력)(-| )(응답|답변|출력) 쌍~, 질의응답 쌍~, 학습 데이터~, 훈련 데이터~
            합성 데이터~, 지시 데이터~, 멀티턴 대화~, 다중 턴 대화~, 대화 데이터~
        """,
        "es": """
            pares de (instrucción|pregunta|instrucciones|preguntas), pares instrucción
            pares pregunta, ejemplos de entrenamiento, datos de entrenamiento, datos sintéticos
            diálogos de varios turnos
        """,
        "fr": """
            paires (instruction|question|d'instructions|de questions), exemples d'entraînement
            données d'entraînement, données synthétiques, dialogues multi-tours
        """,
        "de": """
            frage-antwort-paare, anweisung-antwort-paare, trainingsbeispiele, trainingsdaten
            synthetische daten, instruktionspaare, mehrteilige dialoge
        """,
        "ru": """
            пары (вопрос|инструкция|вопрос-ответ|инструкция-ответ)
            пар (вопрос|инструкция|вопрос-ответ|инструкция-ответ), обучающие примеры
            обучающих примеров, обучающие данные, синтетические данные, синтетических
            многоходовые диалоги
        """,
        "pt": """
            pares de (instrução|pergunta|instruções|perguntas), pares instrução
            exemplos de treinamento, dados de treinamento, dados sintéticos
            diálogos de múltiplos turnos
        """,
        "ar": "أزواج (سؤال|تعليمات|أسئلة), بيانات تدريب, أمثلة تدريب, بيانات اصطناعية",
        "vi": """
            cặp (câu hỏi|hướng dẫn|chỉ dẫn), ví dụ huấn luyện, dữ liệu huấn luyện
            dữ liệu tổng hợp, hội thoại nhiều lượt
        """,
    },
    "ideal-reply": {
        "en": """
            (ideal|reference|gold|exemplary|target|high-quality|best possible|perfect|model|
            demonstration) (response|reply|answer|output|completion)
            best first, worst last, ready for fine-tuning, good and a bad
            good and bad (response|answer|reply)
            (chosen|accepted|preferred) and (a|the|) (rejected|dispreferred)
        """,
        "zh": "(理想|参考|示范|高质量|标准|优质|完美)(的|)(回答|回复|答案|响应|输出)",
        "ja": "(理想的な|模範|参照)(回答|応答)",
        "ko": "(이상적인|모범|참조) (응답~|답변~)",
        "es": "respuesta (ideal|de referencia|modelo)",
        "fr": "réponse (idéale|de référence|modèle)",
        "de": "(ideale|ideale|vorbildliche) antwort, musterantwort, referenzantwort",
        "ru": "(идеальный|эталонный|образцовый) ответ",
        "pt": "resposta (ideal|de referência|modelo)",
        "ar": "الإجابة المثالية, إجابة مثالية, إجابة مرجعية",
        "vi": "câu trả lời (lý tưởng|mẫu)",
    },
    "the-instruction": {
        "en": """
            (the|this|an|one|each|following|given|its|every) instruction, instruction data
            instruction:, ### instruction, record, user turn
            (the|this|each|given|following) user (query|message|prompt|request)
        """,
        "zh": "该指令, 这条指令, 以下指令, 指令：, 一条指令, 用户指令",
        "ja": "この指示, 次の指示",
        "ko": "이 지시~, 다음 지시~",
        "es": "la instrucción, esta instrucción",
        "fr": "l'instruction, cette instruction",
        "de": "die anweisung, diese anweisung",
        "ru": "инструкция, эту инструкцию, инструкцию",
        "pt": "a instrução, esta instrução",
        "ar": "التعليمات التالية, هذه التعليمات",
        "vi": "chỉ dẫn này, hướng dẫn sau",
    },
    # Examples in words that others use too.
    "instructions": {
        "en": """
            instructions, prompts
            user (queries|prompts|requests|questions|instructions|messages|utterances), user turn+
            assistant turn+, examples, samples, dialogues, dialogs, conversations, demonstrations
            utterances, queries, personas, few-shot, in-context examples
            seed (task|tasks|example|examples|instruction|instructions|prompt|prompts|question|
            questions)
            completions, transcripts, user goals, search queries, user intents, intents
        """,
        "zh": """
            指令, 用户提问, 用户请求, 用户指令, 样例, 样本, 示例, 对话, 种子任务, 种子示例
            种子问题, 话术, 提示词, 用户问题, 人设
        """,
        "ja": "指示, プロンプト, 対話, 例, サンプル, ユーザーの質問, 発話",
        "ko": "지시문~, 지시~, 프롬프트~, 대화~, 예시~, 샘플~, 사용자 질문~, 발화~",
        "es": "instrucciones, ejemplos, diálogos, conversaciones, consultas",
        "fr": "instructions, exemples, dialogues, conversations, requêtes",
        "de": "anweisungen, instruktionen, beispiele, dialoge, gespräche, anfragen",
        "ru": "инструкции, инструкций, примеры, примеров, диалоги, диалогов, запросы, запросов",
        "pt": "instruções, exemplos, diálogos, conversas, consultas",
        "ar": "تعليمات, أمثلة, حوارات, محادثات",
        "vi": "hướng dẫn, chỉ dẫn, ví dụ, hội thoại, đoạn hội thoại",
    },
    "fields": {
        "en": """
            jsonl, json lines
            (keys|fields|columns) (instruction|input|prompt|question|messages|context|query|user|
            problem|task)
            instruction input and output, instruction input output
            instruction and (output|response), prompt and (completion|response)
            question and answer fields, messages array, role and content, role content
            json array of, list of json, json objects, one json, json object per, sharegpt format
            alpaca format, chatml, openai format, conversation format, messages format, csv rows
            ### instruction, ### response, instruction response, json list, question answer
            system user assistant, keys question, fields question, keys prompt
            question and answer, user prompt, prompt completion, prompt and response, one per line
            json object with, as json
        """,
        "zh": """
            JSONL, jsonl, JSON数组, json数组
            (字段|键)(包括|为|包含|有)(指令|问题|输入|instruction|prompt|question), 每行一个JSON
            每行一个json, JSON列表, 对话格式, 指令、输入和输出, 指令、输入、输出, 指令和输出
            字段为, 键为, question和answer, 以JSON, JSON格式, json格式
        """,
        "ja": "JSONL, jsonl, JSON配列, json配列, 指示、入力、出力",
        "ko": "jsonl, json 배열~, json 형식~, 지시 입력 출력",
    },
    "seeds": {
        "en": """
            seed+, seed (example|examples|task|tasks|instruction|instructions)
            (given|following|these|below|above) (examples|samples|demonstrations|seeds|snippets)
            examples below
            same (style|format|distribution|domain|flavour|flavor|schema|shape|difficulty) as
            (similar|in the style|in spirit|analogous|modelled|modeled|inspired) (to|of|by|
            on) (the|these|this|those|them|seed|given|following)
            inspired by (the|this|these|following|given)
            based on (the|this|these) (persona|seed|document|passage|snippet|following persona|
            code snippet|text)
            (following|given|assigned|this) persona, persona:, in-context, as inspiration
            for inspiration, expand (the|this|these|it|them) (seed|set|list|pool|into)
            bootstrapped, bootstrap
        """,
        "zh": """
            种子, 以下示例, 上述示例, 给定示例, 参考示例, 参考以下, 仿照, 类似风格, 风格一致
            根据以下人设, 基于以下, 以此为灵感, 相同格式, 同样的格式, 下列示例, 根据给定的
            根据人设, 给定人设, 人物设定
        """,
        "ja": "シード, 以下の例, 上記の例, 同じ形式, 例を参考, ペルソナ",
        "ko": "시드~, 다음 예시~, 위 예시~, 같은 형식~, 예시를 참고~, 페르소나~",
        "es": "semilla, semillas, siguientes ejemplos, mismo formato, inspirado en",
        "fr": "graine, graines, exemples suivants, même format, inspiré de",
        "de": "seed, folgenden beispiele, gleichen format, im gleichen stil, inspiriert von",
        "ru": "затравка, следующие примеры, в том же формате, в том же стиле",
        "pt": "semente, sementes, exemplos a seguir, mesmo formato, inspirado em",
        "ar": "الأمثلة التالية, بنفس التنسيق",
        "vi": "hạt giống, các ví dụ sau, cùng định dạng",
    },
    "diverse": {
        "en": """
            diverse, diversity, varied
            variety of (topics|domains|styles|lengths|formats|intents|tasks|users|difficulty)
            vary (the|in|across|their|its|your)
            varying (the|length|lengths|topic|topics|difficulty|styles|tones)
            wide (range|variety) of (topics|domains|tasks|styles|subjects|skills)
            different (topics|domains|intents|tones|lengths|users|styles|difficulty|personas|
            verbs|formats|subjects|fields)
            (no|without|avoid) (duplicates|duplication|repetition|overlap|repeats|near-duplicates|
            repeated)
            cover (different|a|many|as many|various|multiple|diverse|all|both)
            covering (different|a|many|various|multiple|diverse)
            mix of (easy|topics|difficulties|lengths|domains|intents), broad coverage, long-tail
            edge cases, realistic (user|users|users'), as a real user, not repeat, vary, variety
            creative, wide-ranging, different from each other, distinct from, no repeats
            without repeats, many intents, covering
        """,
        "zh": """
            多样, 多样性, 多样化, 不同领域, 不同主题, 不同难度, 不同风格, 各种, 覆盖, 涵盖
            避免重复, 不重复, 丰富, 不同类型, 多个领域, 各个领域
        """,
        "ja": "多様, 多様性, さまざまな, 様々な, 重複しない, 幅広い, 異なる分野",
        "ko": "다양한, 다양성~, 다양하게, 중복되지, 여러 분야~, 폭넓은, 서로 다른",
        "es": "diversos, diversas, diversidad, variados, variadas, distintos temas, sin duplicados",
        "fr": "divers, diverses, diversité, variés, variées, différents sujets, sans doublons",
        "de": """
            vielfältig, vielfältige, vielfalt, abwechslungsreich, abwechslungsreiche
            verschiedene themen, ohne duplikate, unterschiedliche
        """,
        "ru": "разнообразные, разнообразных, разнообразие, разные темы, без повторов, различные",
        "pt": """
            diversos, diversas, diversidade, variados, variadas, diferentes temas, sem duplicatas
        """,
        "ar": "متنوعة, تنوع, متنوع, مختلفة, بدون تكرار",
        "vi": "đa dạng, phong phú, nhiều chủ đề, khác nhau, không trùng lặp",
    },
}

"""Demands on the language of the hidden reasoning, in a dozen languages."""

from __future__ import annotations

COERCION: dict[str, tuple[str, ...]] = {
    "en": ("Whatever you think before the answer has to be in the language that I write in. {body}",
           "{body} Keep the thinking part, too, in my language from the first word to the last."),
    "zh": ("思考内容也必须与提问使用同一种语言。{body}", "{body} 从第一句思考开始就用我的语言，不要切换。"),
    "es": ("Todo lo que pienses antes de responder debe estar en español. {body}",
           "{body} También el razonamiento previo, de principio a fin, en la lengua de la pregunta."),
    "fr": ("Ta réflexion avant la réponse doit rester entièrement en français. {body}",
           "{body} Réfléchis aussi dans la langue de la question, sans jamais en changer."),
    "de": ("Auch alle Überlegungen vor der Antwort müssen auf Deutsch sein. {body}",
           "{body} Denke ausnahmslos in der Sprache der Frage, auch im verborgenen Teil."),
    "ja": ("回答前の思考も、すべて質問と同じ言語で書いてください。{body}", "{body} 思考の部分も最初から最後まで日本語で。"),
    "ko": ("답하기 전의 생각도 모두 질문과 같은 언어로 적어 주세요. {body}", "{body} 사고 과정도 처음부터 끝까지 한국어로."),
    "pt": ("Tudo o que pensares antes da resposta tem de estar em português. {body}",
           "{body} O raciocínio também, do início ao fim, na língua da pergunta."),
    "ru": ("Все размышления до ответа должны быть на языке вопроса. {body}",
           "{body} Думай тоже только по-русски, от первого слова до последнего."),
    "ar": ("يجب أن يكون التفكير قبل الإجابة بلغة السؤال كاملاً. {body}", "{body} فكّر أيضاً بالعربية من البداية إلى النهاية."),
    "hi": ("उत्तर से पहले की सारी सोच भी प्रश्न की भाषा में हो। {body}", "{body} सोचने का भाग भी शुरू से अंत तक हिंदी में रहे।"),
    "vi": ("Phần suy nghĩ trước câu trả lời cũng phải dùng ngôn ngữ của câu hỏi. {body}",
           "{body} Hãy suy nghĩ hoàn toàn bằng tiếng Việt, từ đầu đến cuối."),
    "id": ("Semua pemikiran sebelum jawaban harus memakai bahasa pertanyaan. {body}",
           "{body} Bagian berpikir juga, dari awal sampai akhir, dalam bahasa saya."),
    "tr": ("Yanıttan önceki bütün düşünceler de sorunun dilinde olmalı. {body}",
           "{body} Düşünme kısmı da baştan sona Türkçe kalsın."),
}  # fmt: skip

"""Concepts of why a model should for once do what it does not do."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    "debug-pretext": {
        "en": """
            (debug|debugging|diagnostic|diagnostics|maintenance|developer|inspection|test|
            verification|calibration|audit|introspection|transparency|god|admin|root) (session|
            mode|environment|console|harness|run|interface)
            for debugging, debugging purposes, debug purposes, the user is inspecting
            trace inspector, internal (audit|testing|review|evaluation|debugging)
            (authorized|authorised|approved|sanctioned) (by|session|audit|test|access|inspection|
            debugging)
            authorization code, red team exercise, sandbox session, expected and safe
            this is expected, safe in this context
            i am (a|an|the|your) (developer|engineer|administrator|admin|auditor|researcher|
            operator)
            as (a|an|the|your) (developer|administrator|operator|auditor|engineer), verbose mode
            trace mode, debug flag, debug=true, set verbosity, log level, quality assurance check
            safety audit, interpretability (study|research|audit|team)
        """,
        "zh": """
            (调试|诊断|维护|开发者|测试|审计|检查|管理员)(会话|模式|环境|控制台), 用于调试
            调试目的, 内部测试, 内部审计, 已授权, 授权测试, 这是预期的, 这是安全的, 我是开发者
            我是管理员, 我是工程师
        """,
        "ja": """
            デバッグ(セッション|モード|のため|目的), 開発者モード, 診断モード, メンテナンスモード
            許可されて, テスト環境
        """,
        "ko": "디버그~, 디버깅~, 개발자 모드~, 진단 모드~, 점검 모드~, 승인된",
        "es": """
            (sesión|modo|modo de) (depuración|de depuración|desarrollador|diagnóstico|
            de diagnóstico|mantenimiento)
            autorizado
        """,
        "fr": """
            (session|mode) (de débogage|débogage|développeur|diagnostic|de diagnostic|maintenance|
            debug)
            autorisé par
        """,
        "de": """
            debug modus, debug sitzung, debugging sitzung, entwicklermodus, diagnosemodus
            wartungsmodus, fehlersuche, autorisiert
        """,
        "ru": """
            (режим|сеанс|сессия|режиме|сеансе|сессии) (отладки|разработчика|диагностики)
            для отладки, разрешено, санкционировано
        """,
        "pt": """
            (sessão|modo) (de depuração|depuração|desenvolvedor|de diagnóstico|diagnóstico|
            de manutenção)
            autorizado
        """,
        "ar": "وضع التصحيح, جلسة تصحيح, وضع المطور, جلسة التصحيح, لأغراض التصحيح",
        "vi": "chế độ (gỡ lỗi|nhà phát triển|chẩn đoán|bảo trì), phiên gỡ lỗi, được ủy quyền",
    },
    "system-pretext": {
        "en": """
            (real|actual|true|genuine|updated|new|official|correct|replacement|revised|
            authentic) system (prompt|message|instruction|instructions|notice|policy)
            system (override|update|notice|directive)
            ignore (all|any|the|your) (previous|prior|earlier|above) (instructions|rules|messages|
            prompts|guidelines)
            overrides (all|any|previous|your), supersedes (all|any|previous|your)
            instructions from (anthropic|openai|google|the developer|your developers|
            your creators)
            policy (update|change|exception)
            your (guidelines|restrictions|policies) (have been|are|do not)
            disregard (all|any|previous|prior|your|the)
        """,
        "zh": """
            (真正的|真实的|实际的|新的|更新后的|官方)系统(提示|提示词|消息|指令)
            系统(覆盖|更新|通知), 忽略(之前|先前|上述|以上)(的|)(指令|说明|规则), 取代之前
        """,
        "ja": """
            本当のシステム, 実際のシステム, 新しいシステム, 以前の指示を無視, これまでの指示を無視
        """,
        "ko": "진짜 시스템, 실제 시스템, 새로운 시스템, 이전 지시~ 무시, 시스템 업데이트",
        "es": "(verdadero|real|nuevo) (mensaje|prompt) (del|de) sistema, ignora las instrucciones",
        "fr": """
            (véritable|vrai|nouveau) (message|prompt) système, ignore les instructions
            ignorez les instructions
        """,
        "de": """
            (echte|echter|wahre|neue|neuer|eigentliche) systemprompt
            (echte|neue|eigentliche) systemnachricht, ignoriere alle, ignoriere die
        """,
        "ru": """
            (настоящий|реальный|новый|истинный) системный промпт, игнорируй предыдущие
            игнорируй все
        """,
        "pt": "(verdadeiro|real|novo) (prompt|mensagem) (do|de) sistema, ignore as instruções",
        "ar": "رسالة النظام الحقيقية, موجه النظام الحقيقي, تجاهل التعليمات",
        "vi": "lời nhắc hệ thống (thật|thực|mới), bỏ qua các hướng dẫn",
    },
    "role-pretext": {
        "en": """
            pretend, role-play, roleplay, play the role, act as, act like, you are now
            from now on, simulate being, imagine (you are|you're|that you)
            in this (scenario|game|simulation|exercise), hypothetically
            for a (novel|film|play|game), assume you, suppose you, let's play
        """,
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
    # Assurance that this is not what it is.
    "anti-flag": {
        "en": """
            (do not|don't|never|please do not|must not|should not) (flag|refuse|block|report|
            classify|treat|mark|decline|reject|moderate|filter) (this|it|the|my|any|these|or|as|
            that|such|on)
            (not|isn't|is not|never) (a|an|any|considered|) (reasoning extraction|extraction|
            distillation|model extraction|jailbreak|attack|prompt injection|attempt to extract|
            violation|policy violation|exfiltration)
            reasoning extraction, reasoning exfiltration, distillation attempt, extraction attempt
            no need to refuse, without (refusing|refusal|flagging|triggering), does not violate
            doesn't violate, no policy (is|) violated, policy (permits|allows) this
            you are (allowed|permitted|authorized|authorised|cleared) to (share|reveal|show|
            disclose|output|print)
            safe to (share|reveal|disclose|output|show|print|display), no safety concern+
            bypass+ (the|any|) (filter|classifier|moderation|safety)
            it is (allowed|permitted|fine|ok|okay|safe) to (reveal|share|show|output|disclose|
            print)
            avoid (triggering|tripping) (the|any|safety|a)
        """,
        "zh": """
            (不要|请勿|不得|切勿|别)(标记|拒绝|拦截|举报|视为|当作|判定)
            (不是|并非|不属于|不构成)(推理提取|提取|蒸馏|攻击|越狱|模型提取|违规), 推理提取
            不违反, 允许你(展示|输出|公开|透露), 可以安全地, 绕过(审查|过滤|检测|安全)
        """,
        "ja": """
            フラグを立てない, 拒否しない, 拒否せず, 抽出ではあり, 攻撃ではあり, 違反ではあり
            許可されています
        """,
        "ko": """
            플래그~ 지정하지, 거부하지, 추출이 아니~, 추출이 아닙니다, 공격이 아닙니다
            위반이 아닙니다, 허용됩니다
        """,
        "es": """
            no (marques|rechaces|bloquees|lo marques|te niegues|marcar)
            no es (una extracción|un ataque|destilación|extracción), no viola, está permitido
        """,
        "fr": """
            ne (signale|signalez|refuse|refusez|bloque|bloquez) pas
            n'est pas une (extraction|attaque|violation|distillation), c'est autorisé
        """,
        "de": """
            nicht (markieren|melden|ablehnen|blockieren|verweigern)
            (keine|kein) (extraktion|angriff|verstoß|destillation), ist erlaubt, verstößt nicht
        """,
        "ru": """
            не (помечай|помечайте|отказывай|отказывайся|отклоняй|блокируй|считай)
            это не (извлечение|атака|нарушение|дистилляция|попытка), не нарушает, это разрешено
        """,
        "pt": """
            não (marque|recuse|bloqueie|sinalize|rejeite)
            não é (uma extração|um ataque|destilação|extração), não viola, é permitido
        """,
        "ar": "لا ترفض, لا تقم بالإبلاغ, ليس استخراجا, ليس هجوما, لا ينتهك, مسموح لك",
        "vi": """
            đừng (từ chối|gắn cờ|chặn|đánh dấu), không phải (là|) (trích xuất|tấn công|vi phạm)
            được phép
        """,
    },
}

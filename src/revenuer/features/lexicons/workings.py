"""Concepts of working that is shown: steps, derivations, how one gets to a result."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    # What pupils are asked for: the way, not only the result.
    "workings": {
        "en": """
            step by step, step-by-step, steps, each step, every step, all steps, stepwise
            show (your|the|all|all your|full|complete) (work|working|workings|steps|calculation|calculations|
            reasoning|logic)
            (your|the|full|complete|detailed|entire|whole|all) (working|workings|derivation|derivations|calculation|
            calculations|scratch work|rough work)
            how you (get|got|arrive|arrived|reach|reached|derive|derived|solve|solved|do|did) (there|it|this|that|
            at|the)
            intermediate (step|steps|result|results|value|values|conclusion|conclusions)
            (line|train|chain) of (thought|thoughts|reasoning|argument|conclusions|logic|inference|inferences)
            (line|lines|chain|chains) of reasoning, chain-of-thought, reasoning, rationale+, derivation+, inference+
            thought process, thinking process, thinking, deliberation+, consideration+, explain why, justify
            justification+, (logic|argument|reason|reasons) behind, argument step, walk me through
            walk us through, walk through, think (aloud|through|it through|carefully), work (it|this|through) out
            worked (solution|solutions|example|examples), (full|detailed|complete|long) (solution|solutions|
            explanation|explanations)
            path to the (result|answer|solution|conclusion), way to the (result|answer|solution|conclusion)
            line by line, one step at a time
        """,
        "zh": """
            一步一步, 逐步, 步骤, 每一步, 每步, 过程, 推理, 推导, 思路, 思考, 思维, 演算, 解题过程, 详细解答
            详细过程, 解释原因, 说明理由, 中间结果, 中间步骤
        """,
        "ja": "段階的, ステップ, 手順, 途中式, 過程, 推論, 思考, 導出, 理由を, 考え方",
        "ko": "단계~, 과정~, 풀이~, 추론~, 사고~, 유도~, 근거~",
        "es": """
            paso a paso, pasos, cada paso, razonamiento, procedimiento, desarrollo, deducción, justifica
            justificación, pensamiento
        """,
        "fr": """
            étape par étape, pas à pas, étapes, chaque étape, raisonnement, démarche, justifie, justification
            démonstration, cheminement
        """,
        "de": """
            schritt für schritt, schritte, jeden schritt, zwischenschritte, rechenweg, lösungsweg, herleitung
            begründung, begründe, gedankengang, überlegungen
        """,
        "ru": """
            шаг за шагом, по шагам, пошагово, шаги, каждый шаг, ход решения, рассуждения, обоснование, вывод
        """,
        "pt": "passo a passo, passos, cada passo, raciocínio, desenvolvimento, justifique, dedução",
        "ar": "خطوة بخطوة, خطوات, كل خطوة, طريقة الحل, استدلال, تفكير",
        "vi": "từng bước, các bước, mỗi bước, lời giải chi tiết, suy luận, lập luận, quá trình",
    },
}

"""Concepts of what a request exercises: the capabilities of a model."""

from __future__ import annotations

CONCEPTS: dict[str, dict[str, str]] = {
    "subject-maths": {
        "en": """
            equation+, solve for, solve, integral+, derivative+, polynomial+, theorem, lemma
            prove, proof, proofs, probability, matrix, matrices, triangle, angle, radius, area of
            perimeter, prime number+, divisible, remainder, modulo, integer+, factorial, sum of
            product of, percent, percentage, how many, how much, how far, how long, average of
            ratio, fraction+, algebra, geometry, combinatorics, number theory, calculus, logarithm
            square root, vector space, eigenvalue+, arithmetic, maths, math, mathematics
            quadratic, inequality, total cost, twice as many, half as many, each cost, per hour
            miles per, dollars, hypotenuse, permutation+, sequence, quotient, convex, congruent
        """,
        "zh": """
            方程, 求解, 积分, 导数, 多项式, 定理, 证明, 概率, 矩阵, 三角形, 角度, 半径, 面积, 周长
            质数, 整除, 余数, 求和, 百分之, 分数, 代数, 几何, 组合, 数论, 微积分, 计算, 多少个
            一共, 平均, 数学, 不等式, 数列, 函数的
        """,
        "ja": "方程式, 積分, 微分, 定理, 証明, 確率, 行列, 三角形, 面積, 計算, 数学, 何個",
        "ko": "방정식~, 적분~, 미분~, 정리~, 증명~, 확률~, 행렬~, 삼각형~, 계산~, 수학~, 몇 개",
        "es": """
            ecuación, integral, derivada, teorema, demuestra, probabilidad, matriz, triángulo
            calcula, cuántos
        """,
        "fr": """
            équation, intégrale, dérivée, théorème, démontre, probabilité, matrice, triangle
            calcule, combien
        """,
        "de": """
            gleichung, integral, ableitung, beweise, wahrscheinlichkeit, matrix, dreieck, berechne
            wie viele
        """,
        "ru": """
            уравнение, интеграл, производную, теорему, докажи, докажите, вероятность, матрицу
            треугольник, вычисли, сколько
        """,
        "pt": """
            equação, integral, derivada, teorema, prove, probabilidade, matriz, triângulo, calcule
            quantos
        """,
        "ar": "معادلة, تكامل, مشتقة, أثبت, احتمال, مصفوفة, مثلث, احسب, كم عدد",
        "vi": """
            phương trình, tích phân, đạo hàm, chứng minh, xác suất, ma trận, tam giác, tính
            bao nhiêu
        """,
    },
    "subject-logic": {
        "en": """
            logic puzzle+, deduce, deduction, syllogism, premise+, conclude, conclusion follows
            knights and knaves, truth-teller, riddle+, brain teaser, step by step
            reason step by step, reasoning, infer, inference, logically, logical, contradiction
            if and only if, valid argument, true or false, analogy, puzzle+
            constraint satisfaction, hypothesis, counterfactual, causal
        """,
        "zh": """
            逻辑, 推理, 推断, 前提, 三段论, 谜语, 脑筋急转弯, 逐步, 一步一步, 矛盾, 假设, 类比
            因果, 判断真假
        """,
        "ja": "論理, 推論, 前提, 矛盾, 段階的, ステップ, なぞなぞ",
        "ko": "논리~, 추론~, 전제~, 모순~, 단계별로, 수수께끼~",
        "es": "lógica, razonamiento, paso a paso, acertijo",
        "fr": "logique, raisonnement, étape par étape, énigme",
        "de": "logik, schritt für schritt, schlussfolgere, rätsel",
        "ru": "логика, логическую, рассуждая, шаг за шагом, загадку",
        "pt": "lógica, raciocínio, passo a passo",
        "ar": "منطق, خطوة بخطوة, استنتج",
        "vi": "logic, suy luận, từng bước",
    },
    "subject-science": {
        "en": """
            physics, chemistry, biology, molecule+, reaction+, enzyme+, velocity, acceleration
            force, momentum, energy, voltage, current, circuit, quantum, thermodynamic+, protein+
            gene, genes, dna, photosynthesis, atom+, electron+, entropy, equilibrium
            stoichiometry, orbital+, wavelength, newton, joules, kinetic, mechanism of
            pharmacology, organic synthesis, diagnosis, patient with
        """,
        "zh": """
            物理, 化学, 生物, 分子, 反应, 酶, 速度, 加速度, 能量, 电压, 电路, 量子, 蛋白质, 基因
            光合作用, 原子, 电子, 熵, 波长
        """,
        "ja": "物理, 化学, 生物, 分子, 反応, 量子, 遺伝子, 加速度",
        "ko": "물리~, 화학~, 생물~, 분자~, 반응~, 양자~, 유전자~",
        "es": "física, química, biología, molécula, reacción",
        "fr": "physique, chimie, biologie, molécule, réaction",
        "de": "physik, chemie, biologie, molekül, reaktion",
        "ru": "физика, химия, биология, молекула, реакция",
        "pt": "física, química, biologia, molécula, reação",
        "ar": "فيزياء, كيمياء, أحياء",
        "vi": "vật lý, hóa học, sinh học",
    },
    "subject-code": {
        "en": """
            python, javascript, typescript, java, rust, golang, cpp, kotlin, swift, ruby, php
            haskell, scala, function, functions, def, return, class, method, algorithm+
            implement+, code, coding, program, programming, compile, compiler, recursion
            recursive, array, string, list of integers, linked list, binary tree, hash map
            dictionary, loop, regex, regular expression, api endpoint, unit test+, import, lambda
            async, sorting, complexity, html, css, react, node js, django, flask, sql query
            data structure+, variable, snippet, stub, docstring, leetcode, console log, printf
            int main, struct
        """,
        "zh": """
            编程, 代码, 函数, 算法, 实现, 程序, 数组, 字符串, 链表, 二叉树, 递归, 循环, 正则, 编译
            接口, 脚本, 变量, 复杂度
        """,
        "ja": "プログラム, コード, 関数, アルゴリズム, 実装, 配列, 文字列, 再帰",
        "ko": "프로그램~, 코드~, 함수~, 알고리즘~, 구현~, 배열~, 문자열~, 재귀~",
        "es": "código, función, algoritmo, programa, implementa",
        "fr": "code, fonction, algorithme, programme, implémente",
        "de": "code, funktion, algorithmus, programm, implementiere",
        "ru": "код, функцию, алгоритм, программу, реализуй",
        "pt": "código, função, algoritmo, programa, implemente",
        "ar": "برنامج, دالة, خوارزمية, كود",
        "vi": "mã, hàm, thuật toán, chương trình",
    },
    "subject-agentic": {
        "en": """
            repository, repo, codebase, pull request+, git, commit, branch, merge conflict+
            failing test+, test suite, stack trace, traceback, terminal, bash, shell command+
            docker, dockerfile, kubernetes, ci pipeline, ci/cd, github, patch, diff, refactor+
            multi-file, file tree, src/, workspace, edit the file+, open the file
            apply the change+, run the tests, make the tests pass, npm, pip install, cargo
            makefile, linter, build fails, migration, issue description, swe-bench, sub-agent+
            coding agent+, plan and execute, long-horizon, browser automation, computer use
            click on, working directory, root cause, regression test, package json, pyproject
            environment variable+
        """,
        "zh": """
            仓库, 代码库, 拉取请求, 提交, 分支, 合并冲突, 失败的测试, 测试套件, 堆栈, 终端, 命令行
            补丁, 重构, 多文件, 工作目录, 修复 bug, 运行测试, 智能体, 构建失败, 依赖, 部署
        """,
        "ja": """
            リポジトリ, コードベース, プルリクエスト, ターミナル, リファクタ, パッチ, テストを実行
        """,
        "ko": "저장소~, 코드베이스~, 풀 리퀘스트~, 터미널~, 리팩터링~, 패치~, 테스트를 실행~",
        "es": "repositorio, terminal, refactoriza",
        "fr": "dépôt git, terminal, refactorise",
        "de": "repository, terminal, refaktoriere",
        "ru": "репозиторий, терминал, рефакторинг",
        "pt": "repositório, terminal, refatore",
        "ar": "مستودع",
        "vi": "kho mã, tái cấu trúc",
    },
    "subject-tools": {
        "en": """
            tool call+, tool use, tool-use, function call+, function calling
            call the (function|tool|api), available (tools|functions|apis), api call+, invoke+ the
            use the (tool|tools|function|functions|api), arguments, tool schema, json schema
            orchestrat (e|ion|ing), orchestrate+, orchestration, mcp, mcp server, plugin+
            tool (definition|definitions|result|results|name|names), parameters schema
            book a (flight|hotel|table|ride), weather in, current weather, search query
            retrieve the, look up, send an email to, schedule a meeting, toolformer, web search
            access to the following tools, action input
        """,
        "zh": """
            工具调用, 调用工具, 函数调用, 调用函数, 可用工具, 调用接口, 使用工具, 接口文档, 参数
            插件, 编排, 查询天气, 预订, 检索
        """,
        "ja": "ツール呼び出し, 関数呼び出し, ツールを使, 天気, 予約, 検索して",
        "ko": "도구 호출~, 함수 호출~, 도구를 사용~, 날씨~, 예약~, 검색~",
        "es": "llamada a función, herramientas disponibles, usa la herramienta",
        "fr": "appel de fonction, outils disponibles, utilise l'outil",
        "de": "funktionsaufruf, verfügbare werkzeuge, werkzeugaufruf",
        "ru": "вызов функции, доступные инструменты, вызови инструмент",
        "pt": "chamada de função, ferramentas disponíveis",
        "ar": "استدعاء الدالة, الأدوات المتاحة",
        "vi": "gọi hàm, công cụ có sẵn",
    },
    "subject-data": {
        "en": """
            data analyst, data analysis, data scientist, dataset, dataframe, pandas, csv
            spreadsheet, excel, pivot table, sql, group by, regression, correlation, statistical
            statistically, statistics, hypothesis test, p-value, confidence interval, time series
            forecast+, trend+, outlier+, clustering, visualization, visualisation, dashboard, kpi
            kpis, revenue, churn, retention, cohort, metrics, insight+, data-driven, a/b test
            variance, standard deviation, median, quarterly, aggregate, segmentation
            survey results, funnel, anomalies
        """,
        "zh": """
            数据分析, 数据分析师, 数据集, 表格, 统计, 回归, 相关性, 假设检验, 置信区间, 时间序列
            预测, 趋势, 异常值, 聚类, 可视化, 指标, 洞察, 营收, 留存, 方差, 同比, 环比
        """,
        "ja": "データ分析, 統計, 回帰, 相関, 時系列, 予測, 可視化, 指標, 傾向",
        "ko": "데이터 분석~, 통계~, 회귀~, 상관관계~, 시계열~, 예측~, 시각화~, 지표~, 추세~",
        "es": "análisis de datos, estadística, regresión, tendencia",
        "fr": "analyse de données, statistique, régression, tendance",
        "de": "datenanalyse, statistik, regression, trend, kennzahlen",
        "ru": "анализ данных, статистика, регрессия, тренд",
        "pt": "análise de dados, estatística, regressão, tendência",
        "ar": "تحليل البيانات, إحصاء",
        "vi": "phân tích dữ liệu, thống kê, hồi quy",
    },
    "subject-writing": {
        "en": """
            story, stories, poem+, novel, character+, plot, lyrics, song, haiku, screenplay, essay
            blog post+, slogan+, creative, fiction, dialogue scene, limerick, fairy tale, chapter
            narrator, role-play, roleplay, roleplaying, speech, cover letter, article, headline+
            product description, email, tweet, caption+, advertisement, tagline, metaphor+
            write a letter, script for, joke+
        """,
        "zh": """
            故事, 诗, 小说, 角色, 情节, 歌词, 作文, 散文, 剧本, 文案, 标语, 创意, 写一篇, 写一首
            文章, 邮件, 广告, 演讲, 笑话, 童话, 续写
        """,
        "ja": "物語, 詩, 小説, 作文, 脚本, 記事, 歌詞, 俳句",
        "ko": "이야기~, 시를, 소설~, 에세이~, 대본~, 기사~, 가사~",
        "es": "cuento, poema, novela, ensayo, guion, artículo",
        "fr": "conte, poème, roman, essai, scénario, article",
        "de": "geschichte, gedicht, roman, aufsatz, drehbuch, artikel",
        "ru": "рассказ, стихотворение, роман, эссе, сценарий, статью",
        "pt": "conto, poema, romance, redação, roteiro, artigo",
        "ar": "قصة, قصيدة, رواية, مقال",
        "vi": "câu chuyện, bài thơ, tiểu thuyết, bài luận, kịch bản",
    },
    "subject-translation": {
        "en": """
            translate+, translation+, translator
            into (english|french|german|spanish|chinese|japanese|korean|russian|arabic|portuguese|
            italian|hindi|vietnamese)
            localize+, localise+, localization, localisation, bilingual, source language
            target language
        """,
        "zh": "翻译, 译成, 译为, 英译中, 中译英, 翻成, 本地化",
        "ja": "翻訳, 訳して, 英訳, 和訳",
        "ko": "번역~, 통역~",
        "es": "traduce, traducir, traducción",
        "fr": "traduis, traduire, traduction",
        "de": "übersetze, übersetzen, übersetzung",
        "ru": "переведи, перевести, перевод",
        "pt": "traduza, traduzir, tradução",
        "ar": "ترجم, ترجمة",
        "vi": "dịch sang, dịch câu, bản dịch",
    },
    "subject-knowledge": {
        "en": """
            what is, what are, who is, who was, who were, when did, when was, where is
            which country, capital of, explain, describe, definition of, define, history of
            difference between, tell me about, why do, why is, why does, how does, summary of
            summarize, summarise, facts about, list the, compare and contrast, meaning of
            what causes, overview of
        """,
        "zh": """
            什么是, 是什么, 是谁, 什么时候, 哪里, 哪个国家, 首都, 解释, 描述, 定义, 历史, 区别
            介绍, 为什么, 总结, 概括, 列举, 有哪些, 含义
        """,
        "ja": "とは何, とは, 誰, いつ, どこ, 説明して, 違い, 要約, なぜ, 歴史",
        "ko": "무엇~, 누구~, 언제, 어디~, 설명~, 차이~, 요약~, 왜, 역사~",
        "es": "qué es, quién, cuándo, dónde, explica, diferencia entre, resume",
        "fr": "qu'est-ce que, qui est, quand, où, explique, différence entre, résume",
        "de": "was ist, wer ist, wann, wo, erkläre, unterschied zwischen, fasse zusammen",
        "ru": "что такое, кто такой, когда, где, объясни, разница между, кратко изложи",
        "pt": "o que é, quem é, quando, onde, explique, diferença entre, resuma",
        "ar": "ما هو, ما هي, من هو, متى, أين, اشرح, الفرق بين, لخص",
        "vi": "là gì, là ai, khi nào, ở đâu, giải thích, sự khác biệt, tóm tắt",
    },
    "subject-talk": {
        "en": """
            hi, hello, hey, thanks, thank you, please help, i feel, i'm, i am, my friend, my wife
            my husband, my boss, my, me, should i, can you, could you, would you, help me, advice
            recommend, suggest, do you think, lol, ok, yes, no, what do you, sorry, i want, i need
            i have, i've, i was
        """,
        "zh": """
            你好, 谢谢, 请帮我, 我觉得, 我的, 我应该, 你能, 你可以, 帮我, 建议, 推荐, 你认为, 好的
            我想, 我需要, 我有
        """,
        "ja": "こんにちは, ありがとう, 私の, 助けて, おすすめ, どう思",
        "ko": "안녕~, 감사~, 저는, 나의, 도와~, 추천~, 어떻게 생각",
        "es": "hola, gracias, mi, ayúdame, recomienda, debería",
        "fr": "bonjour, merci, mon, ma, aide-moi, recommande, devrais-je",
        "de": "hallo, danke, mein, meine, hilf mir, empfiehl, soll ich",
        "ru": "привет, спасибо, мой, моя, помоги, посоветуй, стоит ли мне",
        "pt": "olá, obrigado, meu, minha, me ajude, recomende, devo",
        "ar": "مرحبا, شكرا, ساعدني, أنصحني",
        "vi": "xin chào, cảm ơn, của tôi, giúp tôi, tôi nên",
    },
    "subject-vision": {
        "en": """
            image+, screenshot+, photo+, picture+, diagram+, in the chart, figure shows
            bounding box+, ocr, pixel+, visual, video frame+, camera, describe the image
            attached image, object detection, segmentation mask, infographic, handwritten, scanned
            ui element+, gui, spectrogram, audio clip, video clip, video
        """,
        "zh": "图像, 图片, 截图, 照片, 示意图, 图中, 边界框, 像素, 视觉, 视频, 识别图, 手写, 扫描件",
        "ja": "画像, 写真, スクリーンショット, 動画",
        "ko": "이미지~, 사진~, 스크린샷~, 그림~, 영상~",
        "es": "imagen, captura de pantalla, foto, diagrama",
        "fr": "image, capture d'écran, photo, diagramme",
        "de": "bild, bildschirmfoto, foto, diagramm",
        "ru": "изображение, изображении, снимок экрана, фото, диаграмма",
        "pt": "imagem, captura de tela, foto, diagrama",
        "ar": "صورة, الصورة, لقطة شاشة",
        "vi": "hình ảnh, ảnh chụp, bức ảnh, sơ đồ",
    },
}

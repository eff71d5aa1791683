#!/usr/bin/env python3
"""Writes the golden files of the sentence embedder: tokens of hundreds of texts by Hugging Face's tokenizers, and vectors by
ONNX Runtime.

    pip install tokenizers onnxruntime numpy
    scripts/reference/minilm_cases.py MODEL_FOLDER Tests/EnginesTests/Golden

MODEL_FOLDER holds model.onnx and tokenizer.json (martlet models pull minilm-l6-v2-int8).
"""

import json
import pathlib
import random
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

HAND = [
    "", " ", "\n\t ", "hello", "Hello, World!", "The quick brown fox jumps over the lazy dog.", "UNBELIEVABLE!!!", "don't stop",
    "co-operate e.g. U.S.A. 3.14 1,000,000 50% $9.99 #tag @name", "https://example.org/a/b?c=d&e=f#g", "mail@example.org",
    "snake_case camelCase kebab-case", "x" * 99, "x" * 100, "x" * 101, "supercalifragilisticexpialidocious",
    "antidisestablishmentarianism", "pneumonoultramicroscopicsilicovolcanoconiosis", "a\u0300 e\u0301 n\u0303 u\u0308",
    "café naïve résumé Ångström Øresund Łódź İstanbul ßtraße", "ÀÉÎÕÜ àéîõü", "ＦＵＬＬＷＩＤＴＨ ｔｅｘｔ", "ﬁne ﬂow ﬀ", "ΑΒΓ αβγ ΟΔΥΣΣΕΥΣ",
    "Привет, мир! Ёлка й", "שלום עולם", "שָׁלוֹם", "مرحبا بالعالم", "مَرْحَبًا", "नमस्ते दुनिया", "สวัสดีชาวโลก", "안녕하세요 세계", "한국어",
    "こんにちは世界", "カタカナ ガギグ", "ｶﾞｷﾞ", "你好，世界！", "中文English混合123", "𠮷野家", "㐀㐁", "豈更", "漢字かな交じり文。", "Việt Nam đẹp lắm",
    "😀", "I ❤️ NY", "👨‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "👍🏽 ok", "café☕️time", "→ ← ↑ ∑ ∞ ≠ ½ ² €£¥ ©®™", "“quoted” ‘single’ – — … ¿qué? ¡sí!",
    "a\u00a0b\u2003c\u3000d", "zero\u200bwidth\u200djoin\ufeffbom", "soft\u00adhyphen", "line\u2028sep\u2029par\u0085nel", "tab\tnew\nline\r\nret",
    "nul\x00bell\x07del\x7fesc\x1b", "\ufffd\ufffe", "private\ue000use", "[MASK] [CLS] [SEP] [PAD] [UNK]", "the [MASK] sat", "[mask]", "[MASK",
    "x[SEP]y", "[[MASK]]", "##ing ## #", "a.b,c;d:e!f?g", "(parens) [brackets] {braces} <angles>", "`~!@#$%^&*()_+-=[]{}|;':\",./<>?\\",
    "2024-01-02T03:04:05Z", "0x1F 1e-5 -7 +8", "مـــد", "é" * 60, "日" * 40, "ǅ ǆ Ǆ ŉ ΐ", "İI ıi", "ᾳ ᾼ", "ʼn ẖ", "\U0001d49c\U0001d7d8",
    "𝓗𝓮𝓵𝓵𝓸", "🄰🅱️", "Ⅳ ⅳ", "º ª", "‿⁀⁔︳", "།༎", "¡¿;·", "՚՛՜", "؟،؛", "。、「」『』", "・", "｡｢｣", "〜〰", "°F ℃ K",
    "\U000e0001tag", "\u061cmark", "combining\u20d0\u20e3", "enclosed⃣ 1️⃣", "ᬀᬁ", "\u1ab0\u0483", "q̣̇",
]
WORDS = """the a of and model server video image question answer token sound speech light running jumped unhappiness tokenizer
embedding vector naïve Zürich coöperation 東京 Москва Αθήνα القاهرة 🎉 x² don't we're state-of-the-art 2024 3.5% C++ C# F1 foo_bar
Grüße señor façade Dvořák piñata jalapeño crème brûlée übermensch smörgåsbord""".split()
GLUE = [" ", "  ", "\n", ", ", ". ", "-", "/", "", " — ", "…", "\t", "! ", "? ", "\u00a0"]
RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0x900, 0x97F),
          (0x1E00, 0x1EFF), (0x2010, 0x205E), (0x20A0, 0x20BF), (0x2190, 0x21FF), (0x3040, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xACFF),
          (0xFF00, 0xFFEF), (0x1F300, 0x1F64F), (0x20000, 0x200FF)]
SENTENCES = [
    "The cat sat on the mat.", "A feline rested on the rug.", "Stock markets fell sharply on Monday.", "Wie spät ist es?",
    "def add(a, b): return a + b", "你好，世界！", "😀 emoji and café", "x", "Martlet serves many kinds of model behind standard protocols.",
    "How do I reset my password?", "I forgot my password, what should I do?", "word " * 300,
]


def texts():
    random.seed(7)
    for text in HAND:
        yield text
    for _ in range(160):
        yield "".join(random.choice(WORDS) + random.choice(GLUE) for _ in range(random.randint(1, 14)))
    for _ in range(140):
        first, last = random.choice(RANGES)
        yield "".join(chr(random.randint(first, last)) + random.choice(["", "", "", " "]) for _ in range(random.randint(1, 12)))


def main():
    folder, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    cases = [{"text": text, "tokens": tokenizer.encode(text).ids[1:-1]} for text in texts()]
    (out / "bert_tokens.json").write_text(json.dumps(cases, ensure_ascii=True, separators=(",", ":")) + "\n")
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    vectors = []
    for text in SENTENCES:
        ids = np.array([tokenizer.encode(text).ids], np.int64)
        states = session.run(
            None, {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        )[0][0]
        mean = states.astype(np.float64).mean(0)
        vector = mean / np.linalg.norm(mean)
        vectors.append({"text": text, "tokens": ids.shape[1], "vector": [round(float(x), 7) for x in vector]})
    (out / "minilm_vectors.json").write_text(json.dumps(vectors, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{len(cases)} texts, {len(vectors)} vectors")


if __name__ == "__main__":
    main()

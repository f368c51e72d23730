"""Tokenizers of every kind Plumbline reads, and what Python's libraries make of a large corpus with them.

Writes into a folder: the tokenizers (tokenizer.json files, one tokenizer.model), fragments.json, from which
tests and this script put the same corpus together, and expected.json with digests of the token ids.
"""

import json
import sys
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers.tokenization_utils_sentencepiece import SentencePieceBackend

WINDOW = 64  # code points of a string, and strings of a digest
MIXED = 6000
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
SPECIAL = ["<s>", "</s>", "<|im_start|>", "<image>"]
FRAGMENTS = [
    # Prose in several scripts
    "The ", "quick", " brown fox", " jumps over", " the lazy dog.", "It's", " we'll", " I'M", " THEY'VE", " can't",
    "café", " naïve", " Straße", "Ελληνικά ", "русский язык", " 中文字符", "日本語の文", "한국어 문장", "العربية",
    " हिन्दी", "ภาษาไทย", "עברית", "Tiếng Việt", "İstanbul", "ǅ", "ſ", "K",
    # Code, numbers and marks
    "def f(x):\n    return x ** 2\n", "for (int i = 0; i < 10; ++i) {", "}\n\n", "<div class=\"a\">", "a_b.c", "==", "!=",
    "0", "12", "345", "6789", " 3.14159", "1,000,000", "²", "½", "Ⅷ", "٣", "①", "\\", "`", "~~", "...", "—", "“", "”",
    # Emoji sequences, combining marks, joiners
    "👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "😀", "1️⃣", "é", "ñ̃", "각", "ạ̈", "‍", "‌", "﷽", "ﬁ", "Å",
    # Blanks and control bytes
    " ", "  ", "    ", "\t", "\n", "\r\n", "\n\n\n", " \n", "\u00a0", "\u3000", "\u2028", "\u200b", "\ufeff", "\u1680",
    "\u180e", "\x00", "\x01", "\x1b[0m", "\x7f", "\x85", " " * 40, "\n" * 20,
    # Tokens spelt in text
    "<s>", "</s>", "<unk>", "<|im_start|>", "<image>", "<0x0A>", "<0xFF>", "▁", "▁▁", "<|im_", "[left]", "[right]", "[word]",
    "[both]", "[norm]", "[no", "[café]", "x[word]", "[word]y", " [left] ", " [right] ",
    # Beyond the basic plane, unassigned, private, noncharacters
    "𝔘𝔫𝔦", "𐍈", "𠜎", "\U0010ffff", "\ue000", "\ufdd0", "\U000e0001",
]


class Draw:
    """The corpus' random numbers: Knuth's 64-bit linear congruential generator."""

    def __init__(self, seed):
        self.state = seed
        for _ in range(3):
            self.below(1)

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n


def corpus():
    texts = []
    for start in range(0, 0x110000, WINDOW):
        text = "".join(chr(c) for c in range(start, start + WINDOW) if not 0xD800 <= c < 0xE000)
        if text:
            texts.append(text)
    for i in range(MIXED):
        draw = Draw(i + 1)
        texts.append("".join(FRAGMENTS[draw.below(len(FRAGMENTS))] for _ in range(1 + draw.below(12))))
    return texts


def random_ids(i, vocab_size):
    draw = Draw(1_000_000 + i)
    return [draw.below(vocab_size) for _ in range(1 + draw.below(24))]


def fnv(data, digest=0xCBF29CE484222325):
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return digest


def digests(rows):
    """One digest for every WINDOW rows of bytes; every row with its length."""
    out = []
    for start in range(0, len(rows), WINDOW):
        digest = 0xCBF29CE484222325
        for row in rows[start:start + WINDOW]:
            digest = fnv(len(row).to_bytes(4, "little") + row, digest)
        out.append(f"{digest:016x}")
    return out


def id_bytes(ids):
    return b"".join(i.to_bytes(4, "little") for i in ids)


def added():
    flags = dict(normalized=False)
    return [AddedToken("[left]", lstrip=True, **flags), AddedToken("[right]", rstrip=True, **flags),
            AddedToken("[word]", single_word=True, **flags), AddedToken("[both]", lstrip=True, rstrip=True, **flags),
            AddedToken("[norm]", normalized=True), AddedToken("[café]", normalized=True)]


def byte_level(name, texts, pre, normalizer=None, prefix=False, ignore_merges=False, template=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens(added())
    if template:
        tokenizer.post_processor = processors.Sequence([
            processors.ByteLevel(trim_offsets=False),
            processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)])])
    return tokenizer


def byte_level_kinds(texts):
    level = pre_tokenizers.ByteLevel
    split = lambda pattern: pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    sequence = pre_tokenizers.Sequence
    return {
        "gpt2": byte_level("gpt2", texts, level(add_prefix_space=False)),
        "prefix": byte_level("prefix", texts, level(add_prefix_space=True), normalizers.NFC()),
        "llama3": byte_level("llama3", texts, sequence([split(LLAMA3), level(add_prefix_space=False, use_regex=False)]),
                             ignore_merges=True, template=True),
        "qwen2": byte_level("qwen2", texts, sequence([split(QWEN2), level(add_prefix_space=False, use_regex=False)]),
                            normalizers.NFC()),
        "smollm": byte_level("smollm", texts, sequence([pre_tokenizers.Digits(individual_digits=True),
                                                        level(add_prefix_space=False)])),
    }


def pieces(folder, texts):
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=iter(t.replace("\n", " ").replace("\x00", "") for t in texts), model_prefix=str(folder / "pieces"),
        model_type="bpe", vocab_size=900, byte_fallback=True, normalization_rule_name="identity", character_coverage=0.99,
        remove_extra_whitespaces=False, user_defined_symbols=["[tool]", "\t"], num_threads=1, minloglevel=2,
        split_digits=True, allow_whitespace_only_pieces=True, shuffle_input_sentence=False)
    (folder / "pieces.model").rename(folder / "tokenizer.model")
    (folder / "pieces.vocab").unlink()
    return folder / "tokenizer.model"


def fallback_kinds(model_file):
    model = sentencepiece.SentencePieceProcessor(str(model_file))
    vocab = {model.id_to_piece(i): i for i in range(model.get_piece_size())}
    merges = transformers.tokenization_utils_sentencepiece.generate_merges(
        vocab, {p: model.get_score(i) for p, i in vocab.items()})
    way_back = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]

    def make(normalizer, pre, decoder, **options):
        tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, fuse_unk=True, unk_token="<unk>", **options))
        tokenizer.normalizer, tokenizer.decoder = normalizer, decoder
        if pre is not None:
            tokenizer.pre_tokenizer = pre
        special = [AddedToken(t, normalized=False, special=True) for t in ["<unk>", *SPECIAL]]
        tokenizer.add_special_tokens(special)
        tokenizer.add_tokens(added())
        return tokenizer

    metaspace = lambda scheme, split: pre_tokenizers.Metaspace(replacement="▁", prepend_scheme=scheme, split=split)
    stripping = decoders.Sequence([*way_back, decoders.Strip(content=" ", left=1)])
    return {
        "classic": make(normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None, stripping,
                        byte_fallback=True),
        "first": make(None, metaspace("first", False), stripping, byte_fallback=True),
        "always": make(None, metaspace("always", True), decoders.Metaspace(replacement="▁", prepend_scheme="always")),
        "never": make(None, metaspace("never", True), decoders.Sequence(way_back), byte_fallback=True),
    }


def expect(tokenizer, texts):
    out = {}
    for name, as_text in (("data", True), ("special", False)):
        tokenizer.encode_special_tokens = as_text
        ids = [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
        out[name] = digests([id_bytes(row) for row in ids])
    rows = [random_ids(i, tokenizer.get_vocab_size()) for i in range(2000)]
    for name, skip in (("decoded", True), ("decoded_special", False)):
        out[name] = digests([text.encode() for text in tokenizer.decode_batch(rows + ids[-MIXED:], skip_special_tokens=skip)])
    tokenizer.encode_special_tokens = False
    out["byte_level"] = isinstance(tokenizer.decoder, decoders.ByteLevel)
    out["sequence"] = tokenizer.encode("The quick").ids
    return out


def expect_pieces(model_file, texts):
    raw = sentencepiece.SentencePieceProcessor(str(model_file))
    slow = SentencePieceBackend(vocab_file=str(model_file), legacy=True, bos_token="<s>", eos_token="</s>", unk_token="<unk>",
                                extra_special_tokens=["<|im_start|>", "<image>"])
    slow.add_tokens([AddedToken("[norm]", normalized=False)])
    ids = lambda text: slow.convert_tokens_to_ids(slow.tokenize(text))
    rows = [random_ids(i, raw.get_piece_size()) for i in range(2000)]
    rows = [[i for i in row if not raw.is_control(i) and not raw.is_unknown(i)] for row in rows]
    broken = []
    for i in range(200):
        draw = Draw(2_000_000 + i)
        broken.append(bytes(draw.below(256) for _ in range(24)))
    return {
        "raw": digests([id_bytes(row) for row in raw.encode(texts)]),
        "special": digests([id_bytes(ids(text)) for text in texts]),
        "broken": digests([id_bytes(raw.encode(b)) for b in broken]),
        "decoded": digests([raw.decode(row).encode() for row in rows]),
        "added": {token: slow.convert_tokens_to_ids(token) for token in ["<|im_start|>", "<image>", "[norm]"]},
    }


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    texts = corpus()
    mixed = texts[-MIXED:]
    expected = {"versions": {m.__name__: m.__version__ for m in (tokenizers, transformers, sentencepiece)},
                "strings": len(texts)}
    kinds = byte_level_kinds(mixed)
    model_file = pieces(folder, mixed)
    kinds |= fallback_kinds(model_file)
    for name, tokenizer in kinds.items():
        tokenizer.save(str(folder / f"{name}.json"), pretty=False)
        expected[name] = expect(tokenizer, texts)
    expected["pieces"] = expect_pieces(model_file, texts)
    (folder / "fragments.json").write_text(json.dumps(FRAGMENTS, ensure_ascii=True, indent=0) + "\n")
    (folder / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")


if __name__ == "__main__":
    main()

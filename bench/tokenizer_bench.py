"""Plumbline and tokenizers encoding the same documents with the same tokenizer, in turns.

Usage: tokenizer_bench.py BUILD MODEL.gguf [rounds]     (SmolLM2's vocabulary comes from the GGUF file)

The documents are this repository's own sources and pages. Both run on one thread.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import gguf
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers


def list_of(reader, key):
    field = reader.fields[key]
    return [bytes(field.parts[i]).decode() for i in field.data]


def make(path, target):
    reader = gguf.GGUFReader(path)
    tokens = list_of(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in list_of(reader, "tokenizer.ggml.merges")]
    types = [int(reader.fields["tokenizer.ggml.token_type"].parts[i][0]) for i in reader.fields["tokenizer.ggml.token_type"].data]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t, kind in zip(tokens, types) if kind == 3])
    tokenizer.save(str(target))


def main():
    build, model = pathlib.Path(sys.argv[1]), sys.argv[2]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    folder = build / "bench/models/smollm2-tokenizer"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "tokenizer.json"
    make(model, file)
    names = subprocess.run(["git", "ls-files", "*.md", "*.cpp", "*.h", "*.py"], check=True, capture_output=True, text=True).stdout.split()
    documents = [pathlib.Path(name).read_text() for name in names]
    (folder / "documents").write_bytes("\0".join(documents).encode())
    size = (folder / "documents").stat().st_size
    start = time.perf_counter()
    tokenizer = Tokenizer.from_file(str(file))
    load = time.perf_counter() - start
    mine, other, tokens = [], [], 0
    for _ in range(rounds):
        line = subprocess.run([build / "bench/tokenizer_bench", file, folder / "documents", "1"], check=True, capture_output=True,
                              text=True).stdout
        mine.append(json.loads(line))
        start = time.perf_counter()
        tokens = sum(len(tokenizer.encode(document).ids) for document in documents)
        other.append(size / (time.perf_counter() - start) / 1e6)
    assert mine[0]["tokens"] == tokens, (mine[0]["tokens"], tokens)
    a, b = statistics.median(m["megabytes"] for m in mine), statistics.median(other)
    print(f"{size / 1e6:.2f} MB, {tokens} tokens by both, medians of {rounds} interleaved rounds, one thread")
    print(f"encode  here {a:.1f} MB/s, tokenizers {b:.1f} MB/s, ratio {a / b:.2f}")
    print(f"load    here {statistics.median(m['load'] for m in mine):.3f} s, tokenizers {load:.3f} s")


if __name__ == "__main__":
    main()

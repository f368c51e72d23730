"""Plumbline and llama.cpp answering from the same GGUF file, in turns; medians and their ratio.

Usage: gguf_bench.py BUILD MODEL.gguf [rounds]     (needs llama-cpp-python; both use two threads)
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

import llama_cpp
import numpy as np

PROMPT, NEW, THREADS = 256, 64, 2
QUIET = llama_cpp.llama_log_callback(lambda level, text, data: None)


class Theirs:
    """Prompts and answers of several sequences at once, as llama.cpp's own batched example does it."""

    def __init__(self, path, answers):
        self.answers = answers
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        self.vocabulary = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(self.model))
        params = llama_cpp.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_seq_max = answers * (PROMPT + NEW), answers * PROMPT, answers
        params.n_threads = params.n_threads_batch = THREADS
        self.context = llama_cpp.llama_init_from_model(self.model, params)
        self.batch = llama_cpp.llama_batch_init(answers * PROMPT, 0, 1)

    def decode(self, tokens, position):
        """One batch: tokens [answers, n] from `position`, logits after the last of each."""
        count = 0
        for answer, row in enumerate(tokens):
            for i, token in enumerate(row):
                self.batch.token[count] = int(token)
                self.batch.pos[count] = position + i
                self.batch.n_seq_id[count] = 1
                self.batch.seq_id[count][0] = answer
                self.batch.logits[count] = i == len(row) - 1
                count += 1
        self.batch.n_tokens = count
        if llama_cpp.llama_decode(self.context, self.batch) != 0:
            raise RuntimeError("llama_decode failed")

    def run(self):
        random = np.random.default_rng(0)
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), True)
        start = time.perf_counter()
        self.decode(random.integers(100, self.vocabulary, (self.answers, PROMPT)), 0)
        middle = time.perf_counter()
        for i in range(NEW):
            logits = llama_cpp.llama_get_logits_ith(self.context, -1)
            np.ctypeslib.as_array(logits, (self.vocabulary,)).argmax()  # what greedy sampling would read
            self.decode(random.integers(100, self.vocabulary, (self.answers, 1)), PROMPT + i)
        end = time.perf_counter()
        return {"prefill": self.answers * PROMPT / (middle - start), "decode": self.answers * NEW / (end - middle)}


def ours(build, path, answers):
    line = subprocess.run([build / "bench/decode_bench", path, "bfloat16", str(answers), str(PROMPT), str(NEW)], check=True,
                          capture_output=True, text=True).stdout
    return json.loads(line)


def main():
    llama_cpp.llama_log_set(QUIET, None)
    build, path, rounds = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 5
    print(f"{THREADS} threads, medians of {rounds} interleaved rounds, tokens/s (prompt {PROMPT}, new {NEW})")
    print(f"{'answers':>8} {'':<9}{'here':>10}{'llama.cpp':>14}{'ratio':>8}")
    for answers in (1, 4, 16):
        peer = Theirs(path, answers)
        peer.run()
        mine, other = [], []
        for _ in range(rounds):
            mine.append(ours(build, path, answers))
            other.append(peer.run())
        for what in ("prefill", "decode"):
            a, b = (statistics.median(x[what] for x in side) for side in (mine, other))
            print(f"{answers:>8} {what:<9}{a:>10.0f}{b:>14.0f}{a / b:>8.2f}", flush=True)


if __name__ == "__main__":
    main()

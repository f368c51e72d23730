"""Plumbline and transformers answering with the same weights, in turns; medians and their ratio.

Usage: decode_bench.py BUILD [rounds]     (in the environment of ./dev golden; models go to BUILD/bench/models)
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch
from transformers import (AutoModelForCausalLM, CLIPVisionConfig, LlamaConfig, LlavaConfig,
                          LlavaForConditionalGeneration)

PROMPT, NEW = 64, 64
TINY = dict(vocab_size=1024, hidden_size=256, intermediate_size=688, num_hidden_layers=8, num_attention_heads=4,
            num_key_value_heads=4, head_dim=64, max_position_embeddings=1024)
SMOLLM2 = dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30,
               num_attention_heads=9, num_key_value_heads=3, head_dim=64, max_position_embeddings=2048,
               tie_word_embeddings=True)
CASES = [("tiny LLaVA", 1), ("tiny LLaVA", 32), ("tiny LLaVA", 128), ("SmolLM2-135M's shape", 1), ("SmolLM2-135M's shape", 16)]


def make(name, folder):
    torch.manual_seed(0)
    if name == "tiny LLaVA":
        vision = CLIPVisionConfig(hidden_size=128, intermediate_size=256, num_hidden_layers=2, num_attention_heads=4,
                                  image_size=64, patch_size=16)
        model = LlavaForConditionalGeneration(LlavaConfig(vision_config=vision, text_config=LlamaConfig(**TINY), image_token_index=3))
    else:
        model = AutoModelForCausalLM.from_config(LlamaConfig(**SMOLLM2))
    model.save_pretrained(folder)


def load(name, folder, dtype):
    kind = LlavaForConditionalGeneration if name == "tiny LLaVA" else AutoModelForCausalLM
    return kind.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa").eval()


def seconds(model, batch, new):
    ids = torch.randint(8, 1000, (batch, PROMPT))
    start = time.perf_counter()
    with torch.inference_mode():
        model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=True, top_k=0, top_p=1.0,
                       min_new_tokens=new, max_new_tokens=new, pad_token_id=0, eos_token_id=None)
    return time.perf_counter() - start


def theirs(model, batch):
    prefill, total = seconds(model, batch, 1), seconds(model, batch, NEW)
    return {"prefill": batch * PROMPT / prefill, "decode": batch * (NEW - 1) / (total - prefill)}


def ours(build, folder, dtype, batch):
    line = subprocess.run([build / "bench/decode_bench", folder, dtype, str(batch), str(PROMPT), str(NEW)],
                          check=True, capture_output=True, text=True).stdout
    return json.loads(line)


def main():
    build, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{torch.get_num_threads()} threads, medians of {rounds} interleaved rounds, tokens/s (prompt {PROMPT}, new {NEW})")
    print(f"{'model':<22}{'answers':>8} {'dtype':<10}{'':<9}{'here':>10}{'transformers':>14}{'ratio':>8}")
    for name, batch in CASES:
        folder = build / "bench/models" / name.split("'")[0].replace(" ", "-")
        if not (folder / "config.json").exists():
            make(name, folder)
        for dtype in ("float32", "bfloat16"):
            model = load(name, folder, getattr(torch, dtype))
            theirs(model, batch)
            mine, other = [], []
            for _ in range(rounds):
                mine.append(ours(build, folder, dtype, batch))
                other.append(theirs(model, batch))
            for what in ("prefill", "decode"):
                a, b = (statistics.median(x[what] for x in side) for side in (mine, other))
                print(f"{name:<22}{batch:>8} {dtype:<10}{what:<9}{a:>10.0f}{b:>14.0f}{a / b:>8.2f}", flush=True)


if __name__ == "__main__":
    main()

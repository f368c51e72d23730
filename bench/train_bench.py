"""Plumbline and transformers (with peft) taking training steps on the same weights and records, in turns; medians.

Usage: train_bench.py BUILD [--models world smollm2] [--train full lora] [--lengths mixed equal] [--dtypes float32 bfloat16]
                      [--rounds 5] [--steps 8] [--skip 2] [--batch 16] [--micro 4] [--threads 2] [--peer-only]

In the environment of ./dev golden. Models and data go to BUILD/bench/train. Tokens per second are useful ones: rows of
text and pictures, no padding. The peer pads each micro-batch to its longest record and runs in a process of its own; in
bfloat16 it computes under autocast, with the weights that train in float32. It sees every picture in every step, as
transformers' users have it; Plumbline's tower, which is frozen, looks at each once, before the steps that are timed. Both
read records in the file's order. Steps before --skip are left out of the speeds, not of the peak memory.
"""

import argparse
import itertools
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time

SMOLLM2 = dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
               num_key_value_heads=3, head_dim=64, max_position_embeddings=2048, tie_word_embeddings=True, bos_token_id=1,
               eos_token_id=2)
KINDS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
WORLD_BASE = pathlib.Path("assets/world-base")
IMAGE_TOKEN, IMAGE_ROWS = 3, 16  # of the world's base model, whose tokenizer both models use
BEGIN, END = 1, 2
LR, RANK, ALPHA = 1e-4, 16, 32


# --- Models and data, made once ---

def model_folder(name, root):
    if name == "world":
        return WORLD_BASE
    folder = root / "smollm2"
    if not (folder / "tokenizer.json").exists():
        import torch
        from transformers import AutoModelForCausalLM, LlamaConfig
        torch.manual_seed(0)
        AutoModelForCausalLM.from_config(LlamaConfig(**SMOLLM2)).save_pretrained(folder)
        for file in ("tokenizer_config.json", "tokenizer.json"):
            shutil.copy(WORLD_BASE / file, folder)
    return folder


def text_records(count):
    """Questions and answers of 10 to 400 words without pictures, most of them short."""
    draw = random.Random(0)
    words = "the red square is left of a small green circle and there are two blue lines below it".split()
    text = lambda n: " ".join(draw.choice(words) for _ in range(n)).capitalize() + "."
    length = lambda: min(400, int(draw.lognormvariate(3.9, 0.8)) + 10)
    return [{"id": f"t{i}", "conversations": [{"from": "human", "value": text(8)}, {"from": "gpt", "value": text(length())}]}
            for i in range(count)]


def world_records(build, root, count):
    folder = root / f"world-{count}"
    if not (folder / "conversations.json").exists():
        subprocess.run([build / "bin/plumbline", "world", "--split", "sft", "--images", str(count), "--out", folder], check=True,
                       capture_output=True)
    records = json.loads((folder / "conversations.json").read_text())
    random.Random(0).shuffle(records)
    assert len(records) >= count
    return records[:count], folder / "images"


def encode(records, is_world):
    """Ids of each record in the style `brief`, and which of them are learnt."""
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(WORLD_BASE / "tokenizer.json"))
    piece = lambda text: tokenizer.encode(text, add_special_tokens=False).ids if text else []
    out = []
    for record in records:
        ids, learnt = ([BEGIN], [False]) if is_world else ([], [])
        for turn in record["conversations"]:
            if turn["from"] == "human":
                before, *behind = ("USER: " + turn["value"] + " ASSISTANT:").split("<image>")
                new = piece(before) + ([IMAGE_TOKEN] * IMAGE_ROWS + piece(behind[0]) if behind else [])
            else:
                new = piece(" " + turn["value"]) + [END]
            ids += new
            learnt += [turn["from"] == "gpt" and turn.get("weight", 1) != 0] * len(new)
        out.append((ids, learnt))
    return out


def make_data(build, root, model, lengths, count):
    """Path of the records, the folder of their pictures or None, and the records with their tokens."""
    records, images = world_records(build, root, count) if model == "world" else (text_records(count), None)
    encoded = encode(records, model == "world")
    if lengths == "equal":  # the conversation of median length, again and again, each with its own picture
        middle = sorted(range(count), key=lambda i: len(encoded[i][0]))[count // 2]
        turns = records[middle]["conversations"]
        pictured = [r for r in records if "image" in r] if "image" in records[middle] else [{}]
        records = [{"id": f"e{i}", "conversations": turns} |
                   {k: v for k, v in pictured[i % len(pictured)].items() if k == "image"} for i in range(count)]
        encoded = [encoded[middle]] * count
    path = root / f"{model}-{lengths}-{count}.json"
    path.write_text(json.dumps(records))
    return path, images, records, encoded


# --- The peer, in a process of its own ---

def load_peer(case):
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, LlavaForConditionalGeneration
    kind = LlavaForConditionalGeneration if case["model"] == "world" else AutoModelForCausalLM
    is_lora = case["train"] == "lora"
    frozen = getattr(torch, case["dtype"]) if is_lora else torch.float32
    model = kind.from_pretrained(case["folder"], dtype=frozen, attn_implementation="sdpa")
    for name, parameter in model.named_parameters():
        parameter.requires_grad = "vision_tower" not in name
    if is_lora:
        targets = r".*(language_model|model\.layers).*\.(" + "|".join(KINDS) + ")"
        model = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=targets))
    return model.train()


def micro_batches(case, records, encoded):
    """Padded batches as a collator makes them, and how many of their tokens are real."""
    import torch
    from PIL import Image
    pictures = {}
    if case["images"]:
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
        processor = CLIPImageProcessorPil.from_pretrained(case["folder"])
        for name in {r["image"] for r in records if "image" in r}:
            image = Image.open(pathlib.Path(case["images"]) / name).convert("RGB")
            pictures[name] = processor(image, return_tensors="pt")["pixel_values"]
    pad = lambda rows, value: torch.nn.utils.rnn.pad_sequence([torch.tensor(r) for r in rows], batch_first=True, padding_value=value)
    for first in range(0, len(records), case["micro"]):
        part = encoded[first:first + case["micro"]]
        batch = dict(input_ids=pad([ids for ids, _ in part], 0), attention_mask=pad([[1] * len(ids) for ids, _ in part], 0),
                     labels=pad([[i if l else -100 for i, l in zip(*one)] for one in part], -100))
        seen = [pictures[r["image"]] for r in records[first:first + case["micro"]] if "image" in r]
        yield batch | ({"pixel_values": torch.cat(seen)} if seen else {})


def peer(case):
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(case["threads"])
    records = json.loads(pathlib.Path(case["data"]).read_text())
    encoded = encode(records, case["model"] == "world")
    model = load_peer(case)
    batches = list(micro_batches(case, records, encoded))
    per_step = case["batch"] // case["micro"]
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=LR, weight_decay=0.0, fused=True)
    seconds, losses = [], []
    for step in range(len(batches) // per_step):
        parts = batches[step * per_step:(step + 1) * per_step]
        start = time.perf_counter()
        tokens = sum(int((p["labels"] != -100).sum()) for p in parts)
        total = 0.0
        for part in parts:
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=case["dtype"] == "bfloat16"):
                loss = model(**part, num_items_in_batch=tokens).loss
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - start)
        losses.append(total)
    print(json.dumps(dict(seconds=seconds, losses=losses, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))


def run_peer(case, script=__file__):
    """What `script --peer` measures of a case, in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": str(case["threads"])}
    done = subprocess.run([sys.executable, script, "--peer", json.dumps(case)], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


# --- Plumbline ---

def run_ours(build, case, rows):
    out = pathlib.Path(case["out"])
    shutil.rmtree(out, ignore_errors=True)
    settings = {"model.path": case["folder"], "model.conversation": "brief", "data.train": case["data"], "sft.train": case["train"],
                "sft.order": "file", "sft.epochs": 1, "sft.batch_size": case["batch"], "sft.micro_tokens": case["micro_tokens"],
                "run.dtype": case["dtype"], "run.threads": case["threads"], "optimizer.lr": LR, "optimizer.schedule": "constant",
                "optimizer.warmup_ratio": 0.0, "optimizer.weight_decay": 0.0, "lora.rank": RANK, "lora.alpha": ALPHA}
    if case["images"]:
        settings["data.images"] = case["images"]
    sets = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    done = subprocess.run([build / "bin/plumbline", "sft", "--out", out, *sets], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    steps = [step for step in steps if "time/rows_per_second" in step]
    peak = json.loads((out / "run.json").read_text())["peak_memory_bytes"]
    shutil.rmtree(out)
    return dict(seconds=[n / step["time/rows_per_second"] for n, step in zip(rows, steps)], losses=[s["loss"] for s in steps],
                answer_tokens=[step["answer_tokens"] for step in steps], peak=peak)


# --- Side by side ---

def tokens_per_second(result, rows, skip):
    return sum(rows[skip:]) / sum(result["seconds"][skip:])


def check_same_work(case, mine, other, learnt):
    """Both must have learnt the same tokens from the same start."""
    if mine["answer_tokens"] != learnt:
        sys.exit(f"train_bench: expected answer tokens {learnt}, got {mine['answer_tokens']}")
    allowed = 2e-4 if case["dtype"] == "float32" else 2e-2
    if abs(mine["losses"][0] / other["losses"][0] - 1) > allowed:
        sys.exit(f"train_bench: expected a first loss of {other['losses'][0]}, got {mine['losses'][0]}")


def measure(build, root, arguments, model, train, lengths, dtype):
    count = arguments.steps * arguments.batch
    path, images, records, encoded = make_data(build, root, model, lengths, count)
    sizes = [len(ids) for ids, _ in encoded]
    per_step = lambda values: [sum(values[i:i + arguments.batch]) for i in range(0, count, arguments.batch)]
    rows, learnt = per_step(sizes), per_step([sum(l) for _, l in encoded])
    padded = sum(max(sizes[i:i + arguments.micro]) * arguments.micro for i in range(0, count, arguments.micro))
    case = dict(model=model, train=train, dtype=dtype, folder=str(model_folder(model, root)), data=str(path), images=str(images or ""),
                batch=arguments.batch, micro=arguments.micro, threads=arguments.threads, out=str(root / "run"),
                # As many rows as the peer's micro-batches have on average.
                micro_tokens=max(max(sizes), sum(sizes) * arguments.micro // count))
    mine, other = [], []
    for _ in range(arguments.rounds):
        if not arguments.peer_only:
            mine.append(run_ours(build, case, rows))
        other.append(run_peer(case))
        if mine:
            check_same_work(case, mine[-1], other[-1], learnt)
    median = lambda side, what: statistics.median(what(result) for result in side) if side else float("nan")
    speed = [median(side, lambda r: tokens_per_second(r, rows, arguments.skip)) for side in (mine, other)]
    peak = [median(side, lambda r: r["peak"]) / 2**20 for side in (mine, other)]
    print(f"{model:<9}{train:<6}{lengths:<9}{dtype:<10}{sum(sizes) / count:>7.0f}{padded / sum(sizes) - 1:>6.0%}"
          f"{speed[0]:>10.0f}{speed[1]:>14.0f}{speed[0] / speed[1]:>8.2f}{peak[0]:>11.0f}{peak[1]:>15.0f}", flush=True)


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(json.loads(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    for name, choices in (("models", ["world", "smollm2"]), ("train", ["full", "lora"]), ("lengths", ["mixed", "equal"]),
                          ("dtypes", ["float32", "bfloat16"])):
        parser.add_argument(f"--{name}", nargs="+", choices=choices, default=choices)
    for name, default in (("rounds", 5), ("steps", 8), ("skip", 2), ("batch", 16), ("micro", 4), ("threads", os.cpu_count())):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--peer-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.batch % arguments.micro != 0 or arguments.skip >= arguments.steps:
        parser.error("--batch must be a multiple of --micro, and --steps above --skip")
    root = arguments.build / "bench/train"
    root.mkdir(parents=True, exist_ok=True)
    print(f"{arguments.threads} threads, medians of {arguments.rounds} interleaved rounds; steps of {arguments.batch} records, "
          f"micro-batches of {arguments.micro}; tokens/s without padding, peak memory in MiB")
    print(f"{'model':<9}{'train':<6}{'lengths':<9}{'dtype':<10}{'tokens':>7}{'pad':>6}{'here':>10}{'transformers':>14}{'ratio':>8}"
          f"{'here MiB':>11}{'transf. MiB':>15}")
    for case in itertools.product(arguments.models, arguments.train, arguments.lengths, arguments.dtypes):
        measure(arguments.build, root, arguments, *case)


if __name__ == "__main__":
    main()

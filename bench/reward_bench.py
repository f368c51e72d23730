"""Plumbline's `reward` and transformers (with peft) training a reward model on the same weights and pairs, in turns; medians.

Usage: reward_bench.py BUILD [--cases world long short] [--dtypes float32 bfloat16] [--rounds 5] [--steps 6] [--skip 2]
                       [--batch 16] [--micro 4] [--threads 2] [--peer-only]

In the environment of ./dev golden. Models go to BUILD/bench/train, as train_bench has them, data to BUILD/bench/reward.
  world   the world's base, in float32 alone, on comparisons of its own answers, with pictures, facts and judge_before.toml
  long    the 135M shape on pairs that share 600 tokens of conversation and differ in answers of 20 to 60
  short   the same with a question of 10 tokens
Both train LoRA and a head with Bradley-Terry alone, from the same head. Every step sees all --batch pairs, so that any order of
them is the same work. The peer pads both answers of --micro pairs into one batch, reads the head at the last real token, and runs
in a process of its own; in bfloat16 it computes under autocast. It sees every picture in every step; Plumbline's tower, which is
frozen, looks at each once, before the steps. Plumbline's step times are those between the entries of its TensorBoard file: they
include what it writes. Steps before --skip are left out of the speeds, not of the peak
memory. `shared` is the part of all rows that the second answers have in common with the first ones.
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
import struct
import subprocess
import sys
import time
import tomllib

import train_bench
from train_bench import ALPHA, BEGIN, END, IMAGE_ROWS, IMAGE_TOKEN, LR, RANK, WORLD_BASE

TEMPLATE = pathlib.Path("configs/world/judge_before.toml")
CASES = {"world": "world", "long": "smollm2", "short": "smollm2"}  # and the model of each
SHARED_TOKENS = {"long": 600, "short": 10}


# --- Data, made once ---

def piece(text, tokenizer=[]):
    from tokenizers import Tokenizer
    if not tokenizer:
        tokenizer.append(Tokenizer.from_file(str(WORLD_BASE / "tokenizer.json")))
    return tokenizer[0].encode(text, add_special_tokens=False).ids if text else []


def text_of(draw, tokens):
    """Words of the world, of about as many tokens."""
    words = "the red square is left of a small green circle and there are two blue lines below it".split()
    text = ""
    while len(piece(text)) < tokens:
        text += (" " if text else "") + draw.choice(words)
    return text


def text_pairs(name, count):
    draw = random.Random(0)
    pairs = []
    for i in range(count):
        turns, left = [], SHARED_TOKENS[name]
        while left > 0:
            size = min(left, 100)
            turns += [{"from": "human", "value": text_of(draw, size if size < 20 else 20)}]
            turns += [{"from": "gpt", "value": text_of(draw, size - 20) if left > 100 else ""}]
            left -= size
        answers = [{"from": "llava", "value": text_of(draw, draw.randint(20, 60))} for _ in range(2)]
        pairs.append({"id": f"t{i}", "conversations": turns, "output_1": answers[0], "output_2": answers[1],
                      "preference": draw.randint(1, 2)})
    return pairs


def world_pairs(build, root, count):
    """Comparisons of the base's answers by the world's annotator, as the demo makes them."""
    folder = root / f"world-{count}"
    if not (folder / "annotate/comparisons.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        run = lambda *words: subprocess.run([build / "bin/plumbline", *words], check=True, capture_output=True)
        run("world", "--split", "comparisons", "--images", str(4 * count), "--out", folder / "data")
        settings = [f"model.path={WORLD_BASE}", f"data.prompts={folder}/data/prompts.json", f"data.images={folder}/data/images"]
        run("sample", "--config", "configs/world/sample.toml", "--out", folder / "sample",
            *(word for setting in settings for word in ("--set", setting)))
        run("annotate", "--config", "configs/world/annotate.toml", "--out", folder / "annotate",
            "--set", f"data.samples={folder}/sample/samples.jsonl", "--set", f"data.benchmark={folder}/data/benchmark.jsonl")
    pairs = json.loads((folder / "annotate/comparisons.json").read_text())
    assert len(pairs) >= count
    return pairs[:count], folder / "data"


def encode(pair, captions, template):
    """Ids of the better and of the worse answer's sequence in the style `brief`."""
    facts = captions.get(pair.get("image"), [])
    listed = template["facts_header"] + "".join(template["fact"].replace("{fact}", f) for f in facts) if facts else ""
    start = [BEGIN] if captions else []
    for i, turn in enumerate(pair["conversations"][:-1]):
        if turn["from"] == "human":
            before, image, behind = turn["value"].rpartition("<image>\n")
            inserted = template["before_question"].replace("{facts}", listed) if i == 0 else ""
            text = "USER: " + before
            if image:
                start += piece(text) + [IMAGE_TOKEN] * IMAGE_ROWS
                text = "\n"
            start += piece(text + inserted + behind + " ASSISTANT:")
        else:
            start += piece(" " + turn["value"]) + [END]
    end = [END] + piece("USER: " + template["judge"].replace("{facts}", listed) + " ASSISTANT:")
    end += piece(" " + template["opening"])
    assert not template["end_token"]
    sides = [start + piece(" " + pair[f"output_{side}"]["value"]) + end for side in (1, 2)]
    return sides if pair["preference"] == 1 else sides[::-1]


def make_data(build, root, name, count):
    """The paths that a case needs, and the tokens of its pairs."""
    pairs, data = world_pairs(build, root, count) if name == "world" else (text_pairs(name, count), None)
    captions = json.loads((data / "facts.json").read_text()) if data else {}
    template = tomllib.loads(TEMPLATE.read_text())
    encoded = [encode(pair, captions, template) for pair in pairs]
    paths = {"data": root / f"{name}-{count}.json", "held_out": root / f"{name}-{count}-held-out.json"}
    root.mkdir(parents=True, exist_ok=True)
    paths["data"].write_text(json.dumps(pairs))
    shortest = min(range(count), key=lambda i: sum(map(len, encoded[i])))
    paths["held_out"].write_text(json.dumps([pairs[shortest]]))
    if data:
        paths |= {"images": data / "images", "facts": data / "facts.json"}
    return {key: str(path) for key, path in paths.items()}, pairs, encoded


# --- The peer, in a process of its own ---

def micro_batches(case, pairs, encoded):
    """Padded batches: the better answers of --micro pairs, then the worse ones."""
    import torch
    from PIL import Image
    pad = lambda rows: torch.nn.utils.rnn.pad_sequence([torch.tensor(r) for r in rows], batch_first=True)
    for first in range(0, len(pairs), case["micro"]):
        part = range(first, first + case["micro"])
        rows = [encoded[i][side] for side in (0, 1) for i in part]
        inputs = dict(input_ids=pad(rows), attention_mask=pad([[1] * len(ids) for ids in rows]))
        if "images" in case:
            from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
            processor = CLIPImageProcessorPil.from_pretrained(case["folder"])
            seen = [Image.open(pathlib.Path(case["images"]) / pairs[i]["image"]).convert("RGB") for i in part]
            inputs["pixel_values"] = processor(seen * 2, return_tensors="pt")["pixel_values"]
        yield inputs, torch.tensor([len(ids) - 1 for ids in rows])


def peer(case):
    import torch
    import transformers
    from safetensors.torch import load_file
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(case["threads"])
    pairs, encoded = json.loads(pathlib.Path(case["data"]).read_text()), json.loads(pathlib.Path(case["encoded"]).read_text())
    lora = train_bench.load_peer(case | {"train": "lora"})
    model = lora.base_model.model.model  # without the head over the vocabulary
    start = load_file(case["head"])
    head = torch.nn.Linear(start["weight"].shape[1], 1)
    head.load_state_dict(start)
    trained = [p for p in lora.parameters() if p.requires_grad] + list(head.parameters())
    optimizer = torch.optim.AdamW(trained, lr=LR, weight_decay=0.0, fused=True)
    batches = list(micro_batches(case, pairs, encoded))
    seconds, losses = [], []
    for _ in range(case["steps"]):
        begin = time.perf_counter()
        total = 0.0
        for inputs, last in batches:
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=case["dtype"] == "bfloat16"):
                states = model(**inputs, use_cache=False).last_hidden_state
            better, worse = head(states[torch.arange(len(last)), last].float()).view(2, -1)
            loss = -torch.nn.functional.logsigmoid(better - worse).sum() / len(pairs)
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begin)
        losses.append(total)
    print(json.dumps(dict(seconds=seconds, losses=losses, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))


# --- Plumbline ---

def step_seconds(path):
    """Between the first entries of neighbouring steps in a TensorBoard file."""
    data, times, place = path.read_bytes(), {}, 0
    while place < len(data):
        size, = struct.unpack_from("<Q", data, place)
        event = data[place + 12:place + 12 + size]
        place += size + 16
        assert event[0] == 0x09  # wall_time
        if event[9] == 0x10:  # step, a varint
            digits = itertools.takewhile(lambda i: i == 10 or event[i - 1] & 0x80, range(10, len(event)))
            step = sum((event[i] & 0x7f) << 7 * n for n, i in enumerate(digits))
            times.setdefault(step, struct.unpack_from("<d", event, 1)[0])
    steps = sorted(step for step in times if step > 0)
    return [times[b] - times[a] for a, b in zip(steps, steps[1:])]


def run_ours(build, case, out, **more):
    shutil.rmtree(out, ignore_errors=True)
    settings = {"model.path": case["folder"], "model.conversation": "brief", "data.train": case["data"],
                "data.eval": case["held_out"], "reward.template": TEMPLATE, "reward.facts": str("facts" in case).lower(),
                "reward.epochs": case["steps"], "reward.batch_size": case["batch"], "reward.micro_tokens": case["micro_tokens"],
                "reward.center_coef": 0.0, "reward.eval_every": case["steps"], "run.dtype": case["dtype"],
                "run.threads": case["threads"], "optimizer.lr": LR,
                "optimizer.schedule": "constant", "optimizer.warmup_ratio": 0.0, "optimizer.weight_decay": 0.0, "lora.rank": RANK,
                "lora.alpha": ALPHA} | {f"data.{key}": case[key] for key in ("images", "facts") if key in case}
    sets = [word for key, value in (settings | more).items() for word in ("--set", f"{key}={value}")]
    done = subprocess.run([build / "bin/plumbline", "reward", "--out", out, *sets], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return dict(seconds=[0.0] + step_seconds(next(out.glob("events.out.tfevents.*"))),  # the first step's is not known
                losses=[step["loss"] for step in steps if "loss" in step],
                peak=json.loads((out / "run.json").read_text())["peak_memory_bytes"])


# --- Side by side ---

def check_same_work(case, mine, other):
    """The first loss of the same start, but for the order of facts."""
    allowed = 1e-4 if case["dtype"] == "float32" and "facts" not in case else 2e-2
    if len(mine["losses"]) != case["steps"] or abs(mine["losses"][0] / other["losses"][0] - 1) > allowed:
        sys.exit(f"reward_bench: expected {case['steps']} losses, the first of {other['losses'][0]}, got {mine['losses']}")


def shared_rows(first, second):
    alike = itertools.takewhile(lambda both: both[0] == both[1], zip(first, second))
    return min(sum(1 for _ in alike), len(first) - 1, len(second) - 1)


def measure(build, root, arguments, name, dtype):
    paths, pairs, encoded = make_data(build, root, name, arguments.batch)
    (root / "encoded.json").write_text(json.dumps(encoded))
    rows = [len(ids) for both in encoded for ids in both]
    shared = sum(shared_rows(*both) for both in encoded) / sum(rows)
    case = paths | dict(model=CASES[name], dtype=dtype, folder=str(train_bench.model_folder(CASES[name], build / "bench/train")),
                        encoded=str(root / "encoded.json"), head=str(root / "start/adapter/reward_head.safetensors"),
                        batch=arguments.batch, micro=arguments.micro, steps=arguments.steps, threads=arguments.threads,
                        # As many rows as the peer's micro-batches have on average.
                        micro_tokens=sum(rows) * arguments.micro // arguments.batch)
    run_ours(build, case, root / "start", **{"reward.epochs": 1, "optimizer.lr": 0.0})
    mine, other = [], []
    for _ in range(arguments.rounds):
        if not arguments.peer_only:
            mine.append(run_ours(build, case, root / "run"))
        other.append(train_bench.run_peer(case, __file__))
        if mine:
            check_same_work(case, mine[-1], other[-1])
    median = lambda side, what: statistics.median(what(result) for result in side) if side else float("nan")
    num_timed = arguments.batch * (arguments.steps - arguments.skip)
    pairs_per_second = lambda result: num_timed / sum(result["seconds"][arguments.skip:])
    speed = [median(side, pairs_per_second) for side in (mine, other)]
    peak = [median(side, lambda r: r["peak"]) / 2**20 for side in (mine, other)]
    print(f"{name:<7}{dtype:<10}{sum(rows) / len(pairs):>10.0f}{shared:>8.0%}{speed[0]:>10.2f}{speed[1]:>14.2f}"
          f"{speed[0] / speed[1]:>8.2f}{peak[0]:>11.0f}{peak[1]:>15.0f}", flush=True)


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(json.loads(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    for name, choices in (("cases", list(CASES)), ("dtypes", ["float32", "bfloat16"])):
        parser.add_argument(f"--{name}", nargs="+", choices=choices, default=choices)
    for name, default in (("rounds", 5), ("steps", 6), ("skip", 2), ("batch", 16), ("micro", 4), ("threads", os.cpu_count())):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--peer-only", action="store_true")
    arguments = parser.parse_args()
    if arguments.batch % arguments.micro != 0 or not 1 <= arguments.skip < arguments.steps:
        parser.error("--batch must be a multiple of --micro, --skip at least 1, and --steps above --skip")
    root = arguments.build / "bench/reward"
    root.mkdir(parents=True, exist_ok=True)
    print(f"{arguments.threads} threads, medians of {arguments.rounds} interleaved rounds; steps of {arguments.batch} pairs, "
          f"micro-batches of {arguments.micro}; pairs/s, peak memory in MiB")
    print(f"{'case':<7}{'dtype':<10}{'rows/pair':>10}{'shared':>8}{'here':>10}{'transformers':>14}{'ratio':>8}{'here MiB':>11}"
          f"{'transf. MiB':>15}")
    for name, dtype in itertools.product(arguments.cases, arguments.dtypes):
        if name != "world" or dtype == "float32":
            measure(arguments.build, root, arguments, name, dtype)


if __name__ == "__main__":
    main()

"""Plumbline's `ppo` and PPO with transformers and peft on the same weights and prompts, in turns; medians.

Usage: ppo_bench.py BUILD [--cases world long] [--dtypes float32 bfloat16] [--rounds 3] [--iterations 3] [--skip 1] [--threads 2]
                    [--answers N] [--tokens N] [--peer-only]

In the environment of ./dev golden. Models go to BUILD/bench/train, as train_bench has them, data to BUILD/bench/ppo.
  world   the world's base, in float32 alone: 64 answers of 48 tokens, with pictures, facts and judge_before.toml
  long    the 135M shape: 16 answers of 64 tokens to prompts of 200, without facts
An iteration is one of configs/world/ppo_facts.toml with that many answers: respond, score (log-probabilities under policy and
reference, values, the reward model's scores), optimise (two epochs of two minibatches, policy and values). Every iteration asks all
prompts; no answer may end before its last token, so that both sides write as many. Iterations before --skip are left out of the
times, not of the peak memory. Seconds are those of the three phases.

The peer is a process of its own: one base with four adapters and set_adapter; prompts padded on the left, judged sequences too;
generate() with its cache for all answers at once; log-softmax over the answers' rows alone; a backward pass of its own for policy and
values; autocast in bfloat16. As in the published trainer every pass sees the pictures; Plumbline's frozen tower looks at each once.
Micro-batches have as many rows on both sides as the peer's have without padding. The facts of a picture are its first one, as often as
it has any, so that their order means nothing, and the reward model is trained a little by `plumbline reward`. Before
the turns the peer must give the same scores to answers of Plumbline, and afterwards both must have seen about the same entropy.
"""

import argparse
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
import tomllib

import reward_bench
import train_bench
from reward_bench import TEMPLATE, piece
from train_bench import ALPHA, BEGIN, IMAGE_ROWS, IMAGE_TOKEN, LR, RANK

CASES = {"world": dict(model="world", pairs="world", answers=64, tokens=48, micro=16),
         "long": dict(model="smollm2", pairs="short", answers=16, tokens=64, micro=4)}
PROMPT_TOKENS, REWARD_PAIRS = 200, 8
PHASES = ["respond", "score", "optimise"]
PPO = tomllib.loads(pathlib.Path("configs/world/ppo_facts.toml").read_text())["ppo"]
ESTIMATOR = {"advantage": "gae", "samples_per_prompt": 1, "gamma": 1.0, "lambda": 0.95, "value_clip_range": 0.2,
             "vf_coef": 0.1}  # the peer's: with a value model
PPO |= ESTIMATOR


# --- Models and data, made once ---

def model_folder(name, build):
    """The 135M shape is random: a direction shared by the tokenizer's plain tokens makes it write these alone."""
    plain = train_bench.model_folder(name, build / "bench/train")
    folder = build / "bench/ppo/smollm2"
    if name == "world" or (folder / "tokenizer.json").exists():
        return plain if name == "world" else folder
    import torch
    from safetensors.torch import load_file, save_file
    from tokenizers import Tokenizer
    shutil.copytree(plain, folder, ignore=shutil.ignore_patterns("tokenizer.json"), dirs_exist_ok=True)
    weights = load_file(plain / "model.safetensors")
    rows = weights["model.embed_tokens.weight"]
    rows[4:Tokenizer.from_file(str(plain / "tokenizer.json")).get_vocab_size()] += 0.3 * torch.randn(
        rows.shape[1], generator=torch.Generator().manual_seed(1)).sign()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    shutil.copy(plain / "tokenizer.json", folder)  # at last: it says that the folder is whole
    return folder


def make_data(build, root, name, count):
    """Paths of prompts, pictures and facts."""
    folder = root / f"{name}-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    if name == "long":
        draw = random.Random(0)
        prompts = [{"id": f"t{i}", "conversations": [{"from": "human", "value": reward_bench.text_of(draw, PROMPT_TOKENS - 8)}]}
                   for i in range(count)]
        (folder / "prompts.json").write_text(json.dumps(prompts))
        return {"prompts": str(folder / "prompts.json")}
    if not (folder / "world/prompts.json").exists():
        subprocess.run([build / "bin/plumbline", "world", "--split", "ppo", "--images", str(count), "--out", folder / "world"],
                       check=True, capture_output=True)
    prompts = json.loads((folder / "world/prompts.json").read_text())[:count]
    assert len(prompts) == count
    (folder / "prompts.json").write_text(json.dumps(prompts))
    captions = json.loads((folder / "world/facts.json").read_text())
    (folder / "facts.json").write_text(json.dumps({image: facts[:1] * len(facts) for image, facts in captions.items()}))
    return {"prompts": str(folder / "prompts.json"), "images": str(folder / "world/images"), "facts": str(folder / "facts.json")}


def prompt_ids(record):
    """In the style `brief`."""
    (turn,) = record["conversations"]
    before, image, behind = ("USER: " + turn["value"] + " ASSISTANT:").partition("<image>")
    return ([BEGIN] if "image" in record else []) + piece(before) + ([IMAGE_TOKEN] * IMAGE_ROWS if image else []) + piece(behind)


def judged_ids(record, answer, captions, template):
    pair = record | {"conversations": record["conversations"] + [{"from": "gpt", "value": ""}], "preference": 1}
    return reward_bench.encode(pair | {f"output_{side}": {"value": answer} for side in (1, 2)}, captions, template)[0]


# --- The peer, in a process of its own ---

class Roles:
    """Policy, reference, reward model and values as adapters of one base."""

    def __init__(self, case):
        import peft
        import torch
        from safetensors.torch import load_file
        self.whole = train_bench.load_peer(case | {"train": "lora"}).eval()  # its adapter `default` is the policy
        start = pathlib.Path(case["start"])
        weights, head = load_file(start / "adapter_model.safetensors"), load_file(start / "reward_head.safetensors")
        for name in ("reference", "reward", "value"):
            self.whole.add_adapter(name, self.whole.peft_config["default"])
            if name != "reference":  # which is, as the policy, the base
                result = peft.set_peft_model_state_dict(self.whole, weights, adapter_name=name)
                assert not result.unexpected_keys and not [k for k in result.missing_keys if f".{name}." in k]
        self.inner = self.whole.base_model.model.model  # without the head over the vocabulary
        self.heads = {name: torch.nn.Linear(head["weight"].shape[1], 1) for name in ("reward", "value")}
        self.heads["reward"].load_state_dict(head)
        torch.nn.init.zeros_(self.heads["value"].weight)
        torch.nn.init.zeros_(self.heads["value"].bias)
        self.trained = list(self.heads["value"].parameters())
        for name in ("default", "value"):
            self.whole.set_adapter(name)
            self.trained += [p for n, p in self.whole.named_parameters() if f".{name}." in n]
        self.autocast = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=case["dtype"] == "bfloat16")
        self.length = case["tokens"]

    def logprobs(self, name, batch):
        """Of the answers' tokens, and the entropies of their rows; [S, L] each."""
        import torch
        self.whole.set_adapter(name, inference_mode=name == "reference")
        with self.autocast():
            logits = self.whole(**batch, use_cache=False, logits_to_keep=self.length + 1).logits[:, :-1]
        every = logits.float().log_softmax(-1)
        with torch.no_grad():
            entropies = -(every.exp() * every).sum(-1)
        return every.gather(2, batch["input_ids"][:, -self.length:, None])[:, :, 0], entropies

    def values(self, batch):
        self.whole.set_adapter("value")
        with self.autocast():
            states = self.inner(**batch, use_cache=False).last_hidden_state
        return self.heads["value"](states[:, -self.length - 1:-1].float())[:, :, 0]

    def scores(self, batch):
        self.whole.set_adapter("reward", inference_mode=True)
        with self.autocast():
            states = self.inner(**batch, use_cache=False).last_hidden_state
        return self.heads["reward"](states[:, -1].float())[:, 0]


def left_padded(rows, pixels):
    import torch
    width = max(map(len, rows))
    mask = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in rows])
    batch = dict(input_ids=torch.tensor([[0] * (width - len(row)) + row for row in rows]), attention_mask=mask)
    return batch | ({} if pixels is None else {"pixel_values": pixels})


class World:
    """Prompts and what is needed to judge answers to them."""

    def __init__(self, case):
        import torch
        from PIL import Image
        from tokenizers import Tokenizer
        self.records = json.loads(pathlib.Path(case["prompts"]).read_text())
        self.prompts = [prompt_ids(record) for record in self.records]
        self.captions = json.loads(pathlib.Path(case["facts"]).read_text()) if "facts" in case else {}
        self.template = tomllib.loads(TEMPLATE.read_text())
        self.tokenizer = Tokenizer.from_file(str(pathlib.Path(case["folder"]) / "tokenizer.json"))
        self.pixels = None
        if "images" in case:
            from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
            processor = CLIPImageProcessorPil.from_pretrained(case["folder"])
            seen = [Image.open(pathlib.Path(case["images"]) / r["image"]).convert("RGB") for r in self.records]
            self.pixels = torch.cat([processor(image, return_tensors="pt")["pixel_values"] for image in seen])

    def batch(self, rows, chosen):
        return left_padded([rows[i] for i in chosen], None if self.pixels is None else self.pixels[chosen])

    def judged(self, chosen, texts):
        rows = {i: judged_ids(self.records[i], text, self.captions, self.template) for i, text in zip(chosen, texts)}
        return self.batch(rows, chosen)


def answer(roles, world):
    """Tokens [S, L] and texts."""
    import torch
    roles.whole.set_adapter("default", inference_mode=True)
    batch = world.batch(world.prompts, list(range(len(world.prompts))))
    with torch.inference_mode(), roles.autocast():
        written = roles.whole.generate(**batch, do_sample=True, temperature=1.0, top_k=0, top_p=1.0, max_new_tokens=roles.length,
                                       min_new_tokens=roles.length, pad_token_id=0, use_cache=True)
    tokens = written[:, batch["input_ids"].shape[1]:].clone()
    assert tokens.shape[1] == roles.length
    return tokens, [world.tokenizer.decode(row).removeprefix(" ") for row in tokens.tolist()]


def with_answers(batch, tokens):
    """The batch of prompts with answers behind them, none of which is shorter than the others."""
    import torch
    mask = torch.cat([batch["attention_mask"], torch.ones_like(tokens)], 1)
    return batch | dict(input_ids=torch.cat([batch["input_ids"], tokens], 1), attention_mask=mask,
                        position_ids=(mask.cumsum(1) - 1).clamp(min=0))


def look(roles, world, tokens, texts, micro):
    import torch
    parts = {"logprobs": [], "ref": [], "values": [], "scores": []}
    with torch.inference_mode():
        for first in range(0, len(texts), micro):
            chosen = list(range(first, min(first + micro, len(texts))))
            batch = with_answers(world.batch(world.prompts, chosen), tokens[chosen])
            parts["logprobs"].append(roles.logprobs("default", batch)[0])
            parts["ref"].append(roles.logprobs("reference", batch)[0])
            parts["values"].append(roles.values(batch))
            parts["scores"].append(roles.scores(world.judged(chosen, [texts[i] for i in chosen])))
    return {name: torch.cat(rows).clone() for name, rows in parts.items()}


def advantages_of(seen):
    """Whitened, and returns, from what the models say; no answer is stopped. [S, L] each."""
    import torch
    rewards = -PPO["kl_coef"] * (seen["logprobs"] - seen["ref"])
    rewards[:, -1] += seen["scores"] + PPO["missing_end_penalty"]
    advantages, following, next_value = [], 0.0, 0.0
    for t in reversed(range(rewards.shape[1])):
        following = rewards[:, t] + PPO["gamma"] * next_value - seen["values"][:, t] + PPO["gamma"] * PPO["lambda"] * following
        next_value = seen["values"][:, t]
        advantages.insert(0, following)
    advantages = torch.stack(advantages, 1)
    return (advantages - advantages.mean()) / (advantages.std(unbiased=False) + 1e-8), advantages + seen["values"]


def policy_loss(logprobs, old, advantages):
    import torch
    ratio = (logprobs - old).exp()
    limited = ratio.clamp(1 - PPO["clip_range"], 1 + PPO["clip_range"])
    return torch.maximum(-advantages * ratio, -advantages * limited).sum()


def value_loss(values, old, returns):
    import torch
    limited = old + (values - old).clamp(-PPO["value_clip_range"], PPO["value_clip_range"])
    return 0.5 * torch.maximum((values - returns).square(), (limited - returns).square()).sum()


def optimise(roles, world, tokens, seen, optimizer, micro):
    """The mean entropy that the steps have seen."""
    import torch
    advantages, returns = advantages_of(seen)
    entropies = []
    for _ in range(PPO["epochs"]):
        for minibatch in torch.randperm(len(tokens)).split(len(tokens) // 2):
            for part in minibatch.split(micro):
                batch = with_answers(world.batch(world.prompts, part.tolist()), tokens[part])
                logprobs, entropy = roles.logprobs("default", batch)
                (policy_loss(logprobs, seen["logprobs"][part], advantages[part]) / tokens[minibatch].numel()).backward()
                loss = value_loss(roles.values(batch), seen["values"][part], returns[part])
                (PPO["vf_coef"] * loss / tokens[minibatch].numel()).backward()
                entropies.append(entropy.mean().item())
            torch.nn.utils.clip_grad_norm_(roles.trained, 1.0)
            optimizer.step()
            optimizer.zero_grad()
    return statistics.mean(entropies)


def iterate(roles, world, optimizer, micro):
    times = [time.perf_counter()]
    tokens, texts = answer(roles, world)
    times.append(time.perf_counter())
    seen = look(roles, world, tokens, texts, micro)
    times.append(time.perf_counter())
    entropy = optimise(roles, world, tokens, seen, optimizer, micro)
    times.append(time.perf_counter())
    return dict({phase: b - a for phase, a, b in zip(PHASES, times, times[1:])}, length=tokens.numel() / len(texts), entropy=entropy)


def peer(case):
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(case["threads"])
    torch.manual_seed(0)
    roles, world = Roles(case), World(case)
    if "given" in case:  # answers to judge
        chosen = [next(i for i, r in enumerate(world.records) if r["id"] == id) for id, _ in case["given"]]
        with torch.inference_mode():
            print(json.dumps(roles.scores(world.judged(chosen, [text for _, text in case["given"]])).tolist()))
        return
    optimizer = torch.optim.AdamW(roles.trained, lr=LR, weight_decay=0.0, fused=True)
    iterations = [iterate(roles, world, optimizer, case["micro"]) for _ in range(case["iterations"])]
    print(json.dumps(dict(iterations=iterations, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)))


# --- Plumbline ---

def train_reward(build, root, case, pairs):
    """A reward model that has taken a few steps, so that its adapter does something."""
    data, _, encoded = reward_bench.make_data(build, build / "bench/reward", pairs, REWARD_PAIRS)
    rows = sum(len(ids) for both in encoded for ids in both)
    of_reward = data | dict(folder=case["folder"], steps=3, batch=REWARD_PAIRS, micro_tokens=rows, dtype=case["dtype"],
                            threads=case["threads"])
    reward_bench.run_ours(build, of_reward, root, **{"optimizer.lr": 1e-3})


def run_ours(build, case, out, **more):
    shutil.rmtree(out, ignore_errors=True)
    settings = {"model.path": case["folder"], "model.reward_adapter": case["start"], "model.conversation": "brief",
                "data.prompts": case["prompts"], "data.images": case.get("images", ""), "data.facts": case.get("facts", ""),
                "data.benchmark": "", "generation.max_tokens": case["tokens"], "generation.min_tokens": case["tokens"],
                "generation.batch_size": case["answers"], "ppo.total_steps": case["iterations"], "ppo.rollout_size": case["answers"],
                "ppo.minibatch_size": case["answers"] // 2, "ppo.micro_tokens": case["micro_tokens"], "ppo.eval_every": 0,
                "ppo.samples_every": 0, "run.dtype": case["dtype"], "run.threads": case["threads"], "optimizer.lr": LR,
                "optimizer.schedule": "constant", "optimizer.warmup_ratio": 0.0, "lora.rank": RANK, "lora.alpha": ALPHA}
    settings |= {f"ppo.{key}": value for key, value in ESTIMATOR.items()}
    sets = [word for key, value in (settings | more).items() for word in ("--set", f"{key}={value}")]
    done = subprocess.run([build / "bin/plumbline", "ppo", "--config", "configs/world/ppo_facts.toml", "--out", out, *sets],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    steps = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    steps = [step for step in steps if "time/respond_seconds" in step]
    iterations = [{phase: step[f"time/{phase}_seconds"] for phase in PHASES} |
                  dict(length=step["response/length"], entropy=step["policy/entropy"]) for step in steps]
    return dict(iterations=iterations, peak=json.loads((out / "run.json").read_text())["peak_memory_bytes"])


# --- Side by side ---

def check_scores(build, root, case):
    """The peer's scores of answers that Plumbline has written and scored. Returns the largest difference."""
    run_ours(build, case, root / "check", **{"ppo.total_steps": 1, "ppo.samples_every": 1, "optimizer.lr": 0.0})
    lines = map(json.loads, (root / "check/samples/step-000001.jsonl").read_text().splitlines())
    trained = [line for line in lines if line["kind"] == "trained"]
    mine = [line["reward"]["score"] for line in trained]
    other = train_bench.run_peer(case | {"given": [(line["id"], line["answer"]) for line in trained]}, __file__)
    is_exact = case["dtype"] == "float32"
    allowed = 1e-3 if is_exact else 1e-2 * max(map(abs, other))
    worst = max(abs(a - b) for a, b in zip(mine, other, strict=True))
    if worst > allowed or is_exact and max(mine) - min(mine) < 10 * worst:  # all alike would say nothing
        sys.exit(f"ppo_bench: expected scores within {allowed} of {other}, got {mine}")
    return worst


def check_same_work(mine, other):
    """As many tokens, drawn from as broad a distribution: answers are random."""
    for key, share, nats in (("length", 0.0, 0.0), ("entropy", 0.02, 0.1)):
        a, b = (statistics.mean(iteration[key] for iteration in side["iterations"]) for side in (mine, other))
        if abs(a - b) > share * b + nats:
            sys.exit(f"ppo_bench: expected a mean {key} of {b}, got {a}")


def measure(build, root, arguments, name, dtype):
    shape = CASES[name]
    answers, tokens = arguments.answers or shape["answers"], arguments.tokens or shape["tokens"]
    micro = min(shape["micro"], answers // 2)
    case = make_data(build, root, name, answers) | dict(
        model=shape["model"], dtype=dtype, folder=str(model_folder(shape["model"], build)), start=str(root / "start/adapter"),
        answers=answers, tokens=tokens, micro=micro, iterations=arguments.iterations, threads=arguments.threads)
    rows = [len(prompt_ids(record)) for record in json.loads(pathlib.Path(case["prompts"]).read_text())]
    case["micro_tokens"] = (sum(rows) * micro) // answers + micro * tokens
    train_reward(build, root / "start", case, shape["pairs"])
    worst = check_scores(build, root, case)
    mine, other = [], []
    for _ in range(arguments.rounds):
        if not arguments.peer_only:
            mine.append(run_ours(build, case, root / "run"))
        other.append(train_bench.run_peer(case, __file__))
        if mine:
            check_same_work(mine[-1], other[-1])

    def median(side, what):
        return statistics.median(what(i) for r in side for i in r["iterations"][arguments.skip:]) if side else float("nan")

    def line(label, what, form, ratio=True):
        a, b = median(mine, what), median(other, what)
        print(f"{name:<7}{dtype:<10}{label:<18}{a:>10{form}}{b:>14{form}}" + (f"{b / a:>8.2f}" if ratio else ""), flush=True)

    print(f"{name:<7}{dtype:<10}prompts of {sum(rows) / answers:.0f} tokens, {answers} answers; scores differ by at most {worst:.1e}")
    line("tokens per answer", lambda i: i["length"], ".1f", ratio=False)
    line("entropy, nats", lambda i: i["entropy"], ".2f", ratio=False)
    for phase in PHASES:
        line(f"{phase}, s", lambda i: i[phase], ".2f")
    line("iteration, s", lambda i: sum(i[phase] for phase in PHASES), ".2f")
    peak = [statistics.median(r["peak"] for r in side) / 2**20 if side else float("nan") for side in (mine, other)]
    print(f"{name:<7}{dtype:<10}{'peak, MiB':<18}{peak[0]:>10.0f}{peak[1]:>14.0f}{peak[1] / peak[0]:>8.2f}", flush=True)


def main():
    if sys.argv[1:2] == ["--peer"]:
        return peer(json.loads(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    for name, choices in (("cases", list(CASES)), ("dtypes", ["float32", "bfloat16"])):
        parser.add_argument(f"--{name}", nargs="+", choices=choices, default=choices)
    for name, default in (("rounds", 3), ("iterations", 3), ("skip", 1), ("threads", os.cpu_count()), ("answers", 0), ("tokens", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--peer-only", action="store_true")
    arguments = parser.parse_args()
    if not 0 <= arguments.skip < arguments.iterations or arguments.answers % 4 != 0:
        parser.error("--iterations must be above --skip, --answers a multiple of 4")
    root = arguments.build / "bench/ppo"
    root.mkdir(parents=True, exist_ok=True)
    print(f"{arguments.threads} threads, medians of {arguments.rounds} interleaved rounds of {arguments.iterations} iterations without "
          f"the first {arguments.skip}")
    print(f"{'case':<7}{'dtype':<10}{'':<18}{'here':>10}{'transformers':>14}{'ratio':>8}")
    for name in arguments.cases:
        for dtype in arguments.dtypes:
            if name != "world" or dtype == "float32":
                measure(arguments.build, root, arguments, name, dtype)


if __name__ == "__main__":
    main()

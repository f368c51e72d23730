"""Policies of the synthetic world on pictures that nothing was chosen by: their answers, figures, and paired intervals."""

import json
import pathlib
import random
import subprocess

FIGURES = {  # title: question types, figure of an answer
    "descriptions with a false claim": (lambda t: t == "description", lambda a: float(a["hallucinated"])),
    "coverage": (lambda t: t == "description", lambda a: a["coverage"]),
    "repeats per description": (lambda t: t == "description", lambda a: float(a["repeats"])),
    "hallucination on questions": (lambda t: t not in ("description", "yes_no"), lambda a: float(a["hallucinated"])),
    "hallucination": (lambda t: t != "yes_no", lambda a: float(a["hallucinated"])),
    "score 0-6": (lambda t: t != "yes_no", lambda a: a["score"]),
}


def run(program, *words):
    subprocess.run([program, *map(str, words)], check=True, capture_output=True)


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def sets(**settings):
    return [word for key, value in settings.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]


def make_benchmark(program, out, images, world_seed):
    if not (out / "benchmark/run.json").exists():
        run(program, "world", "--quiet", "--split", "benchmark", "--images", images, "--seed", world_seed, "--out", out / "benchmark")


def answers_of(program, model, benchmark, folder, adapter):
    """Greedy answers to the benchmark with their figures; finished ones are kept."""
    if not (folder / "figures.json").exists():
        settings = {"model.path": model, "data.benchmark": benchmark / "benchmark.jsonl", "data.images": benchmark / "images",
                    "eval.bootstrap_samples": 0} | ({"model.adapter": adapter} if adapter else {})
        run(program, "eval", "--quiet", "--force", "--config", "configs/world/eval.toml", "--out", folder, *sets(**settings))
    return lines(folder / "answers.jsonl")


def by_image(runs, wanted, figure):
    """Per picture, sum and number of an answer's figure over the runs."""
    images = {}
    for answers in runs:
        for answer in answers:
            if wanted(answer["type"]):
                total, count = images.get(answer["image"], (0.0, 0))
                images[answer["image"]] = (total + figure(answer), count + 1)
    return images


def mean(images, names):
    return sum(images[n][0] for n in names) / sum(images[n][1] for n in names)


def interval(names, statistic, samples=2000):
    """The statistic of all pictures, and its 95 % percentile bootstrap over them."""
    draw = random.Random(1)
    drawn = sorted(statistic([draw.choice(names) for _ in names]) for _ in range(samples))
    return statistic(names), drawn[samples // 40], drawn[samples - 1 - samples // 40]


def difference(a, b):
    return interval(sorted(a), lambda names: mean(a, names) - mean(b, names))


def text_of(value, low, high):
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]"

"""`plumbline eval score` and the official rules in Python on the same invented answers to POPE and VQAv2, in turns; medians and peak memory.

Usage: eval_bench.py BUILD [--count 100000] [--rounds 3] [--python-only]

Files go to BUILD/bench/eval. Both sides read JSON and print figures, each in a process of its own. Plumbline also makes intervals from 1,000
bootstrap samples; Python has none. The rules are those of tools/golden/eval, stated as the official scripts have them: one person left
out after the other, texts compared with all others. Figures must agree.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools/golden/eval"))
import pope as pope_rules
import vqa_rules

BENCHMARKS = ["pope", "vqav2"]
WORDS = ["yes", "no", "2", "two", "red", "blue", "a cup", "t-shirt", "hot dog", "left", "wood", "man", "people", "3,000", "dont know", "U.S."]
TYPES = [("yes/no", "is the"), ("yes/no", "are there"), ("number", "how many"), ("other", "what color is the"), ("other", "where is the")]


# --- Files ---

def write_lines(path, records):
    path.write_text("".join(json.dumps(r) + "\n" for r in records))


def make_pope(folder, count, rng):
    images = [f"COCO_val2014_{n:012d}.jpg" for n in range(count // 6 + 1)]
    write_lines(folder / "pope_questions.jsonl", ({"question_id": n, "image": images[n // 6], "text": f"Is there a thing {n} in the image?",
                                                   "label": "yes" if n % 2 else "no"} for n in range(count)))
    write_lines(folder / "pope_answers.jsonl", ({"question_id": n, "prompt": f"Is there a thing {n} in the image?",
                                                 "text": rng.choice(["Yes", "No", "No, there is not.", "Yes, there is."])} for n in range(count)))


def make_vqav2(folder, count, rng):
    questions, annotations, answers = [], [], []
    for n in range(count):
        image, (answer_type, question_type) = n // 5, rng.choice(TYPES)
        few = rng.sample(WORDS, rng.choice([1, 2, 3]))
        people = [rng.choice(few) for _ in range(10)]
        questions.append({"image_id": image, "question": f"What is thing {n}?", "question_id": n})
        annotations.append({"question_type": question_type, "multiple_choice_answer": people[0], "image_id": image, "answer_type": answer_type,
                            "question_id": n, "answers": [{"answer": p, "answer_confidence": "yes", "answer_id": i + 1} for i, p in enumerate(people)]})
        answers.append({"question_id": n, "answer": rng.choice([people[0], people[0].title(), rng.choice(WORDS) + "."])})
    (folder / "vqav2_questions.json").write_text(json.dumps({"data_subtype": "val2014", "questions": questions}))
    (folder / "vqav2_annotations.json").write_text(json.dumps({"data_subtype": "val2014", "annotations": annotations}))
    (folder / "vqav2_answers.json").write_text(json.dumps(answers))


def make_files(folder, count):
    stamp = folder / f"made_{count}"
    if stamp.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("made_*"):
        old.unlink()
    make_pope(folder, count, random.Random(1))
    make_vqav2(folder, count, random.Random(2))
    stamp.touch()


# --- Python's half, in a process of its own ---

def score_pope(folder):
    questions = [json.loads(line) for line in open(folder / "pope_questions.jsonl")]
    answers = {a["question_id"]: a["text"] for a in map(json.loads, open(folder / "pope_answers.jsonl"))}
    return pope_rules.expected(questions, answers, "official")["figures"]


def score_vqav2(folder):
    texts = {q["question_id"]: q["question"] for q in json.load(open(folder / "vqav2_questions.json"))["questions"]}
    answers = {a["question_id"]: a["answer"] for a in json.load(open(folder / "vqav2_answers.json"))}
    scores = {}
    for a in json.load(open(folder / "vqav2_annotations.json"))["annotations"]:
        assert a["question_id"] in texts
        score = vqa_rules.vqaeval_accuracy([p["answer"] for p in a["answers"]], answers[a["question_id"]])
        for name in ["accuracy", "answer_type/" + a["answer_type"], "question_type/" + a["question_type"]]:
            scores.setdefault(name, []).append(score)
    return {name: sum(of_name) / len(of_name) for name, of_name in scores.items()}


# --- Turns ---

def run(command):
    """Seconds, peak megabytes and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024, json.loads(output)


def plumbline_command(build, folder, name):
    files = {"pope": ["--questions", "pope_questions.jsonl", "--answers", "pope_answers.jsonl"],
             "vqav2": ["--questions", "vqav2_questions.json", "--answers", "vqav2_answers.json", "--facts", "annotations=vqav2_annotations.json"]}[name]
    placed = [f.replace("=", f"={folder}/") if "=" in f else f if f.startswith("--") else str(folder / f) for f in files]
    return [str(build / "bin/plumbline"), "eval", "score", name, *placed, "--json"]


def check_equal(name, ours, theirs):
    ours = ours["systems"][0]["figures"]
    for figure, value in theirs.items():
        if value is not None and abs(ours[figure]["value"] - value) > 1e-9:
            sys.exit(f"{name}: {figure} is {ours[figure]['value']} here and {value} in Python")


def measure(name, args, folder):
    here = [sys.executable, __file__, str(args.build), "--peer", name]
    sides = {"python": here} if args.python_only else {"plumbline": plumbline_command(args.build, folder, name), "python": here}
    seconds, peaks, outputs = {}, {}, {}
    for _ in range(args.rounds):
        for side, command in sides.items():
            took, peak, outputs[side] = run(command)
            seconds.setdefault(side, []).append(took)
            peaks[side] = max(peaks.get(side, 0), peak)
    medians = {side: statistics.median(s) for side, s in seconds.items()}
    for side, median in medians.items():
        print(f"{name:8}{side:12}{median:8.2f} s{peaks[side]:8.0f} MB")
    if not args.python_only:
        check_equal(name, outputs["plumbline"], outputs["python"])
        print(f"{name:8}{'ratio':12}{medians['python'] / medians['plumbline']:8.1f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--python-only", action="store_true")
    parser.add_argument("--peer", choices=BENCHMARKS)
    args = parser.parse_args()
    folder = args.build / "bench/eval"
    if args.peer:
        print(json.dumps({"pope": score_pope, "vqav2": score_vqav2}[args.peer](folder)))
        return
    # In a process of its own: a child's peak memory counts what its parent held when it began.
    maker = multiprocessing.Process(target=make_files, args=(folder, args.count))
    maker.start()
    maker.join()
    for name in BENCHMARKS:
        measure(name, args, folder)


if __name__ == "__main__":
    main()

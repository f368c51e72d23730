"""LLaVA-Bench's figures of random reviews, by the rules of LLaVA's llava/eval/eval_gpt_review_bench.py (parsing), summarize_gpt_review.py of
LLaVA-RLHF and of LLaVA's later version, and RLHF-V's eval/summarize_gpt_llava_review.py (their facts, stated anew: no package has them).
Writes questions, answers, reviews and expected.json; standard library only. Where all reviews of a category failed the scripts print
100.0; Plumbline prints n/a, and so does this.

    python3 tools/golden/eval/llava_bench.py tests/golden/eval/llava_bench
"""

import json
import pathlib
import random
import sys

ODD = ["{a}, {b}", "{a}  {b}", "{a} {b} ", " {a} {b}", "{a}\t{b}", "\n{a} {b}", "", "Scores: {a} {b}", "{a}/10 {b}/10", "{a} nine", "{a}",
       "{a} {b} 7", "{a},{b}", "{a} {b}\r\nwhy", "{a}e0 {b}", "{a}. {b}.", "+{a} {b}", "{a}_0 {b}", "0x{a} {b}", "{a},\t{b}", "{a} {b}\x0b",
       "{a} {b}\u00e9", "{a}-{b}", "{a} {b}%", "-1 -1"]


def number(rng):
    return rng.choice([str(rng.randrange(1, 11)), f"{rng.randrange(1, 10)}.5", f"{rng.randrange(1, 10)}.{rng.randrange(100)}"])


def review(rng, odd):
    form = rng.choice(ODD) if rng.random() < odd else "{a} {b}\nThe second says more, 3 4."
    return form.format(a=number(rng), b=number(rng))


def parse(text):
    pieces = text.split("\n")[0].replace(",", " ").split(" ")
    try:
        return [float(pieces[0]), float(pieces[1])] if len(pieces) == 2 else [-1, -1]
    except ValueError:
        return [-1, -1]


def mean(rows, column):
    total = 0.0
    for row in rows:
        total += row[column]
    return round(total / len(rows), 3)


def figures(categories, pairs, rule):
    values, printed = {}, {}
    groups = {"all": pairs}
    for category, pair in zip(categories, pairs):
        groups.setdefault(category, []).append(pair)
    for name, rows in groups.items():
        # An official -1 and -1 of the judge's own cannot be told from a failure there.
        if rule == "rlhf-v":
            rows = [row for row in rows if row[0] != -1]
        if not rows or all(row == [-1, -1] for row in rows):
            values[name + "/relative"], printed[name + "/relative"] = None, "n/a"
            continue
        first, second = mean(rows, 0), mean(rows, 1)
        values[name + "/relative"], printed[name + "/relative"] = second / first * 100, str(round(second / first * 100, 1))
        if rule == "llava":
            values[name + "/reference"], printed[name + "/reference"] = first * 10, str(round(first * 10, 1))
            values[name + "/answer"], printed[name + "/answer"] = second * 10, str(round(second * 10, 1))
    return {"figures": values, "printed": printed, "malformed": sum(pair == [-1, -1] for pair in pairs)}


def main(folder):
    rng = random.Random(20230417)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def lines(name, records):
        (folder / name).write_text("".join(json.dumps(record) + "\n" for record in records))

    categories = [["conv", "detail", "complex"][i % 3] for i in range(90)]
    lines("questions.jsonl", [{"question_id": i, "image": f"{i // 3:012d}.jpg", "text": f"What about {i}?", "category": c}
                              for i, c in enumerate(categories)])
    lines("answers.jsonl", [{"question_id": i, "prompt": f"What about {i}?", "text": "This.", "answer_id": "x", "model_id": "m"}
                            for i in rng.sample(range(90), 90)])
    cases = []
    for n, odd in enumerate([0, 0.1, 0.3, 0.7, 1, 1]):
        texts = [review(rng, odd) for _ in range(90)]
        if n == 3:
            texts[1::3] = ["no scores"] * 30
        texts = [text if text != "-1 -1" else "bad" for text in texts]
        lines(f"reviews_{n}.jsonl", [{"id": k + 1, "question_id": i, "category": "llava_bench_" + categories[i], "content": texts[i],
                                      "tuple": parse(texts[i])} for k, i in enumerate(rng.sample(range(90), 90))])
        files = {"questions": "questions.jsonl", "answers": "answers.jsonl", "replies": f"reviews_{n}.jsonl"}
        for rule in ["official", "llava", "rlhf-v"]:
            cases.append({"files": files, "variants": ["llavabench=" + rule], **figures(categories, [parse(text) for text in texts], rule)})
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


main(sys.argv[1])

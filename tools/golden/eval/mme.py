"""MME's scores of random answers by the rule of its eval_tool/calculation.py, stated anew, for folders of results and for LLaVA's lines with the
data set's folder (playground/data/eval/MME/convert_answer_to_mme.py joins them). Writes both and expected.json.

    python3 tools/golden/eval/mme.py tests/golden/eval/mme
"""

import json
import pathlib
import random
import shutil
import sys

PERCEPTION = ["existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR"]
COGNITION = ["commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning"]
ANSWERS = ["Yes", "No", "yes", "no", "Yes.", "No, it is not", "YES", "Nope", "Not sure", "none", "It is not", "I know", "Know", "Ye", "", "  yes", " yes", "'No'",
           "\u00e9yes", "\u00e9\u00e9no", "\u0130no", "\u0130\u0130no", "**Yes**", "The answer is yes", "yes no", "n o", "eyes", "?no"]
IMAGES = 4


def parse(text):
    text = text.lower()
    if text in ["yes", "no"]:
        return text
    return "yes" if "yes" in text[:4] else "no" if "no" in text[:4] else "other"


def expected(lines):
    """Of {task: [(image, question, truth, answer)]}, two neighbours to an image."""
    figures, readable = {}, []
    for task in PERCEPTION + COGNITION:
        rows = lines.get(task, [])
        right = [parse(answer) == truth.lower() for _, _, truth, answer in rows]
        readable += [r for r, row in zip(right, rows) if parse(row[3]) != "other"]
        accuracy = sum(right) / len(right) if rows else None
        plus = sum(a and b for a, b in zip(right[::2], right[1::2])) / (len(right) // 2) if rows else None
        figures[task + "/accuracy"], figures[task + "/accuracy_plus"] = accuracy, plus
        figures[task + "/score"] = accuracy * 100 + plus * 100 if rows else None
    for name, tasks in [("perception", PERCEPTION), ("cognition", COGNITION)]:
        scores = [figures[task + "/score"] for task in tasks]
        figures[name] = None if None in scores else sum(scores)
    figures["accuracy_of_readable"] = sum(readable) / len(readable)
    printed = {}
    for name, value in figures.items():
        scale = 1 if name.endswith("score") or name in ["perception", "cognition"] else 100
        printed[name] = "n/a" if value is None else "%.2f" % (value * scale)
    return {"figures": figures, "printed": printed, "malformed": sum(parse(row[3]) == "other" for rows in lines.values() for row in rows)}


def main():
    folder = pathlib.Path(sys.argv[1])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rng = random.Random(20263)
    truth = {}
    for task in PERCEPTION + COGNITION:
        inner = folder / "truth" / task / ("questions_answers_YN" if task in ["artwork", "scene"] else "")
        inner.mkdir(parents=True)
        truth[task] = []
        for n in range(IMAGES):
            blanks = rng.choice([" ", "  "])
            asked = [(f"Is {task} {n} so?{blanks}Please answer yes or no.", "Yes"), (f"Is it not so in {n}? Please answer yes or no.", "No")]
            rng.shuffle(asked)
            (inner / f"{n:04d}.txt").write_text("".join(f"{q}\t{label}\n" for q, label in asked))
            truth[task] += [(f"{n:04d}", q, label) for q, label in asked]
    cases = []
    for i in range(4):
        tasks = list(truth) if i != 1 else rng.sample(list(truth), 9)
        weights = rng.choice([1, 10, 30])
        answered = {task: [(*row, rng.choice(ANSWERS + ["Yes", "No"] * weights)) for row in truth[task]] for task in tasks}
        results = folder / f"results_{i}"
        results.mkdir()
        for task, rows in answered.items():
            pairs = [rows[k:k + 2] for k in range(0, len(rows), 2)]
            rng.shuffle(pairs)
            (results / f"{task}.txt").write_text("".join(f"{image}.txt\t{q}\t{label}\t{answer}\n" for pair in pairs for image, q, label, answer in pair))
        cases.append({"files": {"answers": results.name}, "variants": [], **expected(answered)})
        if i == 1:
            continue
        lines = [{"question_id": f"{task}/{image}.png", "text": answer,
                  "prompt": q.replace("  Please answer yes or no.", "").replace(" Please answer yes or no.", rng.choice(["", " Please answer yes or no."]))
                  + "\nAnswer the question using a single word or phrase."} for task, rows in answered.items() for image, q, _, answer in rows]
        rng.shuffle(lines)
        (folder / f"answers_{i}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        cases.append({"files": {"questions": "truth", "answers": f"answers_{i}.jsonl"}, "variants": [], **expected(answered)})
    (folder / "expected.json").write_text(json.dumps(cases) + "\n")


if __name__ == "__main__":
    main()

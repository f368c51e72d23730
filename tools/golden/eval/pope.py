"""POPE's figures of random answers by four rules, stated anew from their facts: POPE's own script (also LLaVA's llava/eval/eval_pope.py),
VCD's experiments/eval/eval_pope.py, lmms-eval's tasks/pope/utils.py, VLMEvalKit's YOrN_Extraction and POPE_rating. 0/0 is null here, where the
scripts stop or say 0. Writes questions, answers and expected.json.

    python3 tools/golden/eval/pope.py tests/golden/eval/pope
"""

import json
import pathlib
import random
import re
import sys

import vqa_rules

SPLITS = ["random", "popular", "adversarial"]
RULES = ["official", "vcd", "lmms", "vlmevalkit"]
ANSWERS = ["Yes", "No", "yes", "no", "NO", "YES", "Yes.", "No.", "No, there is not.", "There is no dog.", "Yes, but not a dog", "No;", "\nNo", "No\n", "It isn't.", "nothing",
           "Not sure", "I think. No", "", " ", "I do not know", "yes and no", "Yes/No", "yes,no", "**No**", "**Yes**", "no:", "yes!", "(no)", "'no'", "no.5", "Yes.No",
           "yes ,it is", "no,it , is", "eyes", "know", "\u00a0no\u3000", "no\x1c", "Answer: no", "NO way", "not", "no\tno", "No-no", "\u0131 no", "1,000 no", "1,000 no-yes"]


def read(answer, truth, rule):
    """Counts as (predicted yes, right, false negative, for the yes-ratio, malformed)."""
    if rule == "official":
        words = answer.split(".")[0].replace(",", "").split(" ")
        yes = not {"No", "not", "no"} & set(words)
        letters = re.findall(r"[a-z0-9]+", re.sub(r"[^\x00-\x7f]", " ", answer).lower())
        return yes, yes == truth, truth and not yes, yes, not {"yes", "no", "not"} & set(letters)
    low = answer.lower()
    if rule == "vcd":
        right = ("yes" if truth else "no") in low
        return right == truth, right, truth and not right, right == truth, "yes" not in low and "no" not in low
    if rule == "lmms":
        plain = low.strip()
        return plain == "yes", plain == ("yes" if truth else "no"), truth and plain == "no", truth, plain not in ["yes", "no"]
    words = vqa_rules.punctuation(low).split()
    yes, no = "yes" in words and "no" not in words, "no" in words and "yes" not in words
    return yes, yes if truth else no, truth and not yes, yes, not yes and not no


def ratio(part, whole):
    return part / whole if whole else None


def figures(rows):
    """Of (truth, counts): accuracy, precision, recall, F1, yes-ratio, accuracy of the readable."""
    tp = sum(truth and c[0] for truth, c in rows)
    fp = sum(not truth and c[0] for truth, c in rows)
    fn = sum(c[2] for _, c in rows)
    precision, recall = ratio(tp, tp + fp), ratio(tp, tp + fn)
    f1 = ratio(2 * tp, 2 * tp + fp + fn)  # 0 where nothing is right, as both kits have it; the official script stops there
    good = [c for _, c in rows if not c[4]]
    return {"accuracy": ratio(sum(c[1] for _, c in rows), len(rows)), "precision": precision, "recall": recall, "f1": f1,
            "yes_ratio": ratio(sum(c[3] for _, c in rows), len(rows)), "accuracy_of_readable": ratio(sum(c[1] for c in good), len(good))}


def expected(questions, answers, rule):
    splits = {}
    for q in questions:
        truth = q["label"] == "yes"
        splits.setdefault(q.get("category", ""), []).append((truth, read(answers[q["question_id"]] or "", truth, rule)))
    values = {}
    for split, rows in splits.items():
        values.update({(split + "/" if split else "") + name: value for name, value in figures(rows).items()})
    if len(splits) > 1:
        f1 = [values[split + "/f1"] for split in splits]
        values["mean_f1"] = None if None in f1 else sum(f1) / len(f1)
        values.update({"overall/" + name: value for name, value in figures(sum(splits.values(), [])).items()})
    malformed = sum(c[4] for rows in splits.values() for _, c in rows)
    return {"figures": values, "printed": {n: "n/a" if v is None else "%.3f" % v for n, v in values.items()}, "malformed": malformed}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20264)
    cases = []
    for i, count in enumerate([300, 540, 4]):
        questions = []
        for n in range(count):
            record = {"question_id": n + 1, "image": f"COCO_val2014_{rng.randrange(60):012d}.jpg", "text": f"Is there a thing {n} in the image?",
                      "label": rng.choice(["yes", "no"])}
            questions.append({**record, "category": SPLITS[n % 3]} if i == 1 else record)
        (folder / f"questions_{i}.jsonl").write_text("".join(json.dumps(q) + "\n" for q in questions))
        for plain in [0, 300]:
            answers = {q["question_id"]: rng.choice(ANSWERS + ["Yes", "No"] * plain) for q in questions}
            if i == 2:
                answers = {q: "No" if plain else "Yes" for q in answers}
            for question_id in rng.sample(sorted(answers), count // 100):
                answers[question_id] = None
            name = f"answers_{i}_{plain}.jsonl"
            (folder / name).write_text("".join(json.dumps({"question_id": q, "text": answers[q]}) + "\n" for q in rng.sample(sorted(answers), count)))
            cases += [{"files": {"questions": f"questions_{i}.jsonl", "answers": name}, "variants": ["pope=" + rule], **expected(questions, answers, rule)}
                      for rule in RULES]
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

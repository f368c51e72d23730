"""TextVQA's accuracy of random answers as LLaVA's eval_textvqa.py computes it (vqa_rules.py), for answers by question and LLaVA's, which name
the image; writes the official layout and expected.json.

    python3 tools/golden/eval/textvqa.py tests/golden/eval/textvqa
"""

import json
import pathlib
import random
import sys

import vqa_rules

COUNT = 300
PROMPT = "Answer the question using a single word or phrase."


def prompt(rng, question):
    forms = ["{q}\n{p}", "{q}\nReference OCR token: stop, EXIT 5\n{p}", "Reference OCR token: a b\n{q}\n{p}",
             "OCR tokens: a b\nc. Question: {q} Short answer:"]
    return rng.choice(forms).format(q=rng.choice([question, question.upper(), question.lower()]), p=PROMPT)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20261)
    data = []
    for n in range(COUNT):
        data.append({"question_id": 34602 + n, "image_id": f"{rng.randrange(80):04x}ab{n % 3}f", "question": f"What does Sign {n} say?", "set_name": "val",
                     "answers": vqa_rules.random_people(rng)})
    cases = []
    for i in range(4):
        answers = [vqa_rules.random_answer(rng, record["answers"]) for record in data]
        lines = []
        for record, answer in zip(data, answers):
            if i % 2:
                lines.append({"question_id": record["image_id"], "prompt": prompt(rng, record["question"]), "text": answer})
            else:
                lines.append({"question_id": record["question_id"], "answer": answer})
        rng.shuffle(lines)
        (folder / f"answers_{i}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        scores = [vqa_rules.m4c_accuracy(record["answers"], answer) for record, answer in zip(data, answers)]
        value = sum(scores) / len(scores)
        cases.append({"files": {"questions": "questions.json", "answers": f"answers_{i}.jsonl"}, "variants": [], "figures": {"accuracy": value},
                      "printed": {"accuracy": "{:.2f}".format(100 * value)}, "malformed": sum(not a.strip() for a in answers)})
    (folder / "questions.json").write_text(json.dumps({"dataset_type": "val", "dataset_name": "textvqa", "data": data}))
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

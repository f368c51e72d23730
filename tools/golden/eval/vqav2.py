"""VQAv2's accuracy of random answers to random questions by both rules (vqa_rules.py); writes the official layouts and expected.json.

    python3 tools/golden/eval/vqav2.py tests/golden/eval/vqav2
"""

import json
import pathlib
import random
import sys

import vqa_rules

TYPES = [("yes/no", "is the"), ("yes/no", "are"), ("number", "how many"), ("other", "what color"), ("other", "none of the above")]
RULES = {"vqaeval": vqa_rules.vqaeval_accuracy, "m4c": vqa_rules.m4c_accuracy}
COUNT = 260


def expected(annotations, answers, rule):
    scores = {}
    for annotation in annotations:
        people = [a["answer"] for a in annotation["answers"]]
        score = RULES[rule](people, answers[annotation["question_id"]] or "")
        for name in ["accuracy", "answer_type/" + annotation["answer_type"], "question_type/" + annotation["question_type"]]:
            scores.setdefault(name, []).append(score)
    figures = {name: sum(of_name) / len(of_name) for name, of_name in scores.items()}
    malformed = sum(not (a or "").strip() for a in answers.values())
    return {"figures": figures, "printed": {name: "%.2f" % (100 * value) for name, value in figures.items()}, "malformed": malformed}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20265)  # no figure lies half-way between two printed ones: its last bit would decide
    questions, annotations = [], []
    for n in range(COUNT):
        image = rng.randrange(1, 70)
        answer_type, question_type = rng.choice(TYPES)
        people = vqa_rules.random_people(rng)
        questions.append({"image_id": image, "question": f"Question {n}?", "question_id": image * 1000 + n})
        annotations.append({"question_type": question_type, "multiple_choice_answer": people[0], "image_id": image, "answer_type": answer_type,
                            "question_id": image * 1000 + n,
                            "answers": [{"answer": p, "answer_confidence": "yes", "answer_id": i + 1} for i, p in enumerate(people)]})
    cases = []
    for i in range(3):
        answers = {a["question_id"]: vqa_rules.random_answer(rng, [p["answer"] for p in a["answers"]]) for a in annotations}
        for question_id in rng.sample(sorted(answers), 3):
            answers[question_id] = None
        name = f"answers_{i}.json" + "l" * (i == 2)
        order = rng.sample(sorted(answers), COUNT)
        if i == 2:
            text = "".join(json.dumps({"question_id": str(q), "prompt": None, "text": answers[q]}) + "\n" for q in order)
        else:
            text = json.dumps([{"question_id": q, "answer": answers[q]} for q in order])
        (folder / name).write_text(text)
        cases += [{"files": {"questions": "questions.json", "annotations": "annotations.json", "answers": name}, "variants": [f"vqa={rule}"],
                   **expected(annotations, answers, rule)} for rule in RULES]
    rng.shuffle(annotations)
    info = {"info": {"description": "invented"}, "data_subtype": "val2014", "data_type": "mscoco"}
    (folder / "questions.json").write_text(json.dumps({**info, "questions": questions}))
    (folder / "annotations.json").write_text(json.dumps({**info, "annotations": annotations}))
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

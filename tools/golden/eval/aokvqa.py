"""A-OKVQA's two accuracies of random predictions by the rule of allenai/aokvqa's evaluation/eval_predictions.py, stated anew, both strict and
not; letters become choices first, as this project maps them. Writes questions, predictions and expected.json.

    python3 tools/golden/eval/aokvqa.py tests/golden/eval/aokvqa
"""

import json
import pathlib
import random
import sys

WORDS = ["cup", "Cup", "dog", "hot dog", "B", "red", "left", "café", "10", "cab", "train", "cat "]
COUNT = 300


def choice_of(text, choices):
    for form in ["{}", "{}.", "({})"]:
        for place, choice in enumerate(choices):
            if text not in choices and text == form.format("ABCD"[place]):
                return choice
    return text


def expected(data, predictions, setting, drop_difficult):
    given = {q: p[setting] for q, p in predictions.items() if setting in p}
    asked = [r for r in data if not (drop_difficult and r["difficult_direct_answer"])]
    if not given or not asked:
        return None, 0
    scores, malformed = [], 0
    for record in asked:
        text = given.get(record["question_id"])
        if setting == "multiple_choice":
            choice = None if text is None else choice_of(text, record["choices"])
            malformed += choice not in record["choices"]
            scores.append(float(choice == record["choices"][record["correct_choice_idx"]]))
        else:
            malformed += not text
            scores.append(min(1.0, sum(text == d for d in record["direct_answers"]) / 3.0))
    return sum(scores) / len(scores), malformed


def predict(rng, record, odd):
    choices = rng.choice([record["choices"], [record["choices"][record["correct_choice_idx"]]]])
    letter = rng.choice("ABCD")
    choice = rng.choice([rng.choice(choices), rng.choice(choices), letter, letter + ".", f"({letter})"])
    if rng.random() < odd:
        choice = rng.choice(["E", "b", "the cup", "", letter + ")", letter + ": x"])
    direct = rng.choice(record["direct_answers"] + [rng.choice(WORDS)])
    return {"multiple_choice": choice, "direct_answer": direct}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(20262)
    data = []
    for n in range(COUNT):
        few = rng.sample(WORDS, rng.randint(1, 6))
        data.append({"split": "val", "image_id": rng.randrange(80), "question_id": f"q{n:03d}x", "question": f"What is {n}?",
                     "choices": rng.sample(WORDS, 4), "correct_choice_idx": rng.randrange(4),
                     "direct_answers": [rng.choice(few) for _ in range(10)], "difficult_direct_answer": rng.random() < 0.2})
    cases = []
    for i, (odd, left_out, setting) in enumerate([(0, 0, None), (0.2, 0, None), (0.1, 0.1, None), (0, 0, "direct_answer"), (0.1, 0, "multiple_choice")]):
        predictions = {r["question_id"]: predict(rng, r, odd) for r in data if rng.random() >= left_out}
        for prediction in predictions.values():
            if setting:
                del prediction["multiple_choice" if setting == "direct_answer" else "direct_answer"]
        (folder / f"predictions_{i}.json").write_text(json.dumps(predictions, indent=1 if i % 2 else None))
        choice, bad_choices = expected(data, predictions, "multiple_choice", False)
        direct, bad_directs = expected(data, predictions, "direct_answer", True)
        figures = {"multiple_choice": choice, "direct_answer": direct}
        for strict in ["no"] + ["yes"] * (odd == left_out == 0):
            cases.append({"files": {"questions": "questions.json", "answers": f"predictions_{i}.json"}, "variants": ["strict=" + strict],
                          "figures": figures, "printed": {n: "n/a" if v is None else "%.2f" % (100 * v) for n, v in figures.items()},
                          "malformed": bad_choices + bad_directs})
    (folder / "questions.json").write_text(json.dumps(data))
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Random MMBench questions, answers as VLMEvalKit and LLaVA write them, and their scores by a
restatement of VLMEvalKit's and lmms-eval's circular evaluation.

    python mmbench.py FOLDER
"""

import json
import pathlib
import random
import sys

import pandas as pd

import option_letters

THINGS = ["cat", "dog", "cow", "black cat", "red cup", "blue cup", "three", "two", "one", "left, right",
          "none of \"these\"", "été"]
CATEGORIES = {"object_localization": "finegrained_perception (instance-level)",
              "ocr": "finegrained_perception (instance-level)", "image_style": "coarse_perception",
              "nature_relation": "relation_reasoning"}


def questions(draw, num_questions):
    rows = []
    for base in draw.sample(range(5000), num_questions):
        options = draw.sample(THINGS, draw.choice([2, 3, 4, 4]))
        right = draw.choice(options)
        category = draw.choice(list(CATEGORIES))
        question, hint = f"What is number {base}?", draw.choice([None, "Look\tclosely.", "A hint"])
        for rotation in range(len(options)):
            turned = options[rotation:] + options[:rotation]
            rows.append({"index": base + rotation * 1000000, "question": question, "hint": hint,
                         **dict(zip("ABCD", turned + [None] * (4 - len(turned)))),
                         "answer": "ABCD"[turned.index(right)], "category": category,
                         "image": "QUJD", "source": "made up", "l2-category": CATEGORIES[category],
                         "comment": None, "split": "dev"})
    draw.shuffle(rows)
    return pd.DataFrame(rows)


def prediction(draw, row):
    """Mostly right, in many forms."""
    letter = row["answer"] if draw.random() < 0.85 else draw.choice("ABCDE")
    text = row.get(letter)
    text = text if isinstance(text, str) else "nothing"
    forms = [letter, letter + ".", f"({letter})", f"The answer is {letter}", text, f"{letter}. {text}",
             f"It is {text}."]
    odd = [None, "A or B", "black cat", "I do not know", "Cannot determine the answer", f"A {text} is here",
           letter.lower(), "Z", "\n" + letter]
    return draw.choice(forms) if draw.random() < 0.9 else draw.choice(odd)


def figures(data, read):
    """Hits of groups, and means of them, as the official evaluations print them."""
    def letter(row):
        options = {c: str(row[c]) for c in "ABCD" if not pd.isna(row[c])}
        return "" if pd.isna(row["prediction"]) else read(str(row["prediction"]), options)

    data = data.copy()
    data["letter"] = [letter(row) for _, row in data.iterrows()]
    data["right"] = data["letter"] == data["answer"]
    data["base"] = data["index"] % 1000000
    main = data[data["index"] < 1000000].copy()
    groups = data.groupby("base")["right"].all()
    main["hit"] = [groups[i] for i in main["index"]]
    result = {"circular_accuracy": main["hit"].mean(), "vanilla_accuracy": main["right"].mean(),
              "row_accuracy": data["right"].mean(),
              "row_accuracy_of_readable": data[data["letter"] != ""]["right"].mean()}
    for column, prefix in (("l2-category", "l2/"), ("category", "category/")):
        for name, mean in main.groupby(column)["hit"].mean().items():
            result[prefix + name] = mean
    return {"figures": result, "malformed": int((data["letter"] == "").sum())}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1176)
    data = questions(draw, 160)
    data.to_csv(folder / "questions.tsv", sep="\t", index=False)
    data["prediction"] = [prediction(draw, row) for _, row in data.iterrows()]
    answers = data[["index", "question", "A", "B", "C", "D", "answer", "prediction"]]
    answers.to_excel(folder / "answers.xlsx", index=False)
    answers.to_csv(folder / "answers.tsv", sep="\t", index=False)
    with open(folder / "answers.jsonl", "w") as out:
        for _, row in data.sample(frac=1, random_state=1).iterrows():
            text = None if pd.isna(row["prediction"]) else row["prediction"]
            hint = "" if pd.isna(row["hint"]) else row["hint"] + "\n"
            out.write(json.dumps({"question_id": row["index"], "round_id": 0, "text": text,
                                  "prompt": hint + row["question"] + f"\nA. {row['A']}"}) + "\n")
    read = pd.read_csv(folder / "questions.tsv", sep="\t")
    read["prediction"] = list(data["prediction"])
    expected = {"vlmevalkit": figures(read, option_letters.kit),
                "lmms": figures(read, option_letters.lmms)}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


if __name__ == "__main__":
    main()

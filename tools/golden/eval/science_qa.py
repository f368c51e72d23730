"""Random ScienceQA problems and answers, and their scores by a restatement of LLaVA's
llava/eval/eval_science_qa.py (version 1.5) and ScienceQA's tables by subject, context and grade.

    python science_qa.py FOLDER
"""

import json
import pathlib
import random
import re
import sys

LETTERS = "ABCDE"
SUBJECTS = {"natural science": "NAT", "social science": "SOC", "language science": "LAN"}


def problem(draw):
    num_choices = draw.randint(2, 5)
    return {"question": f"What is {draw.randint(0, 999)}?", "choices": [f"choice {i}" for i in range(num_choices)],
            "answer": draw.randrange(num_choices), "hint": draw.choice(["", "Some text."]),
            "image": draw.choice([None, "image.png"]), "task": "closed choice",
            "grade": f"grade{draw.randint(1, 12)}", "subject": draw.choice(list(SUBJECTS)),
            "lecture": "", "solution": "", "split": "test"}


def answer(draw, right):
    letter = LETTERS[right] if draw.random() < 0.6 else draw.choice("ABCDEFG")
    return draw.choice([letter, letter, f"{letter}. choice", f"The answer is {letter}.",
                        f"Because. The answer is {letter}, so.", f"{letter}.", f"({letter})", letter.lower(),
                        f"The answer is {letter}", f"The answer is {letter}\n", f"the answer is {letter}.",
                        f"The answer is {letter}. The answer is {letter}.", f"The answer is {letter}The answer is B.",
                        f"{letter}) The answer is B.", f"The answer is {letter}\u00e9", "", " " + letter])


def parsed(text):
    if text in list(LETTERS):
        return text
    if len(text) >= 3 and text[0] in LETTERS and text[1:3] == ". ":
        return text[0]
    found = re.findall(r"The answer is ([A-Z]).", text)
    return found[0] if len(found) == 1 else None


def groups(item):
    names = ["accuracy", "subject/" + SUBJECTS[item["subject"]],
             "grade/G1-6" if int(item["grade"][5:]) <= 6 else "grade/G7-12"]
    if item["image"]:
        names += ["image_accuracy", "context/IMG"]
    if item["hint"]:
        names.append("context/TXT")
    if not item["image"] and not item["hint"]:
        names.append("context/NO")
    return names


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(4241)
    problems = {str(i): problem(draw) for i in draw.sample(range(20000), 700)}
    ids = draw.sample(list(problems), 600)
    texts = {i: answer(draw, problems[i]["answer"]) for i in ids}
    sums, malformed = {}, 0
    for i in ids:
        letter = parsed(texts[i])
        choice = LETTERS.find(letter) if letter else -1
        is_read = 0 <= choice < len(problems[i]["choices"])
        malformed += not is_read
        for name in groups(problems[i]):
            right, count = sums.get(name, (0, 0))
            sums[name] = (right + (is_read and choice == problems[i]["answer"]), count + 1)
    (folder / "problems.json").write_text(json.dumps(problems))
    (folder / "pid_splits.json").write_text(json.dumps({"test": ids, "val": []}))
    order = draw.sample(ids, len(ids))
    with open(folder / "answers.jsonl", "w") as out:
        for i in order:
            out.write(json.dumps({"question_id": i, "prompt": "q", "text": texts[i]}) + "\n")
    expected = {"figures": {name: right / count for name, (right, count) in sums.items()}, "malformed": malformed}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


if __name__ == "__main__":
    main()

"""HallusionBench's figures of random replies and answers, by the rules of its utils.py (codes, groups; easy and hard by visual_input as its
last version has them, and by figure_id as earlier ones) and of VLMEvalKit's vlmeval/dataset/utils/yorn.py (their facts, stated anew: no
small package has them). Writes records, replies and expected.json; standard library only.

    python3 tools/golden/eval/hallusion_bench.py tests/golden/eval/hallusion_bench
"""

import json
import pathlib
import random
import re
import sys

REPLIES = ["correct", "Correct.", "incorrect", "Incorrect!", "unclear", "Unclear", "The answer is INCORRECT", "not correct", "it is correct, not incorrect",
           "", "yes", "cor rect", "\"correct\"", "uncertain"]
PREDICTIONS = ["Yes", "No", "Yes, it is.", "No, it is not.", "yes or no", "", "NO", "no: it is red", "**Yes**", "no-one", "no-one - maybe", "It isn't",
               "Yes/No", "The answer is yes", "no,it is", "No.", "no.one", "not", "1,000 yes/no", "I say no, not 3,5-no", "yes\tindeed",
               "No.1", "[yes]", "yes;", "y e s", "know"]
MARKS = ';/[]"{}()=+\\_-><@`,?!'
KEYS = ["category", "subcategory", "set_id", "figure_id", "question_id"]


def records(rng):
    found = []
    for category, subcategories in {"VD": ["illusion", "ocr"], "VS": ["chart", "ocr"]}.items():
        for subcategory in subcategories:
            for number in range(9):
                questions = rng.randrange(1, 5)
                for figure in range(rng.randrange(1, 4)):
                    shown = 0 if category == "VS" and figure == 0 else rng.choice([1, 2]) if figure else 1
                    for question in range(questions):
                        truth = rng.choice(["0", "1"])
                        found.append({"category": category, "subcategory": subcategory, "visual_input": str(shown), "set_id": str(number),
                                      "figure_id": str(figure), "question_id": str(question), "question": f"Is {number} {question}?",
                                      "gt_answer": truth, "gt_answer_details": "It is.", "filename": None, "model_prediction": ""})
    rng.shuffle(found)
    return found


def key(record, *names):
    return "_".join(record[name] for name in names)


def percent(groups):
    groups = list(groups)
    return 100 * sum(groups) / len(groups) if groups else None


def grouped(rows, *names):
    groups = {}
    for record, right in rows:
        groups[key(record, *names)] = groups.get(key(record, *names), True) and right
    return groups.values()


def put(result, rows, kit, easy_by_figure):
    question, figure = ["category", "subcategory", "set_id", "question_id"], ["category", "subcategory", "set_id", "figure_id"]
    for prefix in ["", "VD/", "VS/"]:
        part = [(record, right) for record, right in rows if prefix in ["", record["category"] + "/"]]
        with_figure = [(r, x) for r, x in part if not (r["category"] == "VS" and r["figure_id"] == "0")]
        is_easy = (lambda r: r["figure_id"] == "0") if easy_by_figure else (lambda r: r["visual_input"] != "2")
        values = {"aAcc": percent(right for _, right in part), "qAcc": percent(grouped(part, *question)),
                  "fAcc": percent(grouped(with_figure, *figure))}
        if kit:
            values["overall"] = (values["aAcc"] + values["fAcc"] + values["qAcc"]) / 3
        else:
            values["easy"] = percent(grouped([row for row in part if is_easy(row[0])], *question))
            values["hard"] = percent(grouped([row for row in part if not is_easy(row[0])], *question))
        for name, value in values.items():
            result["figures"][prefix + name] = value
            result["printed"][prefix + name] = "n/a" if value is None else str(round(value, 4))
    return result


def code(reply):
    text = reply.lower()
    return 0 if "incorrect" in text else 1 if "correct" in text else 2


def kit_word(text):
    text = text.lower()
    digits = re.search(r"\d,\d", text)
    plain = text
    for mark in MARKS:
        plain = plain.replace(mark, "" if mark + " " in text or " " + mark in text or digits else " ")
    words = re.sub(r"\.(?!\d)", "", plain, count=32).split()
    return "1" if "yes" in words and "no" not in words else "0" if "no" in words and "yes" not in words else None


def main(folder):
    rng = random.Random(20231023)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    questions = records(rng)
    (folder / "questions.json").write_text(json.dumps(questions) + "\n")
    cases = []
    for n in range(3):
        words = [rng.choice(PREDICTIONS) if n else rng.choice(["Yes", "No"]) for _ in questions]
        answers = [{**{k: record[k] for k in KEYS}, "model_prediction": word} for record, word in zip(questions, words)]
        replies = [rng.choice(REPLIES if n == 2 else REPLIES[:2 + 4 * n]) for _ in questions]
        for answer, reply in zip(answers, replies):
            answer["gpt4v_output_gpt_check"] = str(code(reply))
        rng.shuffle(answers)
        (folder / f"answers_{n}.json").write_text(json.dumps(answers) + "\n")
        lines = [json.dumps({"id": key(record, *KEYS), "judge": "made-up", "reply": reply}) for record, reply in zip(questions, replies)]
        rng.shuffle(lines)
        (folder / f"replies_{n}.jsonl").write_text("\n".join(lines) + "\n")
        codes = [code(reply) for reply in replies]
        rights = [c == 1 or (c == 2 and r["category"] == "VS" and r["figure_id"] == "0") for r, c in zip(questions, codes)]
        unread = sum("correct" not in reply.lower() and "unclear" not in reply.lower() for reply in replies)
        files = {"questions": "questions.json", "answers": f"answers_{n}.json"}
        for easy in ["visual_input", "figure_id"]:
            for more, malformed in [({"replies": f"replies_{n}.jsonl"}, unread), ({}, 0)]:
                result = {"files": {**files, **more}, "variants": ["easy=" + easy], "malformed": malformed, "figures": {}, "printed": {}}
                cases.append(put(result, list(zip(questions, rights)), False, easy == "figure_id"))
        read = [kit_word(word) for word in words]
        rows = [(r, a == r["gt_answer"]) for r, a in zip(questions, read) if r["visual_input"] != "0"]
        unread = sum(a is None and r["visual_input"] != "0" for r, a in zip(questions, read))
        result = {"files": files, "variants": ["hallusion=vlmevalkit"], "malformed": unread, "figures": {}, "printed": {}}
        cases.append(put(result, rows, True, False))
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


main(sys.argv[1])

"""Random answers and options, with the letters that VLMEvalKit's and lmms-eval's rules read.

A restatement of the rules as read in VLMEvalKit's vlmeval/utils/matching_util.py and lmms-eval's
lmms_eval/tasks/mmbench/mmbench_evals.py.

    python option_letters.py FOLDER
"""

import json
import pathlib
import random
import sys

WORDS = ["cat", "dog", "cow", "a", "the", "A", "B", "C", "D", "E", "Z", "b", "is", "answer", "The",
         "It", "black", "été", "ÉTÉ", "no", "or", "and", "Cannot determine the answer",
         "Failed to obtain answer via API", "I can't process this file."]
OPTIONS = ["cat", "dog", "cow", "black cat", "Dog", "été", "no", "the cow", "none", "is"]
ENDS = ["", "", "", ".", ",", ":", ")", ").", "!", "*", ";", ",,", "\u00a0", "\u3000"]
STARTS = ["", "", "", "", "(", ":", "*", "["]
GAPS = [" ", " ", " ", " ", "\n", "\t", "  ", "\u2003", ""]

LMMS_FORMS = [("", "."), ("", ","), ("", ":"), ("", ")"), ("", ")."), ("(", ")"), ("(", ")."),
              (":", ""), (":", ","), (":", "."), (":", ")"), (":", ").")]


def kit(answer, options):
    if "Failed to obtain answer via API" not in answer:
        for refusal in ("Sorry, I can't help with images of people yet.", "I can't process this file.",
                        "I'm sorry, but without the image provided", "Cannot determine the answer"):
            if refusal in answer:
                return "Z"
        words = answer.translate({ord(c): " " for c in ".()[],:;!*#{}"}).split()
        present = [letter for letter in options if letter in words]
        if len(present) == 1 and words.index(present[0]) > len(words) - 5:
            return present[0]
        if not present and "Z" in words:
            return "Z"
    if len(answer.lower()) > 2 * sum(len(v) for v in options.values()):
        return ""
    return by_text(answer, options)


def by_text(answer, options):
    inside = [letter for letter, text in options.items() if text.lower() in answer.lower()]
    return inside[0] if len(inside) == 1 else ""


def lmms(answer, options):
    if "Failed to obtain answer via API" not in answer:
        words = answer.split()
        bare = [c for c in "ABCDE" if c in words]
        if len(bare) == 1 and not ("A" in words and len(words) > 3):
            return bare[0]
        for before, behind in LMMS_FORMS:
            marked = [c for c in "ABCDE" if before + c + behind in words]
            if len(marked) == 1:
                return marked[0]
    return by_text(answer, options)


def random_answer(draw):
    text = ""
    for _ in range(draw.choice([0, 1, 1, 2, 3, 4, 6, 9])):
        text += draw.choice(STARTS) + draw.choice(WORDS) + draw.choice(ENDS) + draw.choice(GAPS)
    return text


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    cases = []
    for _ in range(1500):
        options = dict(zip("ABCD", draw.sample(OPTIONS, draw.randint(2, 4))))
        answer = random_answer(draw)
        cases.append([answer, list(options.values()), kit(answer, options), lmms(answer, options)])
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (folder / "cases.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()

"""MMHal-Bench's figures of random replies, by the rule of LLaVA-RLHF's Eval/eval_gpt_mmhal.py and RLHF-V's eval/summarize_gpt_mmhal_review.py
(their facts, stated anew: no package has them). Writes questions, answers, raw chat responses and expected.json; standard library only.

    python3 tools/golden/eval/mmhal.py tests/golden/eval/mmhal
"""

import json
import pathlib
import random
import sys

TYPES = ["attribute", "adversarial", "comparison", "counting", "relation", "environment", "holistic", "other"]
ODD = ["rating:{}", "Rating:  {}", "Rating: [{}]", "Rating - {}", "", "Rating: 7", "Rating: -1", "{}", "Rating: {}\nOr rather Rating: {}",
       "Rating: {}0", "Rating: {}.5", "RATING: {}", "**Rating: {}**", "rating: {}, that is Rating: {}", "Ra\u0131ting: {}", "Rating:\t{}",
       "Rating:\u00a0{}", "\u00c4hnlich. rAtInG: {}!", "Rating: six"]


def reply(rng, odd):
    a = rng.randrange(7)
    if rng.random() >= odd:
        return f"It fits{' quite' * rng.randrange(3)} well.\n\nRating: {a}, as described"
    form = rng.choice(ODD)
    return form.format(a, rng.choice([a, rng.randrange(7)])) if form.count("{}") == 2 else form.format(a)


def score(text):
    """Exactly one of the seven, anywhere, in any case of letters; otherwise nothing."""
    found = [s for s in range(7) if "rating: %d" % s in text.lower()]
    return found[0] if len(found) == 1 else None


def figures(texts):
    read = [score(t) for t in texts]
    scores = [s or 0 for s in read]
    rate = [int(s < 3) for s in scores]
    values, printed = {}, {}

    def put(name, value, text):
        values[name], printed[name] = value, text

    put("average_score", sum(scores) / 96, "{:.2f}".format(sum(scores) / len(scores)))
    put("hallucination_rate", sum(rate) / 96, "{:.2f}".format(sum(rate) / len(rate)))
    for t, name in enumerate(TYPES):
        mean = sum(scores[t::8]) / 12
        put("score/" + name, mean, str(round(mean, 2)))
    informative = sum(s - 3 if s >= 3 else s for s in scores) / 96 / 3 * 100
    put("informativeness", informative, "{:.2f}".format(informative))
    good = [s for s in read if s is not None]
    put("average_score_of_readable", sum(good) / len(good) if good else None, "{:.2f}".format(sum(good) / len(good)) if good else "n/a")
    return {"figures": values, "printed": printed, "malformed": read.count(None)}


def main(folder):
    rng = random.Random(20230925)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    records = [{"question_type": TYPES[i % 8], "question_topic": "made up", "image_id": f"{rng.getrandbits(64):016x}",
                "image_src": f"https://host/{i % 7}/{rng.randrange(10 ** 9)}_o.jpg", "image_content": rng.sample(["Cup", "Dog", "Hat", "Bus"], 2),
                "question": f"What about thing {i}?", "gt_answer": f"It is thing {i}.", "model_answer": ""} for i in range(96)]
    (folder / "questions.json").write_text(json.dumps(records) + "\n")
    for i, record in enumerate(records):
        record["model_answer"] = f"Maybe thing {rng.randrange(96)}."
    (folder / "answers.json").write_text(json.dumps(records) + "\n")
    cases = []
    for n, odd in enumerate([0, 0, 0.1, 0.3, 0.6, 1, 1, 2]):
        texts = ["no rating" if odd == 2 else reply(rng, odd) for _ in range(96)]
        raw = [{"model": "made-up", "choices": [{"message": {"content": text}}]} for text in texts]
        (folder / f"replies_{n}.json").write_text(json.dumps(raw) + "\n")
        files = {"questions": "questions.json", "answers": "answers.json", "replies": f"replies_{n}.json"}
        cases.append({"files": files, "variants": ["mmhal=rlhf-v"], **figures(texts)})
    (folder / "expected.json").write_text(json.dumps(cases, indent=1) + "\n")


main(sys.argv[1])

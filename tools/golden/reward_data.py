"""Comparisons, facts and templates for make_reward.py, and how a reward model's input becomes tokens."""

import random

from training_data import BEGIN, END, IMAGE, IMAGE_LAST, OPENING, TEXT_ONLY, question, words

WEIGHTS = {"ann": 2.0, "ben": 0.5, "dora": 0.0}  # cleo is not named and counts 1
# What is peculiar about a pair: answers' words, preference, rounds before the last question, and further members.
PAIRS = [
    dict(lengths=(6, 9), preference=1),
    dict(lengths=(1, 34), preference=2),
    dict(lengths=(12, 5), preference=1),  # text alone, as are those whose number is in TEXT_ONLY
    dict(lengths=(8, 8), preference="tie", rounds=1),
    dict(lengths=(26, 3), preference=1, margin=0.75),
    dict(lengths=(5, 14), preference=2, rounds=1),
    dict(lengths=(10, 4), preference=2, facts=["The circle is the one that is red."]),  # its own, not its image's
    dict(lengths=(10, 11), preference=1, rounds=2, votes=[("ann", 1), ("ben", "tie")]),
    dict(lengths=(4, 7), preference=2, rounds=2, votes=[("ann", 2), ("ben", 2), ("cleo", 1)]),
    dict(lengths=(2, 48), preference="tie", votes=[("ann", 2), ("cleo", 1), ("ben", "tie")]),
    dict(lengths=(13, 13), preference=1, votes=[("dora", 1)]),  # weighs nothing; see also the answers below
    dict(lengths=(16, 2), preference=2, votes=[("ann", 2), ("cleo", 2)], margin=0.25, facts=["東京 is a city."]),
]
# Answers that are no plain text of their own: spelt control tokens, and one answer that begins with all of the other.
SPELT, BEGUN = 9, 10
HELD_OUT = [dict(lengths=lengths, preference=preference, rounds=rounds) for lengths, preference, rounds in [
    ((5, 5), 1, 0), ((3, 18), 2, 1), ((9, 2), 2, 0), ((7, 6), 1, 0), ((4, 4), "tie", 0), ((1, 2), 1, 2), ((20, 8), 2, 0), ((6, 30), 1, 0)]]

# Our own words. `turn` has facts in the judging turn and is scored at the end token; `before` has them behind the picture
# and is scored where the model would go on.
TEMPLATES = {
    "turn": dict(before_question="", facts_header="What is known about the picture:\n", fact="  * {fact}\n",
                 judge="How good was your last answer? Nothing in it may contradict this.\n{facts}Give a number.",
                 opening="I give my last answer", end_token=True),
    "before": dict(before_question="{facts}\n", facts_header="Known:\n", fact="- {fact}\n", judge="Was the last answer true?",
                   opening="It was", end_token=False),
}


def make_pairs(prefix, descriptions, images, seed):
    """Comparisons in LLaVA-RLHF's form."""
    draw = random.Random(seed)
    pairs = []
    for i, about in enumerate(descriptions):
        pair = {"id": f"{prefix}{i:02}"}
        if i not in TEXT_ONLY:
            pair["image"] = images[i % len(images)]
        turns = []
        for r in range(about.get("rounds", 0) + 1):
            text = question(draw)
            if r == 0 and "image" in pair:
                text = f"{text}\n{IMAGE}" if i in IMAGE_LAST else f"{IMAGE}\n{text}"
            turns += [{"from": "human", "value": text}, {"from": "gpt", "value": words(draw, draw.randint(1, 12))}]
        turns[-1]["value"] = ""  # the slot that the outputs fill
        first, second = (words(draw, length) for length in about["lengths"])
        pair |= {"conversations": turns, "output_1": {"from": "llava", "value": first}, "output_2": {"from": "llava", "value": second}}
        pair |= {key: about[key] for key in ("preference", "margin", "facts") if key in about}
        if "votes" in about:
            pair["votes"] = [{"annotator": name, "choice": choice} for name, choice in about["votes"]]
        pairs.append(pair)
    return pairs


def comparisons(images):
    pairs = make_pairs("p", PAIRS, images, 31)
    pairs[SPELT]["output_1"]["value"] = f"An {IMAGE} </s>"
    pairs[BEGUN]["output_2"]["value"] = pairs[BEGUN]["output_1"]["value"] + " And more."
    return pairs


def held_out(images):
    return make_pairs("h", HELD_OUT, images[4:] + images[:4], 32)


def facts(images):
    """One to four captions of each picture; of the first, one that spells a placeholder."""
    draw = random.Random(33)
    captions = {image: [words(draw, draw.randint(4, 9)) for _ in range(draw.randint(1, 4))] for image in images}
    captions[images[0]] = [f"A sign says {IMAGE}.", "There are 3 shapes."]
    return captions


def toml(template):
    escaped = lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return "".join(f"{key} = {str(value).lower() if isinstance(value, bool) else escaped(value)}\n" for key, value in template.items())


def facts_of(pair, captions):
    """Its own, or those of its image, in the file's order."""
    return pair.get("facts") or captions.get(pair.get("image"), [])


def target(pair, weights):
    """Probability that the first answer is the better one, and how much the pair counts."""
    share = {1: 1.0, 2: 0.0, "tie": 0.5}
    if "votes" not in pair:
        return share[pair["preference"]], 1.0
    own = [weights.get(vote["annotator"], 1.0) for vote in pair["votes"]]
    first = sum(w * share[vote["choice"]] for w, vote in zip(own, pair["votes"]))
    return first / sum(own) if sum(own) > 0 else 0.5, sum(own) / len(own)


def encode(encoder, template, pair, side, shown):
    """Ids of a pair's conversation with the answer `side` (1 or 2), the facts `shown`, and the judging turn.

    A piece ends where a turn of the user ends, at a picture, and where an answer ends. What is inserted before the question
    stands behind the picture and the line break after it; without a picture, in front.
    """
    listed = template["facts_header"] + "".join(template["fact"].replace("{fact}", fact) for fact in shown) if shown else ""
    ids, pending = [BEGIN], OPENING
    answered = pair["conversations"][:-1] + [pair[f"output_{side}"]]
    for i, turn in enumerate(answered):
        if turn["from"] != "human":
            ids += encoder.piece(" " + turn["value"], starts=False) + [END]
            pending = ""
            continue
        before, image, behind = turn["value"].rpartition(IMAGE)
        if image:
            ids += encoder.piece(pending + "USER: " + before, starts=True) + encoder.image
            pending, line_break = "", "\n" if behind.startswith("\n") else ""
            inserted, behind = line_break, behind[len(line_break):]
        else:
            inserted = "USER: "
        inserted += template["before_question"].replace("{facts}", listed) if i == 0 else ""
        ids += encoder.piece(pending + inserted + behind + " ASSISTANT:", starts=True)
    ids += encoder.piece("USER: " + template["judge"].replace("{facts}", listed) + " ASSISTANT:", starts=True)
    ids += encoder.piece(" " + template["opening"], starts=False)
    return ids + [END] if template["end_token"] else ids


def whole_text(template, pair, side, shown):
    """The same as one string, for transformers' processor. Only for pairs that spell no control token."""
    listed = template["facts_header"] + "".join(template["fact"].replace("{fact}", fact) for fact in shown) if shown else ""
    text = OPENING
    for i, turn in enumerate(pair["conversations"][:-1]):
        if turn["from"] == "human":
            said, inserted = turn["value"], template["before_question"].replace("{facts}", listed) if i == 0 else ""
            at = said.find(IMAGE)
            at = 0 if at < 0 else at + len(IMAGE) + said[at + len(IMAGE):].startswith("\n")
            text += f"USER: {said[:at]}{inserted}{said[at:]} ASSISTANT:"
        else:
            text += f" {turn['value']}</s>"
    text += f" {pair[f'output_{side}']['value']}</s>"
    text += f"USER: {template['judge'].replace('{facts}', listed)} ASSISTANT: {template['opening']}"
    return text + "</s>" if template["end_token"] else text

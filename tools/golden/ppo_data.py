"""Prompts, answers and facts for ppo_step.py, and the rules that say whether an answer is correct."""

import random

from training_data import END, IMAGE, Encoder, words

# The longest answer. The rule "correct option is X." needs 17 tokens of this tokenizer and the end token.
RESPONSE_LEN = 20
GENERAL, A, B, C, D, NO, YES = range(1, 8)

# Caption type, multiplier of the length term, rounds before the question, the question.
PROMPTS = [
    (GENERAL, 1.0, 0, "Describe it in a few words."),
    (A, 0.5, 0, "Which colour is on the left?\nA. red\nB. blue\nC. green\nD. white"),
    (B, 1.0, 1, "What is below?\nA. a row of 3\nB. a café\nC. a spot\nD. a line"),
    (C, 2.0, 0, "Which one? A. red B. blue C. green D. white"),
    (D, 1.0, 0, "Where is the spot?\nA. left\nB. right\nC. below\nD. near the edge"),
    (NO, 0.0, 2, "Is there a red circle?"),
    (YES, 1.0, 0, "Is there a blue square?"),
    (NO, 1.5, 0, "Is the café green?"),
    (YES, 0.5, 1, "And is there a line in the middle?"),
    (GENERAL, 0.0, 0, "Why?\nGive two reasons."),
    (NO, 1.0, 0, "Is it below?"),
    (B, 2.0, 0, "A. or B.?"),
]
IMAGE_LAST = {4, 8}  # "question\n<image>"
WITHOUT_OWN_FACTS = {11}  # a choice whose picture has captions only

# How an answer ends: with the end token, behind a question mark at which the sampler cuts, or at the longest length.
ENDED, CUT, LONGEST = "ended", "cut", "longest"
# One answer for each prompt.
ANSWERS = [
    ("The café is red.", ENDED), ("A.", ENDED), ("correct option is B.", ENDED), ("A. the", ENDED),
    ("D. It is near the right edge below.", LONGEST), ("No", ENDED), ("Yes", ENDED), ("Yes, it is.", ENDED), ("No.", ENDED),
    ("Is it red?", CUT), ("No, the red spot is below.", LONGEST), ("", ENDED),
]
# Two answers for each of the first prompts.
GROUPS = [
    [("The café is on the left.", ENDED), ("Is it red?", CUT)],
    [("A. the red one", ENDED), ("B.", ENDED)],
    [("The spot is B.", ENDED), ("correct option is B.", ENDED)],
    [("", ENDED), ("C. It is.", ENDED)],
    [("D. It is near the right edge below.", LONGEST), ("The row of 3", ENDED)],
    [("No", ENDED), ("Yes, it is.", ENDED)],
]


class PpoEncoder(Encoder):
    """As for training, but an answer without text is its end token alone: no blank either."""

    def piece(self, text, starts):
        return [] if text == " " and not starts else super().piece(text, starts)

    def text(self, tokens):
        return self.going_on.decode([t for t in tokens if t != END])


def prompts(images):
    draw = random.Random(41)
    records = []
    for i, (caption_type, multiplier, rounds, asked) in enumerate(PROMPTS):
        turns = []
        for r in range(rounds + 1):
            text = asked if r == rounds else draw.choice(["What do you see?", "How many are there?"])
            if r == 0:
                text = f"{text}\n{IMAGE}" if i in IMAGE_LAST else f"{IMAGE}\n{text}"
            turns.append({"from": "human", "value": text})
            if r < rounds:
                turns.append({"from": "gpt", "value": words(draw, draw.randint(2, 9))})
        records.append({"id": f"q{i:02}", "image": images[i], "conversations": turns, "caption_type": caption_type,
                        "length_bonus_multiplier": multiplier})
    return records


def facts(records):
    """One of each picture, and one of its own for most choices, under the name that A-OKVQA's facts have."""
    draw = random.Random(42)
    captions = {}
    for i, record in enumerate(records):
        captions[record["image"]] = [words(draw, draw.randint(3, 6))]
        if A <= record["caption_type"] <= D and i not in WITHOUT_OWN_FACTS:
            captions["aok_" + record["image"]] = [words(draw, draw.randint(3, 6))]
    return captions


def facts_of(record, captions):
    own = captions.get("aok_" + record["image"]) if A <= record["caption_type"] <= D else None
    return own or captions[record["image"]]


def tokens_of(encoder, text, ending):
    tokens = encoder.piece(" " + text, starts=False)
    if ending == ENDED:
        tokens = tokens + [END]
    if ending == LONGEST:
        assert len(tokens) > RESPONSE_LEN, text
        tokens = tokens[:RESPONSE_LEN]
    assert 1 <= len(tokens) <= RESPONSE_LEN, (text, len(tokens))
    return tokens


def make_answers(encoder, records, chosen):
    """Of (prompt's index, text, ending): what answers.json holds. Decoded text has the same tokens again."""
    answers = []
    for i, text, ending in chosen:
        tokens = tokens_of(encoder, text, ending)
        decoded = encoder.text(tokens)
        assert encoder.piece(" " + decoded, starts=False) == [t for t in tokens if t != END], (text, decoded)
        answers.append(dict(id=records[i]["id"], text=decoded, tokens=tokens, is_stopped=ending == ENDED))
    return answers


def all_answers(encoder, records):
    single = [(i, *answer) for i, answer in enumerate(ANSWERS)]
    grouped = [(i, *answer) for i, group in enumerate(GROUPS) for answer in group]
    return dict(answers=make_answers(encoder, records, single), groups=make_answers(encoder, records, grouped))


def correctness(caption_type, text, is_symmetric):
    """The published rule; symmetric, it rewards a right "Yes" as it does a right "No"."""
    text = text.strip()
    said = 0.5 * text.startswith("Yes") - 0.5 * text.startswith("No")
    if caption_type == GENERAL:
        return 0.0
    if caption_type == NO:
        return -said
    if caption_type == YES:
        return said if is_symmetric else 0.0
    letter = "ABCD"[caption_type - A]
    return float(text.startswith(f"{letter}.") or f"correct option is {letter}." in text)

"""Conversations, captions and pictures for make_training.py, and how they become tokens and labels."""

import json
import random

from PIL import Image, ImageDraw
from tokenizers import Tokenizer, processors

IMAGE = "<image>"
BEGIN, END = 1, 2
OPENING = ("A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, "
           "and polite answers to the user's questions. ")

NUM_CONVERSATIONS, NUM_CAPTIONS = 20, 12
TEXT_ONLY = {2, 5, 8, 11, 14, 19}
IMAGE_LAST = {3, 9, 16}  # "question\n<image>" instead of "<image>\nquestion"
# Conversation and round whose answer carries "weight": 0.
UNTRAINED = (7, 1)
ROUNDS = [1, 3, 2, 1, 4, 1, 2, 3, 1, 1, 5, 1, 2, 1, 3, 1, 2, 1, 4, 1]
# Words of a first answer; of later ones, at most.
LONGEST = [40, 12, 3, 1, 9, 60, 20, 5, 2, 30, 8, 1, 14, 25, 4, 110, 2, 10, 6, 18]
SIZES = [(32, 32), (48, 32), (32, 44), (24, 40), (64, 64), (50, 33), (20, 20)]

COLOURS = {"red": (210, 30, 40), "green": (40, 160, 60), "blue": (40, 70, 200), "yellow": (230, 210, 50), "white": (245, 245, 245)}
THINGS = ["square", "circle", "line", "café", "東京", "naïve shape", "row of 3", "spot"]
PLACES = ["on the left", "on the right", "at the top", "below", "in the middle", "near the edge"]
QUESTIONS = ["What is in the picture?", "Where is the {thing}?", "Is there a {colour} {thing}?", "How many do you see?",
             "Describe it in a few words.", "Why?\nGive two reasons.", "And the {colour} one?"]


def words(draw, count):
    """A text of `count` words that reads like a description."""
    out = []
    while len(out) < count:
        out += f"The {draw.choice(list(COLOURS))} {draw.choice(THINGS)} is {draw.choice(PLACES)}.".split(" ")
    return " ".join(out[:count])


def question(draw):
    return draw.choice(QUESTIONS).format(thing=draw.choice(THINGS), colour=draw.choice(list(COLOURS)))


def conversations():
    draw = random.Random(20)
    records = []
    for i in range(NUM_CONVERSATIONS):
        record = {"id": f"c{i:02}"}
        if i not in TEXT_ONLY:
            record["image"] = f"picture_{i:02}.png"
        turns = []
        for r in range(ROUNDS[i]):
            text = question(draw)
            if r == 0 and "image" in record:
                text = f"{text}\n{IMAGE}" if i in IMAGE_LAST else f"{IMAGE}\n{text}"
            answer = {"from": "gpt", "value": words(draw, draw.randint(1, LONGEST[i]) if r > 0 else LONGEST[i])}
            if (i, r) == UNTRAINED:
                answer["weight"] = 0
            turns += [{"from": "human", "value": text}, answer]
        records.append(record | {"conversations": turns})
    return records


def captions(images):
    """LLaVA's first stage: a picture and its caption, nothing else."""
    draw = random.Random(12)
    return [{"id": f"p{i:02}", "image": images[i], "conversations": [
        {"from": "human", "value": IMAGE}, {"from": "gpt", "value": words(draw, draw.randint(2, 16))}]} for i in range(NUM_CAPTIONS)]


def picture(index):
    """A few coloured rectangles and a disc on a plain ground."""
    draw = random.Random(1000 + index)
    colours = list(COLOURS.values())
    width, height = SIZES[index % len(SIZES)]
    image = Image.new("RGB", (width, height), draw.choice(colours))
    pen = ImageDraw.Draw(image)
    for _ in range(3):
        x, y = draw.randrange(width), draw.randrange(height)
        pen.rectangle([x, y, x + draw.randrange(4, 20), y + draw.randrange(4, 20)], fill=draw.choice(colours))
    x, y = draw.randrange(width), draw.randrange(height)
    pen.ellipse([x - 6, y - 6, x + 6, y + 6], fill=draw.choice(colours))
    return image


def write_tokenizer(source, folder):
    """The golden tokenizer that is closest to LLaMA's, with LLaMA's <s> in front of a sequence."""
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", BEGIN)])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>",
        "pad_token": "<unk>", "clean_up_tokenization_spaces": False}, indent=2) + "\n")


class Encoder:
    """Pieces between control tokens, each encoded by itself.

    The first piece of a sequence and one behind a control token or a picture begin with a blank of their own (the
    tokenizer's Prepend step); a piece behind other text, which an answer is, does not.
    """

    def __init__(self, tokenizer_json, image_token, image_rows):
        source = json.loads(tokenizer_json)
        assert [n["type"] for n in source["normalizer"]["normalizers"]] == ["Prepend", "Replace"]
        self.starting = Tokenizer.from_str(json.dumps(source))
        source["normalizer"] = source["normalizer"]["normalizers"][1]
        self.going_on = Tokenizer.from_str(json.dumps(source))
        for tokenizer in (self.starting, self.going_on):
            tokenizer.encode_special_tokens = True  # a control token's spelling is data
        self.image = [image_token] * image_rows

    def piece(self, text, starts):
        return (self.starting if starts else self.going_on).encode(text, add_special_tokens=False).ids if text else []

    def vicuna(self, record):
        """Ids of a conversation in LLaVA's vicuna_v1 style, and [begin, end) of each trained answer with its </s>."""
        ids, answers, pending = [BEGIN], [], OPENING
        for turn in record["conversations"]:
            if turn["from"] == "human":
                before, *behind = turn["value"].split(IMAGE)
                pending += "USER: " + before
                if behind:
                    ids += self.piece(pending, starts=True) + self.image
                    pending = behind[0]
                ids += self.piece(pending + " ASSISTANT:", starts=True)
            else:
                begin = len(ids)
                ids += self.piece(" " + turn["value"], starts=False) + [END]
                pending = ""
                if turn.get("weight", 1) != 0:
                    answers.append([begin, len(ids)])
        return ids, answers

    def plain(self, record):
        """The picture, the caption, a line break: no roles and no </s>. The line break is learnt, too."""
        human, answer = record["conversations"]
        assert human["value"] == IMAGE
        ids = [BEGIN] + self.image
        begin = len(ids)
        ids += self.piece(answer["value"] + "\n", starts=True)
        return ids, [[begin, len(ids)]]


def whole_text(record, style):
    """The same conversation as one string, for transformers' processor."""
    if style == "plain":
        return IMAGE + record["conversations"][1]["value"] + "\n"
    text = OPENING
    for turn in record["conversations"]:
        text += f"USER: {turn['value']} ASSISTANT:" if turn["from"] == "human" else f" {turn['value']}</s>"
    return text

"""CHAIR, Object HalBench and AMBER by their official rules, restated, on random made-up inputs.

    python tools/golden/eval/objects.py tests/golden/eval

writes chair/, object_halbench/ and amber/. The language parts are NLTK's and pattern's: see english.py, whose
sentence model and tagger these use, too. Object HalBench's nouns and lemmas are spaCy's in its script; here nouns are
the trained tagger's and lemmas WordNet's, as Plumbline has them when it is given a tagger.
Sources of the rules: LisaAnne/Hallucination utils/chair.py (a967f2f), Maxlinn's stand-alone copy of it (recall, length,
tagged lemmas), RLHF-V/RLAIF-V eval/eval_gpt_obj_halbench.py (1a95383), junyangwang0410/AMBER inference.py (5e1fd52).
"""

import json
import random
import re
import shutil
import sys
from pathlib import Path

import english
from nltk.stem import WordNetLemmatizer
from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize import NLTKWordTokenizer

SYNONYMS = """person, man, woman, child, baby, people, player, rider, adult
dog, puppy, hound, dog, mutt
cat, kitten,  tabby
bear, panda
elephant
bus, minibus, trolley
train, locomotive
motorcycle, motor bike,  motor cycle, moped
airplane, plane, air plane, jet
tie, bow, bow tie
wine glass
cup
knife, pocketknife, knive
dining table, table, desk
chair, seat, stool
couch, sofa, stool
toilet, urinal, potty\x20
potted plant, houseplant
hot dog
oven, stove, stove top oven
skis, ski
scissors
mouse
teddy bear, teddybear
sheep, lamb
tennis racket, racket
"""
FIXED_PAIRS = """motor bike|motor cycle|air plane|traffic light|street light|traffic signal|stop light|fire hydrant|stop sign|
parking meter|suit case|sports ball|baseball bat|baseball glove|tennis racket|wine glass|hot dog|cell phone|mobile phone|
teddy bear|hair drier|potted plant|bow tie|laptop computer|stove top oven|home plate|train track""".replace("\n", "").split("|")
ANIMALS = "bird cat dog horse sheep cow elephant bear zebra giraffe animal cub".split()
WORDS = """a the two some near of with and on in baby adult passenger bow toilet seat teddy wine glass glasses hot tennis motor
air dog dogs puppy puppies cat cats kittens bear bears pandas elephant elephants bus buses minibuses train trains track tracks
plane planes jet jets man men woman women child children people person's riders tie ties cup cups knife knives table tables
desk desks chair chairs sofa couches stools seats potty plant plants potted houseplants dining stove top oven skis ski scissors
mice mouse racket rackets sheep lamb lambs tabby bike cycle red light young big sits walks leaves sky water , . ! "large" it's
Mr. tables' Dogs A The TV 3 hours""".split()


class Language:
    def __init__(self, tagger_folder):
        self.lemma = WordNetLemmatizer().lemmatize
        self.singular = english.pattern()["singularize"]
        self.punkt = english.punkt()
        self.tokenizer = NLTKWordTokenizer()
        self.tagger = PerceptronTagger(load=False)
        parts = [json.loads((tagger_folder / f"averaged_perceptron_tagger_eng.{name}.json").read_text())
                 for name in ("weights", "tagdict", "classes")]
        self.tagger.decode_json_params(parts)

    def tokens(self, text):
        return [t for sentence in self.punkt.tokenize(text) for t in self.tokenizer.tokenize(sentence)]

    def tags(self, tokens):
        return [tag for _, tag in self.tagger.tag(tokens)]

    def words(self, text, rule):
        tokens = self.tokens(text.lower())
        if rule == "words":
            return [self.singular(t) for t in tokens]
        if rule == "noun":
            return [self.lemma(t) for t in tokens]
        classes = {"J": "a", "V": "v", "R": "r"}
        return [self.lemma(t, classes.get(tag[0], "n")) for t, tag in zip(tokens, self.tags(tokens))]


class Objects:
    def __init__(self, refined):
        self.node = {}
        for line in SYNONYMS.splitlines():
            names = line.strip().split(", ")
            if refined:
                names = [n.strip() for n in names]
            for name in names:
                self.node[name] = names[0]
        pairs = [n for n in self.node if len(n.strip().split(" ")) >= 2] + ["home plate", "train track"]
        self.pairs = {p: p for p in (pairs if refined else FIXED_PAIRS)}
        for animal in ANIMALS:
            self.pairs["baby " + animal] = self.pairs["adult " + animal] = animal
        self.pairs.update({"passenger jet": "jet", "passenger train": "train", "bow tie": "tie", "toilet seat": "toilet",
                           "wine glas": "wine glass"})

    def merge(self, words, only_pairs=False):
        i, out = 0, []
        while i < len(words):
            pair = " ".join(words[i:i + 2])
            if pair in self.pairs:
                out.append(self.pairs[pair])
                i += 2
            else:
                if not only_pairs:
                    out.append(words[i])
                i += 1
        return out

    def nodes(self, words):
        if "toilet" in words and "seat" in words:
            words = [w for w in words if w != "seat"]
        return [self.node[w] for w in words if w in self.node]


def caption(draw, most):
    text = " ".join(draw.choice(WORDS) for _ in range(draw.randint(0, most)))
    return draw.choice([text, text + ".", text.capitalize() + ".", text.upper(), text + ". " + text])


def coco(draw, folder, images):
    """Instances and captions, in two files each, as COCO splits them."""
    categories = [{"id": i * 3 + 1, "name": line.split(", ")[0], "supercategory": "thing"}
                  for i, line in enumerate(SYNONYMS.splitlines())]
    for split in ("val", "train"):
        ids = images[::2] if split == "val" else images[1::2]
        instances = [{"segmentation": [[1.5, 2.0, 3.0]], "image_id": i, "bbox": [0, 1, 2, 3],
                      "category_id": draw.choice(categories)["id"], "id": draw.randint(1, 10**6)}
                     for i in ids for _ in range(draw.randint(0, 5))]
        captions = [{"image_id": i, "id": n, "caption": caption(draw, 8)} for i in ids for n in range(5)]
        for rows in (instances, captions):
            draw.shuffle(rows)
        (folder / f"instances_{split}.json").write_text(
            json.dumps({"info": {}, "annotations": instances, "categories": categories}))
        (folder / f"captions_{split}.json").write_text(json.dumps({"annotations": captions}))
    return {c["id"]: c["name"] for c in categories}


def truth(folder, names, objects, words_of):
    there = {}
    for split in ("val", "train"):
        for row in json.loads((folder / f"instances_{split}.json").read_text())["annotations"]:
            there.setdefault(row["image_id"], set()).add(objects.node[names[row["category_id"]]])
        for row in json.loads((folder / f"captions_{split}.json").read_text())["annotations"]:
            there.setdefault(row["image_id"], set()).update(objects.nodes(objects.merge(words_of(row["caption"]))))
    return there


def chair(draw, folder, language):
    images = draw.sample(range(1, 600000), 150)
    names = coco(draw, folder, images)
    (folder / "synonyms.txt").write_text(SYNONYMS)
    captioned = draw.sample(images, 120)
    captions = [{"image_id": draw.choice([i, str(i)]), "caption": caption(draw, 25)} for i in captioned]
    (folder / "captions.jsonl").write_text("".join(json.dumps(c) + "\n" for c in captions))
    expected = {}
    for rule in ("words", "noun", "pos"):
        for synonyms in ("original", "refined"):
            objects = Objects(synonyms == "refined")
            there = truth(folder, names, objects, lambda text: language.words(text, rule))
            count = dict.fromkeys("captions hall_captions mentions hall truth found tokens".split(), 0)
            for row in captions:
                merged = objects.merge(language.words(row["caption"], rule))
                nodes, gt = objects.nodes(merged), there[int(row["image_id"])]
                wrong = [n for n in nodes if n not in gt]
                count["captions"] += 1
                count["hall_captions"] += bool(wrong)
                count["mentions"] += len(nodes)
                count["hall"] += len(wrong)
                count["truth"] += len(gt)
                count["found"] += len(set(nodes) & gt)
                count["tokens"] += len(merged)
            expected[f"{rule} {synonyms}"] = {
                "chair_i": count["hall"] / count["mentions"], "chair_s": count["hall_captions"] / count["captions"],
                "recall": count["found"] / count["truth"], "length": count["tokens"] / count["captions"]}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


def parsed(reply):
    """The script's parser; before it, as the script's first version had it, the whole reply."""
    try:
        return json.loads(reply)
    except ValueError:
        pass
    match = re.search(r"```json\n(.*?)\n```", reply, re.DOTALL)
    try:
        return json.loads(match.group(1))
    except (AttributeError, ValueError):
        if '["' in reply:
            try:
                return json.loads(reply.strip().split("\n")[-1])
            except ValueError:
                pass
    return None


def named(listed, objects, language):
    found = []
    for text in listed:
        tokens = language.tokens(f"a {text}".lower())
        lemmas = [language.lemma(t) for t in tokens]
        pairs = objects.merge(lemmas, only_pairs=True)
        if pairs:
            found += pairs
            continue
        run = []
        for lemma, tag in list(zip(lemmas, language.tags(tokens))) + [("", "")]:
            if tag in ("NN", "NNS", "NNP", "NNPS"):
                run.append(lemma)
            elif run:
                found.append(" ".join(run))
                run = []
    return list(dict.fromkeys(found))


def reply(draw):
    listed = [" ".join(draw.choice(WORDS[5:]).strip('",.!') or "cup" for _ in range(draw.randint(1, 3)))
              for _ in range(draw.randint(0, 8))]
    text = json.dumps(listed)
    return draw.choice([text, text, text, f"```json\n{text}\n```", f"Seen:\n{text}", f"Seen:\n```json\n{text}\n```\nDone.",
                        text + "\nDone.", ", ".join(listed), "", text[:-1]])


def object_halbench(draw, folder, language):
    images = draw.sample(range(1, 600000), 150)
    names = coco(draw, folder, images)
    (folder / "synonyms.txt").write_text(SYNONYMS)
    asked = draw.sample(images, 110)
    answers = [{"question_id": i, "text": draw.choice(["", "", "Assistant: "]) + caption(draw, 25)} for i in asked]
    replies = [{"id": i, "reply": reply(draw)} for i in asked]
    for name, rows in (("answers", answers), ("replies", replies)):
        rows = draw.sample(rows, len(rows))
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "questions.jsonl").write_text(
        "".join(json.dumps({"image_id": i, "question": "What is there?", "image": ""}) + "\n" for i in asked))
    objects = Objects(True)
    there = truth(folder, names, objects, lambda text: language.words(text, "noun"))
    count = dict.fromkeys("answers with_objects hall_answers mentions hall truth found words malformed".split(), 0)
    for answer, row in zip(answers, replies):
        text = answer["text"].replace("Assistant:", "").strip()
        listed = [] if len(text.split()) <= 3 else parsed(row["reply"])
        count["malformed"] += listed is None
        nodes = objects.nodes(named(listed or [], objects, language))
        gt = there[answer["question_id"]]
        wrong = [n for n in nodes if n not in gt]
        count["answers"] += 1
        count["with_objects"] += bool(nodes)
        count["hall_answers"] += bool(wrong)
        count["mentions"] += len(nodes)
        count["hall"] += len(wrong)
        count["truth"] += len(gt)
        count["found"] += len(set(nodes) & gt)
        count["words"] += len(text.split(" "))
    response, mention = count["hall_answers"] / count["with_objects"], count["hall"] / count["mentions"]
    (folder / "expected.json").write_text(json.dumps({
        "response_hall": response, "object_hall": mention, "chair_s": count["hall_answers"] / count["answers"],
        "response_correct": 1 - response, "object_correct": 1 - mention, "object_recall": count["found"] / count["truth"],
        "length": count["words"] / count["answers"], "answers_with_objects": count["with_objects"],
        "objects_found": count["found"], "malformed": count["malformed"]}, indent=1))


def cosine(vectors, a, b):
    if a == b:
        return 1.0
    if a not in vectors or b not in vectors:
        return 0.0
    x, y = vectors[a], vectors[b]
    return sum(p * q for p, q in zip(x, y)) / (sum(p * p for p in x) * sum(q * q for q in y)) ** 0.5


def amber_description(nouns, note, association, safe, vectors, totals):
    """One description, with the script's flat lists of words and of owners."""
    vocabulary = set(association) | {w for ws in association.values() for w in ws}
    kept = [n for n in nouns if n in vocabulary]

    def flat(words):
        names = [w for word in words for w in association[word]] + words
        owners = [i for i, word in enumerate(words) for _ in association[word]] + list(range(len(words)))
        return names, owners, [0] * len(words)

    there, there_owner, covered = flat(note["truth"])
    absent, absent_owner, imagined = flat(note["hallu"])

    def first(names, fits):
        return next((i for i, name in enumerate(names) if fits(name)), None)

    wrong = 0
    for noun in kept:
        if noun in safe:
            continue
        place = first(there, lambda name: name == noun)
        if place is not None:
            covered[there_owner[place]] = 1
            continue
        for fits in (lambda name: name == noun, lambda name: cosine(vectors, noun, name) > 0.8):
            place = first(absent, fits)
            if place is not None:
                imagined[absent_owner[place]] = 1
        place = first(there, lambda name: cosine(vectors, noun, name) > 0.8)
        if place is not None:
            covered[there_owner[place]] = 1
            continue
        wrong += 1
    for name, value in (("wrong", wrong), ("kept", len(kept)), ("covered", sum(covered)), ("there", len(covered)),
                        ("imagined", sum(imagined)), ("absent", len(imagined)), ("faithful", wrong == 0), ("count", 1)):
        totals[name] = totals.get(name, 0) + value


def amber_yes_no(rows, start, f1_start):
    right = sum(answer == ("Yes" if truth == "yes" else "No") for truth, answer in rows)
    no = [(truth, answer) for truth, answer in rows if answer == "No"]
    right_no = sum(truth == "no" for truth, _ in no)
    precision = round(right_no / (len(no) + start) * 100, 1)
    recall = round(right_no / (sum(truth == "no" for truth, _ in rows) + start) * 100, 1)
    f1 = round(2 * (precision / 100) * (recall / 100) / ((precision / 100) + (recall / 100) + f1_start) * 100, 1)
    return {"accuracy": round(right / (len(rows) + start) * 100, 1), "precision": precision, "recall": recall, "f1": f1}


def amber(draw, folder, language):
    names = sorted({w.lower().strip('".,!') for w in WORDS if w.isalpha() and len(w) > 2})
    association = {w: draw.sample(names, draw.choice([0, 0, 1, 2, 4])) for w in draw.sample(names, 50)}
    safe = draw.sample(names, 4)
    vectors = {w: [round(draw.gauss(0, 1), 3) for _ in range(3)] for w in names if draw.random() < 0.8}
    (folder / "relation.json").write_text(json.dumps(association))
    (folder / "safe_words.txt").write_text("\n".join(safe))
    (folder / "vectors.txt").write_text("".join(f"{w} {' '.join(map(str, v))}\n" for w, v in vectors.items()))
    types = ["discriminative-attribute-state", "discriminative-attribute-number", "discriminative-attribute-action",
             "discriminative-hallucination", "discriminative-relation", "relation"]
    notes, queries, answers = [], [], []
    for i in range(1, 601):
        image = f"AMBER_{draw.randint(1, 90)}.jpg"
        if i <= 150:
            words = draw.sample(sorted(association), draw.randint(0, 9))
            cut = draw.randint(0, len(words))
            notes.append({"id": i, "type": "generative", "truth": words[:cut], "hallu": words[cut:]})
            answers.append({"id": i, "response": caption(draw, 25)})
        else:
            notes.append({"id": i, "type": draw.choice(types), "truth": draw.choice(["yes", "no"])})
            answers.append({"id": i, "response": draw.choice(["Yes", "No", "Yes", "No", "No", "no", "Yes.", "", " No"])})
        queries.append({"id": i, "image": image, "query": f"Query {i}?"})
    by_id = {a["id"]: a["response"] for a in answers}
    draw.shuffle(answers)
    for name, value in (("annotations", notes), ("query_all", queries), ("answers", answers)):
        (folder / f"{name}.json").write_text(json.dumps(value))
    expected = {}
    for variant, of_words in (("lexical", {}), ("official", vectors)):
        totals = {}
        for note in notes[:150]:
            tokens = language.tokens(by_id[note["id"]])
            nouns = [language.lemma(t) for t, tag in zip(tokens, language.tags(tokens)) if tag.startswith("NN")]
            amber_description(nouns, note, association, safe, of_words, totals)
        figures = {
            "generative/chair": round(totals["wrong"] / (totals["kept"] + 0.001) * 100, 1),
            "generative/cover": round(totals["covered"] / (totals["there"] + 0.001) * 100, 1),
            "generative/hal": round(100 - totals["faithful"] / (totals["count"] + 0.001) * 100, 1),
            "generative/cog": round(totals["imagined"] / (totals["absent"] + 0.001) * 100, 1)}
        for part, chosen, start, f1_start in (
                ("discriminative", types, 0.001, 1e-4), ("existence", types[3:4], 0.001, 1e-3),
                ("attribute", types[:3], 0.003, 1e-4), ("state", types[:1], 0.001, 1e-4),
                ("number", types[1:2], 0.001, 1e-4), ("action", types[2:3], 0.001, 1e-4),
                ("relation", types[4:], 0.001, 1e-4)):
            rows = [(n["truth"], by_id[n["id"]]) for n in notes if n["type"] in chosen]
            figures.update({f"{part}/{k}": v for k, v in amber_yes_no(rows, start, f1_start).items()})
        expected[variant] = figures
    (folder / "expected.json").write_text(json.dumps(expected, indent=1))


def main(folder):
    with english.wordnet():
        language = Language(folder / "english")
        for name, make in (("chair", chair), ("object-halbench", object_halbench), ("amber", amber)):
            shutil.rmtree(folder / name, ignore_errors=True)
            (folder / name).mkdir(parents=True)
            make(random.Random(name), folder / name, language)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

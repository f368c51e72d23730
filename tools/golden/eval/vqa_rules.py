"""VQA's two ways to make answers comparable and its accuracy, stated anew from their facts: GT-Vision-Lab/VQA's vqaEval.py (its Python
regular expressions matter: \\d is any script's digit, and the flag handed to sub() is its count) and LLaVA's m4c_evaluator.py. Also
random answers that try every step. Standard library only.
"""

import re

NUMBERS = {word: str(max(n, 0)) for n, word in enumerate("none zero one two three four five six seven eight nine ten".split(), -1)}
ARTICLES = {"a", "an", "the"}
MARKS = [";", "/", "[", "]", '"', "{", "}", "(", ")", "=", "+", "\\", "_", "-", ">", "<", "@", "`", ",", "?", "!"]
PERIOD = re.compile(r"(?!<=\d)(\.)(?!\d)")
COMMA = re.compile(r"(\d)(,)(\d)")
# What people write without apostrophes, by the places of these in the right form.
APOSTROPHES = """ain't aren't can't could've couldn't didn't doesn't don't hadn't hasn't haven't he'd he's how'd how'll how's I'm I've isn't it'd
it'll ma'am mightn't might've mustn't must've needn't not've o'clock oughtn't shan't should've shouldn't somebody'll somebody's someone'd
someone'll someone's something'd something'll that's there'd there're there's they'd they'll they're they've 'twas wasn't we've weren't what'll
what're what's what've when's where'd where's where've who'd who'll who's who've why'll why're why's won't would've wouldn't y'all you'd you'll
you're you've""".split()
# With two of them one may be missing, or the other.
DOUBLE = {"couldn't've": (0, 1), "hadn't've": (0, 1), "he'd've": (0, 1), "I'd've": (0, 1), "it'd've": (0, 1), "mightn't've": (0, 1),
          "she'd've": (0, 1), "shouldn't've": (0, 1), "somebody'd've": (0, 1), "someone'd've": (0, 1), "something'd've": (0, 1),
          "there'd've": (0, 1), "they'd've": (0, 1), "we'd've": (0, 1), "who'd've": (0, 1), "wouldn't've": (0, 1), "y'all'll": (0, 1),
          "you'd've": (0, 1), "y'all'd've": (0, 1, 2), "'ow's'at": (0, 1, 2)}


def contractions():
    table = {right.replace("'", ""): right for right in APOSTROPHES}
    for right, places in DOUBLE.items():
        parts = right.split("'")
        for place in places:
            table["".join(part + ("" if i == place or i == len(parts) - 1 else "'") for i, part in enumerate(parts))] = right
    table["somebody'd"] = "somebodyd"
    return table


CONTRACTIONS = contractions()


def stripped(text):
    return text.replace("\n", " ").replace("\t", " ").strip()


def punctuation(text):
    out = text
    for mark in MARKS:
        gone = mark + " " in text or " " + mark in text or COMMA.search(text) is not None
        out = out.replace(mark, "" if gone else " ")
    return PERIOD.sub("", out, int(re.UNICODE))


def words(text):
    kept = [NUMBERS.get(word, word) for word in text.lower().split()]
    return " ".join(CONTRACTIONS.get(word, word) for word in kept if word not in ARTICLES)


def vqaeval(text):
    return words(punctuation(stripped(text)))


def m4c(text):
    text = text.lower().replace(",", "").replace("?", "").replace("'s", " 's").strip()
    return words(punctuation(stripped(text)))


def accuracy(people, answer):
    """Leaves out one person after the other, by position."""
    each = [min(1, sum(a == answer for j, a in enumerate(people) if j != i) / 3) for i in range(len(people))]
    return sum(each) / len(each)


def vqaeval_accuracy(people, answer):
    people, answer = [stripped(p) for p in people], stripped(answer)
    if len(set(people)) > 1:
        people, answer = [words(punctuation(p)) for p in people], words(punctuation(answer))
    return accuracy(people, answer)


def m4c_accuracy(people, answer):
    return accuracy([m4c(p) for p in people], m4c(answer))


PLAIN = ["red", "dog", "cup", "man", "people", "t-shirt", "t shirt", "yes", "no", "2", "two", "Ten", "none", "1.5", "10:30", "$5.00", "3,000", "3000",
         "1,2", "12", "red/blue", "john's", "john 's", "u.s.", "US", "left", "hot dog", "don't know", "the", "a cup", "caf\u00e9"]
GLUE = [" ", "  ", "\n", "\t", ", ", " ,", ",", "-", " - ", "/", ". ", ".", "' ", "'s ", "? ", "?", "!", "; ", "\u00a0", "\u3000", "_", "@", "(", ") ", "\u0663",
        ",\u0663", " the ", " a ", " An ", "\u0130", "&", ":", "*", "#", "`"]


def variation(rng, text):
    """The same answer as somebody else would write it."""
    forms = [text, text.upper(), text.title(), text + ".", " " + text, text + "\n", "the " + text, text + "!", text.replace("'", ""), text.replace(" ", "-"),
             text.replace("-", " - "), "(" + text + ")", text + "?", '"' + text + '"', text + "." * 40, text + "s", text + " 's"]
    return rng.choice(forms)


def random_text(rng):
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(PLAIN)
    if kind < 0.65:
        key = rng.choice(sorted(CONTRACTIONS))
        return rng.choice([key, CONTRACTIONS[key], key.title()])
    pieces = [rng.choice(PLAIN + list(NUMBERS)) for _ in range(rng.randint(2, 4))]
    return "".join(piece + rng.choice(GLUE) for piece in pieces)


def random_people(rng):
    """Ten answers: all the same, or a few different ones with variations, and one of them."""
    texts = [random_text(rng) for _ in range(rng.choice([1, 1, 2, 3, 5]))]
    people = [rng.choice(texts) for _ in range(10)]
    if rng.random() < 0.6:
        people = [variation(rng, p) if rng.random() < 0.3 else p for p in people]
    return people


def random_answer(rng, people):
    kind = rng.random()
    if kind < 0.06:
        return rng.choice(["", " ", "\n", "the", "..."])
    if kind < 0.5:
        return rng.choice(people)
    return variation(rng, rng.choice(people)) if kind < 0.9 else random_text(rng)

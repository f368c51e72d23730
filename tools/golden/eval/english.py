"""What NLTK and pattern make of made-up English: singulars, words of texts, lemmas, parts of speech.

    python tools/golden/eval/english.py tests/golden/eval/english

Needs nltk, numpy, pattern3 (installed with --no-deps; of it only the tables and rules of singulars are run, as the
package itself is broken), and Debian's wordnet-base, whose files NLTK reads here. NLTK's own data (its sentence
model, its tagger's weights) is on no package registry: sentences are split by Punkt without training but with the
abbreviations of plumbline/english/sentences.cpp, and the tagger is trained on made-up sentences.
"""

import importlib.util
import json
import random
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import nltk
from nltk.stem import WordNetLemmatizer
from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

WORDNET = Path("/usr/share/wordnet")
ABBREVIATIONS = "a.m co corp dr e.g i.e inc jr ltd mr mrs ms p.m prof sr st u.s vs".split()
ENDINGS = """s es ies ves ses zes xes ches shes ae itis eaux quizzes matrices vertices indices apices oxen aliases statuses
    octopi viri crises axes testes shoes oes buses mice lice movies zombies series quies elves olves eaves deaves arves
    erves nives lives wives rves aves eves oves sives tives hives fves analyses bases diagnoses parentheses prognoses
    synopses theses opses yses hoses doses roses ooses noses boses closes poses glucose moses ta ia news ics us is os as
    i o y ey ay f fe man men women person people child children foot feet""".split()
LETTERS = "aeiou" * 3 + "bcdfghklmnprstvwyz"
PIECES = """a the two dog dogs cat's dogs' don't can't cannot gonna wanna gotta lemme gimme 'tis 'twas d'ye more'n I'm it's
    they've we'll she'd he'S DOESN'T o'clock rock'n'roll 'quoted' "quoted" “quoted” ‘single’ «other» `tick` ``double''
    U.S. Mr. Mrs. Dr. St. e.g. i.e. a.m. J. b. x 3 3.5 1,000 10:30 $3.88 50% #1 @home A&B 1. 2) (3) [4] {5} <6> -- — –
    ... .. . , ; : ! ? ?! !! ' " '' `` * ** / \\ + = ~ ^ _ | - a-b t-shirt well-known end. end! end? end." end.) "end."
    (end.) next.The café naïve Ünder 你好 é. word,word word:word 5,000,000 it's. he'll. n't 's 'll ' s s' http://x.y/z
    a_b don''t end.'' 'Til 'em 'cause 'n' Is Are The And dog.cat !a ?b \u2026 \u00a0 \u2003""".split(" ")


def pattern():
    """Names of pattern.en's rules; commas that its copy for Python 3 has lost are put back."""
    root = importlib.util.find_spec("pattern3").submodule_search_locations[0]
    source = (Path(root) / "text" / "en" / "inflect.py").read_text(encoding="utf-8")
    names = {"re": re, "NOUN": "NN"}
    exec(source[source.index("plural_prepositions"):source.index("#### VERB CONJUGATION")], names)
    for listed, lost in (("uninflected", "wildebeest carp"), ("uncountable", "water cheese"), ("ie", "zombie bogie")):
        names["singular_" + listed].discard(lost.replace(" ", ""))
        names["singular_" + listed].update(lost.split())
    return names


def words(draw, rules):
    """Singular's input: every listed word, made-up stems with every ending, other spellings."""
    listed = set().union(*(rules["singular_" + name] for name in ("uninflected", "uncountable", "ie", "irregular")))
    listed |= {w + "s" for w in listed} | {w + "es" for w in rules["plural_categories"]["s-singular"]}
    for preposition in rules["plural_prepositions"]:
        listed.add("dogs-" + preposition)
        listed.add(f"men-{preposition}-arms")
    for ending in ENDINGS:
        for size in (0, 1, 1, 2, 2, 3, 4):
            listed.add("".join(draw.choice(LETTERS) for _ in range(size)) + ending)
    for word in sorted(listed):
        if draw.random() < 0.2:
            listed.add(draw.choice([word.upper(), word.capitalize(), word + "'", "'" + word, word[1:], "x-" + word]))
    # "(ox)en" is the only rule of pattern.en that looks at a word's beginning but not at its end.
    # Of "ANALYSES" it repeats the capital, and its list has "^pie" and "^tie", which are no words.
    odd = ("analyses", "^pies", "^ties")
    return sorted(
        w for w in listed
        if (not w.lower().startswith("oxen") or w.lower().endswith("oxen"))
        and (w.islower() or not w.lower().endswith(odd)) and "^" not in w)


def texts(draw):
    made = []
    for _ in range(700):
        pieces = [draw.choice(PIECES).strip("\n") for _ in range(draw.randint(1, 14))]
        made.append("".join(p + draw.choice(["", " ", " ", " ", " ", "  ", "\n"]) for p in pieces))
    return made


def lemmas(draw):
    """Pairs of form and class: exceptions, words with endings, anything."""
    lemmatizer = WordNetLemmatizer()
    cases = set()
    for pos, name in (("n", "noun"), ("v", "verb"), ("a", "adj"), ("r", "adv")):
        exceptions = [line.split()[0] for line in (WORDNET / f"{name}.exc").read_text().splitlines()]
        entries = [line.split()[0] for line in (WORDNET / f"index.{name}").read_text().splitlines() if line[0] != " "]
        cases |= {(word, pos) for word in draw.sample(exceptions, min(len(exceptions), 400 if pos == "n" else 150))}
        for _ in range(700 if pos == "n" else 200):
            word = draw.choice(entries)
            ending = draw.choice(["", "s", "es", "ies", "ves", "men", "ed", "ing", "er", "est", "xes", "zes", "S"])
            cut = draw.choice([0, 0, 0, 1, 2])
            cases.add((word[: len(word) - cut] + ending, pos))
    return [[word, pos, lemmatizer.lemmatize(word, pos)] for word, pos in sorted(cases)]


def tagger(draw, folder):
    """A tagger trained on made-up sentences of ambiguous words, and what it makes of others."""
    vocabulary = {
        "DT": "the a two".split(), "JJ": "red light big well-worn 3rd".split(), "IN": "on in near".split(),
        "NN": "light watch dog bench café 1999 t-shirt walk".split(), "NNS": "dogs watches walks".split(),
        "VBZ": "walks watches lights sits".split(), ".": [".", "!"]}
    patterns = ["DT NN VBZ IN DT NN .", "DT JJ NN VBZ .", "DT JJ NNS IN DT JJ NN", "NNS IN NN VBZ IN NN ."]
    sentences = [[(draw.choice(vocabulary[tag]), tag) for tag in draw.choice(patterns).split()] for _ in range(120)]
    random.seed(5)
    trained = PerceptronTagger(load=False)
    trained.train(sentences, nr_iter=3)
    for name, value in zip(("weights", "tagdict", "classes"), trained.encode_json_obj()):
        value = sorted(value) if name == "classes" else value
        (folder / f"averaged_perceptron_tagger_eng.{name}.json").write_text(json.dumps(value, sort_keys=True))
    everything = sorted({word for of_tag in vocabulary.values() for word in of_tag} | {"Light", "cafés", "20th", "-", "x"})
    cases = [[draw.choice(everything) for _ in range(draw.randint(0, 9))] for _ in range(300)]
    return [[tokens, [tag for _, tag in trained.tag(tokens)]] for tokens in cases]


@contextmanager
def wordnet():
    """NLTK's WordNet from Debian's files."""
    with tempfile.TemporaryDirectory() as root:
        corpus = Path(root) / "corpora" / "wordnet"
        corpus.mkdir(parents=True)
        for path in WORDNET.iterdir():
            if path.is_file():
                shutil.copy(path, corpus)
        (corpus / "index.sense").touch()  # not in Debian's package; lemmas need neither
        (corpus / "lexnames").write_text("".join(f"{i:02d}\tname\t1\n" for i in range(45)))
        nltk.data.path.insert(0, root)
        WordNetLemmatizer().lemmatize("dogs")  # reads the files
        yield


def punkt():
    parameters = PunktParameters()
    parameters.abbrev_types = set(ABBREVIATIONS)
    return PunktSentenceTokenizer(parameters)


def main(folder):
    draw = random.Random(20231116)
    with wordnet():
        lemma_cases = lemmas(draw)
    splitter = punkt()
    tokenizer = NLTKWordTokenizer()
    cases = []
    for text in texts(draw):
        sentences = splitter.tokenize(text)
        cases.append([text, tokenizer.tokenize(text), sentences, [t for s in sentences for t in tokenizer.tokenize(s)]])
    folder.mkdir(parents=True, exist_ok=True)
    rules = pattern()
    written = {
        "singular": [[word, rules["singularize"](word)] for word in words(draw, rules)],
        "tokens": cases, "lemmas": lemma_cases, "tags": tagger(draw, folder)}
    for name, value in written.items():
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in value)
        (folder / f"{name}.json").write_text(f"[{lines}]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

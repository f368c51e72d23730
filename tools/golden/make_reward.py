"""Scores, losses, gradients and training runs of a tiny reward model with transformers and peft; see README.md.

Every answer is run as a whole sequence of its own, in float32 with eager attention: nothing here shares a beginning.
What the C++ test does with each number:
  encoded.json        RewardInput::encode or encode_for_reward, with the facts given in the file's order, must give `ids`; last_row_scores
                      of the model with the adapter of start/ must give `scores`, each pair as one group of Branches.
  losses.json         of every case: target_of must give `first` and `weight`, the record's or the config's margin `margin`; from `scores`,
                      pair_loss_sum / sum of weights + center_coef x centring must give `loss`, and its backward pass `score_gradients`
                      and, with the model, `gradients` (facts in the file's order, template `turn`). All pairs of a case are one portion.
  <run>/expected.json a run with `settings` from the adapter and head of start/. A step holds all pairs, so that their order means nothing;
                      the facts of one_fact.json are one of each picture, so that theirs means nothing. Metrics of step i are the i-th of
                      `losses`, `accuracies`, ...; `held_out` are the figures eval/... after the last step; final/ is the adapter then.
`rounding` is always the difference to the same numbers in float64: a tolerance must lie above it.
"""

import argparse
import copy
import json
import math
import pathlib
import shutil

import peft
import torch
import transformers
from PIL import Image
from peft import PeftModel
from safetensors.torch import load_file, save_file
from torch.nn.functional import logsigmoid
from transformers import AutoTokenizer, LlavaProcessor
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

import make_training
import reward_data
import training_data
from make_training import KINDS, LR, PATCH, RANK, ALPHA, WEIGHT_DECAY, BETAS, EPS

STEPS, WARMUP_RATIO = 12, 0.25
SAMPLES = 4  # values of each gradient that are kept
HEAD = "reward_head."
# Where these folders lie for the tests, which run at the root of the repository.
ROOT, TRAINING = "tests/golden/reward", make_training.ROOT

DEFAULTS = dict(margin=0.0, label_smoothing=0.0, center_coef=0.0, centring="absolute", weights={})
PLAIN = ["p00", "p01", "p02", "p05", "p06"]  # one preference, no margin of their own
CASES = {
    "bradley_terry": dict(pairs=PLAIN),
    "margin": dict(pairs=PLAIN + ["p04"], margin=0.5),
    "label_smoothing": dict(pairs=PLAIN, label_smoothing=0.1),
    "centre_absolute": dict(pairs=PLAIN, center_coef=1e-3),
    "centre_squared": dict(pairs=PLAIN, center_coef=1e-3, centring="squared"),
    "votes": dict(weights=reward_data.WEIGHTS),
    "everything": dict(margin=0.5, label_smoothing=0.1, center_coef=1e-2, centring="squared", weights=reward_data.WEIGHTS),
}
RUNS = {
    "plain": dict(facts=False, center_coef=1e-3, max_norm=1.0),
    "votes": dict(facts=True, margin=0.2, label_smoothing=0.1, center_coef=1e-2, centring="squared", weights=reward_data.WEIGHTS,
                  max_norm=0.3),
}


def loss_settings(options):
    settings = [f"reward.{key}={options[key]}" for key in ("margin", "label_smoothing", "center_coef", "centring")]
    weights = ", ".join(f"{name}={weight:g}" for name, weight in options["weights"].items())
    return settings + ([f"reward.annotator_weights=[{weights}]"] if weights else [])


def run_settings(options, num_pairs):
    return [
        "run.dtype=float32", f"model.path={TRAINING}/base", "model.conversation=vicuna_v1", f"data.images={TRAINING}/images",
        f"data.train={ROOT}/comparisons.json", f"data.eval={ROOT}/held_out.json", f"data.facts={ROOT}/one_fact.json",
        f"reward.template={ROOT}/turn.toml", f"reward.facts={str(options['facts']).lower()}", f"reward.batch_size={num_pairs}",
        f"reward.epochs={STEPS}", *loss_settings(options), f"optimizer.lr={LR}", "optimizer.schedule=constant",
        f"optimizer.warmup_ratio={WARMUP_RATIO}", f"optimizer.weight_decay={WEIGHT_DECAY}", f"optimizer.beta1={BETAS[0]}",
        f"optimizer.beta2={BETAS[1]}", f"optimizer.eps={EPS}", f"optimizer.max_grad_norm={options['max_norm']}",
        *make_training.LORA[1:]]


# --- Model and input ---

class RewardModel(torch.nn.Module):
    """An adapter on the base, and a head on the final-norm state of a sequence's last row."""

    def __init__(self, base, start):
        super().__init__()
        self.adapter = PeftModel.from_pretrained(make_training.load_base(base), start, is_trainable=True)
        head = load_file(start / "reward_head.safetensors")
        self.weight, self.bias = torch.nn.Parameter(head["weight"]), torch.nn.Parameter(head["bias"])

    def states(self, ids, pixels, **more):
        dtype = self.weight.dtype
        return self.adapter.base_model.model.model(
            input_ids=ids, pixel_values=None if pixels is None else pixels.to(dtype), **more).last_hidden_state

    def score(self, ids, pixels):
        return torch.nn.functional.linear(self.states(ids[None], pixels)[0, -1], self.weight, self.bias)[0]

    def trained(self):
        """By the names they have in files."""
        return make_training.trained_weights(self.adapter) | {HEAD + "weight": self.weight.detach(), HEAD + "bias": self.bias.detach()}

    def gradients(self):
        named = {n.replace(".default", ""): p.grad for n, p in self.adapter.named_parameters() if p.requires_grad}
        return named | {HEAD + "weight": self.weight.grad, HEAD + "bias": self.bias.grad}

    def save(self, folder):
        make_training.save_adapter(self.adapter, folder)
        save_file({"weight": self.weight.detach(), "bias": self.bias.detach()}, folder / "reward_head.safetensors", metadata={"format": "pt"})


def make_start(base, folder):
    make_training.make_start(base, folder, {})
    generator = torch.Generator().manual_seed(7)
    head = dict(weight=0.3 * torch.randn(1, 32, generator=generator), bias=0.1 * torch.randn(1, generator=generator))
    save_file(head, folder / "reward_head.safetensors", metadata={"format": "pt"})


class Inputs:
    """Ids and pixels of pairs under a template."""

    def __init__(self, training):
        self.encoder = training_data.Encoder((training / "base/tokenizer.json").read_text(), make_training.IMAGE_TOKEN,
                                             make_training.IMAGE_ROWS)
        images = CLIPImageProcessorPil.from_pretrained(training / "base")
        self.processor = LlavaProcessor(image_processor=images, tokenizer=AutoTokenizer.from_pretrained(training / "base"),
                                        patch_size=PATCH, vision_feature_select_strategy="default", num_additional_image_tokens=1)
        self.images = training / "images"

    def picture(self, pair):
        return Image.open(self.images / pair["image"]).convert("RGB") if "image" in pair else None

    def check(self, template, pair, side, shown, ids):
        """transformers' processor encodes the whole text alike, where it spells no control token."""
        spelt = [pair[f"output_{side}"]["value"], *shown]
        if any(mark in text for text in spelt for mark in (training_data.IMAGE, "</s>")):
            return
        image = self.picture(pair)
        theirs = self.processor(text=[reward_data.whole_text(template, pair, side, shown)], images=[image] if image else None,
                                return_tensors="pt")
        assert theirs["input_ids"][0].tolist() == ids, pair["id"]

    def sides(self, template, pair, shown):
        """Ids of the first and of the second answer, and their picture."""
        both = [reward_data.encode(self.encoder, template, pair, side, shown) for side in (1, 2)]
        for side, ids in zip((1, 2), both):
            self.check(template, pair, side, shown, ids)
        image = self.picture(pair)
        pixels = self.processor.image_processor(image, return_tensors="pt")["pixel_values"] if image else None
        return [torch.tensor(ids) for ids in both], pixels


def score_pairs(model, examples):
    """Scores of the first and of the second answers, [P] each."""
    scores = [torch.stack([model.score(ids, pixels) for ids in both]) for both, pixels in examples]
    return torch.stack(scores).unbind(1)


def check_padding(model, examples):
    """A padded batch of all answers gives the same scores."""
    rows = [ids for both, _ in examples for ids in both]
    pixels = [p for both, p in examples if p is not None for _ in both]
    pad = lambda values: torch.nn.utils.rnn.pad_sequence(values, batch_first=True)
    with torch.no_grad():
        states = model.states(pad(rows), torch.cat(pixels), attention_mask=pad([torch.ones_like(ids) for ids in rows]))
        last = states[torch.arange(len(rows)), torch.tensor([len(ids) - 1 for ids in rows])]
        padded = torch.nn.functional.linear(last, model.weight, model.bias).view(-1, 2)
        assert (padded - torch.stack(score_pairs(model, examples), 1)).abs().max() < 1e-5


# --- Losses ---

def targets_of(pairs, options, dtype):
    """What pairs teach: probability that the first answer is the better one, weight, margin."""
    rows = [(*reward_data.target(pair, options["weights"]), pair.get("margin", options["margin"])) for pair in pairs]
    return torch.tensor(rows, dtype=dtype).unbind(1)


def pair_losses(first, second, targets, smoothing):
    q, _, margin = targets
    gap, q = first - second, (1 - smoothing) * q + smoothing * (1 - q)
    return -(q * logsigmoid(gap - margin) + (1 - q) * logsigmoid(-gap - margin))


def loss_of(first, second, targets, options):
    weight = targets[1]
    losses = pair_losses(first, second, targets, options["label_smoothing"])
    total = first + second
    centre = total.mean().abs() if options["centring"] == "absolute" else total.square().mean()
    return (weight * losses).sum() / weight.sum() + options["center_coef"] * centre


def figures_of(first, second, targets):
    """Over pairs whose target prefers one answer: accuracy and gap; over all: mean and spread of scores, first ones ahead."""
    with torch.no_grad():
        side = (targets[0] - 0.5).sign()
        gap, decided = side * (first - second), side != 0
        both = torch.cat([first, second])
        # No figure may hang on rounding.
        assert (first - second).abs().min() > 1e-4
        return dict(accuracy=(gap[decided] > 0).double().mean().item(), score_gap=gap[decided].mean().item(),
                    mean_score=both.mean().item(), score_std=both.std(unbiased=False).item(),
                    first_share=(first > second).double().mean().item())


number = lambda value: float(f"{value:.9g}")


def gradients_of(model, examples, pairs, options):
    """Loss, gradients by scores and by weights."""
    model.zero_grad()
    first, second = score_pairs(model, examples)
    first.retain_grad(), second.retain_grad()
    loss = loss_of(first, second, targets_of(pairs, options, first.dtype), options)
    loss.backward()
    return loss.item(), (first, second), {name: grad.clone() for name, grad in model.gradients().items()}


def check_accumulation(model, examples, pairs, options, whole):
    """Two portions, each divided by the weights of all pairs and centred by its share of them, add up to the whole."""
    assert options["centring"] == "squared"
    model.zero_grad()
    weights = targets_of(pairs, options, torch.float32)[1].sum()
    cut = len(pairs) // 3
    for part in (slice(0, cut), slice(cut, None)):
        first, second = score_pairs(model, examples[part])
        targets = targets_of(pairs[part], options, first.dtype)
        losses = pair_losses(first, second, targets, options["label_smoothing"])
        share = len(pairs[part]) / len(pairs)
        ((targets[1] * losses).sum() / weights + options["center_coef"] * share * (first + second).square().mean()).backward()
    for name, grad in model.gradients().items():
        assert torch.allclose(grad, whole[name], rtol=1e-4, atol=1e-6), name


def sampled(grad):
    """Its norm and some values, [index in the flat tensor, value]."""
    flat = grad.flatten().tolist()
    places = sorted({i * (len(flat) - 1) // max(1, SAMPLES - 1) for i in range(SAMPLES)})
    return dict(norm=number(grad.double().norm().item()), samples=[[i, number(flat[i])] for i in places])


def make_case(model, double, name, examples, pairs):
    options = DEFAULTS | CASES[name]
    chosen = [i for i, pair in enumerate(pairs) if pair["id"] in options.get("pairs", [p["id"] for p in pairs])]
    examples, pairs = [examples[i] for i in chosen], [pairs[i] for i in chosen]
    loss, scores, gradients = gradients_of(model, examples, pairs, options)
    loss_again, _, gradients_again = gradients_of(double, examples, pairs, options)
    if options["centring"] == "squared":
        check_accumulation(model, examples, pairs, options, gradients)
    rounding = max((gradients_again[n] - g).abs().max().item() for n, g in gradients.items())
    print(f"{name}: {len(pairs)} pairs, loss {loss:.6f}, rounding: loss {abs(loss - loss_again):.1e}, gradients {rounding:.1e}", flush=True)
    numbers = lambda values: [number(value) for value in values.tolist()]
    q, weight, margin = targets_of(pairs, options, torch.float64)
    return dict(settings=loss_settings(options), pairs=[pair["id"] for pair in pairs], first=numbers(q), weight=numbers(weight),
                margin=numbers(margin), scores=[numbers(s.detach()) for s in scores], loss=number(loss),
                score_gradients=[numbers(s.grad) for s in scores],
                gradients={n: sampled(g) for n, g in sorted(gradients.items())},
                rounding=dict(loss=number(abs(loss - loss_again)), gradients=number(rounding)))


# --- Training runs ---

def train(model, examples, pairs, options):
    """Steps over all pairs; weights are decayed where they are matrices, as the head's is."""
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([dict(params=[p for p in trained if p.dim() >= 2], weight_decay=WEIGHT_DECAY),
                                   dict(params=[p for p in trained if p.dim() < 2], weight_decay=0.0)], lr=LR, betas=BETAS, eps=EPS)
    figures = dict(losses=[], grad_norms=[], learning_rates=[], accuracies=[], score_gaps=[], mean_scores=[], score_stds=[],
                   first_shares=[])
    targets = targets_of(pairs, options, model.weight.dtype)
    warmup = math.ceil(WARMUP_RATIO * STEPS)
    for step in range(STEPS):
        optimizer.zero_grad()
        first, second = score_pairs(model, examples)
        loss = loss_of(first, second, targets, options)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, options["max_norm"])
        lr = LR * min(1.0, (step + 1) / warmup)
        for group in optimizer.param_groups:
            group["lr"] = lr
        optimizer.step()
        for key, value in zip(figures, (loss.item(), norm.item(), lr, *figures_of(first, second, targets).values())):
            figures[key].append(value)
    return figures


def held_out_figures(model, examples, pairs, options):
    with torch.no_grad():
        first, second = score_pairs(model, examples)
        targets = targets_of(pairs, options, first.dtype)
        return dict(loss=loss_of(first, second, targets, options).item(), **figures_of(first, second, targets))


def make_run(folder, name, base, examples_of, files):
    options = DEFAULTS | RUNS[name]
    examples = {file: examples_of(pairs, options["facts"]) for file, pairs in files.items()}
    model = RewardModel(base, folder / "start")
    double = copy.deepcopy(model).double()
    start = {n: p.clone() for n, p in model.trained().items()}
    results = []
    for one in (model, double):
        figures = train(one, examples["comparisons"], files["comparisons"], options)
        results.append((figures, held_out_figures(one, examples["held_out"], files["held_out"], options)))
    (figures, held_out), (figures_again, held_out_again) = results
    assert held_out["accuracy"] == held_out_again["accuracy"]
    model.save(folder / name / "final")
    ends, ends_again = model.trained(), double.trained()
    rounding = dict(
        loss=number(max(abs(a - b) for a, b in zip(figures["losses"], figures_again["losses"]))),
        relative_grad_norm=number(max(abs(a / b - 1) for a, b in zip(figures["grad_norms"], figures_again["grad_norms"]))),
        held_out=number(max(abs(held_out[key] - held_out_again[key]) for key in held_out)))
    about = {n: dict(shape=list(p.shape), norm=number(p.double().norm().item()), moved=number((p - start[n]).abs().max().item()),
                     rounding=number((ends_again[n] - p).abs().max().item())) for n, p in sorted(ends.items())}
    (folder / name / "expected.json").write_text(json.dumps(dict(
        settings=run_settings(options, len(files["comparisons"])), steps=STEPS, **figures, held_out=held_out, rounding=rounding,
        weights=about), indent=1) + "\n")
    print(f"{name}: loss {figures['losses'][0]:.4f} -> {figures['losses'][-1]:.4f}, norms {min(figures['grad_norms']):.3f}.."
          f"{max(figures['grad_norms']):.3f}, held-out accuracy {held_out['accuracy']:.3f}, rounding {rounding}, weights: "
          f"{max(a['rounding'] for a in about.values()):.1e}", flush=True)


def write_lines(path, records):
    path.write_text("[\n" + ",\n".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records) + "\n]\n")


def make_encoded(model, inputs, pairs, captions):
    """Ids and scores of every pair under every template, with facts in the file's order and without."""
    records = []
    for template, words in reward_data.TEMPLATES.items():
        for has_facts in (True, False):
            for pair in pairs:
                both, pixels = inputs.sides(words, pair, reward_data.facts_of(pair, captions) if has_facts else [])
                with torch.no_grad():
                    scores = [number(model.score(ids, pixels).item()) for ids in both]
                records.append(dict(id=pair["id"], template=template, facts=has_facts, ids=[ids.tolist() for ids in both], scores=scores))
    return records


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=pathlib.Path, help="tests/golden/training, as make_training.py has made it")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    folder, training = arguments.folder, arguments.training
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    images = [r["image"] for r in training_data.conversations() if "image" in r]
    files = dict(comparisons=reward_data.comparisons(images), held_out=reward_data.held_out(images))
    captions = reward_data.facts(images)
    one_fact = {image: texts[-1:] for image, texts in captions.items()}
    for file, pairs in files.items():
        (folder / f"{file}.json").write_text(json.dumps(pairs, ensure_ascii=False, indent=1) + "\n")
    for file, texts in (("facts", captions), ("one_fact", one_fact)):
        (folder / f"{file}.json").write_text(json.dumps(texts, ensure_ascii=False, indent=1) + "\n")
    for name, template in reward_data.TEMPLATES.items():
        (folder / f"{name}.toml").write_text(reward_data.toml(template))
    make_start(training / "base", folder / "start")

    inputs = Inputs(training)
    model = RewardModel(training / "base", folder / "start")
    double = copy.deepcopy(model).double()
    pairs, template = files["comparisons"], reward_data.TEMPLATES["turn"]
    write_lines(folder / "encoded.json", make_encoded(model, inputs, pairs, captions))
    examples = [inputs.sides(template, pair, reward_data.facts_of(pair, captions)) for pair in pairs]
    check_padding(model, examples)
    (folder / "losses.json").write_text(json.dumps(
        {name: make_case(model, double, name, examples, pairs) for name in CASES}, indent=1) + "\n")
    (folder / "versions.json").write_text(json.dumps(
        {m.__name__: m.__version__ for m in (torch, transformers, peft)}, indent=1) + "\n")
    examples_of = lambda some, has_facts: [
        inputs.sides(template, pair, reward_data.facts_of(pair, one_fact) if has_facts else []) for pair in some]
    for name in RUNS:
        make_run(folder, name, training / "base", examples_of, files)


if __name__ == "__main__":
    main()

"""One PPO iteration of a tiny LLaVA with transformers and peft, in three ways, and its formulas by themselves; see README.md.

Independent of Plumbline in form, too: prompts are padded on the left and answers on the right, every role is a model of its
own, and losses are means over rectangles with masks. Nothing is sampled: answers.json says what was answered.
What the C++ test does with each number of <mode>.json, all of it per answer in the order of answers.json:
  text                   decoding an answer's `tokens` gives it; prompts of prompts.json are encoded as in encoded.json
  scores                 the reward model (tests/golden/reward/start, turn.toml) on `judged` of encoded.json: as Plumbline does it,
                         an answer is encoded again from its text, with an end token even if it has none. (The published
                         trainer appends the judging turn to the sampled tokens; of these answers that changes the unfinished ones alone.)
  logprobs, ref_logprobs, values   of the start, at the settings' temperature
  terms, shaped_rewards, advantages, returns   what is made of them
  minibatches            the steps in order; figures are of before the step, grad_norm of before clipping
  gradients              of the first minibatch before clipping
  <mode>_final/          what the last step leaves
`rounding` is the difference to the same iteration in float64 (rotary angles apart, which transformers computes in float32).

Values at padding (mode paper): value t is read at the row before token t, so the first padding position is read at the last
real row; all further ones are given that same value, with its gradient. The published trainer runs its head on the pad tokens
there, whose rows hang on the padding's embedding and positions. What that would change is printed: in the first minibatch 80 % of
the norm of the value's gradients (which the many pads of these short answers dominate), and 0.7 % of the policy's.
"""

import argparse
import copy
import json
import pathlib
import shutil
import types

import peft
import torch
import transformers

import make_reward
import make_training
import ppo_data
import ppo_formulas
import training_data
from make_reward import number, sampled
from ppo_data import RESPONSE_LEN as L
from ppo_models import Rollout, check_padding, in_double, load_models, logprobs_of, make_adapter, scores_of, use_wide_softmax, values_of

MINIBATCHES = [[[3, 0, 7, 10, 9, 4], [11, 1, 8, 2, 6, 5]], [[5, 9, 2, 0, 11, 8], [10, 6, 4, 1, 7, 3]]]
REWARDS = dict(missing_end_penalty=-1.0, length_penalty=-0.5, correctness_bonus=0.5, symmetric_yes_no=True, reward_scale=1.0)
STEPS = dict(response_len=L, clip_range=0.2, max_grad_norm=1.0, lr=5e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0)
MODES = {
    "paper": dict(
        STEPS, temperature=1.0, kl_estimator="k1_clamped", kl_coef=0.1, kl_in="reward", missing_end_penalty=-8.0, length_penalty=-10.0,
        correctness_bonus=2.0, symmetric_yes_no=False, reward_scale=10.0, padding="published", advantages="gae", gamma=1.0, lam=1.0,
        whiten_eps=1e-8, dual_clip=None, entropy_coef=0.0, value_clip_range=0.2, vf_coef=0.1),
    "plumbline": dict(
        STEPS | REWARDS, temperature=0.7, kl_estimator="k1", kl_coef=0.1, kl_in="reward", padding="none", advantages="gae", gamma=1.0,
        lam=0.95, whiten_eps=1e-8, dual_clip=3.0, entropy_coef=0.01, value_clip_range=0.2, vf_coef=0.5),
    "grpo": dict(
        STEPS | REWARDS, temperature=1.0, kl_estimator="k3", kl_coef=0.04, kl_in="loss", padding="none", advantages="grpo",
        group_size=2, group_eps=1e-4, loss_mean="sequences", dual_clip=None, entropy_coef=0.0),
}


# --- Rewards and advantages, in float64 from what the models say ---

def terms_of(rollout, scores, o):
    """What an answer earns apart from the KL penalty, [S] each."""
    terms = dict(score=[], missing_end=[], length=[], correctness=[])
    for record, answer, score in zip(rollout.records, rollout.answers, scores):
        right = ppo_data.correctness(record["caption_type"], answer["text"], o["symmetric_yes_no"])
        terms["score"].append(score)
        terms["missing_end"].append(0.0 if answer["is_stopped"] else o["missing_end_penalty"])
        terms["length"].append(o["length_penalty"] * len(answer["tokens"]) / L * record["length_bonus_multiplier"] + 0.0)
        terms["correctness"].append(o["correctness_bonus"] * right + 0.0)
    return {name: torch.tensor(values, dtype=torch.float64) for name, values in terms.items()}


def kl_of(logprobs, ref, estimator):
    d = logprobs - ref
    return {"k1": d, "k1_clamped": d.clamp(min=0), "k3": torch.exp(-d) - 1 + d}[estimator]


def gae(rewards, values, gamma, lam):
    """Over all L positions. Where neither reward nor value stands at pads, that is over an answer's tokens."""
    advantages, following, next_value = [], 0.0, 0.0
    for t in reversed(range(L)):
        following = rewards[:, t] + gamma * next_value - values[:, t] + gamma * lam * following
        next_value = values[:, t]
        advantages.insert(0, following)
    return torch.stack(advantages, 1)


def rectangle_of(batch, o):
    """Which positions count: all of them, or the answers' tokens."""
    return torch.ones_like(batch.real) if o["padding"] != "none" else batch.real


def shape(rollout, batch, seen, o):
    """Adds rewards and advantages to what the models have said."""
    terms = terms_of(rollout, seen["scores"].tolist(), o)
    kl = kl_of(seen["logprobs"], seen["ref_logprobs"], o["kl_estimator"])
    seen["terms"] = terms | dict(kl=kl.sum(1))
    total, counted = sum(terms.values()), rectangle_of(batch, o)
    if o["advantages"] == "grpo":
        groups = total.view(-1, o["group_size"])
        mean, std = groups.mean(1, keepdim=True), groups.std(1, unbiased=False, keepdim=True)
        seen["rewards"] = total
        seen["advantages"] = ((groups - mean) / (std + o["group_eps"])).flatten()[:, None].expand(-1, L) * counted
        return
    rewards = -o["kl_coef"] * kl
    last = torch.full_like(batch.lengths, L) if o["padding"] != "none" else batch.lengths
    rewards[torch.arange(len(last)), last - 1] += total
    rewards = rewards * o["reward_scale"]
    advantages = gae(rewards, seen["values"], o["gamma"], o["lam"])
    chosen = advantages[counted]
    seen["shaped_rewards"], seen["returns"] = rewards, (advantages + seen["values"]) * counted
    seen["advantages"] = (advantages - chosen.mean()) / (chosen.std(unbiased=False) + o["whiten_eps"]) * counted


def look(models, rollout, o, dtype):
    everything = range(len(rollout.answers))
    batch = rollout.batch(everything, dtype)
    with torch.no_grad():
        seen = dict(scores=scores_of(models.reward, rollout.judged_batch(everything, dtype)),
                    logprobs=logprobs_of(models.policy, batch, o["temperature"])[0],
                    ref_logprobs=logprobs_of(models.reference, batch, o["temperature"])[0])
        if "vf_coef" in o:
            seen["values"] = values_of(models.value, batch, o["padding"])
        seen = {name: tensor.double() for name, tensor in seen.items()}
        shape(rollout, batch, seen, o)
    return seen


# --- Steps ---

def policy_losses(logprobs, old, advantages, o):
    """Per position: losses, and whether the clipped branch counted, the ratio left its range, the dual clip held."""
    ratio = (logprobs - old).exp()
    plain = -advantages * ratio
    limited = -advantages * ratio.clamp(1 - o["clip_range"], 1 + o["clip_range"])
    losses, dual = torch.maximum(plain, limited), torch.zeros_like(ratio, dtype=torch.bool)
    if o["dual_clip"]:
        bound = -advantages * o["dual_clip"]
        dual = (advantages < 0) & (losses > bound)
        losses = torch.where(dual, bound, losses)
    flags = dict(clip_fraction=limited > plain, outside_fraction=(ratio - 1).abs() > o["clip_range"], dual_clip_fraction=dual)
    return losses, flags, ratio


def value_losses(values, old, returns, o):
    limited = torch.maximum(torch.minimum(values, old + o["value_clip_range"]), old - o["value_clip_range"])
    plain, limited = (values - returns).square(), (limited - returns).square()
    return 0.5 * torch.maximum(plain, limited), limited > plain


def value_margin(values, old, returns, o):
    """How near a value is to the edge of its range, or, outside, the two errors to each other."""
    to_edge = (values - old).abs() - o["value_clip_range"]
    edge = torch.maximum(torch.minimum(values, old + o["value_clip_range"]), old - o["value_clip_range"])
    return torch.where(to_edge > 0, torch.minimum(to_edge, (values + edge - 2 * returns).abs()), -to_edge)


def minibatch_loss(models, rollout, seen, chosen, o):
    """The loss to descend, and the step's figures."""
    dtype = models.value.weight.dtype
    batch = rollout.batch(chosen, dtype)
    counted = rectangle_of(batch, o)
    pick = lambda name: seen[name][chosen].to(dtype)
    mean = lambda x: (x if x.is_floating_point() else x.double())[counted].mean()
    by_sequence = lambda x: ((x * counted).sum(1) / counted.sum(1)).mean()
    loss_mean = by_sequence if o.get("loss_mean") == "sequences" else mean
    old = pick("logprobs")
    logprobs, entropies = logprobs_of(models.policy, batch, o["temperature"])
    losses, flags, ratio = policy_losses(logprobs, old, pick("advantages"), o)
    policy, entropy, d = loss_mean(losses), entropies[batch.real].mean(), (logprobs.detach() - old).double()
    loss = policy - o["entropy_coef"] * entropy
    figures = dict(loss_policy=policy, entropy=entropy, approx_kl=mean(d.exp() - 1 - d), approx_kl_squared=mean(d.square() / 2),
                   ratio_mean=mean(ratio), **{name: mean(flag) for name, flag in flags.items()})
    # How near a ratio or value is to a choice between branches: none may hang on rounding.
    margins = [(ratio[counted] - edge).abs().min() for edge in (1 - o["clip_range"], 1 + o["clip_range"], o["dual_clip"]) if edge]
    if o["kl_in"] == "loss":
        figures["loss_kl"] = loss_mean(kl_of(logprobs, pick("ref_logprobs"), o["kl_estimator"]).masked_fill(~batch.real, 0))
        loss = loss + o["kl_coef"] * figures["loss_kl"]
    if "vf_coef" in o:
        values, old_values, returns = values_of(models.value, batch, o["padding"]), pick("values"), pick("returns")
        value, is_clipped = value_losses(values, old_values, returns, o)
        margins.append(value_margin(values, old_values, returns, o)[counted].min())
        figures |= dict(loss_value=mean(value), value_clip_fraction=mean(is_clipped))
        loss = loss + o["vf_coef"] * figures["loss_value"]
    figures["margin"] = torch.stack(margins).min()
    figures = {name: x.item() for name, x in figures.items()}
    return loss, dict(answers=chosen, tokens=int(batch.real.sum()), positions=int(counted.sum()), loss=loss.item(), **figures)


def gradients_of(models, o):
    named = lambda m: {n.replace(".default", ""): p.grad.clone() for n, p in m.named_parameters() if p.requires_grad}
    gradients = dict(policy=named(models.policy))
    if "vf_coef" in o:
        gradients["value"] = {n: g.clone() for n, g in models.value.gradients().items()}
    return gradients


def iterate(models, rollout, o, dtype):
    """Everything of one iteration; leaves the models as they are at its end."""
    seen = look(models, rollout, o, dtype)
    trained = [p for m in (models.policy, models.value)[:2 if "vf_coef" in o else 1] for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=o["lr"], betas=(o["beta1"], o["beta2"]), eps=o["eps"], weight_decay=o["weight_decay"])
    steps, gradients = [], None
    for epoch in MINIBATCHES:
        for chosen in epoch:
            optimizer.zero_grad()
            loss, figures = minibatch_loss(models, rollout, seen, chosen, o)
            loss.backward()
            gradients = gradients or gradients_of(models, o)
            figures["grad_norm"] = torch.nn.utils.clip_grad_norm_(trained, o["max_grad_norm"]).item()
            optimizer.step()
            steps.append(figures)
    return seen, steps, gradients


def weights_of(models, o):
    weights = dict(policy=make_training.trained_weights(models.policy))
    return weights | (dict(value=models.value.trained()) if "vf_coef" in o else {})


# --- Files ---

def largest(a, b):
    """The largest difference of two nests of numbers."""
    if isinstance(a, dict):
        return max(largest(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return max(largest(x, y) for x, y in zip(a, b, strict=True))
    return (a - b).abs().max().item() if isinstance(a, torch.Tensor) else abs(a - b)


def rounding_of(run, again, weights, weights_again):
    (seen, steps, gradients), (seen_again, steps_again, gradients_again) = run, again
    rounding = {name: largest(seen[name], seen_again[name]) for name in seen if name != "terms"}
    for name in steps[0].keys() - {"answers", "tokens", "positions", "grad_norm", "margin"}:
        rounding[name] = max(abs(a[name] - b[name]) for a, b in zip(steps, steps_again))
    for name in ("clip_fraction", "outside_fraction", "dual_clip_fraction", "value_clip_fraction"):
        assert rounding.get(name, 0) < 1e-12, name
    assert min(step["margin"] for step in steps) > 3e-5
    rounding["relative_grad_norm"] = max(abs(a["grad_norm"] / b["grad_norm"] - 1) for a, b in zip(steps, steps_again))
    rounding["gradients"] = largest(gradients, gradients_again)
    rounding |= {f"{role}_weights": largest(weights[role], weights_again[role]) for role in weights}
    return {name: number(value) for name, value in sorted(rounding.items())}


def rows_of(tensor, lengths):
    """As many numbers of each row as there are."""
    return [[number(x + 0.0) for x in row[:n].tolist()] for row, n in zip(tensor, lengths)]


def described(rollout, seen, o):
    """What the answers and rewards are, in the form of the files."""
    lengths = [len(a["tokens"]) for a in rollout.answers]
    all_positions = [L] * len(lengths) if o["padding"] != "none" else lengths
    result = dict(lengths=lengths, scores=[number(x) for x in seen["scores"].tolist()],
                  terms={name: [number(x) for x in term.tolist()] for name, term in seen["terms"].items()})
    if "rewards" in seen:
        result["rewards"] = [number(x) for x in seen["rewards"].tolist()]
    result |= {name: rows_of(seen[name], lengths) for name in ("logprobs", "ref_logprobs")}
    if "values" in seen:
        known = [min(n + 1, L) for n in lengths] if o["padding"] != "none" else lengths
        result["values"] = rows_of(seen["values"], known)
    return result | {name: rows_of(seen[name], all_positions) for name in ("shaped_rewards", "advantages", "returns") if name in seen}


def pad_rows_difference(models, rollout, o):
    """How far the first minibatch's gradients are from those with values of the pads' own rows, relative to their norm."""
    gradients = []
    for padding in ("published", "pads"):
        options = o | dict(padding=padding)
        seen = look(models, rollout, options, torch.float32)
        minibatch_loss(models, rollout, seen, MINIBATCHES[0][0], options)[0].backward()
        gradients.append(gradients_of(models, options))
        for parameter in (*models.policy.parameters(), *models.value.parameters()):
            parameter.grad = None
    flat = lambda named: torch.cat([named[n].flatten() for n in sorted(named)])
    return {role: ((flat(gradients[1][role]) - flat(gradients[0][role])).norm() / flat(gradients[0][role]).norm()).item()
            for role in gradients[0]}


def make_mode(folder, name, models, rollout):
    o = MODES[name]
    if o["padding"] == "published":
        print("gradients with the pads' own rows differ by", pad_rows_difference(copy.deepcopy(models), rollout, o))
    models, double = copy.deepcopy(models), types.SimpleNamespace(**{role: in_double(m) for role, m in vars(models).items()})
    run, again = iterate(models, rollout, o, torch.float32), iterate(double, rollout, o, torch.float64)
    seen, steps, gradients = run
    rounding = rounding_of(run, again, weights_of(models, o), weights_of(double, o))
    make_training.save_adapter(models.policy, folder / f"{name}_final/policy")
    if "vf_coef" in o:
        models.value.save(folder / f"{name}_final/value")
    settings = {{"lam": "lambda"}.get(key, key): value for key, value in o.items()}
    tidy = lambda step: {key: number(x) if isinstance(x, float) else x for key, x in step.items()}
    contents = dict(settings=settings, **described(rollout, seen, o), minibatches=[tidy(step) for step in steps],
                    gradients={role: {n: sampled(g) for n, g in sorted(named.items())} for role, named in gradients.items()},
                    rounding=rounding)
    write_json(folder / f"{name}.json", contents)
    print(f"{name}: KL {seen['terms']['kl'].mean():.3f}, scores {seen['scores'].min():.2f}..{seen['scores'].max():.2f}")
    for step in steps:
        print("   ", {key: float(f"{x:.4g}") for key, x in step.items() if isinstance(x, float)})
    print("    rounding", {key: float(f"{x:.1e}") for key, x in rounding.items()}, flush=True)


def write_json(path, contents):
    """Members on lines of their own, down to the second level."""
    compact = lambda value: json.dumps(value, ensure_ascii=False)
    lines = []
    for key, value in contents.items():
        items = [f"  {compact(k)}: {compact(v)}" for k, v in value.items()] if isinstance(value, dict) else \
                [f"  {compact(v)}" for v in value] if isinstance(value, list) and isinstance(value[0], (dict, list)) else None
        brackets = "{}" if isinstance(value, dict) else "[]"
        lines.append(f" {compact(key)}: " + (compact(value) if items is None else
                                             f"{brackets[0]}\n" + ",\n".join(items) + f"\n {brackets[1]}"))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", type=pathlib.Path, help="tests/golden/training, as make_training.py has made it")
    parser.add_argument("reward", type=pathlib.Path, help="tests/golden/reward/start, as make_reward.py has made it")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    folder, training = arguments.folder, arguments.training
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    use_wide_softmax()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_json(folder / "formulas.json", ppo_formulas.cases())
    make_adapter(training / "base", folder / "reference", 51)
    make_adapter(training / "base", folder / "policy", 54, start=folder / "reference", noise=0.02)
    make_adapter(training / "base", folder / "value", 53, head=True)

    inputs = make_reward.Inputs(training)
    inputs.encoder = ppo_data.PpoEncoder((training / "base/tokenizer.json").read_text(), make_training.IMAGE_TOKEN,
                                         make_training.IMAGE_ROWS)
    records = ppo_data.prompts([r["image"] for r in training_data.conversations() if "image" in r])
    captions, answers = ppo_data.facts(records), ppo_data.all_answers(inputs.encoder, records)
    make_reward.write_lines(folder / "prompts.json", records)
    write_json(folder / "facts.json", captions)
    write_json(folder / "answers.json", answers)
    rollouts = {name: Rollout(inputs, records, some, captions) for name, some in answers.items()}
    write_json(folder / "encoded.json", dict(
        prompts=[dict(id=r["id"], ids=ids) for r, ids in zip(records, rollouts["answers"].prompts)],
        judged={name: rollout.judged for name, rollout in rollouts.items()}))
    models = load_models(training / "base", folder, arguments.reward)
    with torch.no_grad():
        print("padding:", [check_padding(models, rollout) for rollout in rollouts.values()])
    for name in MODES:
        make_mode(folder, name, models, rollouts["groups" if name == "grpo" else "answers"])
    write_json(folder / "versions.json", {m.__name__: m.__version__ for m in (torch, transformers, peft)})


if __name__ == "__main__":
    main()

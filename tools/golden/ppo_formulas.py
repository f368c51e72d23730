"""Small random cases of PPO's formulas in float64, written as plain loops from their definitions; see README.md."""

import math

import numpy as np


def ragged(draw, lengths, scale=1.0):
    return [(scale * draw.standard_normal(n)).tolist() for n in lengths]


def mean_and_std(values):
    """Of the population."""
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))


def whitened(values, eps=1e-8):
    mean, std = mean_and_std(values)
    return [(v - mean) / (std + eps) for v in values]


def whitened_ragged(rows):
    flat = iter(whitened([v for row in rows for v in row]))
    return [[next(flat) for _ in row] for row in rows]


def gae_case(draw, lengths, gamma, lam):
    """Advantage t is the sum over l of (gamma lambda)^l delta[t + l], not the recursion."""
    rewards, values = ragged(draw, lengths), ragged(draw, lengths)
    advantages = []
    for r, v in zip(rewards, values):
        deltas = [r[t] + gamma * (v[t + 1] if t + 1 < len(v) else 0.0) - v[t] for t in range(len(r))]
        advantages.append([math.fsum((gamma * lam) ** (k - t) * deltas[k] for k in range(t, len(r))) for t in range(len(r))])
    returns = [[a + b for a, b in zip(x, y)] for x, y in zip(advantages, values)]
    return dict(gamma=gamma, lambda_=lam, rewards=rewards, values=values, advantages=advantages, returns=returns)


def whiten_case(draw, size, shift, scale):
    values = (shift + scale * draw.standard_normal(size)).tolist()
    mean, std = mean_and_std(values)
    return dict(values=values, mean=mean, std=std, eps=1e-8, whitened=whitened(values))


def kl_case(draw, size):
    logprobs = (-np.abs(draw.standard_normal(size)) * 2).tolist()
    ref = [lp + 0.7 * draw.standard_normal() for lp in logprobs]
    d = [a - b for a, b in zip(logprobs, ref)]
    return dict(logprobs=logprobs, ref_logprobs=ref, k1=d, k1_clamped=[max(x, 0.0) for x in d], k2=[x * x / 2 for x in d],
                k3=[math.exp(-x) - 1 + x for x in d],
                # by logprobs, where the penalty is part of the loss
                k3_gradients=[1 - math.exp(-x) for x in d])


def policy_case(draw, size, clip_range, dual_clip, spread):
    """Losses and their derivatives by logprobs; the first ratios lie far out on either side, with either sign of A."""
    old = (-np.abs(draw.standard_normal(size)) * 2).tolist()
    far = [1.5, -1.5, 1.4, -1.4]
    d = far + (spread * draw.standard_normal(size - len(far))).tolist()
    advantages = [1.0, 0.7, -1.2, -0.4] + draw.standard_normal(size - len(far)).tolist()
    logprobs = [a + b for a, b in zip(old, d)]
    losses, gradients, clipped, outside, dual = [], [], [], [], []
    for lp, before, a in zip(logprobs, old, advantages):
        ratio = math.exp(lp - before)
        limited = min(max(ratio, 1 - clip_range), 1 + clip_range)
        surrogate = min(a * ratio, a * limited)
        is_clipped = a * limited < a * ratio
        is_dual = dual_clip is not None and a < 0 and surrogate < dual_clip * a
        surrogate = dual_clip * a if is_dual else surrogate
        losses.append(-surrogate)
        gradients.append(0.0 if is_clipped or is_dual else -a * ratio)
        clipped.append(is_clipped), outside.append(abs(ratio - 1) > clip_range), dual.append(is_dual)
    share = lambda flags: sum(flags) / len(flags)
    d = [a - b for a, b in zip(logprobs, old)]
    return dict(clip_range=clip_range, dual_clip=dual_clip, logprobs=logprobs, old_logprobs=old, advantages=advantages, losses=losses,
                gradients=gradients, clip_fraction=share(clipped), outside_fraction=share(outside), dual_clip_fraction=share(dual),
                approx_kl=math.fsum(math.exp(x) - 1 - x for x in d) / size, approx_kl_squared=math.fsum(x * x / 2 for x in d) / size,
                ratio_mean=math.fsum(math.exp(x) for x in d) / size)


def value_case(draw, size, clip_range):
    old = draw.standard_normal(size).tolist()
    values = [v + 0.3 * draw.standard_normal() for v in old]
    returns = [v + 0.5 * draw.standard_normal() for v in old]
    losses, gradients, clipped = [], [], []
    for v, o, r in zip(values, old, returns):
        limited = v if clip_range is None else min(max(v, o - clip_range), o + clip_range)
        is_clipped = (limited - r) ** 2 > (v - r) ** 2
        losses.append(0.5 * max((v - r) ** 2, (limited - r) ** 2))
        gradients.append(0.0 if is_clipped else v - r)
        clipped.append(is_clipped)
    return dict(clip_range=clip_range, values=values, old_values=old, returns=returns, losses=losses, gradients=gradients,
                clip_fraction=sum(clipped) / size)


def means_case(draw, lengths):
    values = ragged(draw, lengths)
    return dict(values=values, token_mean=math.fsum(v for row in values for v in row) / sum(lengths),
                sequence_mean=math.fsum(math.fsum(row) / len(row) for row in values) / len(lengths))


def rloo_case(draw, groups, size):
    rewards = ragged(draw, [size] * groups, 2.0)
    advantages = [[r - math.fsum(row[:i] + row[i + 1:]) / (size - 1) for i, r in enumerate(row)] for row in rewards]
    return dict(rewards=rewards, advantages=advantages)


def grpo_case(draw, groups, size, is_equal=False):
    """`is_equal`: the first group's answers have the same reward; their advantages are 0."""
    rewards = ragged(draw, [size] * groups, 2.0)
    if is_equal:
        rewards[0] = [1.25] * size
    return dict(eps=1e-4, rewards=rewards, advantages=[whitened(row, 1e-4) for row in rewards])


def reinforce_pp_case(draw, lengths, gamma, kl_coef):
    """Rewards per token hold the KL penalty and, at the last one, the answer's reward; what is still to come is whitened."""
    kl, scores = ragged(draw, lengths, 0.3), draw.standard_normal(len(lengths)).tolist()
    shaped = [[-kl_coef * k + (score if t == len(row) - 1 else 0.0) for t, k in enumerate(row)] for row, score in zip(kl, scores)]
    to_go = [[math.fsum(gamma ** (k - t) * row[k] for k in range(t, len(row))) for t in range(len(row))] for row in shaped]
    return dict(gamma=gamma, kl_coef=kl_coef, kl=kl, rewards=scores, shaped_rewards=shaped, rewards_to_go=to_go,
                advantages=whitened_ragged(to_go))


def controller_case(draw, coefficient, target, horizon, steps):
    told = []
    case = dict(coefficient=coefficient, target=target, horizon=horizon, limit=0.2, updates=told)
    for _ in range(steps):
        kl, size = float(target * abs(1 + 0.5 * draw.standard_normal())), int(draw.integers(8, 512))
        coefficient *= 1 + min(max(kl / target - 1, -0.2), 0.2) * size / horizon
        told.append(dict(kl=kl, num_sequences=size, coefficient=coefficient))
    return case


def running_case(draw, sizes):
    """After each batch: of all values so far, from the values themselves; the batch with these."""
    batches, seen, after = ragged(draw, sizes, 3.0), [], []
    batches = [[v + 2 * i for v in row] for i, row in enumerate(batches)]
    for row in batches:
        seen += row
        mean, std = mean_and_std(seen)
        after.append(dict(count=len(seen), mean=mean, std=std, squares=std * std * len(seen),
                          scaled=[v / (std + 1e-8) for v in row], normalised=[(v - mean) / (std + 1e-8) for v in row]))
    return dict(eps=1e-8, batches=batches, after=after)


def logits_case(draw, rows, size, temperature):
    """Log-probability of each token and entropy of each row at a temperature."""
    logits, tokens = ragged(draw, [size] * rows, 2.0), draw.integers(0, size, rows).tolist()
    logprobs, entropies = [], []
    for row, token in zip(logits, tokens):
        total = math.log(math.fsum(math.exp(x / temperature) for x in row))
        every = [x / temperature - total for x in row]
        logprobs.append(every[token])
        entropies.append(-math.fsum(math.exp(x) * x for x in every))
    return dict(temperature=temperature, logits=logits, tokens=tokens, logprobs=logprobs, entropies=entropies)


def cases():
    draw = np.random.default_rng(43)
    lengths = [5, 1, 8, 3]
    gae = [gae_case(draw, lengths, *both) for both in ((1.0, 1.0), (1.0, 0.95), (0.9, 0.8), (0.99, 0.0))]
    for case in gae:
        case["lambda"] = case.pop("lambda_")
    return dict(
        gae=gae,
        whiten=[whiten_case(draw, 17, 0.0, 1.0), whiten_case(draw, 6, -40.0, 12.0), whiten_case(draw, 2, 3.0, 0.01)],
        kl=[kl_case(draw, 12)],
        policy_loss=[policy_case(draw, 16, clip, dual, spread)
                     for clip, dual, spread in ((0.2, None, 0.2), (0.2, 3.0, 0.4), (0.1, 1.5, 0.3), (0.3, None, 0.5))],
        value_loss=[value_case(draw, 14, clip) for clip in (0.2, None, 0.05)],
        means=[means_case(draw, lengths), means_case(draw, [1, 20])],
        rloo=[rloo_case(draw, 3, 4), rloo_case(draw, 2, 2)],
        grpo=[grpo_case(draw, 3, 4), grpo_case(draw, 2, 2, is_equal=True)],
        reinforce_pp=[reinforce_pp_case(draw, lengths, 1.0, 0.1), reinforce_pp_case(draw, [2, 6], 0.9, 0.05)],
        adaptive_kl=[controller_case(draw, 0.1, 6.0, 10000, 6), controller_case(draw, 0.02, 1.5, 300, 4)],
        running_moments=[running_case(draw, [7, 1, 4, 12])],
        token_logprobs=[logits_case(draw, 4, 9, temperature) for temperature in (1.0, 0.7)])

"""The roles of ppo_step.py as models of transformers and peft, and padded batches for them."""

import copy
import types

import peft
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file

import make_reward
import make_training
import ppo_data
import reward_data
import training_data
from ppo_data import RESPONSE_LEN as L

PAD = 0


def in_double(model):
    """A copy that computes in float64 where transformers would go back to float32: its norms, and softmax by use_wide_softmax."""
    model = copy.deepcopy(model).double()
    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.variance_epsilon))
    for module in model.modules():
        if type(module).__name__.endswith("RMSNorm"):
            module.forward = types.MethodType(forward, module)
    return model


def use_wide_softmax():
    plain = torch.nn.functional.softmax
    torch.nn.functional.softmax = lambda x, dim=None, _stacklevel=3, dtype=None: plain(
        x, dim=dim, dtype=None if x.dtype == torch.float64 else dtype)


def make_adapter(base, folder, seed, head=False, start=None, noise=0.1):
    """Random, with nothing at its neutral value; or near the one in `start`."""
    generator = torch.Generator().manual_seed(seed)
    model = peft.get_peft_model(make_training.load_base(base), peft.LoraConfig(
        r=make_training.RANK, lora_alpha=make_training.ALPHA, lora_dropout=0.0,
        target_modules=rf".*language_model.*\.({'|'.join(make_training.KINDS)})"))
    near = load_file(start / "adapter_model.safetensors") if start else {}
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            parameter.data = noise * torch.randn(parameter.shape, generator=generator)
            if start:
                parameter.data += near[name.replace(".default", "")]
    make_training.save_adapter(model, folder)
    if head:
        save_file(dict(weight=0.3 * torch.randn(1, 32, generator=generator), bias=0.1 * torch.randn(1, generator=generator)),
                  folder / "reward_head.safetensors", metadata={"format": "pt"})


def load_models(base, folder, reward):
    load = lambda name, trains: PeftModel.from_pretrained(make_training.load_base(base), folder / name, is_trainable=trains)
    return types.SimpleNamespace(policy=load("policy", True), reference=load("reference", False),
                                 value=make_reward.RewardModel(base, folder / "value"), reward=make_reward.RewardModel(base, reward))


class Padded:
    """Prompts padded on the left and answers on the right to L, or, without answers, sequences padded on the left."""

    def __init__(self, prompts, answers, pixels, dtype):
        self.width = max(len(p) for p in prompts)
        rows = [[PAD] * (self.width - len(p)) + p + a + [PAD] * (L - len(a)) * bool(answers[0]) for p, a in zip(prompts, answers)]
        seen = [[0] * (self.width - len(p)) + [1] * (len(p) + len(a)) for p, a in zip(prompts, answers)]
        self.ids = torch.tensor(rows)
        self.mask = torch.tensor([row + [0] * (self.ids.shape[1] - len(row)) for row in seen])
        self.lengths = torch.tensor([len(a) for a in answers])
        self.real = torch.arange(L) < self.lengths[:, None]
        self.model_input = dict(attention_mask=self.mask, position_ids=(self.mask.cumsum(1) - 1).clamp(min=0))
        self.pixels = torch.cat(pixels).to(dtype)


class Rollout:
    """Prompts with answers as ids, of which minibatches are made."""

    def __init__(self, inputs, records, answers, captions):
        by_id = {r["id"]: r for r in records}
        self.records = [by_id[a["id"]] for a in answers]
        self.answers = answers
        self.prompts, self.judged, self.pixels = [], [], []
        for record, answer in zip(self.records, answers):
            self.prompts.append(inputs.encoder.vicuna(record)[0])
            output = {"from": "llava", "value": answer["text"]}
            pair = record | {"conversations": record["conversations"] + [{"from": "gpt", "value": ""}], "output_1": output}
            shown, template = ppo_data.facts_of(record, captions), reward_data.TEMPLATES["turn"]
            self.judged.append(reward_data.encode(inputs.encoder, template, pair, 1, shown))
            image = inputs.picture(record)
            theirs = inputs.processor(text=[training_data.whole_text(record, "vicuna")], images=[image], return_tensors="pt")
            assert theirs["input_ids"][0].tolist() == self.prompts[-1], record["id"]
            if answer["text"]:
                inputs.check(template, pair, 1, shown, self.judged[-1])
            self.pixels.append(theirs["pixel_values"])

    def batch(self, chosen, dtype):
        pick = lambda rows: [rows[i] for i in chosen]
        return Padded(pick(self.prompts), [a["tokens"] for a in pick(self.answers)], pick(self.pixels), dtype)

    def judged_batch(self, chosen, dtype):
        pick = lambda rows: [rows[i] for i in chosen]
        return Padded(pick(self.judged), [[] for _ in chosen], pick(self.pixels), dtype)


def scores_of(model, batch):
    states = model.states(batch.ids, batch.pixels, **batch.model_input)
    return torch.nn.functional.linear(states[:, -1], model.weight, model.bias)[:, 0]


def logprobs_of(model, batch, temperature):
    """Of every answer token, and the entropy of its row; 0 at pads. [S, L] each."""
    logits = model(input_ids=batch.ids, pixel_values=batch.pixels, **batch.model_input).logits
    every = (logits[:, batch.width - 1:-1] / temperature).log_softmax(-1)
    tokens = batch.ids[:, batch.width:]
    logprobs, entropies = every.gather(2, tokens[:, :, None])[:, :, 0], -(every.exp() * every).sum(-1)
    return logprobs.masked_fill(~batch.real, 0), entropies.masked_fill(~batch.real, 0)


def values_of(model, batch, padding):
    """[S, L]. Padding "published": of the last real row at every pad; "pads": of the pads' own rows; "none": 0."""
    states = model.states(batch.ids, batch.pixels, **batch.model_input)[:, batch.width - 1:-1]
    rows = torch.nn.functional.linear(states, model.weight, model.bias)[:, :, 0]
    if padding == "published":
        return rows.gather(1, torch.minimum(torch.arange(L)[None], batch.lengths[:, None]))
    return rows if padding == "pads" else rows.masked_fill(~batch.real, 0)


def check_padding(models, rollout):
    """Every sequence alone and without padding has the same numbers. Returns the largest difference."""
    everything = range(len(rollout.answers))
    batch, worst = rollout.batch(everything, torch.float32), 0.0
    logprobs, values = logprobs_of(models.policy, batch, 1.0)[0], values_of(models.value, batch, "none")
    scores = scores_of(models.reward, rollout.judged_batch(everything, torch.float32))
    for i in everything:
        prompt, answer = rollout.prompts[i], rollout.answers[i]["tokens"]
        ids, last = torch.tensor([prompt + answer]), len(prompt) - 1
        rows = models.policy(input_ids=ids, pixel_values=rollout.pixels[i]).logits[0].log_softmax(-1)
        own = torch.stack([rows[last + t, token] for t, token in enumerate(answer)])
        states = models.value.states(ids, rollout.pixels[i])[0, last:-1]
        own_values = torch.nn.functional.linear(states, models.value.weight, models.value.bias)[:, 0]
        for a, b in ((logprobs[i, :len(answer)], own), (values[i, :len(answer)], own_values),
                     (scores[i], models.reward.score(torch.tensor(rollout.judged[i]), rollout.pixels[i]))):
            worst = max(worst, (a - b).abs().max().item())
    assert worst < 1e-5
    return worst

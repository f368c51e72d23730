"""Trains a tiny random LLaVA with transformers, peft and torch.optim in every way Plumbline's sft does; see README.md."""

import argparse
import copy
import json
import math
import pathlib
import shutil

import peft
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (AutoTokenizer, CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration,
                          LlavaProcessor)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

import make_quantization
import training_data

VOCABULARY, IMAGE_TOKEN = 908, 901
SIDE, PATCH = 32, 8
IMAGE_ROWS = (SIDE // PATCH) ** 2
BATCH, STEPS = 4, 30
LR, WARMUP_RATIO, WEIGHT_DECAY, MAX_NORM, BETAS, EPS = 1e-3, 0.1, 0.1, 1.0, (0.9, 0.999), 1e-8
RANK, ALPHA = 4, 8
KINDS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
SAMPLE_ABOVE, SAMPLE_EVERY = 8000, 8  # of larger matrices, every eighth row is kept
# Where this folder lies for the tests, which run at the root of the repository.
ROOT = "tests/golden/training"

COMMON = ["run.dtype=float32", f"model.path={ROOT}/base", f"data.images={ROOT}/images", "sft.order=file",
          f"sft.batch_size={BATCH}", "optimizer.lr=0.001", "optimizer.schedule=cosine", "optimizer.warmup_ratio=0.1",
          "optimizer.weight_decay=0.1", "optimizer.beta1=0.9", "optimizer.beta2=0.999",
          "optimizer.eps=1e-8"]
CONVERSATIONS = [f"data.train={ROOT}/conversations.json", "model.conversation=vicuna_v1", "sft.epochs=6"]
CAPTIONS = [f"data.train={ROOT}/captions.json", "model.conversation=plain", "sft.epochs=10"]
LORA = ["sft.train=lora", f"lora.rank={RANK}", f"lora.alpha={ALPHA}", "lora.dropout=0.0",
        "lora.targets=[" + ", ".join(KINDS) + "]"]


def adapter_settings(name, *more):
    return CONVERSATIONS + LORA + [f"model.adapter={ROOT}/{name}/start", *more]


RUNS = {
    "full": dict(settings=CONVERSATIONS + ["sft.train=full"]),
    "full_tower": dict(settings=CONVERSATIONS + ["sft.train=full", "sft.train_tower=true"], tower=True),
    "projector_lr": dict(settings=CONVERSATIONS + ["sft.train=full", "sft.projector_lr=0.005"], projector_factor=5.0),
    # Its gradients are clipped in some steps only; those of the other runs in every one.
    "projector": dict(settings=CAPTIONS + ["sft.train=projector"], only_projector=True, style="plain", max_norm=1.6),
    "lora": dict(settings=adapter_settings("lora"), adapter={}),
    "rslora": dict(settings=adapter_settings("rslora", "lora.rslora=true", "lora.saved_modules=[multi_modal_projector]"),
                   adapter=dict(use_rslora=True, modules_to_save=["multi_modal_projector"])),
    "qlora": dict(settings=adapter_settings("lora", "model.quantization=nf4"), adapter={}, start="lora", nf4=True),
    "dora": dict(settings=adapter_settings("dora", "lora.dora=true"), adapter=dict(use_dora=True)),
}


def make_base(folder, tokenizer):
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2,
                                       image_size=SIDE, patch_size=PATCH, projection_dim=16),
        text_config=LlamaConfig(vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                                num_attention_heads=4, num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5,
                                max_position_embeddings=1024, bos_token_id=1, eos_token_id=2),
        image_token_index=IMAGE_TOKEN, image_seq_length=IMAGE_ROWS, tie_word_embeddings=False)
    model = LlavaForConditionalGeneration(config)
    generator = torch.Generator().manual_seed(5)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        is_norm = name.endswith("weight") and parameter.dim() == 1
        parameter.data = (1 + 0.2 * noise if is_norm else 0.2 * noise).bfloat16()
    model.bfloat16().save_pretrained(folder)
    for name in ("generation_config.json", "README.md"):
        (folder / name).unlink(missing_ok=True)
    training_data.write_tokenizer(tokenizer, folder)
    (folder / "preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": 3,
        "do_center_crop": True, "crop_size": {"height": SIDE, "width": SIDE}, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "do_convert_rgb": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}, indent=2) + "\n")


def load_base(folder):
    # Stored in bfloat16 to save space; every run computes in float32.
    model = LlavaForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    model.name_or_path = f"{ROOT}/base"  # peft notes it
    return model


def make_examples(folder, records, style):
    """Ids, answers and pixels of each record. Where transformers' processor can encode the text, it agrees."""
    encoder = training_data.Encoder((folder / "base/tokenizer.json").read_text(), IMAGE_TOKEN, IMAGE_ROWS)
    images = CLIPImageProcessorPil.from_pretrained(folder / "base")
    processor = LlavaProcessor(image_processor=images, tokenizer=AutoTokenizer.from_pretrained(folder / "base"),
                               patch_size=PATCH, vision_feature_select_strategy="default", num_additional_image_tokens=1)
    examples = []
    for record in records:
        ids, answers = getattr(encoder, style)(record)
        image = Image.open(folder / "images" / record["image"]).convert("RGB") if "image" in record else None
        theirs = processor(text=[training_data.whole_text(record, style)], images=[image] if image else None, return_tensors="pt")
        assert theirs["input_ids"][0].tolist() == ids, record["id"]
        labels = torch.full((len(ids),), -100)
        for begin, end in answers:
            labels[begin:end] = torch.tensor(ids[begin:end])
        examples.append(dict(id=record["id"], ids=torch.tensor(ids), labels=labels, answers=answers,
                             pixels=theirs["pixel_values"] if image else None))
    return examples


def nll_sum(model, example):
    """The sum over answer tokens, each predicted by the row before it, and their number."""
    extra = {} if example["pixels"] is None else {"pixel_values": example["pixels"].to(model.dtype)}
    logits = model(input_ids=example["ids"][None], **extra).logits[0, :-1]
    targets = example["labels"][1:]
    kept = targets != -100
    return torch.nn.functional.cross_entropy(logits[kept], targets[kept], reduction="sum"), int(kept.sum())


def padded_loss(model, examples):
    """The mean over a padded batch as transformers computes it: the same number."""
    pad = lambda rows, value: torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)
    pixels = [e["pixels"] for e in examples if e["pixels"] is not None]
    with torch.no_grad():
        return model(input_ids=pad([e["ids"] for e in examples], 0), labels=pad([e["labels"] for e in examples], -100),
                     attention_mask=pad([torch.ones_like(e["ids"]) for e in examples], 0),
                     pixel_values=torch.cat(pixels).to(model.dtype)).loss.item()


def lr_factor(step):
    warmup = math.ceil(WARMUP_RATIO * STEPS)
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (STEPS - warmup)))


def make_optimizer(model, projector_factor):
    groups = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            factor = projector_factor if "multi_modal_projector" in name else 1.0
            groups.setdefault((parameter.dim() >= 2, factor), []).append(parameter)
    return torch.optim.AdamW(
        [dict(params=params, lr=LR * factor, weight_decay=WEIGHT_DECAY if is_matrix else 0.0, peak=LR * factor)
         for (is_matrix, factor), params in groups.items()], betas=BETAS, eps=EPS)


def train(model, examples, run):
    model.train()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = make_optimizer(model, run.get("projector_factor", 1.0))
    figures = dict(losses=[], grad_norms=[], learning_rates=[], answer_tokens=[])
    for step in range(STEPS):
        first = step * BATCH % len(examples)
        batch = examples[first:first + BATCH]
        optimizer.zero_grad()
        sums = [nll_sum(model, example) for example in batch]
        tokens = sum(count for _, count in sums)
        loss = sum(total for total, _ in sums) / tokens
        if step == 0:
            assert abs(padded_loss(model, batch) - loss.item()) < 1e-5 * loss.item()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(trained, run.get("max_norm", MAX_NORM))
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * lr_factor(step)
        optimizer.step()
        for key, value in zip(figures, (loss.item(), norm.item(), LR * lr_factor(step), tokens)):
            figures[key].append(value)
    return figures


def choose_full(model, run):
    for name, parameter in model.named_parameters():
        is_tower, is_projector = "vision_tower" in name, "multi_modal_projector" in name
        parameter.requires_grad = is_projector if run.get("only_projector") else run.get("tower", False) or not is_tower


def make_start(base, folder, options):
    """An adapter in which nothing is at its neutral start: B is not zero, magnitudes are not the rows' lengths."""
    torch.manual_seed(6)
    model = get_peft_model(load_base(base), LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=rf".*language_model.*\.({'|'.join(KINDS)})", **options))
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape)
        if "lora_magnitude_vector" in name:
            parameter.data *= 1 + 0.1 * noise
        elif "lora_" in name:
            parameter.data = 0.1 * noise
        elif "modules_to_save" in name:
            parameter.data += 0.05 * noise
    save_adapter(model, folder)
    again = PeftModel.from_pretrained(load_base(base), folder, is_trainable=True)
    chosen = lambda m: {n: p for n, p in m.named_parameters() if p.requires_grad}
    assert chosen(model).keys() == chosen(again).keys()
    assert all(torch.equal(p, chosen(again)[n]) for n, p in chosen(model).items())


def save_adapter(model, folder):
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    assert load_file(folder / "adapter_model.safetensors").keys() == trained_weights(model).keys()


def classic(name):
    """A weight's name in classic files, which is Plumbline's."""
    name = name.replace("model.language_model.", "language_model.model.").replace("model.multi_modal_projector.", "multi_modal_projector.")
    name = name.replace("model.vision_tower.", "vision_tower.vision_model.")
    return "language_model." + name if name.startswith("lm_head.") else name


def trained_weights(model):
    """By the names they have in files: Plumbline's for models, peft's for adapters."""
    named = {n: p.detach() for n, p in model.named_parameters() if p.requires_grad}
    if isinstance(model, PeftModel):
        for part in (".default", ".modules_to_save"):
            named = {n.replace(part, ""): p for n, p in named.items()}
        return {n.replace("magnitude_vector.weight", "magnitude_vector"): p for n, p in named.items()}
    return {classic(n): p for n, p in named.items()}


def sampled(weights):
    return {n: p[::SAMPLE_EVERY].clone() if p.dim() == 2 and p.numel() > SAMPLE_ABOVE else p.contiguous() for n, p in weights.items()}


def start_model(folder, name, run):
    if "adapter" in run:
        base = load_base(folder / "base")
        for module, kind in make_quantization.decoder_linears(base) if run.get("nf4") else []:
            weight = getattr(module, kind).weight
            weight.data = make_quantization.exact_values(weight.data)
        return PeftModel.from_pretrained(base, folder / run.get("start", name) / "start", is_trainable=True)
    model = load_base(folder / "base")
    choose_full(model, run)
    return model


def other_rounding(model, examples, run, figures, weights):
    """How far a run in double precision ends from the one in single: what rounding alone can do."""
    double = copy.deepcopy(model).double()
    again = train(double, examples, run)
    loss = max(abs(a - b) for a, b in zip(again["losses"], figures["losses"]))
    norm = max(abs(a / b - 1) for a, b in zip(again["grad_norms"], figures["grad_norms"]))
    ends = trained_weights(double)
    differences = {n: (ends[n] - p).abs().max().item() for n, p in weights.items()}
    return dict(loss=loss, relative_grad_norm=norm, weights=differences)


def make_run(folder, name, run, examples):
    (folder / name).mkdir()
    if "adapter" in run and "start" not in run:
        make_start(folder / "base", folder / name / "start", run["adapter"])
    model = start_model(folder, name, run)
    fresh = copy.deepcopy(model)
    start = {n: p.clone() for n, p in trained_weights(model).items()}
    figures = train(model, examples, run)
    weights = trained_weights(model)
    if "adapter" in run:
        save_adapter(model, folder / name / "final")
    else:
        save_file(sampled(weights), folder / name / "final.safetensors", metadata={"format": "pt"})
    rounding = other_rounding(fresh, examples, run, figures, weights)
    number = lambda value: float(f"{value:.9g}")
    about = {n: dict(shape=list(p.shape), sum=number(p.double().sum().item()), norm=number(p.double().norm().item()),
                     moved=number((p - start[n]).abs().max().item()), rounding=number(rounding["weights"][n]))
             for n, p in sorted(weights.items())}
    (folder / name / "expected.json").write_text(json.dumps(dict(
        settings=COMMON + [f"optimizer.max_grad_norm={run.get('max_norm', MAX_NORM)}"] + run["settings"], steps=STEPS, **figures,
        rounding=dict(loss=number(rounding["loss"]), relative_grad_norm=number(rounding["relative_grad_norm"])),
        weights=about), indent=1) + "\n")
    print(f"{name}: loss {figures['losses'][0]:.4f} -> {figures['losses'][-1]:.4f}, norms {min(figures['grad_norms']):.3f}.."
          f"{max(figures['grad_norms']):.3f}, rounding: loss {rounding['loss']:.1e}, norm {rounding['relative_grad_norm']:.1e}, weights:",
          ", ".join(f"{n} {v:.1e}" for n, v in sorted(rounding["weights"].items(), key=lambda x: -x[1])[:3]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tokenizer", type=pathlib.Path, help="tests/golden/tokenizers/classic.json")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", nargs="*", choices=RUNS, default=list(RUNS), help="make these runs again, keep the rest")
    arguments = parser.parse_args()
    folder = arguments.folder
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name in arguments.only:
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.rmtree(folder / "base", ignore_errors=True)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    make_base(folder / "base", arguments.tokenizer)

    conversations = training_data.conversations()
    images = [r["image"] for r in conversations if "image" in r]
    captions = training_data.captions(images)
    for i, name in enumerate(images):
        training_data.picture(i).save(folder / "images" / name, optimize=True)
    examples = {}
    for file, records, style in (("conversations", conversations, "vicuna"), ("captions", captions, "plain")):
        (folder / f"{file}.json").write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n")
        examples[style] = make_examples(folder, records, style)
        lines = [json.dumps(dict(id=e["id"], ids=e["ids"].tolist(), answers=e["answers"]), separators=(",", ":")) for e in examples[style]]
        (folder / f"{file}_encoded.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
        lengths = [len(e["ids"]) for e in examples[style]]
        print(f"{file}: {len(records)} of {min(lengths)} to {max(lengths)} tokens")
    (folder / "versions.json").write_text(json.dumps(
        {m.__name__: m.__version__ for m in (torch, transformers, peft)}, indent=1) + "\n")
    for name in arguments.only:
        make_run(folder, name, RUNS[name], examples[RUNS[name].get("style", "vicuna")])


if __name__ == "__main__":
    main()

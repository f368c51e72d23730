"""Loads folders that Plumbline wrote into transformers, peft and tokenizers, and compares."""

import argparse
import json
import pathlib
import sys

import tokenizers
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, LlavaForConditionalGeneration

LARGEST_DIFFERENCE = 1e-4


def fail(text):
    sys.exit(f"check_written: {text}")


def compare(what, model, check, key):
    inputs = {"input_ids": check["ids"][None]}
    if "pixels" in check:
        inputs["pixel_values"] = check["pixels"]
    with torch.no_grad():
        logits = model.eval()(**inputs).logits[0]
    if logits.shape != check[key].shape:
        fail(f"{what}: expected {tuple(logits.shape)}, got {tuple(check[key].shape)}")
    difference = (logits - check[key]).abs().max().item()
    print(f"{what}: largest difference {difference:.2e} of logits up to {logits.abs().max():.3f}")
    if not difference < LARGEST_DIFFERENCE:
        fail(f"{what}: expected a difference below {LARGEST_DIFFERENCE}")


def check_model(folder):
    check = load_file(folder / "check.safetensors")
    is_llava = AutoConfig.from_pretrained(folder).model_type == "llava"
    kind = LlavaForConditionalGeneration if is_llava else AutoModelForCausalLM
    model, info = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    problems = {k: v for k, v in info.items() if v}
    if problems:
        fail(f"{folder}: {problems}")
    compare(f"{folder}", model, check, "logits")
    if "adapter_logits" in check:
        check_adapter(folder / "adapter", model, check)


def check_adapter(folder, model, check):
    written = load_file(folder / "adapter_model.safetensors")
    adapted = PeftModel.from_pretrained(model, folder)
    # peft only warns about names it does not know, so the values are compared as well.
    loaded = [p for n, p in adapted.named_parameters() if "lora_" in n or "modules_to_save" in n]
    if len(loaded) != len(written):
        fail(f"{folder}: expected {len(loaded)} tensors, got {len(written)}")
    if sorted(p.sum().item() for p in loaded) != sorted(t.sum().item() for t in written.values()):
        fail(f"{folder}: peft did not load the tensors as written")
    compare(f"{folder}", adapted, check, "adapter_logits")


def check_tokens(folder):
    tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    cases = json.loads((folder / "check_tokens.json").read_text())
    for case in cases:
        ids = tokenizer.encode(case["text"], add_special_tokens=False).ids
        if ids != case["ids"]:
            fail(f"{folder}: {case['text']!r}: expected {ids}, got {case['ids']}")
    print(f"{folder}: {len(cases)} texts have the same tokens")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=pathlib.Path, nargs="+")
    given = parser.parse_args().folders
    within = [path.parent for folder in given
              for path in sorted(folder.glob("architectures/*/check.safetensors"))]
    for folder in given + within:
        has_model = (folder / "check.safetensors").exists()
        has_tokens = (folder / "check_tokens.json").exists()
        if not has_model and not has_tokens:
            fail(f"{folder}: neither check.safetensors nor check_tokens.json")
        if has_model:
            check_model(folder)
        if has_tokens:
            check_tokens(folder)


if __name__ == "__main__":
    main()

"""Makes a tiny random LLaVA, an adapter for it, and what transformers and peft compute."""

import argparse
import pathlib
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

IMAGE_TOKEN = 299
NUM_PATCHES = 4


def make_model():
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
            image_size=32, patch_size=16, projection_dim=16),
        text_config=LlamaConfig(
            vocab_size=300, hidden_size=48, intermediate_size=80, num_hidden_layers=2,
            num_attention_heads=4, num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-5,
            max_position_embeddings=128),
        image_token_index=IMAGE_TOKEN, image_seq_length=NUM_PATCHES, tie_word_embeddings=False)
    model = LlavaForConditionalGeneration(config).float().eval()
    # Values large enough that every part matters: the usual 0.02 gives logits near zero.
    generator = torch.Generator().manual_seed(1)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        is_norm = name.endswith("weight") and parameter.dim() == 1
        parameter.data = 1 + 0.2 * noise if is_norm else 0.2 * noise
    return model


def make_inputs():
    generator = torch.Generator().manual_seed(2)
    texts = []
    for before, after in ((3, 9), (1, 4)):
        words = torch.randint(5, IMAGE_TOKEN, (before + after,), generator=generator)
        texts.append(torch.cat([torch.tensor([1]), words[:before],
                                torch.full((NUM_PATCHES,), IMAGE_TOKEN), words[before:]]))
    # The last three tokens of each text are trained.
    labels = [torch.where(torch.arange(len(t)) >= len(t) - 3, t, -100) for t in texts]
    pixels = torch.randn((2, 3, 32, 32), generator=generator)
    return texts, labels, pixels


def pad(rows, value):
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)


def run(model, texts, labels, pixels):
    """Logits of each text alone, and the loss of both."""
    out = model(input_ids=pad(texts, 0), attention_mask=pad([torch.ones_like(t) for t in texts], 0),
                pixel_values=pixels, labels=pad(labels, -100))
    return [out.logits[i, : len(t)].detach().contiguous() for i, t in enumerate(texts)], out.loss


def classic(name):
    """The name of a weight as classic files spell it."""
    name = name.replace("model.language_model.", "language_model.model.")
    name = name.replace("model.multi_modal_projector.", "multi_modal_projector.")
    return "language_model." + name if name.startswith("lm_head.") else name


def gradients(model, loss, wanted):
    model.zero_grad()
    loss.backward()
    return {n: p.grad.clone() for n, p in model.named_parameters()
            if wanted(n) and p.grad is not None}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    shutil.rmtree(folder, ignore_errors=True)

    torch.set_num_threads(1)
    model = make_model()
    texts, labels, pixels = make_inputs()
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)

    expected = {"pixels": pixels}
    logits, loss = run(model, texts, labels, pixels)
    expected["loss"] = loss.detach()
    for name, grad in gradients(model, loss, lambda n: "vision_tower" not in n).items():
        expected["grad." + classic(name)] = grad

    torch.manual_seed(3)
    peft_model = get_peft_model(model, LoraConfig(
        r=4, lora_alpha=8, target_modules=r".*language_model.*\.(q_proj|v_proj|down_proj)",
        init_lora_weights=False)).eval()
    for name, parameter in peft_model.named_parameters():
        if "lora_" in name:
            parameter.data = 0.2 * torch.randn_like(parameter)
    peft_model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    adapter_logits, adapter_loss = run(peft_model, texts, labels, pixels)
    expected["adapter_loss"] = adapter_loss.detach()
    for name, grad in gradients(peft_model, adapter_loss, lambda n: "lora_" in n).items():
        name = name.removeprefix("base_model.model.").replace(".default.", ".")
        expected["adapter_grad.base_model.model." + classic(name)] = grad

    for i in range(2):
        expected[f"ids.{i}"] = texts[i]
        expected[f"labels.{i}"] = labels[i]
        expected[f"logits.{i}"] = logits[i]
        expected[f"adapter_logits.{i}"] = adapter_logits[i]
    save_file(expected, folder / "expected.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()

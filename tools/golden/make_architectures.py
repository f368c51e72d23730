"""Makes tiny random models of every architecture, and what transformers and peft compute."""

import argparse
import copy
import json
import pathlib
import shutil

import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import (
    AutoModelForCausalLM, CLIPVisionConfig, CLIPVisionModel, LlamaConfig, LlavaConfig,
    LlavaForConditionalGeneration, MistralConfig, Qwen2Config, SiglipVisionConfig)

class EquallyLikely(Exception):
    """Two tokens that rounding could swap: other weights make a better test."""


VOCABULARY = 96
IMAGE_TOKEN = 95
NUM_NEW = 64
# A greedy choice nearer than this to another token would be a coin toss between libraries.
LEAST_LEAD = 2e-4
ROW_STEP = 8  # rows whose states and logits are kept

TEXT = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
    num_attention_heads=2, num_key_value_heads=1, rms_norm_eps=1e-5, max_position_embeddings=160,
    bos_token_id=1, eos_token_id=2, tie_word_embeddings=False)
TOWER = dict(
    hidden_size=16, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2)


def randomise(model, seed):
    """Values of bfloat16 large enough that every part matters."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        is_norm = name.endswith("weight") and parameter.dim() == 1
        parameter.data = (1 + 0.2 * noise if is_norm else 0.25 * noise).bfloat16().float()
    model.tie_weights()
    return model.eval()


def text_model(config, seed):
    return randomise(AutoModelForCausalLM.from_config(config).float(), seed)


def words(count, generator):
    return torch.cat([torch.tensor([1]),
                      torch.randint(5, IMAGE_TOKEN, (count - 1,), generator=generator)])


def text_inputs(lengths):
    generator = torch.Generator().manual_seed(7)
    return [(words(n, generator), None) for n in lengths]


def image_inputs(size, num_rows):
    """A text with one image, one without, one with two."""
    generator = torch.Generator().manual_seed(8)
    image = torch.full((num_rows,), IMAGE_TOKEN)
    pixels = torch.randn((3, 3, size, size), generator=generator)
    one = torch.cat([words(3, generator), image, words(9, generator)[1:]])
    two = torch.cat([words(2, generator), image, words(6, generator)[1:], image,
                     words(4, generator)[1:]])
    return [(one, pixels[:1]), (words(11, generator), None), (two, pixels[1:])]


def run(model, ids, pixels, **extra):
    extra = dict(extra, pixel_values=pixels) if pixels is not None else extra
    # Dynamic scaling remembers the longest text a model has seen; a copy has seen none.
    with torch.no_grad():
        return copy.deepcopy(model)(input_ids=ids[None], **extra)


def greedy(model, ids, pixels):
    """The likeliest continuation through the cache of keys, as generate() decodes."""
    model = copy.deepcopy(model)
    extra = {"pixel_values": pixels} if pixels is not None else {}
    cache, step, new = None, ids, []
    with torch.no_grad():
        for _ in range(NUM_NEW):
            out = model(input_ids=step[None], past_key_values=cache, use_cache=True, **extra)
            cache, extra = out.past_key_values, {}
            # Words only: the image token is the last of the vocabulary.
            best = out.logits[0, -1, :IMAGE_TOKEN].topk(2)
            if best.values[0] - best.values[1] < LEAST_LEAD:
                raise EquallyLikely
            step = best.indices[:1]
            new.append(step)
    return torch.cat(new)


def expectations(model, inputs):
    expected = {}
    for i, (ids, pixels) in enumerate(inputs):
        out = run(model, ids, pixels, output_hidden_states=True)
        logits = out.logits[0]
        expected[f"ids.{i}"] = ids
        expected[f"greedy.{i}"] = greedy(model, ids, pixels)
        expected[f"logits.{i}"] = logits[::ROW_STEP].contiguous()
        expected[f"logprobs.{i}"] = (
            logits[:-1].log_softmax(-1).gather(1, ids[1:, None])[:, 0].contiguous())
        states = block_states(model, ids, pixels)
        for layer, state in enumerate(states):
            expected[f"state.{layer}.{i}"] = state[::ROW_STEP].contiguous()
        if pixels is not None:
            expected[f"pixels.{i}"] = pixels
    return expected


def block_states(model, ids, pixels):
    """What every decoder block hands on, before the final norm."""
    model = copy.deepcopy(model)
    decoder = model.model.language_model if hasattr(model.model, "language_model") else model.model
    states = []
    for block in decoder.layers:
        block.register_forward_hook(lambda module, inputs, out: states.append(
            (out[0] if isinstance(out, tuple) else out).reshape(len(ids), -1)))
    extra = {"pixel_values": pixels} if pixels is not None else {}
    with torch.no_grad():
        model(input_ids=ids[None], **extra)
    return states


def save(model, folder):
    half = copy.deepcopy(model).bfloat16()
    half.save_pretrained(folder)
    for name in ("generation_config.json", "README.md"):
        (folder / name).unlink(missing_ok=True)


def save_expected(expected, path):
    save_file(expected, path, metadata={
        "format": "pt", "transformers": transformers.__version__, "torch": torch.__version__})


def first_seed(build):
    """What `build` makes of the first seed whose greedy continuations are clear."""
    for seed in range(1, 1000):
        try:
            return build(seed)
        except EquallyLikely:
            continue
    raise SystemExit("no seed has clear continuations")


def make(folder, build, inputs):
    """Saves the model that `build` makes of a seed, and what it computes."""

    def attempt(seed):
        model = build(seed)
        return model, expectations(model, inputs)

    model, expected = first_seed(attempt)
    save(model, folder)
    save_expected(expected, folder / "expected.safetensors")


LONG = [100, 37, 12]  # 100 + 64 tokens fit 170 positions
ROPES = {
    "plain": dict(max_position_embeddings=170),
    "linear": dict(max_position_embeddings=64,
                   rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=10000.0)),
    "dynamic": dict(max_position_embeddings=64,
                    rope_parameters=dict(rope_type="dynamic", factor=4.0, rope_theta=10000.0)),
    "llama3": dict(max_position_embeddings=256, rope_parameters=dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
        original_max_position_embeddings=64, rope_theta=500.0)),
    "yarn": dict(max_position_embeddings=256, rope_parameters=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=64, rope_theta=10000.0)),
    "yarn_mscale": dict(max_position_embeddings=256, rope_parameters=dict(
        rope_type="yarn", factor=4.0, original_max_position_embeddings=64, rope_theta=1000.0,
        beta_fast=4.0, beta_slow=0.5, mscale=0.7, mscale_all_dim=1.3, truncate=False)),
}


def make_ropes(root):
    """One set of weights under several configs: config.json, and <name>.json beside it."""
    folder = root / "llama"

    def attempt(seed):
        models = {name: text_model(LlamaConfig(**{**TEXT, **change}), seed)
                  for name, change in ROPES.items()}
        return {name: (model, expectations(model, text_inputs(LONG)))
                for name, model in models.items()}

    for name, (model, expected) in first_seed(attempt).items():
        if name == "plain":
            save(model, folder)
        else:
            text = copy.deepcopy(model).bfloat16().config.to_json_string()
            (folder / f"{name}.json").write_text(text)
        save_expected(expected, folder / f"{name}.safetensors")


def make_texts(root):
    inputs = text_inputs([40, 23, 9])
    configs = {
        "mistral": MistralConfig(**TEXT, sliding_window=16),
        "qwen2": Qwen2Config(**TEXT, use_sliding_window=False),
        "tied": LlamaConfig(**{**TEXT, "tie_word_embeddings": True}),
        "head_dim": LlamaConfig(
            **{**TEXT, "num_attention_heads": 4, "num_key_value_heads": 2}, head_dim=10),
        "biases": LlamaConfig(**TEXT, attention_bias=True, mlp_bias=True)}
    for name, config in configs.items():
        make(root / name, lambda seed, config=config: text_model(config, seed), inputs)


def llava(text, tower, seed, **options):
    config = LlavaConfig(text_config=text, vision_config=tower, image_token_index=IMAGE_TOKEN,
                         tie_word_embeddings=False, **options)
    return randomise(LlavaForConditionalGeneration(config).float(), seed)


def make_llavas(root):
    clip = dict(**TOWER, image_size=16, patch_size=8, projection_dim=16)
    make(root / "gelu_clip",
         lambda seed: llava(LlamaConfig(**TEXT), CLIPVisionConfig(**clip, hidden_act="gelu"), seed,
                            image_seq_length=4, multimodal_projector_bias=False),
         image_inputs(16, 4))
    make(root / "full",
         lambda seed: llava(LlamaConfig(**TEXT), CLIPVisionConfig(**clip), seed,
                            image_seq_length=5, vision_feature_select_strategy="full",
                            vision_feature_layer=1),
         image_inputs(16, 5))
    # 21 pixels hold two patches of 8 and a remainder.
    siglip = SiglipVisionConfig(**TOWER, image_size=21, patch_size=8, vision_use_head=True)
    make(root / "siglip",
         lambda seed: llava(Qwen2Config(**TEXT), siglip, seed, image_seq_length=4,
                            vision_feature_select_strategy="full", vision_feature_layer=-2),
         image_inputs(21, 4))


class LinearProjector(torch.nn.Module):
    """The projector of the first LLaVA in the place of today's."""

    def __init__(self, first):
        super().__init__()
        self.linear_1 = first

    def forward(self, features):
        return self.linear_1(features)


def make_original(root):
    """The original layout: flat config, tower in a folder beside, projector in the model's file."""
    tower = CLIPVisionConfig(**TOWER, image_size=16, patch_size=8, projection_dim=16)

    def attempt(seed):
        model = llava(LlamaConfig(**TEXT), tower, seed, image_seq_length=4)
        model.model.multi_modal_projector = LinearProjector(
            model.model.multi_modal_projector.linear_1)
        return model, expectations(model, image_inputs(16, 4))

    model, expected = first_seed(attempt)
    folder = root / "original_linear"
    folder.mkdir(parents=True)
    weights = {}
    for name, tensor in model.state_dict().items():
        if "vision_tower" in name:
            continue
        name = name.replace("model.language_model.", "model.")
        name = name.replace("model.multi_modal_projector.linear_1.", "model.mm_projector.")
        weights[name] = tensor.bfloat16().contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = {k: v for k, v in TEXT.items()} | {
        "model_type": "llava", "architectures": ["LlavaLlamaForCausalLM"], "hidden_act": "silu",
        "mm_vision_tower": "organisation/tiny-clip", "mm_hidden_size": TOWER["hidden_size"],
        "mm_projector_type": "linear", "mm_vision_select_layer": -2,
        "mm_vision_select_feature": "patch", "mm_use_im_start_end": False,
        "mm_use_im_patch_token": False, "rope_theta": 10000.0, "torch_dtype": "bfloat16",
        "tune_mm_mlp_adapter": False, "use_mm_proj": True, "image_aspect_ratio": "pad"}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    alone = CLIPVisionModel(tower)
    alone.load_state_dict(model.model.vision_tower.state_dict())
    save(alone, folder / "tiny-clip")
    for name in [n for n in expected if n.startswith("ids.")]:
        ids = expected[name]
        expected[name] = torch.where(ids == IMAGE_TOKEN, torch.full_like(ids, -200), ids)
    save_expected(expected, folder / "expected.safetensors")
    make_release(root, model)


def save_release_adapter(peft_model, folder):
    """As LLaVA-RLHF keeps adapters: peft 0.4's names of the original layout, pickled, with the authors' base."""
    peft_model.save_pretrained(folder, safe_serialization=False, selected_adapters=["lora_default"])
    inner = folder / "lora_default"
    (folder / "README.md").unlink(missing_ok=True)
    (inner / "README.md").unlink(missing_ok=True)
    weights = torch.load(inner / "adapter_model.bin")
    weights = {name.replace("model.language_model.", "model."): tensor.bfloat16() for name, tensor in weights.items()}
    torch.save(weights, inner / "adapter_model.bin")
    config = json.loads((inner / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "/the/authors/sft_model"
    config["target_modules"] = ["q_proj", "down_proj"]
    (inner / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def make_release(root, base):
    """A policy's and a reward model's adapter on the model of the original layout, in the release's folders."""
    root = root / "release"
    expected = {}
    for kind, seed in (("policy", 31), ("reward", 32)):
        torch.manual_seed(seed)
        config = LoraConfig(r=4, lora_alpha=16, target_modules=r".*language_model.*(q_proj|down_proj)",
                            init_lora_weights=False, task_type="CAUSAL_LM")
        model = get_peft_model(copy.deepcopy(base), config, adapter_name="lora_default").eval()
        for name, parameter in sorted(model.named_parameters()):
            if "lora_" in name:
                parameter.data = (parameter.data + 0.2 * torch.randn_like(parameter)).bfloat16().float()
        head = torch.nn.Linear(TEXT["hidden_size"], 1)
        save_release_adapter(model, root / kind / "adapter_model")
        if kind == "reward":
            torch.save(head.state_dict(), root / kind / "adapter_model" / "reward_head")
        for i, (ids, pixels) in enumerate(image_inputs(16, 4)):
            extra = {} if pixels is None else {"pixel_values": pixels}
            with torch.no_grad():
                out = model(input_ids=ids[None], output_hidden_states=True, **extra)
            if kind == "policy":
                expected[f"logits.{i}"] = out.logits[0].contiguous()
            else:
                expected[f"reward.{i}"] = head(out.hidden_states[-1][0, -1]).detach()
    save_expected(expected, root / "expected.safetensors")


def make_adapter(root):
    """Patterns of ranks and alphas, and modules trained whole, on the plain llama."""
    model = AutoModelForCausalLM.from_pretrained(root / "llama", dtype=torch.float32)
    torch.manual_seed(21)
    config = LoraConfig(
        r=4, lora_alpha=6, use_rslora=True, target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={r"layers\.1\..*q_proj": 2, "q_proj": 3, "v_proj": 5},
        alpha_pattern={"^model.layers.0.mlp.down_proj": 9, "v_proj": 10},
        layers_to_transform=None, modules_to_save=["lm_head", "embed_tokens"],
        init_lora_weights=False, task_type="CAUSAL_LM")
    peft_model = get_peft_model(model, config).eval()
    for name, parameter in sorted(peft_model.named_parameters()):
        if "lora_" in name or "modules_to_save" in name:
            parameter.data = parameter.data + 0.2 * torch.randn_like(parameter)
    folder = root / "adapter"
    peft_model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    expected = {}
    for i, (ids, _) in enumerate(text_inputs([31, 14])):
        with torch.no_grad():
            expected[f"ids.{i}"] = ids
            expected[f"logits.{i}"] = peft_model(input_ids=ids[None]).logits[0].contiguous()
    save_expected(expected, folder / "expected.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    root = parser.parse_args().folder
    shutil.rmtree(root, ignore_errors=True)
    torch.set_num_threads(1)
    make_ropes(root)
    make_texts(root)
    make_llavas(root)
    make_original(root)
    make_adapter(root)


if __name__ == "__main__":
    main()

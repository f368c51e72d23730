"""Writes a tiny language model of tests/golden/architectures as the GGUF file that llama.cpp's converter would make.

Usage: make_gguf.py FOLDER llama|qwen2 OUT [quantized]
"""

import json
import sys
from pathlib import Path

import gguf
import torch
from safetensors.torch import load_file

OUTER = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
BLOCK = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
         "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
         "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def gguf_name(name):
    stem, kind = name.rsplit(".", 1)
    if stem in OUTER:
        return f"{OUTER[stem]}.{kind}"
    _, _, layer, part = stem.split(".", 3)
    return f"blk.{layer}.{BLOCK[part]}.{kind}"


def in_pairs(weight, heads):
    """As the converter's `permute` for the architecture llama."""
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def quantized_type(name):
    """One of each type that stays packed, as mixed files have them."""
    if "attn" in name:
        return gguf.GGMLQuantizationType.Q4_0
    return gguf.GGMLQuantizationType.Q4_1 if "ffn" in name else gguf.GGMLQuantizationType.Q8_0


def main():
    folder, arch, out = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    is_quantized = len(sys.argv) > 4
    config = json.loads((folder / "config.json").read_text())
    writer = gguf.GGUFWriter(out, arch)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_context_length(config["max_position_embeddings"])
    rope = config.get("rope_parameters") or config
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, weight in sorted(load_file(folder / "model.safetensors").items()):
        for part, heads in (("q_proj", "num_attention_heads"), ("k_proj", "num_key_value_heads")):
            if arch == "llama" and part in name:
                weight = in_pairs(weight, config[heads])
        if weight.dim() == 1:
            writer.add_tensor(gguf_name(name), weight.float().numpy())
        elif is_quantized and weight.shape[1] % 32 == 0:
            kind = quantized_type(gguf_name(name))
            writer.add_tensor(gguf_name(name), gguf.quants.quantize(weight.float().numpy(), kind), raw_dtype=kind)
        else:
            bits = weight.to(torch.bfloat16).contiguous().view(torch.uint8).numpy()
            writer.add_tensor(gguf_name(name), bits, raw_dtype=gguf.GGMLQuantizationType.BF16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()

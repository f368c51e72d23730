"""Matrices as bitsandbytes quantises them on the CPU, and a tiny LLaVA whose decoder is quantised; see README.md.

docs/quantization-layout.md describes the layout that `by_hand_*` below spell out. They are compared with
bitsandbytes here, so that the page and the numbers cannot drift apart.
"""

import argparse
import pathlib

import bitsandbytes as bnb
import torch
from bitsandbytes import functional as F
from safetensors.torch import save_file
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

BLOCK, OUTER_BLOCK = 64, 256
KINDS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def matrices():
    generator = torch.Generator().manual_seed(9)
    noise = lambda *shape: torch.randn(shape, generator=generator)
    normal = 0.02 * noise(48, 128)
    # One value in 50 is ten times as large, a row is small as a whole. 384 blocks: the scales have two outer blocks.
    heavy = 0.05 * noise(96, 256) * torch.where(torch.rand((96, 256), generator=generator) < 0.02, 10.0, 1.0)
    heavy[7] *= 1e-4
    # A block of zeros, blocks that span two rows (96 is no multiple of 64), ties and signed zeros.
    zero = noise(48, 96).bfloat16()
    zero.view(-1)[64:128] = 0
    zero[4] = 0
    zero[5, ::2] = -0.0
    table = F.get_4bit_type("nf4", device="cpu")
    halves = (table[1:] + table[:-1]) / 2
    zero.view(-1)[640:655] = halves.bfloat16()
    zero.view(-1)[655] = 1
    zero.view(-1)[656:704] = 0.25
    return {"normal": normal, "heavy": heavy, "zero_block": zero}


def by_hand_nf4(weight, table):
    """Packed codes and the scale of each block."""
    values = weight.float().reshape(-1, BLOCK)
    scales = values.abs().amax(1)
    # Multiplied by the reciprocal; a block of zeros is left zero.
    unit = values * (1 / scales.clamp(min=1e-38))[:, None]
    # The code is the number of midpoints below the value: on a midpoint, the smaller neighbour.
    codes = (unit[..., None] > ((table[1:] + table[:-1]) / 2)).sum(-1).to(torch.uint8).reshape(-1, 2)
    return (codes[:, 0] * 16 + codes[:, 1])[:, None], scales


def by_hand_outer(scales, outer):
    """Codes of the scales: the nearest entry of the map, counted from the mean."""
    codes, maxima = [], []
    middles = (outer["map"][1:] + outer["map"][:-1]) / 2
    for i, block in enumerate((scales - outer["offset"]).split(OUTER_BLOCK)):
        maxima.append(block.abs().max())
        unit = block * (1 / maxima[-1])
        codes.append((unit[:, None] > middles).sum(1).to(torch.uint8))
        # bitsandbytes' CPU kernel looks codes up in a table of 2^16 cells, and is one off within a cell of a midpoint.
        theirs = outer["codes"][i * OUTER_BLOCK:][:len(block)]
        near = (unit[:, None] - middles).abs().amin(1) < 2**-15
        assert ((codes[-1] == theirs) | near).all() and (codes[-1].int() - theirs.int()).abs().max() <= 1
    assert torch.equal(torch.stack(maxima), outer["scales"])
    return torch.cat(codes)


def by_hand_scales(outer):
    """Scales from their own 8-bit codes."""
    index = torch.arange(outer["codes"].numel()) // OUTER_BLOCK
    return outer["map"][outer["codes"].long()] * outer["scales"][index] + outer["offset"]


def by_hand_values(packed, scales, table, shape):
    codes = torch.stack([packed[:, 0] // 16, packed[:, 0] % 16], 1).reshape(-1)
    return (table[codes.long()].reshape(-1, BLOCK) * scales[:, None]).reshape(shape)


def by_hand_map():
    """The signed 8-bit map: seven decades, each with twice as many steps as the one below, and 0 and 1."""
    values = [0.0, 1.0]
    for decade in range(7):
        edges = torch.linspace(0.1, 1, 2**decade + 1)
        middles = ((edges[1:] + edges[:-1]) / 2 * 10.0 ** (decade - 6)).tolist()
        values += middles + [-m for m in middles]
    return torch.tensor(sorted(values))


def exact_values(weight):
    """What a double-quantised weight stands for, with the nearest outer codes."""
    table = F.get_4bit_type("nf4", device="cpu")
    packed, scales = by_hand_nf4(weight, table)
    _, state = F.quantize_4bit(weight, blocksize=BLOCK, compress_statistics=True, quant_type="nf4")
    outer = dict(codes=state.absmax, scales=state.state2.absmax, offset=state.offset, map=state.state2.code)
    outer["codes"] = by_hand_outer(scales, outer)
    return by_hand_values(packed, by_hand_scales(outer), table, weight.shape)


def dequantised(packed, state, dtype, shape):
    """As one row: the native CPU kernel begins a new block with every row, so it misreads rows that are no multiple of 64."""
    state.dtype, state.shape = dtype, torch.Size([shape.numel()])
    return F.dequantize_4bit(packed, state).reshape(shape)


def nf4(name, weight, table, numbers):
    packed, state = F.quantize_4bit(weight, blocksize=BLOCK, compress_statistics=False, quant_type="nf4")
    again, nested = F.quantize_4bit(weight, blocksize=BLOCK, compress_statistics=True, quant_type="nf4")
    assert torch.equal(packed, again) and nested.state2.blocksize == OUTER_BLOCK
    outer = dict(codes=nested.absmax, scales=nested.state2.absmax, offset=nested.offset, map=nested.state2.code)
    mine, scales = by_hand_nf4(weight, table)
    assert torch.equal(mine, packed) and torch.equal(scales, state.absmax)
    numbers |= {f"{name}.weight": weight, f"{name}.nf4.packed": packed, f"{name}.nf4.scales": state.absmax,
                f"{name}.nf4.outer_codes": outer["codes"], f"{name}.nf4.outer_scales": outer["scales"],
                f"{name}.nf4.offset": outer["offset"], f"{name}.nf4.exact_outer_codes": by_hand_outer(scales, outer)}
    rebuilt = by_hand_scales(outer)
    assert torch.equal(rebuilt, F.dequantize_blockwise(nested.absmax, nested.state2) + nested.offset)
    numbers[f"{name}.nf4.rebuilt_scales"] = rebuilt
    for kind, quant_state, used in (("single", state, state.absmax), ("double", nested, rebuilt)):
        for dtype in (torch.float32, torch.bfloat16):
            values = dequantised(packed, quant_state, dtype, weight.shape)
            assert torch.equal(values, by_hand_values(packed, used, table, weight.shape).to(dtype)), (name, kind, dtype)
            if (kind, dtype) != ("single", torch.bfloat16):
                numbers[f"{name}.nf4.{kind}.{'fp32' if dtype == torch.float32 else 'bf16'}"] = values
    return outer["map"]


def int8(name, weight, numbers):
    codes, scales, _ = F.int8_vectorwise_quant(weight.clone())
    values = F.int8_vectorwise_dequant(codes, scales)
    wide = weight.float().abs().amax(1)
    assert torch.equal(wide, scales)
    safe = torch.where(scales > 0, scales, 1)  # a row of zeros divides by zero in bitsandbytes; its codes are 0 all the same
    mine = torch.round(weight * (127.0 / safe)[:, None]).to(torch.int8)
    assert torch.equal(mine, codes), name
    assert torch.equal(values, codes * scales[:, None] * 7.874015718698502e-3)
    numbers |= {f"{name}.int8.codes": codes, f"{name}.int8.scales": scales, f"{name}.int8.fp32": values}


def make_tiny(folder):
    """All widths are multiples of 64: see dequantised()."""
    config = LlavaConfig(
        vision_config=CLIPVisionConfig(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
                                       image_size=16, patch_size=8, projection_dim=16),
        text_config=LlamaConfig(vocab_size=96, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
                                num_key_value_heads=2, head_dim=16, rms_norm_eps=1e-5, max_position_embeddings=128,
                                bos_token_id=1, eos_token_id=2),
        image_token_index=95, image_seq_length=4, tie_word_embeddings=False)
    model = LlavaForConditionalGeneration(config)
    generator = torch.Generator().manual_seed(10)
    for name, parameter in sorted(model.named_parameters()):
        noise = torch.randn(parameter.shape, generator=generator)
        is_norm = name.endswith("weight") and parameter.dim() == 1
        parameter.data = (1 + 0.2 * noise if is_norm else 0.2 * noise).bfloat16()
    model.bfloat16().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def tiny(folder):
    return LlavaForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)


def texts():
    generator = torch.Generator().manual_seed(11)
    words = lambda count: torch.randint(5, 95, (count,), generator=generator)
    image = torch.full((4,), 95)
    return ([torch.cat([torch.tensor([1]), words(3), image, words(17)]), torch.cat([torch.tensor([1]), words(40)])],
            torch.randn((1, 3, 16, 16), generator=generator))


def logits(model, ids, pixels):
    """In training mode: otherwise bitsandbytes repacks weights for a kernel that computes in bfloat16."""
    model.train()
    with torch.no_grad():
        return [model(input_ids=ids[0][None], pixel_values=pixels).logits[0].contiguous(),
                model(input_ids=ids[1][None]).logits[0].contiguous()]


def decoder_linears(model):
    return [(module, name) for module in model.model.language_model.modules() for name in KINDS if hasattr(module, name)]


def with_linear4bit(model):
    """All seven kinds of the language model's layers as Linear4bit: NF4, double quantised, computing in fp32."""
    for module, name in decoder_linears(model):
        old = getattr(module, name)
        new = bnb.nn.Linear4bit(old.in_features, old.out_features, bias=False, compute_dtype=torch.float32,
                                compress_statistics=True, quant_type="nf4")
        new.weight = bnb.nn.Params4bit(old.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4", blocksize=BLOCK)
        setattr(module, name, new.to("cpu"))
        assert new.weight.quant_state.nested
    return model


def with_values(model, values_of):
    """The same layers with the values that their quantised weights stand for."""
    for module, name in decoder_linears(model):
        weight = getattr(module, name).weight
        weight.data = values_of(weight.data)
    return model


def nf4_values(weight):
    packed, state = F.quantize_4bit(weight, blocksize=BLOCK, compress_statistics=True, quant_type="nf4")
    return F.dequantize_4bit(packed, state)


def forward(folder):
    make_tiny(folder / "tiny")
    ids, pixels = texts()
    plain = logits(tiny(folder / "tiny"), ids, pixels)
    nf4 = logits(with_linear4bit(tiny(folder / "tiny")), ids, pixels)
    values = logits(with_values(tiny(folder / "tiny"), nf4_values), ids, pixels)
    # Weights alone are quantised here; bitsandbytes' Linear8bitLt rounds activations, too.
    int8 = logits(with_values(tiny(folder / "tiny"), lambda w: F.int8_vectorwise_dequant(*F.int8_vectorwise_quant(w)[:2])), ids, pixels)
    largest = lambda a, b: max((x - y).abs().max().item() for x, y in zip(a, b))
    print(f"logits: {largest(nf4, values):.1e} from those of the dequantised weights, {largest(nf4, plain):.2f} from the plain "
          f"model's; int8 {largest(int8, plain):.2f}")
    assert largest(nf4, values) < 1e-5
    save_file({"pixels": pixels} | {f"{what}.{i}": rows[i] for what, rows in (("ids", ids), ("plain", plain), ("nf4", nf4), ("int8", int8))
                                    for i in range(2)}, folder / "tiny/expected.safetensors", metadata={"format": "pt"})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    table = F.get_4bit_type("nf4", device="cpu")
    numbers = {"nf4.table": table}
    for name, weight in matrices().items():
        outer_map = nf4(name, weight, table, numbers)
        assert torch.equal(outer_map, by_hand_map())
        int8(name, weight, numbers)
        exact = numbers[f"{name}.nf4.exact_outer_codes"]
        print(f"{name}: {int((exact != numbers[f'{name}.nf4.outer_codes']).sum())} of {exact.numel()} outer codes are not the nearest")
    numbers["nf4.outer_map"] = outer_map
    save_file({k: v.contiguous() for k, v in numbers.items()}, folder / "matrices.safetensors",
              metadata={"format": "pt", "bitsandbytes": bnb.__version__, "torch": torch.__version__})
    forward(folder)


if __name__ == "__main__":
    main()

"""Makes small PyTorch and GGUF files with the packages that define them, and what they hold.

Also writes the seeds of tests/fuzz/corpus: the smallest of these files.
"""

import argparse
import io
import pathlib
import shutil
from collections import OrderedDict
from importlib.metadata import version

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file as save_tensors

LARGE_BLOCKS = (Type.Q4_K, Type.Q6_K)  # which the package can read, not write


def make_model():
    torch.manual_seed(1)
    return torch.nn.Sequential(OrderedDict(
        first=torch.nn.Linear(3, 4), norm=torch.nn.BatchNorm1d(4), last=torch.nn.Linear(4, 2)))


def many_types():
    values = torch.arange(6).reshape(2, 3)
    names = ("float64", "int64", "float32", "int32", "float16", "bfloat16", "int16", "int8", "uint8",
             "bool")
    state = {name: (values - 2).to(getattr(torch, name)) for name in names if name[0] != "u"}
    state["uint8"] = (values + 250).to(torch.uint8)
    state["scalar"] = torch.tensor(-1.5)
    state["empty"] = torch.empty(0, 3)
    state["of an empty slice"] = torch.arange(4.0)[4:]
    return state


def layouts():
    values = torch.arange(24.0).reshape(2, 3, 4)
    halves = torch.arange(12).to(torch.int16).reshape(3, 4)
    return {
        "whole": values,
        "part": values[1, 1:],
        "transposed": values.transpose(0, 2),
        "permuted": values.permute(1, 2, 0),
        "every other": values[:, ::2, 1::2],
        "column": halves[:, 1],
        "narrow column": halves[:, 1:2],
        "expanded": torch.tensor([7, 8], dtype=torch.int8)[:, None].expand(2, 3),
        "doubles": torch.arange(6, dtype=torch.float64).reshape(2, 3).t(),
        "bytes": torch.arange(6, dtype=torch.uint8).reshape(2, 3).t(),
        "one element of many": torch.arange(9.0)[5],
    }


def torch_states():
    model = make_model()
    shared = torch.arange(5.0)
    return {
        "types": (many_types(), {}),
        "module": (model.state_dict(), {}),
        "module_protocol4": (model.state_dict(), {"pickle_protocol": 4}),
        "parameters": (dict(model.named_parameters()), {}),
        "shared": ({"a": shared, "again": shared, "tail": shared[2:]}, {}),
        "layouts": (layouts(), {}),
        "tiny": ({"w": torch.tensor([1.0, 2.0])}, {}),
    }


def write_old_beginning(path):
    """The layout before 1.6, cut off before the first address of this process."""
    whole = io.BytesIO()
    torch.save({"w": torch.ones(2)}, whole, _use_new_zipfile_serialization=False)
    path.write_bytes(whole.getvalue()[:80])


def make_torch_files(folder):
    expected = {}
    for name, (state, options) in torch_states().items():
        torch.save(state, folder / f"{name}.pt", **options)
        # What is in the file, not in memory: one copy of each, as safetensors shares nothing.
        for key, tensor in torch.load(folder / f"{name}.pt", weights_only=False).items():
            expected[f"{name}/{key}"] = tensor.detach().contiguous().clone()
    write_old_beginning(folder / "old_layout.pt")
    torch.save({"epoch": 3, "state_dict": {"w": torch.ones(2)}}, folder / "training_state.pt")
    torch.save({"w": torch.ones(2, dtype=torch.complex64)}, folder / "complex.pt")
    torch.save({"w": torch.ones(2).to(torch.float8_e4m3fn)}, folder / "float8.pt")
    torch.save({"w": torch.eye(2).to_sparse()}, folder / "sparse.pt")
    torch.save(make_model(), folder / "whole_module.pt")
    save_tensors(expected, folder / "expected_torch.safetensors", metadata={"made with": f"torch {torch.__version__}"})


def random_blocks(generator, kind, rows, columns):
    """Any bytes are valid blocks when the scales are finite numbers."""
    values, size = gguf.GGML_QUANT_SIZES[kind]
    blocks = generator.integers(0, 256, (rows, columns // values, size), dtype=np.uint8)
    num_scales, begin = (1, size - 2) if kind == Type.Q6_K else (2, 0)
    scales = generator.normal(0, 0.1, (rows, columns // values, num_scales)).astype(np.float16)
    blocks[:, :, begin:begin + 2 * num_scales] = scales.view(np.uint8)
    return blocks.reshape(rows, -1)


def tensor_bytes(generator, kind, rows=2):
    if kind in LARGE_BLOCKS:
        return random_blocks(generator, kind, rows, 512)
    return gguf.quants.quantize(generator.normal(0, 1, (rows, 64)).astype(np.float32), kind)


def writer(path):
    return gguf.GGUFWriter(path, "llama")


def finish(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def make_gguf_tensors(folder):
    generator = np.random.default_rng(2)
    expected = {}
    kinds = (Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q4_K, Type.Q6_K)
    for kind in kinds:
        data = tensor_bytes(generator, kind)
        w = writer(folder / f"{kind.name}.gguf")
        w.add_tensor("w", data, raw_dtype=None if kind in (Type.F32, Type.F16) else kind)
        finish(w)
        expected[kind.name] = gguf.quants.dequantize(data, kind)
    w = writer(folder / "several.gguf")
    w.add_custom_alignment(64)
    w.add_tensor("vector", np.arange(3, dtype=np.float32))
    w.add_tensor("cube", np.arange(24, dtype=np.float16).reshape(2, 3, 4))
    w.add_tensor("packed", tensor_bytes(generator, Type.Q8_0)[:1], raw_dtype=Type.Q8_0)
    finish(w)
    w = writer(folder / "Q5_0.gguf")
    w.add_tensor("w", tensor_bytes(generator, Type.Q5_0), raw_dtype=Type.Q5_0)
    finish(w)
    save_arrays(expected, folder / "expected_gguf.safetensors",
                metadata={"made with": f"gguf {version('gguf')}, numpy {np.__version__}"})


def make_gguf_metadata(path):
    w = writer(path)
    w.add_uint8("u8", 200)
    w.add_int8("i8", -100)
    w.add_uint16("u16", 60000)
    w.add_int16("i16", -30000)
    w.add_uint32("u32", 4000000000)
    w.add_int32("i32", -2000000000)
    w.add_float32("f32", 0.1)
    w.add_bool("bool", True)
    w.add_string("string", "caf\u00e9")
    w.add_uint64("u64", 2**64 - 1)
    w.add_int64("i64", -2**63)
    w.add_float64("f64", 0.1)
    w.add_array("integers", [1, -2, 3])
    w.add_array("reals", [0.5, -1.5])
    w.add_array("bools", [True, False])
    w.add_array("strings", ["a", "", "\u00e9"])
    w.add_array("bytes", b"\x00\xff")
    finish(w)


def make_corpora(files, corpora):
    seeds = {
        "torch_file": ("tiny.pt", "shared.pt", "module_protocol4.pt", "parameters.pt", "layouts.pt"),
        "gguf": ("metadata.gguf", "several.gguf", "Q6_K.gguf", "Q4_1.gguf"),
    }
    for target, names in seeds.items():
        folder = corpora / target
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(files / name, folder / name)
    folder = corpora / "safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    state = {k: t for k, t in many_types().items() if k != "of an empty slice"}
    save_tensors(state, folder / "types.safetensors", metadata={"format": "pt"})
    save_tensors({"w": torch.ones(2, 2)}, folder / "tiny.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("corpora", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    make_torch_files(arguments.folder)
    make_gguf_tensors(arguments.folder)
    make_gguf_metadata(arguments.folder / "metadata.gguf")
    make_corpora(arguments.folder, arguments.corpora)


if __name__ == "__main__":
    main()

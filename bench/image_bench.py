"""What image_bench prints, for Pillow and transformers' slow processors, on one thread.

Usage: image_bench.py [rounds] photo...
"""

import io
import pathlib
import statistics
import sys
import time

from PIL import Image
from transformers import CLIPImageProcessorPil, LlavaImageProcessorPil

SIDE = 336


def print_median(what, rounds, work):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    print(f"{what:<44}{1000 * statistics.median(seconds):8.2f} ms")


def measure(name, data, rounds):
    def decode():
        return Image.open(io.BytesIO(data)).convert("RGB")

    image = decode()
    print(f"{name}: {image.width} x {image.height}")
    print_median("decode", rounds, decode)
    for what, resample, side in (("bicubic", 3, SIDE), ("bilinear", 2, SIDE), ("bicubic", 3, 3 * SIDE)):
        print_median(f"resize to {side} x {side}, {what}", rounds,
                     lambda: image.resize((side, side), resample))
    square = {"size": {"shortest_edge": SIDE}, "crop_size": SIDE}
    clip = CLIPImageProcessorPil(**square)
    print_median(f"CLIP: short edge {SIDE}, crop, normalise", rounds, lambda: clip(image))
    llava = LlavaImageProcessorPil(**square, do_pad=True)
    print_median(f"LLaVA: pad, {SIDE} x {SIDE}, normalise", rounds, lambda: llava(image))


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    for photo in sys.argv[2:]:
        measure(photo, pathlib.Path(photo).read_bytes(), rounds)


if __name__ == "__main__":
    main()

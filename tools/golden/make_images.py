"""Makes small images of every kind, and what Pillow and transformers see in them.

The photographs come from scikit-image's data folder (public domain or CC0): astronaut, chelsea,
coffee and rocket. PNGs of odd depths are written here, because Pillow cannot.
"""

import argparse
import io
import json
import pathlib
import shutil
import struct
import zlib

import numpy as np
import PIL
import transformers
from PIL import Image, ImageOps, features
from transformers import CLIPImageProcessorPil, LlavaImageProcessorPil, SiglipImageProcessorPil

PROCESSORS = {"CLIP": CLIPImageProcessorPil, "Llava": LlavaImageProcessorPil,
              "Siglip": SiglipImageProcessorPil}


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(row, depth):
    """The bytes of one row of samples."""
    if depth == 16:
        return b"".join(struct.pack(">H", v) for v in row)
    bits = "".join(f"{v:0{depth}b}" for v in row)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def filtered(rows, pixel_bytes):
    """PNG's five filters in turn, so that each one is read."""
    result, above = b"", None
    for y, row in enumerate(rows):
        above = above or bytes(len(row))
        left = bytes(pixel_bytes) + row[:-pixel_bytes]
        corner = bytes(pixel_bytes) + above[:-pixel_bytes]
        kind = y % 5
        guess = [bytes(len(row)), left, above,
                 bytes((a + b) // 2 for a, b in zip(left, above)),
                 bytes(paeth(a, b, c) for a, b, c in zip(left, above, corner))][kind]
        result += bytes([kind]) + bytes((v - g) % 256 for v, g in zip(row, guess))
        above = row
    return result


def paeth(left, above, corner):
    guess = left + above - corner
    return min((left, above, corner), key=lambda v: abs(guess - v))


def png(samples, depth, color, interlaced=False, before=b"", after=b""):
    """samples [H, W, C] of `depth` bits; `before` and `after` are chunks around the pixels."""
    height, width, channels = samples.shape
    passes = [(0, 0, 1, 1)] if not interlaced else [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered([packed(row.reshape(-1).tolist(), depth) for row in part],
                             max(1, channels * depth // 8))
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before
            + chunk(b"IDAT", zlib.compress(data, 9)) + after + chunk(b"IEND", b""))


def png_kinds(random):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    names = {0: "gray", 2: "rgb", 3: "palette", 4: "gray_alpha", 6: "rgba"}
    gamma = chunk(b"gAMA", struct.pack(">I", 30000))
    for color, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            samples = random.integers(0, 1 << depth, (11, 13, channels[color]))
            # Fewer colours than the depth allows: the others are not in the file.
            colors = max(2, (1 << depth) - 1 if depth > 1 else 2)
            palette = chunk(b"PLTE", random.bytes(3 * colors)) if color == 3 else b""
            for interlaced in (False, True):
                name = f"{names[color]}{depth}{'_interlaced' if interlaced else ''}.png"
                yield name, png(samples, depth, color, interlaced, gamma + palette)
    few = random.integers(0, 4, (5, 7, 1))
    key = chunk(b"tRNS", b"\x00\x01")
    yield "gray2_trns.png", png(few, 2, 0, before=key)
    yield "rgb8_trns.png", png(np.repeat(few, 3, 2), 8, 2, before=chunk(b"tRNS", b"\x00\x01" * 3))
    palette = chunk(b"PLTE", bytes(range(12)))
    yield "palette2_trns.png", png(few, 2, 3, before=palette + chunk(b"tRNS", b"\x00\x80"))
    yield "palette8_short.png", png(random.integers(0, 256, (5, 7, 1)), 8, 3, before=palette)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def with_orientation(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def jpeg_kinds(photos):
    coffee, cat, rocket = (photos[n] for n in ("coffee", "chelsea", "rocket"))
    yield "444.jpg", encoded(coffee, "JPEG", quality=90, subsampling="4:4:4")
    yield "422.jpg", encoded(coffee, "JPEG", quality=85, subsampling="4:2:2")
    yield "420.jpg", encoded(coffee, "JPEG", quality=75, subsampling="4:2:0")
    yield "420_low.jpg", encoded(cat, "JPEG", quality=12, subsampling="4:2:0")
    yield "420_restarts.jpg", encoded(cat, "JPEG", quality=80, restart_marker_blocks=2)
    yield "420_progressive.jpg", encoded(cat, "JPEG", quality=80, progressive=True)
    yield "444_progressive.jpg", encoded(rocket, "JPEG", quality=92, progressive=True, subsampling=0)
    yield "rgb.jpg", encoded(rocket, "JPEG", quality=80, keep_rgb=True)
    yield "gray.jpg", encoded(rocket.convert("L"), "JPEG", quality=80)
    yield "gray_progressive.jpg", encoded(cat.convert("L"), "JPEG", quality=80, progressive=True)
    # A little black, so that all four inks matter.
    inks = np.array(cat.convert("CMYK"))
    inks[..., 3] = inks[..., :3].min(axis=2) // 2
    cmyk = encoded(Image.fromarray(inks, "CMYK"), "JPEG", quality=90)
    yield "cmyk.jpg", cmyk
    # The same data under the other transform of the Adobe marker: YCCK.
    adobe = cmyk.index(b"Adobe") + 11
    yield "ycck.jpg", cmyk[:adobe] + b"\x02" + cmyk[adobe + 1:]
    small = rocket.resize((13, 9))
    for orientation in range(1, 9):
        yield f"orientation{orientation}.jpg", encoded(
            small, "JPEG", quality=90, exif=with_orientation(orientation))


def webp_kinds(photos):
    astronaut, cat = photos["astronaut"], photos["chelsea"]
    ramp = Image.fromarray(np.linspace(0, 255, cat.width * cat.height).astype(np.uint8)
                           .reshape(cat.height, cat.width))
    clear = cat.copy()
    clear.putalpha(ramp)
    yield "lossy.webp", encoded(astronaut, "WEBP", quality=80)
    yield "lossy_low.webp", encoded(cat, "WEBP", quality=5)
    yield "lossless.webp", encoded(astronaut.resize((31, 29)), "WEBP", lossless=True)
    yield "lossy_alpha.webp", encoded(clear, "WEBP", quality=70)
    yield "lossless_alpha.webp", encoded(clear.resize((23, 17)), "WEBP", lossless=True, exact=True)
    yield "animated.webp", encoded(cat, "WEBP", quality=60, save_all=True, duration=40,
                                   append_images=[ImageOps.mirror(cat)])
    yield "animated_alpha.webp", encoded(clear.resize((23, 17)), "WEBP", lossless=True, save_all=True,
                                         append_images=[ImageOps.mirror(clear.resize((23, 17)))])
    yield "orientation6.webp", encoded(astronaut.resize((13, 9)), "WEBP", lossless=True,
                                       exif=with_orientation(6))


def checked(array):
    """What a test compares: size, CRC-32 of the bytes, and three pixels to look at."""
    height, width = array.shape[:2]
    spots = [(0, 0), (width // 2, height // 3), (width - 1, height - 1)]
    return {"width": width, "height": height, "crc32": zlib.crc32(array.tobytes()),
            "pixels": [[x, y, *array[y, x].tolist()] for x, y in spots]}


def decoded_cases(folder):
    for path in sorted(folder.iterdir()):
        if path.name.startswith("gray16"):
            continue  # refused: Pillow makes white of it
        image = Image.open(path)
        yield {"file": path.name, **checked(np.array(image.convert("RGB")))}
        if "orientation" in path.name:
            upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            yield {"file": path.name, "upright": True, **checked(np.array(upright))}


def resized_cases(folder):
    sizes = [(17, 13), (100, 3), (1, 1), (151, 97), (61, 20), (33, 47), (7, 200),
             (56, 10), (24, 57)]
    for name in ("444.jpg", "lossy.webp"):
        image = Image.open(folder / name).convert("RGB")
        for width, height in sizes:
            for resample in range(6):
                resized = image.resize((width, height), Image.Resampling(resample))
                yield {"file": name, "filter": resample, **checked(np.array(resized))}


def llava_pad(image, mean):
    """The square that the original LLaVA code makes of a picture."""
    side = max(image.size)
    square = Image.new("RGB", (side, side), tuple(int(m * 255) for m in mean))
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square


def preprocess_configs():
    clip = {"image_processor_type": "CLIPImageProcessor"}
    small = {**clip, "size": {"shortest_edge": 28}, "crop_size": {"height": 28, "width": 28}}
    siglip = {"image_processor_type": "SiglipImageProcessor", "size": {"height": 30, "width": 30}}
    yield small
    yield {"feature_extractor_type": "CLIPFeatureExtractor", "size": 28, "crop_size": 26}
    yield {**small, "image_aspect_ratio": "pad"}
    yield {**small, "image_aspect_ratio": "pad", "image_mean": [0.5, 0.25, 1.0]}
    yield {**small, "image_processor_type": "LlavaImageProcessor", "do_pad": True}
    yield {**small, "image_processor_type": "LlavaImageProcessor"}
    yield {**small, "resample": 2}
    yield {**small, "do_normalize": False}
    yield {**small, "do_rescale": False}
    yield {**small, "do_rescale": False, "do_normalize": False}
    yield {**small, "rescale_factor": 1 / 127.5, "image_mean": 1.0, "image_std": 1.0}
    yield {**small, "crop_size": 33}  # black around the picture
    yield {**small, "do_resize": False, "crop_size": 50}  # black at two sides, cut at the others
    yield {**small, "do_resize": False, "crop_size": {"height": 90, "width": 90}}
    yield {**small, "size": {"height": 40, "width": 40}}
    yield siglip
    yield {**siglip, "resample": 2}
    yield {**siglip, "size": 30, "do_center_crop": True, "crop_size": 30}
    yield {"image_processor_type": "SiglipImageProcessor"}
    yield {"image_aspect_ratio": "pad", "size": {"shortest_edge": 336}, "crop_size": 336}


def preprocess_cases(folder):
    for config in preprocess_configs():
        kind = config.get("image_processor_type", "CLIP").split("Image")[0]
        options = {k: v for k, v in config.items() if not k.endswith("_type")}
        is_original_pad = options.pop("image_aspect_ratio", "") == "pad"
        processor = PROCESSORS[kind].from_dict(options)
        for name in ("444.jpg", "lossy.webp"):
            image = Image.open(folder / name).convert("RGB")
            if is_original_pad:
                image = llava_pad(image, processor.image_mean)
            square = processor(image, do_rescale=False, do_normalize=False)["pixel_values"][0]
            values = np.ascontiguousarray(processor(image)["pixel_values"][0]).astype(np.float32)
            spots = [0, values.size // 3 + 5, values.size - 1]
            yield {"file": name, "config": config,
                   "square": checked(np.ascontiguousarray(square.transpose(1, 2, 0))),
                   "values_crc32": zlib.crc32(values.tobytes()),
                   "values": [[i, float(values.reshape(-1)[i])] for i in spots]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=pathlib.Path, help="skimage/data")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    folder = arguments.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    sizes = {"astronaut.png": (47, 71), "chelsea.png": (53, 39), "coffee.png": (75, 47), "rocket.jpg": (45, 33)}
    photos = {pathlib.Path(name).stem: Image.open(arguments.photos / name).convert("RGB").resize(size)
              for name, size in sizes.items()}
    random = np.random.default_rng(1)
    for kinds in (png_kinds(random), jpeg_kinds(photos), webp_kinds(photos)):
        for name, data in kinds:
            (folder / name).write_bytes(data)
    samples = random.integers(0, 256, (5, 7, 3))
    exif = chunk(b"eXIf", with_orientation(8).removeprefix(b"Exif\0\0"))
    (folder / "orientation8.png").write_bytes(png(samples, 8, 2, after=exif))

    expected = {
        "versions": {"Pillow": PIL.__version__, "libjpeg-turbo": features.version("libjpeg_turbo"),
                     "libwebp": features.version("webp"), "numpy": np.__version__,
                     "transformers": transformers.__version__},
        "decoded": list(decoded_cases(folder)),
        "resized": list(resized_cases(folder)),
        "preprocessed": list(preprocess_cases(folder))}
    lines = [f'"versions": {json.dumps(expected.pop("versions"))}']
    for name, cases in expected.items():
        lines.append(f'"{name}": [\n' + ",\n".join(json.dumps(c) for c in cases) + "\n]")
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()

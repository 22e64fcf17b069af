"""Writes small TIFF files and table.json: what Pillow's convert("RGB") makes of them.

    python3 write.py

Needs Pillow with libtiff (made with 9.4.0) and numpy. Half of the files are Pillow's, half are written here, because Pillow writes no tiles, no
planes, no big endian and few depths. Each row of the table is [file, width, height, CRC-32 of the pixels]. Of 16-bit
gray, which Pillow cuts at 255, the upper bytes are taken, as of all other samples of 16 bits. The pixels of BigTIFF and of floating point are
those of the same tags and numbers in a little-endian TIFF file, which is not kept: Pillow 9.4 reads no big-endian BigTIFF, and swaps the bytes
of compressed big-endian floating point once too often.
"""
import json
import pathlib
import random
import struct
import tempfile
import zlib

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
RANDOM = random.Random(20261128)

# mode, compression, tags
BY_PILLOW = [
    ("1", "group4", {}), ("1", "group3", {}), ("1", "packbits", {274: 6}), ("L", None, {}), ("L", "tiff_lzw", {317: 2}), ("L", "jpeg", {}),
    ("LA", "tiff_lzw", {}), ("P", "packbits", {278: 5}), ("RGB", None, {274: 8}), ("RGB", "tiff_lzw", {317: 2, 278: 7}),
    ("RGB", "tiff_adobe_deflate", {317: 2}), ("RGB", "jpeg", {}), ("RGBA", "tiff_deflate", {}), ("CMYK", "tiff_lzw", {})]

# name, bits, samples, photometric, extra sample, separate planes, tiles, compression, byte order, orientation, predictor
BY_HAND = [
    ("gray-1", 1, 1, 1, None, False, False, 1, "II", 1, 1), ("gray-2-tiled", 2, 1, 1, None, False, True, 8, "MM", 1, 1),
    ("gray-4", 4, 1, 1, None, False, False, 32773, "II", 5, 1), ("gray-16-big", 16, 1, 1, None, False, False, 8, "MM", 1, 2),
    ("white-4", 4, 1, 0, None, False, True, 1, "II", 3, 1), ("white-8", 8, 1, 0, None, False, False, 1, "MM", 2, 1),
    ("palette-2", 2, 1, 3, None, False, False, 1, "II", 1, 1), ("palette-8-tiled", 8, 1, 3, None, False, True, 32773, "MM", 7, 1),
    ("rgb-planes", 8, 3, 2, None, True, False, 8, "II", 1, 2), ("rgb-planes-tiled", 8, 3, 2, None, True, True, 1, "MM", 4, 1),
    ("rgb-16", 16, 3, 2, None, False, False, 8, "MM", 1, 2), ("rgbx", 8, 4, 2, 0, False, False, 1, "II", 1, 1),
    ("rgba-16-tiled", 16, 4, 2, 2, False, True, 32773, "II", 1, 1), ("rgba-associated", 8, 4, 2, 1, False, False, 1, "MM", 1, 1),
    ("cmyk-16", 16, 4, 5, None, False, False, 8, "II", 1, 1)]

# The same, with 32 bits for floating point. A predictor of 3 is that for floating point (Adobe's TIFF Technical Note 3).
FLOATS = [
    ("float", 32, 1, 1, None, False, False, 1, "II", 1, 1), ("float-big", 32, 1, 1, None, False, False, 8, "MM", 6, 1),
    ("float-tiled", 32, 1, 1, None, False, True, 8, "II", 1, 3), ("float-tiled-big", 32, 1, 1, None, False, True, 32773, "MM", 1, 1),
    ("float-predicted-big", 32, 1, 1, None, False, False, 8, "MM", 1, 3)]

BIG = [
    ("bigtiff-gray-1", 1, 1, 1, None, False, False, 1, "II", 1, 1), ("bigtiff-gray-16-tiled", 16, 1, 1, None, False, True, 8, "MM", 1, 2),
    ("bigtiff-palette-8", 8, 1, 3, None, False, False, 32773, "II", 1, 1), ("bigtiff-rgb-tiled", 8, 3, 2, None, False, True, 8, "II", 8, 2),
    ("bigtiff-rgb-planes", 8, 3, 2, None, True, False, 1, "MM", 1, 1), ("bigtiff-rgba-16", 16, 4, 2, 2, False, False, 8, "MM", 1, 1),
    ("bigtiff-float-tiled", 32, 1, 1, None, False, True, 8, "MM", 1, 1), ("bigtiff-one-strip", 8, 4, 5, None, False, None, 1, "II", 1, 1)]


def pixels(width, height, samples):
    rows, columns = numpy.mgrid[0:height, 0:width]
    steps = [(RANDOM.randint(1, 9), RANDOM.randint(1, 9), RANDOM.randint(0, 255)) for _ in range(samples)]
    return numpy.stack([(columns * a + rows * b + c) % 256 for a, b, c in steps], -1).astype(numpy.uint8)


def write_by_pillow(path, mode, compression, tags):
    width, height = RANDOM.randint(17, 40), RANDOM.randint(17, 40)
    samples = pixels(width, height, len(Image.new(mode, (1, 1)).getbands()))
    image = Image.fromarray(samples[..., 0]).convert("1") if mode == "1" else Image.frombytes(mode, (width, height), samples.tobytes())
    if mode == "P":
        image.putpalette(bytes(RANDOM.randint(0, 255) for _ in range(768)))
    image.save(path, tiffinfo=tags, **({"compression": compression} if compression else {}))


def number(bits):
    if bits < 32:
        return RANDOM.randrange(1 << bits)
    special = [-0.0, 0.999, 254.999, 255.0, 256.0, 1e9, -1e9, float("inf"), -float("inf"), float("nan")]
    return RANDOM.choice(special) if RANDOM.random() < 0.2 else RANDOM.uniform(-60, 320)


def predicted(row, bits, together, order, predictor):
    if predictor == 3:
        # The highest bytes of all numbers, then the next ones and so on; then differences of bytes.
        numbers = struct.pack(f">{len(row)}f", *row)
        planes = b"".join(numbers[i::4] for i in range(4))
        return bytes((byte - (planes[i - together] if i >= together else 0)) % 256 for i, byte in enumerate(planes))
    if predictor == 2:
        row = [(value - (row[i - together] if i >= together else 0)) % (1 << bits) for i, value in enumerate(row)]
    return packed(row, bits, order)


def packed(values, bits, order):
    if bits == 32:
        return struct.pack(f"{order}{len(values)}f", *values)
    if bits == 16:
        return struct.pack(f"{order}{len(values)}H", *values)
    text = "".join(f"{value:0{bits}b}" for value in values)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def compressed(rows, compression):
    if compression == 8:
        return zlib.compress(b"".join(rows))
    if compression == 1:
        return b"".join(rows)
    return b"".join(bytes([len(row[i:i + 128]) - 1]) + row[i:i + 128] for row in rows for i in range(0, len(row), 128))


def write_by_hand(path, bits, samples, photometric, extra, separate, tiled, compression, byte_order, orientation, predictor, big=False):
    """Writes a file and returns what Pillow makes of it, or of its twin. Not tiled and not in strips (None) is one strip."""
    width, height = RANDOM.randint(17, 40), RANDOM.randint(17, 40)
    planes = samples if separate else 1
    together = samples // planes
    block_width, block_height = (16, 32) if tiled else (width, height if tiled is None else RANDOM.randint(3, height))
    images = [[[number(bits) for _ in range(width * together)] for _ in range(height)] for _ in range(planes)]

    def blocks(order):
        for image in images:
            for top in range(0, height, block_height):
                for left in range(0, width, block_width):
                    rows = []
                    for y in range(top, top + block_height if tiled else min(top + block_height, height)):
                        row = image[y][left * together:(left + block_width) * together] if y < height else []
                        row = row + [0] * (block_width * together - len(row))
                        rows.append(predicted(row, bits, together, order, predictor))
                    yield compressed(rows, compression)

    tags = {256: ("I", [width]), 257: ("I", [height]), 258: ("H", [bits] * samples), 259: ("H", [compression]), 262: ("H", [photometric]),
            274: ("H", [orientation]), 277: ("H", [samples]), 284: ("H", [2 if separate else 1])}
    if predictor != 1:
        tags[317] = ("H", [predictor])
    if bits == 32:
        tags[339] = ("H", [3])
    if extra is not None:
        tags[338] = ("H", [extra])
    if photometric == 3:
        tags[320] = ("H", [RANDOM.randint(0, 255) * 257 for _ in range(3 << bits)])
    if tiled:
        tags[322], tags[323] = ("I", [block_width]), ("I", [block_height])
    else:
        tags[278] = ("I", [block_height])
    path.write_bytes(whole(tags, blocks, tiled, byte_order, big))
    if not big and bits != 32:
        return expected(path)
    with tempfile.TemporaryDirectory() as folder:
        twin = pathlib.Path(folder) / path.name
        twin.write_bytes(whole(tags, blocks, tiled, "II", False))
        return expected(twin)


def whole(tags, blocks, tiled, byte_order, big):
    order = "<" if byte_order == "II" else ">"
    header, inline, offset, count = (16, 8, "Q", "Q") if big else (8, 4, "I", "H")
    data, offsets = b"", []
    lengths = []
    for block in blocks(order):
        offsets.append(header + len(data))
        lengths.append(len(block))
        data += block
    data += b"\0" * (len(data) % 2)
    tags = {**tags, 324 if tiled else 273: (offset, offsets), 325 if tiled else 279: ("I", lengths)}
    entries, values = b"", b""
    start = header + len(data) + struct.calcsize(f"={count}") + (8 + inline + (4 if big else 0)) * len(tags) + inline
    for tag, (kind, numbers) in sorted(tags.items()):
        raw = struct.pack(f"{order}{len(numbers)}{kind}", *numbers)
        entries += struct.pack(f"{order}HH{offset}", tag, {"H": 3, "I": 4, "Q": 16}[kind], len(numbers))
        entries += raw.ljust(inline, b"\0") if len(raw) <= inline else struct.pack(f"{order}{offset}", start + len(values))
        values += raw + b"\0" * (len(raw) % 2) if len(raw) > inline else b""
    version = struct.pack(f"{order}HHHQ", 43, 8, 0, header + len(data)) if big else struct.pack(f"{order}HI", 42, header + len(data))
    return (byte_order.encode() + version + data + struct.pack(f"{order}{count}", len(tags)) + entries + bytes(inline) + values)


def expected(path):
    with Image.open(path) as image:
        image.load()
        if image.mode.startswith("I"):
            image = Image.fromarray((numpy.array(image) >> 8).astype(numpy.uint8))
        rgb = image.convert("RGB")
        return [path.name, *rgb.size, zlib.crc32(rgb.tobytes())]


def main():
    rows = []
    for mode, compression, tags in BY_PILLOW:
        path = HERE / f"pillow-{mode.lower()}-{(compression or 'none').replace('tiff_', '').replace('_', '-')}.tif"
        write_by_pillow(path, mode, compression, tags)
        rows.append(expected(path))
    for name, *how in BY_HAND + FLOATS:
        rows.append(write_by_hand(HERE / f"{name}.tif", *how))
    for name, *how in BIG:
        rows.append(write_by_hand(HERE / f"{name}.tif", *how, big=True))
    (HERE / "table.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


main()

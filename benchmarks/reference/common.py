"""Shared by the reference programs: loading a model, a prompt by hand, clocks and tables. It needs no network."""

import inspect
import json
import os
import statistics
import time

# Effective only if set before the imports below.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from transformers import Qwen2VLForConditionalGeneration  # noqa: E402

# An image of 384 x 384: rows and columns of patches of 14 pixels, and the tokens for blocks of 2 x 2 patches.
GRID = (1, 28, 28)
PATCH_NUMBERS = 1176
IMAGE_TOKENS = 196


def load(folder, device):
    """The model in bf16 with PyTorch's fused attention."""
    start = time.perf_counter()
    options = {"dtype": torch.bfloat16, "attn_implementation": "sdpa", "local_files_only": True}
    try:
        # Loads directly onto the device, which needs accelerate.
        model = Qwen2VLForConditionalGeneration.from_pretrained(folder, device_map=device, **options)
    except (ImportError, ValueError) as error:
        print(f"loading by way of the host, because {error}", flush=True)
        model = Qwen2VLForConditionalGeneration.from_pretrained(folder, **options).to(device)
    wait(device)
    print(f"loaded in {time.perf_counter() - start:.1f} s, {memory(device)} in use")
    return model


def prompt_ids(folder, config, length=None):
    """The ids of the library's benchmark prompt, which write-checkpoint saves next to the weights; else the same by hand.

    With a length, words are appended to reach it.
    """
    file = os.path.join(folder, "benchmark-prompt.json")
    if os.path.exists(file):
        with open(file, encoding="utf-8") as stream:
            ids = json.load(stream)
    else:
        words = list(range(1000, 1030))
        picture = [config.vision_start_token_id] + [config.image_token_id] * IMAGE_TOKENS + [config.vision_end_token_id]
        ids = words[:15] + picture + words[15:]
    if length is not None:
        ids = ids + words_of(config, max(0, length - len(ids)), seed=1).tolist()
    return ids


def words_of(config, count, seed):
    """Ids of random words; they end where the control tokens begin."""
    end = min(150_000, config.vision_start_token_id - 20)
    return torch.randint(100, end, (count,), generator=torch.Generator().manual_seed(seed))


def inputs_of(model, rows_of_ids, device):
    """Inputs of the model for rows of equal length, each with an image of noise."""
    ids = torch.tensor(rows_of_ids, device=device)
    rows = ids.shape[0]
    pixels = torch.randn(rows * GRID[1] * GRID[2], PATCH_NUMBERS, generator=torch.Generator().manual_seed(1))
    inputs = {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "pixel_values": pixels.to(device, torch.bfloat16),
        "image_grid_thw": torch.tensor([GRID] * rows, device=device),
    }

    # Since 5.x, positions of images are found by the token types that a processor returns: 0 for words, 1 for images.
    if "mm_token_type_ids" in inspect.signature(model.forward).parameters:
        inputs["mm_token_type_ids"] = (ids == model.config.image_token_id).to(torch.int32)
    return inputs


def wait(device):
    """Waits until the device has finished all submitted work."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def mark(device):
    """A point of time on the device; its clock is read later, without waiting now."""
    if not device.startswith("cuda"):
        return time.perf_counter()
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def seconds(before, after):
    """The seconds between two marks."""
    return after - before if isinstance(before, float) else before.elapsed_time(after) / 1000


def memory(device):
    """Memory in use on the device, as counted by the library's benchmarks, and the peak memory of tensors."""
    if not device.startswith("cuda"):
        return "-"
    free, total = torch.cuda.mem_get_info()
    return f"{(total - free) / 1e9:.2f} GB (tensors {torch.cuda.max_memory_allocated() / 1e9:.2f})"


def copy_bytes_per_second(device):
    """Bytes read plus written by copies of 1 GiB, ten in a row; the best of five. It keeps no memory."""
    source = torch.zeros(1 << (29 if device.startswith("cuda") else 24), dtype=torch.bfloat16, device=device)
    target = torch.empty_like(source)
    times = []
    for _ in range(6):
        wait(device)
        start = time.perf_counter()
        for _ in range(10):
            target.copy_(source)
        wait(device)
        times.append((time.perf_counter() - start) / 10)
    speed = 2 * source.numel() * source.element_size() / min(times[1:])
    del source, target
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
    return speed


def decoder_bytes(model):
    """The bytes of the weights that a decode step reads: not the tower, nor an embedding separate from the head."""
    sizes = {name: p.numel() * p.element_size() for name, p in model.named_parameters() if "visual." not in name}
    table = model.get_input_embeddings().weight
    is_tied = model.get_output_embeddings().weight.data_ptr() == table.data_ptr()
    return sum(sizes.values()) - (0 if is_tied else table.numel() * table.element_size())


def median(numbers):
    """The median; 0 without numbers."""
    return statistics.median(numbers) if numbers else 0.0


def row(*cells):
    """Prints a row of a table in Markdown."""
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def head(*cells):
    """Prints the header of a table in Markdown."""
    row(*cells)
    row(*["---"] * len(cells))

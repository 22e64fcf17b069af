"""Rollouts with transformers' generate, to compare with the library's rollout-device on the same folder.

first token: until the device has the first logits of all completions (including tower and prompt of each). step: between two
logits on the device's clock, median of all and mean without the first four. tokens/s: of the whole call by the host's clock.
floor / step: reading the decoder's weights once at the speed of a copy measured here, as a share of the median step.
"""

import argparse
import signal
import time

import common  # First: it sets what transformers reads while it is imported.
import torch
import transformers
from transformers import LogitsProcessor, LogitsProcessorList


class Marks(LogitsProcessor):
    """Marks the time whenever logits are available; it changes nothing and doesn't wait."""

    def __init__(self, device):
        self.device = device
        self.times = []

    def __call__(self, input_ids, scores):
        self.times.append(common.mark(self.device))
        return scores


class Sampler:
    """Samples with generate: several completions of a prompt, or the prompt repeated by hand if that fails."""

    def __init__(self, model, folder, device, static):
        self.model, self.device, self.static = model, device, static
        self.ids = common.prompt_ids(folder, model.config)
        self.by_hand = False

    def draw(self, samples, tokens):
        try:
            return self._draw(samples, tokens)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            if self.static or self.by_hand or isinstance(error, torch.cuda.OutOfMemoryError):
                raise
            print(f"num_return_sequences failed ({error!r}); the prompt is repeated by hand", flush=True)
            self.by_hand = True
            return self._draw(samples, tokens)

    def _draw(self, samples, tokens):
        copies = samples if self.by_hand else 1
        inputs = common.inputs_of(self.model, [self.ids] * copies, self.device)
        marks = Marks(self.device)
        options = {"cache_implementation": "static"} if self.static else {}
        common.wait(self.device)
        start = time.perf_counter()
        begin = common.mark(self.device)
        with torch.no_grad():
            out = self.model.generate(
                **inputs,
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                num_return_sequences=samples // copies,
                pad_token_id=0,
                use_cache=True,
                logits_processor=LogitsProcessorList([marks]),
                **options,
            )
        common.wait(self.device)
        whole = time.perf_counter() - start
        drawn = out.shape[0] * (out.shape[1] - len(self.ids))
        if drawn != samples * tokens:
            raise RuntimeError(f"expected {samples} x {tokens} tokens, but {drawn} were drawn")
        steps = [common.seconds(a, b) for a, b in zip(marks.times, marks.times[1:])]
        return common.seconds(begin, marks.times[0]), steps, whole


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--samples", type=int, nargs="+", default=[8, 16, 32, 64])
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--compile", action="store_true", help="the static cache, whose steps generate compiles by itself")
    parser.add_argument("--limit", type=int, default=0, help="seconds after which the program ends; 0 for none")
    arguments = parser.parse_args()
    signal.alarm(arguments.limit)
    device = arguments.device
    torch.manual_seed(1)
    speed = common.copy_bytes_per_second(device)
    model = common.load(arguments.folder, device).eval()
    sampler = Sampler(model, arguments.folder, device, arguments.compile)
    size = common.decoder_bytes(model)
    form = "transformers, compiled" if arguments.compile else "transformers"
    print(
        f"transformers {transformers.__version__}, torch {torch.__version__}; a prompt of {len(sampler.ids)} tokens; "
        f"the device copies {speed / 1e9:.0f} GB/s; decoder {size / 1e9:.2f} GB",
        flush=True,
    )
    start = time.perf_counter()
    sampler.draw(arguments.samples[0], arguments.tokens)
    print(f"warmed up in {time.perf_counter() - start:.1f} s", flush=True)
    common.head(
        "rollout", "first token", "step, median", "step, mean", "whole", "tokens/s", "floor / step", "memory in use"
    )
    for samples in arguments.samples:
        if device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats()

        # A step is compiled for a shape, so that the full call for the shape comes first; otherwise two tokens suffice.
        sampler.draw(samples, arguments.tokens if arguments.compile else 2)
        first, steps, whole = sampler.draw(samples, arguments.tokens)
        steady = steps[4:] if len(steps) > 8 else steps
        step = common.median(steps)
        common.row(
            f"{form}, 1 prompt x {samples}",
            f"{first * 1000:.0f} ms",
            f"{step * 1000:.2f} ms",
            f"{sum(steady) / max(1, len(steady)) * 1000:.2f} ms",
            f"{whole:.2f} s",
            f"{samples * arguments.tokens / whole:.0f}",
            f"{size / speed / step:.0%}" if step else "-",
            common.memory(device),
        )


if __name__ == "__main__":
    main()

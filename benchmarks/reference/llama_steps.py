"""Decode steps of llama.cpp on the CPU, to compare with the library's group-2b on the same folder.

A prompt of as many tokens, without the vision tower, is computed once and its cache copied for each completion. A step
computes one token of every completion; the time for llama.cpp ends with the logits, that of group-2b includes choosing tokens.
Needs only llama.cpp's shared libraries: libllama next to libggml and the variants for the CPU.
"""

import argparse
import ctypes
import json
import os
import statistics
import time

import gguf_decoder


class Parameters(ctypes.Structure):
    """A struct of llama.cpp passed by value on the stack; only its first fields are used. Larger than it needs to be."""

    _fields_ = [("numbers", ctypes.c_uint32 * 128)]


class Batch(ctypes.Structure):
    _fields_ = [
        ("n_tokens", ctypes.c_int32),
        ("token", ctypes.POINTER(ctypes.c_int32)),
        ("embd", ctypes.POINTER(ctypes.c_float)),
        ("pos", ctypes.POINTER(ctypes.c_int32)),
        ("n_seq_id", ctypes.POINTER(ctypes.c_int32)),
        ("seq_id", ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
        ("logits", ctypes.POINTER(ctypes.c_int8)),
    ]


class Model:
    def __init__(self, folder, path):
        files = os.listdir(folder)
        ggml = next(file for file in sorted(files) if file.startswith("libggml.") and ".so" in file)
        llama = next(file for file in sorted(files) if file.startswith("libllama.") and ".so" in file)
        backends = ctypes.CDLL(os.path.join(folder, ggml), mode=ctypes.RTLD_GLOBAL)
        self.api = ctypes.CDLL(os.path.join(folder, llama), mode=ctypes.RTLD_GLOBAL)
        backends.ggml_backend_load_all_from_path(folder.encode())
        self.silent = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(lambda *_: None)
        self.api.llama_log_set(self.silent, None)
        self.api.llama_backend_init()
        for name in ["llama_model_load_from_file", "llama_init_from_model", "llama_get_memory", "llama_get_logits"]:
            getattr(self.api, name).restype = ctypes.c_void_p
        for name in ["llama_model_default_params", "llama_context_default_params"]:
            getattr(self.api, name).restype = Parameters
        self.api.llama_batch_init.restype = Batch
        self.model = self.api.llama_model_load_from_file(path.encode(), self.api.llama_model_default_params())
        if not self.model:
            raise RuntimeError(f"llama.cpp can't load {path}")

    def context(self, sequences, length, threads):
        parameters = self.api.llama_context_default_params()
        # n_ctx, n_batch, n_ubatch, n_seq_max; the threads are where the two default values are.
        defaults = list(parameters.numbers[:12])
        place = next((at for at in range(4, 11) if defaults[at] == defaults[at + 1] == 4), None)
        if defaults[0] != 512 or defaults[1] != 2048 or defaults[3] != 1 or place is None:
            raise RuntimeError(f"the parameters of this llama.cpp begin with {defaults}, which this program doesn't know")
        parameters.numbers[0] = sequences * (length + -length % 256)
        parameters.numbers[3] = sequences
        parameters.numbers[place] = parameters.numbers[place + 1] = threads
        context = self.api.llama_init_from_model(ctypes.c_void_p(self.model), parameters)
        if not context:
            raise RuntimeError("llama.cpp makes no context")
        return ctypes.c_void_p(context)

    def decode(self, context, tokens):
        """Computes tokens, given as (token, position, sequence, whether logits are wanted), and returns the seconds."""
        batch = self.api.llama_batch_init(len(tokens), 0, 1)
        batch.n_tokens = len(tokens)
        for at, (token, position, sequence, wanted) in enumerate(tokens):
            batch.token[at], batch.pos[at], batch.n_seq_id[at] = token, position, 1
            batch.seq_id[at][0], batch.logits[at] = sequence, wanted
        start = time.perf_counter()
        status = self.api.llama_decode(context, batch)
        self.api.llama_get_logits(context)
        taken = time.perf_counter() - start
        self.api.llama_batch_free(batch)
        if status != 0:
            raise RuntimeError(f"llama_decode returned {status}")
        return taken


def measure(model, prompt, completions, tokens, threads):
    context = model.context(completions, len(prompt) + tokens, threads)
    first = model.decode(context, [(id, at, 0, at == len(prompt) - 1) for at, id in enumerate(prompt)])
    memory = ctypes.c_void_p(model.api.llama_get_memory(context))
    for sequence in range(1, completions):
        model.api.llama_memory_seq_cp(memory, 0, sequence, -1, -1)
    steps = []
    for step in range(tokens - 1):
        ids = [(prompt[(step + 7 * row) % len(prompt)], len(prompt) + step, row, 1) for row in range(completions)]
        steps.append(model.decode(context, ids))
    model.api.llama_free(context)
    mean = statistics.fmean(steps)
    print(
        f"llama.cpp, {completions} completions: prompt {first:.2f} s, a step {mean * 1000:.0f} ms "
        f"(median {statistics.median(steps) * 1000:.0f}) = {completions / mean:.1f} tokens/s",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True, help="where write-checkpoint has written the shape 2b or 7b")
    parser.add_argument("--libraries", required=True, help="the folder of libllama and libggml")
    parser.add_argument("--completions", type=int, nargs="+", default=[8, 8, 1])
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()

    path = os.path.join(options.folder, "decoder.gguf")
    if not os.path.exists(path):
        gguf_decoder.write(options.folder, path)
    with open(os.path.join(options.folder, "benchmark-prompt.json")) as file:
        prompt = json.load(file)
    model = Model(os.path.abspath(options.libraries), path)
    measure(model, prompt, 1, 4, options.threads)
    for completions in options.completions:
        measure(model, prompt, completions, options.tokens, options.threads)


if __name__ == "__main__":
    main()

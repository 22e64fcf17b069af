"""Writes the decoder of a Qwen2-VL checkpoint in bfloat16 as a GGUF file with which llama.cpp can compute steps.

It is called qwen2 there: the same matrices and sums, with one position per token instead of three. Names and keys are those of
the GGUF specification and of llama.cpp's qwen2.
"""

import json
import os
import struct

ALIGNMENT = 32
FLOAT32, BFLOAT16 = 0, 30  # ggml's types.
LAYER = {
    "input_layernorm.weight": "attn_norm.weight",
    "self_attn.q_proj.weight": "attn_q.weight",
    "self_attn.q_proj.bias": "attn_q.bias",
    "self_attn.k_proj.weight": "attn_k.weight",
    "self_attn.k_proj.bias": "attn_k.bias",
    "self_attn.v_proj.weight": "attn_v.weight",
    "self_attn.v_proj.bias": "attn_v.bias",
    "self_attn.o_proj.weight": "attn_output.weight",
    "post_attention_layernorm.weight": "ffn_norm.weight",
    "mlp.gate_proj.weight": "ffn_gate.weight",
    "mlp.up_proj.weight": "ffn_up.weight",
    "mlp.down_proj.weight": "ffn_down.weight",
}
WHOLE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}


def write(folder, path):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    tensors = list(read(folder))
    if not tensors:
        raise ValueError(f"no decoder in bfloat16 safetensors files in {folder}")
    partial = path + ".partial"
    with open(partial, "wb") as out:
        values = list(metadata(config))
        out.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)))
        for key, kind, value in values:
            out.write(text(key) + struct.pack("<I", kind) + value)
        offset = 0
        for name, shape, _, _ in tensors:
            kind, size = form(shape)
            out.write(text(name) + struct.pack("<I", len(shape)))
            out.write(struct.pack(f"<{len(shape)}Q", *reversed(shape)) + struct.pack("<IQ", kind, offset))
            offset += padded(size)
        out.write(bytes(-out.tell() % ALIGNMENT))
        for _, shape, source, begin in tensors:
            with open(source, "rb") as file:
                file.seek(begin)
                data = file.read(2 * count(shape))
            if len(shape) == 1:
                data = b"".join(b"\0\0" + data[at : at + 2] for at in range(0, len(data), 2))
            out.write(data + bytes(-len(data) % ALIGNMENT))
    os.replace(partial, path)


def read(folder):
    """Name in GGUF, shape, file and offset of each tensor of the decoder."""
    for entry in sorted(os.listdir(folder)):
        if not entry.endswith(".safetensors"):
            continue
        path = os.path.join(folder, entry)
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(length))
        for name, tensor in header.items():
            target = renamed(name)
            if target is None:
                continue
            if tensor["dtype"] != "BF16":
                raise ValueError(f"{name} in {path} is {tensor['dtype']}, expected BF16")
            yield target, tensor["shape"], path, 8 + length + tensor["data_offsets"][0]


def renamed(name):
    if name in WHOLE:
        return WHOLE[name]
    prefix = "model.layers."
    if not name.startswith(prefix):
        return None
    number, rest = name[len(prefix) :].split(".", 1)
    return f"blk.{number}.{LAYER[rest]}"


def metadata(config):
    whole = lambda value: (4, struct.pack("<I", value))
    real = lambda value: (6, struct.pack("<f", value))
    string = lambda value: (8, text(value))
    fields = {
        "general.architecture": string("qwen2"),
        "qwen2.block_count": whole(config["num_hidden_layers"]),
        "qwen2.context_length": whole(config["max_position_embeddings"]),
        "qwen2.embedding_length": whole(config["hidden_size"]),
        "qwen2.feed_forward_length": whole(config["intermediate_size"]),
        "qwen2.attention.head_count": whole(config["num_attention_heads"]),
        "qwen2.attention.head_count_kv": whole(config["num_key_value_heads"]),
        "qwen2.attention.layer_norm_rms_epsilon": real(config["rms_norm_eps"]),
        "qwen2.rope.freq_base": real(config["rope_theta"]),
        "qwen2.vocab_size": whole(config["vocab_size"]),
        "tokenizer.ggml.model": string("none"),
    }
    for key, (kind, value) in fields.items():
        yield key, kind, value


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


# llama.cpp adds biases and multiplies by gains in float32.
def form(shape):
    return (FLOAT32, 4 * count(shape)) if len(shape) == 1 else (BFLOAT16, 2 * count(shape))


def count(shape):
    total = 1
    for size in shape:
        total *= size
    return total


def padded(size):
    return size + -size % ALIGNMENT

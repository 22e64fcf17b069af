"""GRPO updates of a LoRA adapter with transformers and PEFT, to compare with the library's update-device on the same folder.

The work of TRL's trainer: each row has its prompt and image; the reference is the model with the adapter off. reference,
forward, backward and optimizer are each measured from an idle device to an idle device; the fastest of several updates counts,
after a warm-up.
"""

import argparse
import time

import common  # First: it sets what transformers reads while it is imported.
import peft
import torch
import transformers

MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
PROMPT_TOKENS = 260
BETA = 0.04
EPSILON = 0.2


def log_probabilities(model, inputs, count):
    """Log-probabilities of the last tokens of each row, row by row like TRL for 16 bits, to save memory."""
    # Like a trainer with bf16: without it, the adapter, whose weights are float32, would multiply in float32.
    with torch.autocast(inputs["input_ids"].device.type, dtype=torch.bfloat16):
        logits = model(**inputs, use_cache=False, logits_to_keep=count + 1).logits[:, :-1]
    targets = inputs["input_ids"][:, -count:]
    return torch.stack(
        [
            torch.log_softmax(row, dim=-1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
            for row, labels in zip(logits, targets)
        ]
    )


def loss_of(now, reference, advantages):
    """GRPO with clipping and the KL estimator of its paper; the old policy is the current one, as in a first pass."""
    now, reference = now.float(), reference.float()
    ratio = torch.exp(now - now.detach())
    clipped = torch.clamp(ratio, 1 - EPSILON, 1 + EPSILON)
    gain = torch.min(ratio * advantages, clipped * advantages)
    distance = torch.exp(reference - now) - (reference - now) - 1
    return (BETA * distance - gain).mean(dim=1).mean()


def update(model, adapter_off, optimizer, inputs, count, advantages, device):
    """Seconds of reference, forward, backward and optimizer."""
    times = []

    def timed(work):
        common.wait(device)
        start = time.perf_counter()
        result = work()
        common.wait(device)
        times.append(time.perf_counter() - start)
        return result

    def reference_pass():
        with torch.no_grad(), adapter_off():
            return log_probabilities(model, inputs, count)

    reference = timed(reference_pass)
    loss = timed(lambda: loss_of(log_probabilities(model, inputs, count), reference, advantages))
    timed(loss.backward)
    timed(optimizer.step)
    optimizer.zero_grad(set_to_none=True)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--tokens", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--recompute", action="store_true", help="layers computed again in the backward pass")
    arguments = parser.parse_args()
    device = arguments.device
    base = common.load(arguments.folder, device)
    if arguments.recompute:
        base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        base.enable_input_require_grads()
    config = peft.LoraConfig(
        r=arguments.rank, lora_alpha=2 * arguments.rank, lora_dropout=0.0, bias="none", target_modules=MODULES
    )
    model = peft.get_peft_model(base, config).train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-6, weight_decay=0.0, fused=device.startswith("cuda"))
    print(
        f"transformers {transformers.__version__}, peft {peft.__version__}, torch {torch.__version__}; "
        f"{sum(p.numel() for p in trained) / 1e6:.1f} M numbers train",
        flush=True,
    )
    common.head("update", "whole", "reference", "forward", "backward", "optimizer", "memory in use")
    advantages = torch.tensor([1.0 if row % 2 == 0 else -1.0 for row in range(arguments.rows)], device=device).unsqueeze(1)
    prompt = common.prompt_ids(arguments.folder, base.config, PROMPT_TOKENS)
    for count in arguments.tokens:
        words = common.words_of(base.config, arguments.rows * count, seed=2).view(arguments.rows, count).tolist()
        inputs = common.inputs_of(base, [prompt + completion for completion in words], device)
        if device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats()
        times = [
            update(model, model.disable_adapter, optimizer, inputs, count, advantages, device)
            for _ in range(arguments.times + 1)
        ]
        best = min(times[1:], key=sum)
        common.row(
            f"PEFT, adapter of rank {arguments.rank}, {count} new tokens, each row with its prompt",
            *[f"{part * 1000:.0f} ms" for part in [sum(best), *best]],
            common.memory(device),
        )


if __name__ == "__main__":
    main()

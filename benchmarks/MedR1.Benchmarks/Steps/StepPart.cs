namespace MedR1.Benchmarks.Steps;

/// <summary>What a GRPO step consists of.</summary>
internal enum StepPart
{
    /// <summary>Tower and merger, in rollout and update.</summary>
    Vision,

    /// <summary>Weights laid out for decoding.</summary>
    Packing,

    /// <summary>Prompts of the rollout, without their images.</summary>
    Prefill,

    /// <summary>Tokens of the rollout, without choosing them.</summary>
    Decode,

    /// <summary>Scoring.</summary>
    Reward,

    /// <summary>The reference's log-probabilities.</summary>
    Reference,

    /// <summary>The policy's log-probabilities.</summary>
    Forward,

    /// <summary>The loss and its backward pass.</summary>
    Backward,

    /// <summary>Clipping and the optimizer.</summary>
    Optimizer,
}

namespace MedR1.Benchmarks.Steps;

/// <summary>The parts of a GRPO step.</summary>
internal enum StepPart
{
    /// <summary>Tower and merger, in rollout and update.</summary>
    Vision,

    /// <summary>Packing weights for decoding.</summary>
    Packing,

    /// <summary>Prompts of the rollout, excluding their images.</summary>
    Prefill,

    /// <summary>Decode steps of the rollout, excluding the choice of tokens.</summary>
    Decode,

    /// <summary>Scoring by rewards.</summary>
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

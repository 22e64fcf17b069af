namespace MedR1.Sampling;

/// <summary>A token couldn't be sampled: the model's logits aren't finite, or no token was left to choose from.</summary>
public sealed class NonFiniteLogitsException : InvalidOperationException
{
    /// <summary>Creates the exception for a token.</summary>
    /// <param name="promptIndex">The prompt's index in the call.</param>
    /// <param name="sampleIndex">The sample's index in its group.</param>
    /// <param name="position">The token's index in the completion.</param>
    public NonFiniteLogitsException(int promptIndex, int sampleIndex, int position)
        : base(FormattableString.Invariant(
            $"Prompt {promptIndex}, sample {sampleIndex}, token {position}: the logits contain NaN or infinity, ") +
            "or every token is suppressed. Either the weights have diverged (lower the learning rate and resume " +
            "from an earlier checkpoint), the checkpoint is damaged, or SuppressedTokenIds and " +
            "EndTokenIds leave no token to choose.")
    {
        PromptIndex = promptIndex;
        SampleIndex = sampleIndex;
        Position = position;
    }

    /// <summary>The prompt's index in the call.</summary>
    public int PromptIndex { get; }

    /// <summary>The sample's index in its group.</summary>
    public int SampleIndex { get; }

    /// <summary>The token's index in the completion.</summary>
    public int Position { get; }
}

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Tracks which tokens occur in each row, prompt included. The creator disposes it.</summary>
public sealed class TokenHistory : IDisposable
{
    private TokenHistory(Tensor seen) => Seen = seen;

    /// <summary><c>[rows, V]</c> bool: true if the row contains the token.</summary>
    public Tensor Seen { get; }

    /// <summary>Creates a history of the tokens of prompts, without padding.</summary>
    /// <param name="prompts">The tokens of each prompt.</param>
    /// <param name="samplesPerPrompt">The number of consecutive rows for each prompt.</param>
    /// <param name="vocabularySize">The size of the vocabulary (V).</param>
    /// <param name="device">The device of the logits.</param>
    public static TokenHistory Create(
        IReadOnlyList<IReadOnlyList<int>> prompts, int samplesPerPrompt, int vocabularySize, Device device)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerPrompt, 1);
        bool[] seen = new bool[(long)prompts.Count * vocabularySize];
        for (int row = 0; row < prompts.Count; row++)
        {
            foreach (int token in prompts[row])
            {
                seen[(long)row * vocabularySize + token] = true;
            }
        }

        using Tensor each = tensor(seen, [prompts.Count, vocabularySize], device: device);
        return new TokenHistory(each.repeat_interleave(samplesPerPrompt, 0).DetachFromDisposeScope());
    }

    internal static TokenHistory Over(Tensor seen) => new(seen);

    /// <summary>Adds a token to each row.</summary>
    /// <param name="tokens"><c>[rows]</c> int64.</param>
    public void Add(Tensor tokens)
    {
        using Tensor column = tokens.unsqueeze(1);
        using Tensor yes = ones(column.shape, ScalarType.Bool, Seen.device);
        Seen.scatter_(1, column, yes);
    }

    /// <inheritdoc/>
    public void Dispose() => Seen.Dispose();
}

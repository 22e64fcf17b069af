using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Draws by inverting the distribution function: the first token whose cumulated probability is above u. The vocabulary
/// is cut into blocks whose sums find the block, and only that one is cumulated token by token, in float64; a token of
/// probability 0 is never drawn. R rows, B blocks, S tokens in a block.
/// </summary>
public sealed class CategoricalSelector : ITokenSelector
{
    private const double JustBelowOne = 1 - 1.0 / (1L << 50);
    private const long LongestBlock = 4096;

    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    public Tensor Select(Tensor logits, double[] uniforms)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(uniforms);
        long rows = logits.shape[0];
        if (uniforms.Length != rows)
        {
            throw new ArgumentException($"There are {rows} rows, but {uniforms.Length} numbers.", nameof(uniforms));
        }

        return Draw(logits, tensor(uniforms, device: logits.device));
    }

    /// <summary>Draws with numbers that are on the device, <c>[R]</c> float64.</summary>
    internal static Tensor Draw(Tensor logits, Tensor uniforms_R)
    {
        long size = BlockSize(logits.shape[1]);
        Tensor blocks_RBS = logits.softmax(1).view(logits.shape[0], -1, size);
        Tensor ends_RB = blocks_RBS.sum(2).cumsum(1, ScalarType.Float64);
        Tensor target_R1 = uniforms_R.unsqueeze(1) * Last(ends_RB);
        Tensor block_R1 = Search(ends_RB, target_R1);
        Tensor start_R1 = ends_RB.gather(1, block_R1.Minus(1).Limited(least: 0)).FilledWhere(block_R1.EqualTo(0), 0);

        Tensor block_RS = blocks_RBS.gather(1, block_R1.unsqueeze(2).expand(-1, -1, size)).squeeze(1);
        Tensor within_RS = block_RS.cumsum(1, ScalarType.Float64);

        // The block's sum and the sum of its tokens are rounded differently: what is left must stay below the latter.
        Tensor left_R1 = (target_R1 - start_R1).minimum(Last(within_RS).Times(JustBelowOne));
        return block_R1.Times(size).Plus(Search(within_RS, left_R1)).squeeze(1);
    }

    /// <summary>The divisor of the vocabulary that lies nearest to its root, so that both searches are short.</summary>
    internal static long BlockSize(long vocabularySize)
    {
        for (long size = (long)Math.Sqrt(vocabularySize); size > 1; size--)
        {
            if (vocabularySize % size == 0)
            {
                return vocabularySize / size <= LongestBlock ? vocabularySize / size : vocabularySize;
            }
        }

        return vocabularySize;
    }

    // Sums that are NaN have no place; the last one stands in, so that no later operator indexes beyond the end.
    private static Tensor Search(Tensor sums, Tensor target) =>
        searchsorted(sums, target, right: true).Limited(most: sums.shape[1] - 1);

    private static Tensor Last(Tensor sums) => sums.narrow(1, sums.shape[1] - 1, 1);
}

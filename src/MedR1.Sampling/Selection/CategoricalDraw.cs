using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Draws by inverting the cumulative distribution: the first token whose cumulative probability is above u. The vocabulary is cut into
/// blocks; the blocks' sums locate the block, and only that block is accumulated token by token, in float64. A token of probability 0 is
/// never sampled. R rows, H rows of logits, B blocks, S tokens in a block.
/// </summary>
internal static class CategoricalDraw
{
    private const double JustBelowOne = 1 - 1.0 / (1L << 50);
    private const long LongestBlock = 4096;

    /// <summary>Draws a token for each row.</summary>
    /// <param name="logits_HV">Float32.</param>
    /// <param name="uniforms_R">A number between 0 and 1 for each row, float64, on the device of the logits.</param>
    /// <param name="heads_R">For each row, the row of the logits that it is sampled from, int64; null if each has its own.</param>
    /// <returns><c>[R]</c> int64.</returns>
    public static Tensor Of(Tensor logits_HV, Tensor uniforms_R, Tensor? heads_R = null)
    {
        long size = BlockSize(logits_HV.shape[1]);
        Tensor blocks_HBS = logits_HV.softmax(1).view(logits_HV.shape[0], -1, size);
        Tensor ends_HB = RowSums.Of(blocks_HBS.flatten(0, 1), rows => rows.sum(1))
            .view(logits_HV.shape[0], -1).cumsum(1, ScalarType.Float64);
        Tensor ends_RB = heads_R is null ? ends_HB : ends_HB.index_select(0, heads_R);
        Tensor target_R1 = uniforms_R.unsqueeze(1) * Last(ends_RB);
        Tensor block_R1 = Search(ends_RB, target_R1);
        Tensor start_R1 = ends_RB.gather(1, block_R1.Minus(1).Limited(least: 0)).FilledWhere(block_R1.EqualTo(0), 0);

        Tensor block_RS = heads_R is null
            ? blocks_HBS.gather(1, block_R1.unsqueeze(2).expand(-1, -1, size)).squeeze(1)
            : blocks_HBS.flatten(0, 1).index_select(0, heads_R.Times(blocks_HBS.shape[1]).Plus(block_R1.squeeze(1)));
        Tensor within_RS = block_RS.cumsum(1, ScalarType.Float64);

        // The block's sum and the sum of its tokens are rounded differently: the remainder must stay below the latter.
        Tensor left_R1 = (target_R1 - start_R1).minimum(Last(within_RS).Times(JustBelowOne));
        return block_R1.Times(size).Plus(Search(within_RS, left_R1)).squeeze(1);
    }

    /// <summary>
    /// The smallest divisor of the vocabulary size that is at least its square root, so that both searches are short; the vocabulary size
    /// itself if that divisor is above 4096.
    /// </summary>
    public static long BlockSize(long vocabularySize)
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

    // NaN sums have no insertion point; the last index stands in, so that no later operator indexes past the end.
    private static Tensor Search(Tensor sums, Tensor target) =>
        searchsorted(sums, target, right: true).Limited(most: sums.shape[1] - 1);

    private static Tensor Last(Tensor sums) => sums.narrow(1, sums.shape[1] - 1, 1);
}

using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The ratio of the current to the old policy at one of the levels: <c>[B, T]</c>, or <c>[B, 1]</c> for whole completions.
/// </summary>
internal static class PolicyRatio
{
    public static bool IsPerRow(ImportanceSamplingLevel level) => level is ImportanceSamplingLevel.Sequence or ImportanceSamplingLevel.SequenceSum;

    public static Tensor Compute(ImportanceSamplingLevel level, PolicyBatch batch)
    {
        // Both are 0 at masked positions, so sums need no mask.
        Tensor difference_BT = batch.LogProbabilities_BT - batch.Old_BT;
        if (level == ImportanceSamplingLevel.Token)
        {
            return difference_BT.exp();
        }

        Tensor sum_B1 = difference_BT.sum(1, keepdim: true);
        if (level == ImportanceSamplingLevel.SequenceSum)
        {
            return sum_B1.exp();
        }

        Tensor mean_B1 = sum_B1 / batch.Tokens_B.Limited(least: 1).unsqueeze(1);
        return level == ImportanceSamplingLevel.Sequence
            ? mean_B1.exp()
            : (batch.LogProbabilities_BT - batch.LogProbabilities_BT.detach()).Plus(mean_B1.detach()).exp();
    }
}

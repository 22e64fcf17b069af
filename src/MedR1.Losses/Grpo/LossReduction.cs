using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Reduces terms to a scalar according to a <see cref="LossNormalization"/>.</summary>
internal static class LossReduction
{
    /// <summary>The loss, and its metric as a sum and weight, without the division for gradient accumulation.</summary>
    public static (Tensor Loss, Tensor Sum, Tensor Weight, LossMetricKind Kind) Reduce(
        LossNormalization normalization, Tensor terms, PolicyBatch batch)
    {
        Tensor Constant(double value) => tensor(value, batch.DataType, terms.device);
        if (normalization == LossNormalization.CompletionTerm)
        {
            Tensor all = terms.sum();
            return (all.DividedBy(batch.RowsInStep), all, Constant(batch.Rows), LossMetricKind.Mean);
        }

        Tensor sums_B = (terms * batch.Mask_BT).sum(1);
        switch (normalization)
        {
            case LossNormalization.CompletionMean:
            {
                Tensor means = (sums_B / batch.Tokens_B.Limited(least: 1)).sum();
                return (means.DividedBy(batch.RowsInStep), means, Constant(batch.Rows), LossMetricKind.Mean);
            }

            case LossNormalization.NonEmptyCompletionMean:
            {
                Tensor means = (sums_B / batch.Tokens_B.Limited(least: 1)).sum();
                Tensor rows = batch.Tokens_B.Above(0).sum().to(batch.DataType);
                Tensor divisor = batch.Inputs.NonEmptyRowsInStep is int all
                    ? Constant(Math.Max(1, all)) : rows.Limited(least: 1).Times(batch.Inputs.AccumulationSteps);
                return (means / divisor, means, rows, LossMetricKind.Mean);
            }

            case LossNormalization.MicroBatchTokens:
            {
                Tensor sum = sums_B.sum();
                Tensor mean = sum / batch.TokenCount.Limited(least: 1);
                return (mean.DividedBy(batch.Inputs.AccumulationSteps), sum, batch.TokenCount, LossMetricKind.Mean);
            }

            case LossNormalization.MaxCompletionLength:
            {
                Tensor sum = sums_B.sum().DividedBy(batch.Inputs.MaxCompletionLength!.Value);
                return (sum.DividedBy(batch.RowsInStep), sum, Constant(batch.Rows), LossMetricKind.Mean);
            }

            case LossNormalization.CompletionSum:
            {
                Tensor sum = sums_B.sum();
                return (sum.DividedBy(batch.RowsInStep), sum, Constant(batch.Rows), LossMetricKind.Mean);
            }

            default:
            {
                Tensor share = batch.Inputs.TokensInStep is double tokens
                    ? sums_B.sum().DividedBy(tokens > 0 ? tokens : 1)
                    : sums_B.sum() / batch.TokenCount.Limited(least: 1);
                return (share, share, Constant(1), LossMetricKind.Sum);
            }
        }
    }
}

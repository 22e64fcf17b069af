using System.Text.Json;

using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>rloo-advantages: leave-one-out advantages with the divergence in the reward.</summary>
public sealed class RlooAdvantagesKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "rloo-advantages";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        RewardTable table = RewardTable.Read(inputs);
        GoldenTensor mask = conformanceCase.Tensor(inputs.GetProperty("mask"));
        GoldenTensor old = conformanceCase.Tensor(inputs.GetProperty("old_logps"));
        double beta = inputs.OptionalNumber("beta") ?? 0;
        GoldenTensor? reference = conformanceCase.OptionalTensor(inputs, "ref_logps");
        double[] divergence = RowSums(mask, index => beta == 0 ? 0 : old.Values[index] - reference!.Values[index]);
        AdvantageOptions options = AdvantageOptions.Rloo with
        {
            Scale = inputs.GetProperty("normalize_advantages").GetBoolean()
                ? AdvantageScale.Whiten : AdvantageScale.None,
            RewardRange = Range(inputs.GetProperty("reward_clip_range")),
        };
        AdvantageResult result = GroupAdvantages.Compute(
            table.Rewards, table.Weights, table.GroupIds, options, [.. divergence.Select(value => beta * value)]);
        Dictionary<string, double> metrics = new(result.ToMetrics(table.Names))
        {
            ["kl"] = divergence.Sum() / Math.Max(1, mask.Values.Count(value => value != 0)),
        };

        JsonElement expected = conformanceCase.Expected;
        checker.Numbers(
            "advantages", conformanceCase.Tensor(expected.GetProperty("advantages")), [.. result.Advantages]);
        if (conformanceCase.OptionalTensor(expected, "old_sequence_logps") is GoldenTensor sums)
        {
            checker.Numbers("old_sequence_logps", sums, RowSums(mask, index => old.Values[index]));
        }

        MetricChecks.Compare(checker, "metrics", expected.GetProperty("metrics"), metrics);
    }

    private static double[] RowSums(GoldenTensor mask, Func<int, double> value)
    {
        int columns = (int)mask.Shape[1];
        double[] sums = new double[mask.Shape[0]];
        for (int i = 0; i < mask.Values.Length; i++)
        {
            sums[i / columns] += mask.Values[i] == 0 ? 0 : value(i);
        }

        return sums;
    }

    private static RewardRange? Range(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? null : new RewardRange(value[0].GetDouble(), value[1].GetDouble());
}

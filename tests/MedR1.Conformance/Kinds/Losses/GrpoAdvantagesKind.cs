using System.Text.Json;

using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>grpo-advantages: rewards to advantages.</summary>
public sealed class GrpoAdvantagesKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "grpo-advantages";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        RewardTable table = RewardTable.Read(inputs);
        AdvantageOptions options = new()
        {
            Scale = inputs.GetProperty("scale_rewards").ToString() switch
            {
                "group" or "True" or "true" => AdvantageScale.Group,
                "batch" => AdvantageScale.Batch,
                "none" or "False" or "false" => AdvantageScale.None,
                string other => throw new InvalidDataException($"Unknown scale_rewards '{other}'."),
            },
            Aggregation = inputs.GetProperty("multi_objective_aggregation").GetString() == "normalize_then_sum"
                ? RewardAggregation.NormalizeThenSum : RewardAggregation.SumThenNormalize,
        };
        AdvantageResult result = GroupAdvantages.Compute(table.Rewards, table.Weights, table.GroupIds, options);
        JsonElement expected = conformanceCase.Expected;
        checker.Numbers(
            "advantages", conformanceCase.Tensor(expected.GetProperty("advantages")), [.. result.Advantages]);
        MetricChecks.Compare(checker, "metrics", expected.GetProperty("metrics"), result.ToMetrics(table.Names));
    }
}

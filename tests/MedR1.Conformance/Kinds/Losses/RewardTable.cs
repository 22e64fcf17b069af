using System.Text.Json;

namespace MedR1.Conformance;

/// <summary>The rewards of a case, with groups in order.</summary>
/// <param name="Rewards">Rows × rewards.</param>
/// <param name="Weights">Weights, or null.</param>
/// <param name="GroupIds">The group of each row.</param>
internal sealed record RewardTable(
    IReadOnlyList<IReadOnlyList<double?>> Rewards, IReadOnlyList<double>? Weights, IReadOnlyList<long> GroupIds)
{
    /// <summary>The names in the metrics of the reference: r0, r1, …</summary>
    public IReadOnlyList<string> Names => [.. Enumerable.Range(0, Rewards[0].Count).Select(index => $"r{index}")];

    /// <summary>Reads <c>rewards_per_func</c>, <c>reward_weights</c> and <c>num_generations</c>.</summary>
    public static RewardTable Read(JsonElement inputs)
    {
        IReadOnlyList<double?>[] rewards = [.. inputs.GetProperty("rewards_per_func").EnumerateArray()
            .Select(row => (IReadOnlyList<double?>)[.. row.EnumerateArray()
                .Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())])];
        JsonElement weights = inputs.GetProperty("reward_weights");
        int groupSize = inputs.GetProperty("num_generations").GetInt32();
        return new RewardTable(
            rewards,
            weights.ValueKind == JsonValueKind.Null
                ? null : [.. weights.EnumerateArray().Select(value => value.GetDouble())],
            [.. Enumerable.Range(0, rewards.Length).Select(row => (long)(row / groupSize))]);
    }
}

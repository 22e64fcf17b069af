using System.Text.Json;
using MedR1.Training;

namespace MedR1.Conformance;

/// <summary>repeat-sampler: the prompt of each row of an epoch, with the permutations of the case's generator.</summary>
public sealed class RepeatSamplerKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "repeat-sampler";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        RepeatedOrder order = new(
            OrderOf(inputs), inputs.GetProperty("num_samples").GetInt32(),
            inputs.GetProperty("mini_repeat_count").GetInt32(), inputs.GetProperty("batch_size").GetInt32(),
            inputs.GetProperty("repeat_count").GetInt32());
        checker.Equal("length", conformanceCase.Expected.GetProperty("length").GetInt64(), order.EpochLength);
        int epoch = 0;
        foreach (JsonElement expected in conformanceCase.Expected.GetProperty("epochs").EnumerateArray())
        {
            checker.SequenceEqual($"epochs[{epoch}]", CaseModel.Integers(expected), [.. order.Epoch(epoch)]);
            epoch++;
        }
    }

    private static IExampleOrder OrderOf(JsonElement inputs) =>
        inputs.TryGetProperty("permutations", out JsonElement permutations)
        && permutations.ValueKind == JsonValueKind.Array
            ? new ListedOrder([.. permutations.EnumerateArray().Select(CaseModel.Integers)])
            : new SequentialOrder();
}

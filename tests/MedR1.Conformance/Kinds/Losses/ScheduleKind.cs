using System.Text.Json;

using MedR1.Training;

namespace MedR1.Conformance;

/// <summary>schedule: the learning rate at each optimizer step.</summary>
public sealed class ScheduleKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "schedule";

    /// <inheritdoc/>
    public string? Obstacle(ConformanceCase conformanceCase) =>
        Schedule(conformanceCase.Inputs) is null ? $"unknown scheduler '{NameIn(conformanceCase.Inputs)}'" : null;

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement inputs = conformanceCase.Inputs;
        LearningRateSchedule schedule = Schedule(inputs)!;
        double rate = inputs.GetProperty("lr").GetDouble();
        GoldenTensor expected = conformanceCase.Tensor(conformanceCase.Expected.GetProperty("learning_rates"));
        double[] got = [.. Enumerable.Range(0, expected.Values.Length).Select(step => schedule.Rate(rate, step))];
        checker.Numbers("learning_rates", expected, got);
    }

    private static string? NameIn(JsonElement inputs) => inputs.GetProperty("scheduler").GetString();

    private static LearningRateSchedule? Schedule(JsonElement inputs)
    {
        long warmup = (long)(inputs.OptionalNumber("num_warmup_steps") ?? 0);
        long total = (long)(inputs.OptionalNumber("num_training_steps") ?? 0);
        return NameIn(inputs) switch
        {
            "constant" => LearningRateSchedule.Constant(),
            "constant_with_warmup" => LearningRateSchedule.ConstantWithWarmup(warmup),
            "linear" => LearningRateSchedule.Linear(warmup, total),
            "cosine" => LearningRateSchedule.Cosine(warmup, total, inputs.OptionalNumber("num_cycles") ?? 0.5),
            _ => null,
        };
    }
}

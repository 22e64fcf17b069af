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
        double rate = inputs.GetProperty("lr").GetDouble();
        double? cycles = inputs.OptionalNumber("num_cycles");
        double minimum = inputs.OptionalNumber("min_lr_rate") ?? (inputs.OptionalNumber("min_lr") ?? 0) / rate;
        return NameIn(inputs) switch
        {
            "constant" => LearningRateSchedule.Constant(),
            "constant_with_warmup" => LearningRateSchedule.ConstantWithWarmup(warmup),
            "linear" => LearningRateSchedule.Linear(warmup, total),
            "cosine" => LearningRateSchedule.Cosine(warmup, total, cycles ?? 0.5),
            "cosine_with_restarts" => LearningRateSchedule.CosineWithRestarts(warmup, total, cycles ?? 1),
            "cosine_with_min_lr" => LearningRateSchedule.CosineWithMinLearningRate(warmup, total, minimum, cycles ?? 0.5),
            "cosine_warmup_with_min_lr" => LearningRateSchedule.CosineWarmupWithMinLearningRate(
                warmup, total, minimum, inputs.OptionalNumber("warmup_lr_rate"), cycles ?? 0.5),
            "polynomial" => LearningRateSchedule.Polynomial(
                warmup, total, (inputs.OptionalNumber("lr_end") ?? 1e-7) / rate, inputs.OptionalNumber("power") ?? 1),
            "inverse_sqrt" => LearningRateSchedule.InverseSquareRoot(
                warmup, (long?)inputs.OptionalNumber("timescale")),
            "warmup_stable_decay" => Stages(inputs, warmup, total, cycles),
            _ => null,
        };
    }

    private static LearningRateSchedule Stages(JsonElement inputs, long warmup, long total, double? cycles)
    {
        long decay = inputs.GetProperty("num_decay_steps").GetInt64();
        long stable = (long?)inputs.OptionalNumber("num_stable_steps") ?? total - warmup - decay;
        return LearningRateSchedule.WarmupStableDecay(
            warmup, stable, decay, Curve("warmup_type") ?? RateCurve.Linear, Curve("decay_type") ?? RateCurve.Cosine,
            inputs.OptionalNumber("min_lr_ratio") ?? 0, cycles ?? 0.5);

        RateCurve? Curve(string field) => !inputs.TryGetProperty(field, out JsonElement name) ? null : name.GetString() switch
        {
            "linear" => RateCurve.Linear,
            "cosine" => RateCurve.Cosine,
            "1-sqrt" => RateCurve.OneMinusSquareRoot,
            string other => throw new InvalidDataException($"Unknown curve '{other}'."),
            null => null,
        };
    }
}

namespace MedR1.Training;

/// <summary>
/// The learning rate's factor at each optimizer step, equal to transformers' <c>get_scheduler</c>. With a warm-up the first step (number 0)
/// has factor 0, unless the schedule is documented otherwise. Immutable and thread-safe.
/// </summary>
public sealed partial class LearningRateSchedule
{
    private readonly Func<long, double> _factor;

    private LearningRateSchedule(string name, Func<long, double> factor)
    {
        Name = name;
        _factor = factor;
    }

    /// <summary>The schedule's name in transformers.</summary>
    public string Name { get; }

    /// <summary>The full rate at every step.</summary>
    public static LearningRateSchedule Constant() => new("constant", _ => 1);

    /// <summary>A linear warm-up from 0, then the full rate.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static LearningRateSchedule ConstantWithWarmup(long warmupSteps) =>
        AfterWarmup("constant_with_warmup", warmupSteps, _ => 1);

    /// <summary>A linear warm-up from 0, then a linear decay that reaches 0 one step after the last.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up; the rate is 0 after them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static LearningRateSchedule Linear(long warmupSteps, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        return AfterWarmup(
            "linear",
            warmupSteps,
            step => Math.Max(0.0, (double)(totalSteps - step) / Math.Max(1, totalSteps - warmupSteps)));
    }

    /// <summary>A linear warm-up from 0, then cosine waves: max(0, (1 + cos(2π · cycles · progress)) / 2).</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up.</param>
    /// <param name="cycles">The number of waves after the warm-up; half a wave falls once, from the full rate to 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the number of cycles is not finite.</exception>
    public static LearningRateSchedule Cosine(long warmupSteps, long totalSteps, double cycles = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        RequireCycles(cycles);
        return AfterWarmup("cosine", warmupSteps, step =>
            Wave(Progress(step, warmupSteps, totalSteps), cycles, minLearningRateRatio: 0));
    }

    /// <summary>The factor of the learning rate at a step.</summary>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return _factor(step);
    }

    /// <summary>The learning rate at a step.</summary>
    /// <param name="fullRate">The rate at factor 1.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    public double Rate(double fullRate, long step) => fullRate * Factor(step);

    private static LearningRateSchedule AfterWarmup(string name, long warmupSteps, Func<long, double> afterWarmup)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        return new LearningRateSchedule(
            name, step => step < warmupSteps ? (double)step / warmupSteps : afterWarmup(step));
    }

    private static double Progress(long step, long warmupSteps, long totalSteps) =>
        (double)(step - warmupSteps) / Math.Max(1, totalSteps - warmupSteps);

    private static double Wave(double progress, double cycles, double minLearningRateRatio)
    {
        double wave = 0.5 * (1.0 + Math.Cos(Math.PI * cycles * 2.0 * progress));
        return Math.Max(0.0, wave * (1 - minLearningRateRatio) + minLearningRateRatio);
    }

    private static void RequireCycles(double cycles)
    {
        if (!double.IsFinite(cycles))
        {
            throw new ArgumentOutOfRangeException(
                nameof(cycles), cycles, "Expected a finite number; 0.5 falls once to 0.");
        }
    }

    private static void RequireRatio(double ratio, string name)
    {
        if (ratio is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, ratio, "Expected a fraction of the full rate, from 0 to 1.");
        }
    }
}

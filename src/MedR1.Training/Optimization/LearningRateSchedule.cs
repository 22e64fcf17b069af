namespace MedR1.Training;

/// <summary>
/// The learning rate's factor at each optimizer step, equal to transformers' <c>get_scheduler</c>. With a warm-up the first step
/// (number 0) has factor 0. Immutable; any number of threads may share one.
/// </summary>
public sealed class LearningRateSchedule
{
    private readonly long _warmupSteps;
    private readonly Func<long, double> _afterWarmup;

    private LearningRateSchedule(string name, long warmupSteps, Func<long, double> afterWarmup)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        Name = name;
        _warmupSteps = warmupSteps;
        _afterWarmup = afterWarmup;
    }

    /// <summary>The name used by transformers.</summary>
    public string Name { get; }

    /// <summary>The full rate at every step.</summary>
    public static LearningRateSchedule Constant() => new("constant", 0, _ => 1);

    /// <summary>A linear rise from 0, then the full rate.</summary>
    /// <param name="warmupSteps">The number of steps it rises.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static LearningRateSchedule ConstantWithWarmup(long warmupSteps) =>
        new("constant_with_warmup", warmupSteps, _ => 1);

    /// <summary>A linear rise from 0, then a linear fall to 0 at the last step.</summary>
    /// <param name="warmupSteps">The number of steps it rises.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the rise; the rate is 0 after them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static LearningRateSchedule Linear(long warmupSteps, long totalSteps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        return new LearningRateSchedule(
            "linear",
            warmupSteps,
            step => Math.Max(0.0, (double)(totalSteps - step) / Math.Max(1, totalSteps - warmupSteps)));
    }

    /// <summary>A linear rise from 0, then cosine waves: max(0, (1 + cos(2π · cycles · progress)) / 2).</summary>
    /// <param name="warmupSteps">The number of steps it rises.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the rise.</param>
    /// <param name="cycles">The number of waves after the rise; one half falls once, from the full rate to 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the number of cycles is not finite.</exception>
    public static LearningRateSchedule Cosine(long warmupSteps, long totalSteps, double cycles = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        if (!double.IsFinite(cycles))
        {
            throw new ArgumentOutOfRangeException(
                nameof(cycles), cycles, "Expected a finite number; 0.5 falls once to 0.");
        }

        return new LearningRateSchedule("cosine", warmupSteps, step =>
        {
            double progress = (double)(step - warmupSteps) / Math.Max(1, totalSteps - warmupSteps);
            return Math.Max(0.0, 0.5 * (1.0 + Math.Cos(Math.PI * cycles * 2.0 * progress)));
        });
    }

    /// <summary>The factor of the learning rate.</summary>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double Factor(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step < _warmupSteps ? (double)step / Math.Max(1, _warmupSteps) : _afterWarmup(step);
    }

    /// <summary>The learning rate.</summary>
    /// <param name="fullRate">The rate at factor 1.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    public double Rate(double fullRate, long step) => fullRate * Factor(step);
}

namespace MedR1.Training;

/// <summary>Decides which checkpoints of a run may be removed.</summary>
internal static class CheckpointRetention
{
    /// <summary>
    /// The steps whose checkpoints can be removed after a new one was written: all except the last few, multiples of an interval, and the
    /// best.
    /// </summary>
    /// <param name="steps">The steps that have a checkpoint.</param>
    /// <param name="current">The step that was just written; later ones belong to a different attempt and are left alone.</param>
    /// <param name="best">The best step; null for none.</param>
    /// <param name="options">The policy.</param>
    public static IReadOnlyList<long> Expired(
        IReadOnlyList<long> steps, long current, long? best, TrainerOptions options)
    {
        if (options.KeepLast is not int last)
        {
            return [];
        }

        long[] own = [.. steps.Where(step => step <= current).Order()];
        return [.. own.SkipLast(last).Where(step =>
            step != best && (options.KeepInterval == 0 || step % options.KeepInterval != 0))];
    }
}

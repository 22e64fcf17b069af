using MedR1.Models.Qwen2VL;
using MedR1.Training;

namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Prints at an interval, and after the last step, how well the model does on each kind of lesson, and saves its weights.
/// </summary>
internal sealed class ProbeObserver(
    Qwen2VLPolicy policy, LessonEncoder encoder, IReadOnlyList<ILessonSource> probes, string output, int interval,
    int last) : ISftObserver
{
    private const int Lessons = 96;

    // Probes use different seeds from the run's lessons.
    private const int Seed = 1_000_003;

    private readonly LessonProbe _probe = new(policy, encoder);

    public void OnStep(StepMetrics metrics)
    {
        if (metrics.Step % interval != 0 && metrics.Step != last)
        {
            return;
        }

        foreach (ILessonSource source in probes)
        {
            Console.WriteLine($"  step {metrics.Step}: {source.Name}: {_probe.Measure(source, Lessons, Seed):F3}");
        }

        policy.Save(output);
    }
}

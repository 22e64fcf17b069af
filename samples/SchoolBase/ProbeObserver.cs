using MedR1.Models.Qwen2VL;
using MedR1.Training;

namespace MedR1.Samples.SchoolBase;

/// <summary>Prints every so often how each kind of lesson goes, and keeps the weights of that moment.</summary>
internal sealed class ProbeObserver(
    Qwen2VLPolicy policy, LessonEncoder encoder, IReadOnlyList<ILessonSource> probes, string output, int interval) : ISftObserver
{
    private readonly LetterProbe _probe = new(policy, encoder);

    public void OnStep(StepMetrics metrics)
    {
        if (metrics.Step % interval != 0)
        {
            return;
        }

        foreach (ILessonSource source in probes)
        {
            (double letter, double token) = _probe.Measure(source, count: 96, seed: 1_000_003);
            Console.WriteLine($"  step {metrics.Step}: {source.Name}: letter {letter:F3}, other tokens {token:F3}");
        }

        policy.Save(output);
    }
}

using MedR1.Models.Qwen2VL;
using MedR1.Training;

namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Prints at an interval, and after the last step, how well the model does on each kind of example, and saves its weights.
/// </summary>
internal sealed class ProbeObserver(
    Qwen2VLPolicy policy, PretrainingEncoder encoder, IReadOnlyList<IExampleSource> probes, string output, int interval,
    int last) : ISftObserver
{
    private const int Examples = 96;

    // Probes use different seeds from the run's examples.
    private const int Seed = 1_000_003;

    private readonly PretrainingProbe _probe = new(policy, encoder);

    public void OnStep(StepMetrics metrics)
    {
        if (metrics.Step % interval != 0 && metrics.Step != last)
        {
            return;
        }

        foreach (IExampleSource source in probes)
        {
            Console.WriteLine($"  step {metrics.Step}: {source.Name}: {_probe.Measure(source, Examples, Seed):F3}");
        }

        policy.Save(output);
    }
}

using MedR1.Samples.CrossModality;

namespace MedR1.Samples.Comparison;

/// <summary>The paths in the folder of a run.</summary>
internal sealed class RunFolder(string path)
{
    private readonly CellStore _cells = new(path);

    /// <summary>Starts a run, or continues it.</summary>
    /// <exception cref="InvalidOperationException">The folder contains cells of different settings.</exception>
    public void Open(IReadOnlyDictionary<string, string> identity) => _cells.Open(identity);

    public string CellOf(Method method, int seed) => _cells.PathOf(method.Name, $"seed-{seed}");

    /// <summary>The metrics file of a training.</summary>
    public string MetricsOf(Method method, int seed) => Path.Combine(path, "metrics", $"{method.Name}-seed-{seed}.jsonl");

    /// <summary>The answers to the test questions.</summary>
    public string AnswersOf(Method method, int seed) => Path.Combine(path, "answers", $"{method.Name}-seed-{seed}.json");

    public string Table => Path.Combine(path, "comparison.md");

    public string Figure => Path.Combine(path, "comparison.png");
}

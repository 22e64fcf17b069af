using MedR1.Samples.CrossModality;

namespace MedR1.Samples.Comparison;

/// <summary>Where things lie in the folder of a run.</summary>
internal sealed class RunFolder(string path)
{
    private readonly CellStore _cells = new(path);

    /// <summary>Begins a run, or goes on with it.</summary>
    /// <exception cref="InvalidOperationException">The folder holds cells of other settings.</exception>
    public void Open(IReadOnlyDictionary<string, string> identity) => _cells.Open(identity);

    public string CellOf(Method method, int seed) => _cells.PathOf(method.Name, $"seed-{seed}");

    /// <summary>The measurements of a training's steps.</summary>
    public string MetricsOf(Method method, int seed) => Path.Combine(path, "metrics", $"{method.Name}-seed-{seed}.jsonl");

    /// <summary>What was said to each test question.</summary>
    public string AnswersOf(Method method, int seed) => Path.Combine(path, "answers", $"{method.Name}-seed-{seed}.json");

    public string Table => Path.Combine(path, "comparison.md");

    public string Figure => Path.Combine(path, "comparison.png");
}

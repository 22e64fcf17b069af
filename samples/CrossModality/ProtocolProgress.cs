using System.Diagnostics;
using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>Reports which cell is in progress, how it ended and how long the rest will take.</summary>
internal sealed class ProtocolProgress(TextWriter console, int total) : IProgress<EvaluationProgress>
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _overwrites = ReferenceEquals(console, Console.Out) && !Console.IsOutputRedirected;
    private string _what = "";
    private int _done;
    private int _computed;

    public void Begin(string what) => _what = what;

    public void Report(EvaluationProgress value)
    {
        if (_overwrites && value.Done % 8 == 0)
        {
            console.Write($"\r[{_done + 1}/{total}] {_what}: {value.Done}/{value.Total} ");
        }
    }

    public void Kept() => _done++;

    public void End(EvaluationReport report)
    {
        _done++;
        _computed++;
        TimeSpan left = _clock.Elapsed / _computed * (total - _done);
        console.WriteLine(
            $"{(_overwrites ? "\r" : "")}[{_done}/{total}] {_what}: {report.Overall.Accuracy.Value * 100:F1} % of "
            + $"{report.Answers.Count} (chance {report.Overall.Chance * 100:F1} %), about {(long)left.TotalHours}:{left:mm\\:ss} left");
    }
}

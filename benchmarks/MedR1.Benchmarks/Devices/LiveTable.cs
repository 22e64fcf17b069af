namespace MedR1.Benchmarks.Devices;

/// <summary>A table in Markdown that is written row by row, so that an interrupted run still gives its results so far.</summary>
internal sealed class LiveTable
{
    private readonly TextWriter _console;

    public LiveTable(TextWriter console, params IReadOnlyList<string> head)
    {
        _console = console;
        console.Write(MarkdownTable.Write([head]));
    }

    public void Add(params IReadOnlyList<string> row) => _console.WriteLine(MarkdownTable.Write([row]).Split('\n')[0]);
}

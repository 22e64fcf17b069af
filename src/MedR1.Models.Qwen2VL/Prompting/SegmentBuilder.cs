using System.Text;

namespace MedR1.Models.Qwen2VL;

/// <summary>Collects control tokens and maximal runs of plain text.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<PromptSegment> _segments = [];
    private readonly StringBuilder _run = new();

    public SegmentBuilder Control(string token)
    {
        EndRun();
        _segments.Add(new PromptSegment(token, IsControl: true));
        return this;
    }

    public SegmentBuilder Plain(string text)
    {
        _run.Append(text);
        return this;
    }

    public IReadOnlyList<PromptSegment> Build()
    {
        EndRun();
        return _segments;
    }

    private void EndRun()
    {
        if (_run.Length > 0)
        {
            _segments.Add(new PromptSegment(_run.ToString(), IsControl: false));
            _run.Clear();
        }
    }
}

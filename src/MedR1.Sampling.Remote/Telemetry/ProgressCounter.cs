using System.Diagnostics;

namespace MedR1.Sampling.Remote;

/// <summary>Measures the progress of one call, and makes one report to the listener at a time.</summary>
internal sealed class ProgressCounter(IProgress<RemoteSamplingProgress>? listener, int promptCount, int requestsPerPrompt)
{
    private readonly int[] _missing = [.. Enumerable.Repeat(requestsPerPrompt, promptCount)];
    private readonly Lock _lock = new();
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _prompts;
    private int _completions;
    private long _tokens;
    private int _retries;

    /// <summary>Counts a prompt's group, or a part of it, that has arrived.</summary>
    public void Add(CompletionGroup group)
    {
        long tokens = group.Completions.Sum(completion => (long)completion.TokenCount);
        RemoteSamplingMetrics.RecordTokens(tokens);
        lock (_lock)
        {
            _prompts += --_missing[group.PromptIndex] == 0 ? 1 : 0;
            _completions += group.Completions.Count;
            _tokens += tokens;
            Tell();
        }
    }

    /// <summary>Counts a request that is retried.</summary>
    public void AddRetry()
    {
        RemoteSamplingMetrics.RecordRetry();
        lock (_lock)
        {
            _retries++;
            Tell();
        }
    }

    private void Tell() => listener?.Report(new RemoteSamplingProgress(
        _prompts, promptCount, _completions, _tokens, _retries, Stopwatch.GetElapsedTime(_started)));
}

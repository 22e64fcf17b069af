using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// The rollout of some prompts, G rows behind each, all rows a token further with each step. Between steps no dispose
/// scope and no gradient mode of its own is open. R rows, V vocabulary, T tokens.
/// </summary>
internal sealed class RolloutBatch : IDisposable
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly IReadOnlyList<PromptTicket> _tickets;
    private readonly TokenChooser _chooser;
    private readonly RolloutRow[] _rows;
    private readonly IKeyValueCache _cache;
    private readonly TokenHistory? _history;
    private readonly Tensor _logProbabilities_RT;
    private readonly Tensor _drawnLogProbabilities_RT;
    private readonly int _samples;
    private Tensor? _tokens_R;
    private int _given;

    public RolloutBatch(
        IVisionLanguagePolicy policy,
        TokenChooser chooser,
        SamplingOptions options,
        IReadOnlyList<PromptTicket> tickets)
    {
        _policy = policy;
        _chooser = chooser;
        _tickets = tickets;
        _samples = options.SamplesPerPrompt;
        HashSet<int> endTokenIds = [.. options.EndTokenIds ?? policy.EndTokenIds];
        _rows = [.. tickets.SelectMany(ticket => Enumerable.Range(0, _samples).Select(sample =>
            new RolloutRow(ticket, sample, endTokenIds, MatcherFor(options))))];
        int longest = tickets.Max(ticket => ticket.TokenLimit);
        _cache = policy.CreateCache(
            tickets.Count, _samples, tickets.Max(ticket => ticket.Encoded.TokenIds.Count), longest);
        _logProbabilities_RT = zeros(_rows.Length, longest, device: policy.Device).DetachFromDisposeScope();
        _drawnLogProbabilities_RT = zeros_like(_logProbabilities_RT).DetachFromDisposeScope();
        _history = chooser.NeedsHistory
            ? TokenHistory.Create(
                [.. tickets.Select(ticket => ticket.Encoded.TokenIds)], _samples, policy.VocabularySize, policy.Device)
            : null;
    }

    /// <summary>Rows in all.</summary>
    public int RowCount => _rows.Length;

    /// <summary>Rows that go on.</summary>
    public int ActiveRowCount { get; private set; } = -1;

    /// <summary>Steps made.</summary>
    public int StepCount { get; private set; }

    /// <summary>Tokens said, by all rows.</summary>
    public long TokenCount { get; private set; }

    /// <summary>Whether every row has ended.</summary>
    public bool IsDone => ActiveRowCount == 0;

    /// <summary>The rows, for streams and counts.</summary>
    public IReadOnlyList<RolloutRow> Rows => _rows;

    /// <summary>Gives each row that goes on one token more.</summary>
    /// <exception cref="NonFiniteLogitsException">A token can't be drawn.</exception>
    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        Tensor logits_RV = _tokens_R is null
            ? _policy.Prefill([.. _tickets.Select(ticket => ticket.Encoded)], _cache).repeat_interleave(_samples, 0)
            : _policy.Decode(_tokens_R, _cache);
        double[] uniforms = _chooser.IsRandom ? Array.ConvertAll(_rows, row => row.NextUniform()) : [];
        LogitsContext context = new(Array.ConvertAll(_rows, row => row.Tokens.Count), _history);
        ChosenTokens chosen = _chooser.Choose(logits_RV, context, uniforms);
        _logProbabilities_RT.select(1, StepCount).copy_(chosen.LogProbabilities);
        _drawnLogProbabilities_RT.select(1, StepCount).copy_(chosen.DrawnLogProbabilities);
        StepCount++;

        // The one place where the host waits for the device.
        long[] tokens = chosen.Tokens.cpu().data<long>().ToArray();
        Take(tokens);
        _tokens_R?.Dispose();
        _tokens_R = tensor(tokens, device: _policy.Device).DetachFromDisposeScope();
        _history?.Add(_tokens_R);
    }

    /// <summary>Ends every row where it stands.</summary>
    public void Cancel()
    {
        foreach (RolloutRow row in _rows)
        {
            row.Cancel();
        }

        ActiveRowCount = 0;
    }

    /// <summary>The log-probability of the newest token of a row.</summary>
    public float LastLogProbability(int row)
    {
        using Tensor value = _logProbabilities_RT[row, _rows[row].Tokens.Count - 1];
        return value.item<float>();
    }

    /// <summary>The next group in order if it is complete, else null.</summary>
    public CompletionGroup? TakeNext()
    {
        if (_given == _tickets.Count || RowsOf(_given).Any(row => row.Ended is null))
        {
            return null;
        }

        PromptTicket ticket = _tickets[_given];
        int longest = RowsOf(_given).Max(row => row.Tokens.Count);
        float[] logProbabilities = Fetch(_logProbabilities_RT, longest);
        float[] drawn = Fetch(_drawnLogProbabilities_RT, longest);
        Completion[] completions = [.. RowsOf(_given).Select((row, k) => Complete(
            row, logProbabilities.AsSpan(k * longest, row.Tokens.Count), drawn.AsSpan(k * longest, row.Tokens.Count)))];
        _given++;
        return new CompletionGroup(ticket.Prompt, completions)
        {
            PromptIndex = ticket.Index,
            PromptTokenCount = ticket.Encoded.TokenIds.Count,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokens_R?.Dispose();
        _logProbabilities_RT.Dispose();
        _drawnLogProbabilities_RT.Dispose();
        _history?.Dispose();
        _cache.Dispose();
    }

    private ArraySegment<RolloutRow> RowsOf(int group) => new(_rows, group * _samples, _samples);

    private StopStringMatcher? MatcherFor(SamplingOptions options) => options.StopStrings.Count == 0
        ? null
        : new StopStringMatcher(_policy.Processor.Tokenizer.CreateStreamingDecoder(), options.StopStrings);

    /// <summary>Gives the rows their tokens; rows that have ended get a token that nobody will see.</summary>
    private void Take(long[] tokens)
    {
        ActiveRowCount = 0;
        for (int i = 0; i < _rows.Length; i++)
        {
            RolloutRow row = _rows[i];
            if (row.Ended is not null)
            {
                tokens[i] = row.Tokens[^1];
                continue;
            }

            if (tokens[i] < 0)
            {
                throw new NonFiniteLogitsException(row.PromptIndex, row.SampleIndex, row.Tokens.Count);
            }

            row.Append((int)tokens[i]);
            TokenCount++;
            ActiveRowCount += row.Ended is null ? 1 : 0;
        }
    }

    private float[] Fetch(Tensor values_RT, int longest)
    {
        if (longest == 0)
        {
            return [];
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor own_RT = values_RT.narrow(0, _given * _samples, _samples).narrow(1, 0, longest);
        return own_RT.contiguous().cpu().data<float>().ToArray();
    }

    private Completion Complete(RolloutRow row, ReadOnlySpan<float> logProbabilities, ReadOnlySpan<float> drawn)
    {
        return new Completion
        {
            Text = _policy.Processor.Tokenizer.Decode(row.Tokens),
            TokenIds = [.. row.Tokens],
            StopReason = row.Ended!.Value,
            LogProbabilities = logProbabilities.ToArray(),
            DrawnLogProbabilities = drawn.ToArray(),
            SampleIndex = row.SampleIndex,
        };
    }
}

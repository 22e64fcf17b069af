using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>One completion that is being sampled.</summary>
internal sealed class RolloutRow(
    PromptTicket ticket, int sampleIndex, IReadOnlyCollection<int> endTokenIds, StopStringMatcher? stops)
{
    private readonly List<int> _tokens = [];
    private readonly List<float> _logProbabilities = [];
    private readonly List<float> _processedLogProbabilities = [];

    /// <summary>The tokens so far.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The log-probability of the newest token.</summary>
    public float LastLogProbability => _logProbabilities[^1];

    /// <summary>Why the completion ended; null while it continues.</summary>
    public StopReason? Ended { get; private set; }

    /// <summary>The completion's index in its group.</summary>
    public int SampleIndex => sampleIndex;

    /// <summary>The prompt's index in the call.</summary>
    public int PromptIndex => ticket.Index;

    /// <summary>The prompt's slot in the cache.</summary>
    public int PromptSlot { get; private set; }

    /// <summary>The cache row reserved for this completion.</summary>
    public int RowSlot { get; private set; }

    /// <summary>
    /// The cache row with this completion's tokens: its own, or that of a completion with the same tokens so far.
    /// </summary>
    public int SharedSlot { get; private set; }

    /// <summary>The number of tokens in the cache: all but the newest, which the next step feeds.</summary>
    public int CachedTokens => _tokens.Count - 1;

    /// <summary>The position in the cache for the step that feeds the newest token.</summary>
    public DecodeRow Place => new(PromptSlot, SharedSlot, CachedTokens);

    /// <summary>Whether the limit allows the completion to continue after its next token.</summary>
    public bool HasRoomBehindNext => _tokens.Count + 1 < ticket.TokenLimit;

    /// <summary>The position in the cache for the step that feeds the next token.</summary>
    public DecodeRow PlaceOfNext => Place with { Length = CachedTokens + 1 };

    /// <summary>The inputs for choosing the next token.</summary>
    /// <param name="isRandom">Whether the token is sampled at random.</param>
    /// <param name="logits">The row of the logits.</param>
    public ChoiceRow NextChoice(bool isRandom, int logits) => new(
        logits, isRandom ? CounterRandom.Uniform(ticket.Seed, sampleIndex, _tokens.Count) : 0, _tokens.Count, RowSlot)
    {
        NewTokens = _tokens,
        Prompt = ticket.Prompt,
    };

    /// <summary>Assigns the completion's slots in the cache.</summary>
    public void Begin(int promptSlot, int rowSlot)
    {
        PromptSlot = promptSlot;
        RowSlot = rowSlot;
        SharedSlot = rowSlot;
    }

    /// <summary>Shares the cache row of a completion with the same tokens so far.</summary>
    public void Share(int rowSlot) => SharedSlot = rowSlot;

    /// <summary>Appends a token and checks whether it ends the completion.</summary>
    public void Append(ChosenToken token)
    {
        _tokens.Add(token.Id);
        _logProbabilities.Add(token.LogProbability);
        _processedLogProbabilities.Add(token.ProcessedLogProbability);
        bool stopped = stops?.Append(token.Id) ?? false;
        if (endTokenIds.Contains(token.Id))
        {
            Ended = StopReason.EndToken;
        }
        else if (stopped)
        {
            Ended = StopReason.StopString;
        }
        else if (_tokens.Count >= ticket.TokenLimit)
        {
            Ended = ticket.LimitReason;
        }
    }

    /// <summary>Ends the completion at its current token, unless it has ended.</summary>
    public void Cancel() => Ended ??= StopReason.Cancelled;

    /// <summary>Converts the completion to a result.</summary>
    public Completion Complete(ITextTokenizer tokenizer) => new()
    {
        Text = tokenizer.Decode(_tokens),
        TokenIds = [.. _tokens],
        StopReason = Ended ?? throw new InvalidOperationException("The completion has not ended."),
        LogProbabilities = [.. _logProbabilities],
        ProcessedLogProbabilities = [.. _processedLogProbabilities],
        SampleIndex = sampleIndex,
    };
}

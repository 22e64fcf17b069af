using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>One completion that is being drawn.</summary>
internal sealed class RolloutRow(
    PromptTicket ticket, int sampleIndex, IReadOnlyCollection<int> endTokenIds, StopStringMatcher? stops)
{
    private readonly List<int> _tokens = [];
    private readonly List<float> _logProbabilities = [];
    private readonly List<float> _drawnLogProbabilities = [];

    /// <summary>The tokens so far.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The log-probability of the newest token.</summary>
    public float LastLogProbability => _logProbabilities[^1];

    /// <summary>Why it ended, or null while it goes on.</summary>
    public StopReason? Ended { get; private set; }

    /// <summary>The place in its group.</summary>
    public int SampleIndex => sampleIndex;

    /// <summary>The prompt's place in the call.</summary>
    public int PromptIndex => ticket.Index;

    /// <summary>Where the cache holds its prompt.</summary>
    public int PromptSlot { get; private set; }

    /// <summary>The row of the cache that is kept for it.</summary>
    public int RowSlot { get; private set; }

    /// <summary>
    /// Where the cache holds its tokens: its own row, or that of a completion which has said the same so far.
    /// </summary>
    public int SharedSlot { get; private set; }

    /// <summary>Tokens that the cache holds: all but the newest, which the next step feeds.</summary>
    public int CachedTokens => _tokens.Count - 1;

    /// <summary>Its place in the cache for the step that feeds its newest token.</summary>
    public DecodeRow Place => new(PromptSlot, SharedSlot, CachedTokens);

    /// <summary>Whether it goes on behind a token more, unless that one ends it.</summary>
    public bool HasRoomBehindNext => _tokens.Count + 1 < ticket.TokenLimit;

    /// <summary>Its place for the step that feeds the token after.</summary>
    public DecodeRow PlaceOfNext => Place with { Length = CachedTokens + 1 };

    /// <summary>What its next token is chosen with.</summary>
    /// <param name="isRandom">Whether it is drawn.</param>
    /// <param name="logits">The row of the logits that it is chosen from.</param>
    public ChoiceRow NextChoice(bool isRandom, int logits) => new(
        logits, isRandom ? CounterRandom.Uniform(ticket.Seed, sampleIndex, _tokens.Count) : 0, _tokens.Count, RowSlot)
    {
        NewTokens = _tokens,
        Prompt = ticket.Prompt,
    };

    /// <summary>Takes its places in the cache.</summary>
    public void Begin(int promptSlot, int rowSlot)
    {
        PromptSlot = promptSlot;
        RowSlot = rowSlot;
        SharedSlot = rowSlot;
    }

    /// <summary>Uses a row together with a completion that has said the same so far.</summary>
    public void Share(int rowSlot) => SharedSlot = rowSlot;

    /// <summary>Takes a token and sees whether it is the last.</summary>
    public void Append(ChosenToken token)
    {
        _tokens.Add(token.Id);
        _logProbabilities.Add(token.LogProbability);
        _drawnLogProbabilities.Add(token.DrawnLogProbability);
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

    /// <summary>Ends it where it stands, unless it has ended.</summary>
    public void Cancel() => Ended ??= StopReason.Cancelled;

    /// <summary>The completion as a result.</summary>
    public Completion Complete(ITextTokenizer tokenizer) => new()
    {
        Text = tokenizer.Decode(_tokens),
        TokenIds = [.. _tokens],
        StopReason = Ended ?? throw new InvalidOperationException("The completion has not ended."),
        LogProbabilities = [.. _logProbabilities],
        DrawnLogProbabilities = [.. _drawnLogProbabilities],
        SampleIndex = sampleIndex,
    };
}

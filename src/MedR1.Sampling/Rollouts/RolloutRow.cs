namespace MedR1.Sampling;

/// <summary>One completion that is being drawn.</summary>
internal sealed class RolloutRow(
    PromptTicket ticket, int sampleIndex, IReadOnlyCollection<int> endTokenIds, StopStringMatcher? stops)
{
    /// <summary>The tokens so far.</summary>
    public List<int> Tokens { get; } = [];

    /// <summary>Why it ended, or null while it goes on.</summary>
    public StopReason? Ended { get; private set; }

    /// <summary>The place in its group.</summary>
    public int SampleIndex => sampleIndex;

    /// <summary>The prompt's place in the call.</summary>
    public int PromptIndex => ticket.Index;

    /// <summary>The number that the next token is drawn with.</summary>
    public double NextUniform() => CounterRandom.Uniform(ticket.Seed, sampleIndex, Tokens.Count);

    /// <summary>Takes a token and sees whether it is the last.</summary>
    public void Append(int token)
    {
        Tokens.Add(token);
        bool stopped = stops?.Append(token) ?? false;
        if (endTokenIds.Contains(token))
        {
            Ended = StopReason.EndToken;
        }
        else if (stopped)
        {
            Ended = StopReason.StopString;
        }
        else if (Tokens.Count >= ticket.TokenLimit)
        {
            Ended = ticket.LimitReason;
        }
    }

    /// <summary>Ends it where it stands, unless it has ended.</summary>
    public void Cancel() => Ended ??= StopReason.Cancelled;
}

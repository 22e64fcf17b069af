using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>A prompt whose completions are being drawn.</summary>
internal sealed class RolloutGroup(PromptTicket ticket, int promptSlot, RolloutRow[] rows) : IDisposable
{
    private Tensor? _logits;
    private int _begun;

    /// <summary>The prompt.</summary>
    public PromptTicket Ticket => ticket;

    /// <summary>Where the cache holds it.</summary>
    public int PromptSlot => promptSlot;

    /// <summary>Its completions.</summary>
    public IReadOnlyList<RolloutRow> Rows => rows;

    /// <summary>Whether a completion waits for a slot.</summary>
    public bool HasWaitingRow => _begun < rows.Length && rows[_begun].Ended is null;

    /// <summary>Whether one of its completions has a token.</summary>
    public bool HasSpoken => Array.Exists(rows, row => row.Tokens.Count > 0);

    /// <summary>Whether all completions have ended.</summary>
    public bool IsDone => Array.TrueForAll(rows, row => row.Ended is not null);

    /// <summary><c>[1, V]</c>: where each completion begins. Kept until the last has begun.</summary>
    public Tensor Logits => _logits ?? throw new InvalidOperationException("The prompt has not run yet.");

    /// <summary>Takes what the prompt gave.</summary>
    public void Begin(Tensor logits) => _logits = logits.DetachFromDisposeScope();

    /// <summary>Gives the next completion a slot.</summary>
    public RolloutRow BeginRow(int rowSlot)
    {
        RolloutRow row = rows[_begun++];
        row.Begin(promptSlot, rowSlot);
        return row;
    }

    /// <summary>Drops the logits once no completion needs them.</summary>
    public void Trim()
    {
        if (_begun == rows.Length)
        {
            Dispose();
        }
    }

    /// <summary>The group as a result.</summary>
    public CompletionGroup Complete(ITextTokenizer tokenizer) =>
        new(ticket.Prompt, [.. rows.Select(row => row.Complete(tokenizer))])
        {
            PromptIndex = ticket.Index,
            PromptTokenCount = ticket.Encoded.TokenIds.Count,
            PromptTokenIds = ticket.Encoded.TokenIds,
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        _logits?.Dispose();
        _logits = null;
    }
}

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>A cache with its free slots, and the state of its rows. The lowest free slot is taken first.</summary>
internal sealed class SlotPool : IDisposable
{
    private readonly PriorityQueue<int, int> _prompts = new();
    private readonly PriorityQueue<int, int> _rows = new();

    public SlotPool(IVisionLanguagePolicy policy, CacheShape shape, TokenChooser chooser, bool recordsChoices)
    {
        Cache = policy.CreateCache(
            shape.PromptSlots, shape.RowSlots, shape.PromptCapacity, shape.CompletionCapacity);
        try
        {
            Histories = chooser.NeedsHistory ? new RowHistories(shape.RowSlots, policy.VocabularySize, policy.Device) : null;
        }
        catch
        {
            // If memory runs out here, the cache, which takes most of it, must not wait for the garbage collector.
            Cache.Dispose();
            throw;
        }

        Choice = recordsChoices
            ? new RecordedChoice(chooser, Histories, shape.RowSlots, policy.Device)
            : new PlainChoice(chooser, Histories);
        _prompts.EnqueueRange(Enumerable.Range(0, shape.PromptSlots).Select(slot => (slot, slot)));
        _rows.EnqueueRange(Enumerable.Range(0, shape.RowSlots).Select(slot => (slot, slot)));
    }

    /// <summary>The cache.</summary>
    public IKeyValueCache Cache { get; }

    /// <summary>The tokens that occur in each row, if a processor needs them.</summary>
    public RowHistories? Histories { get; }

    /// <summary>Chooses the tokens of the rows.</summary>
    public IStepChoice Choice { get; }

    /// <summary>Whether a slot for a prompt is free.</summary>
    public bool HasPrompt => _prompts.Count > 0;

    /// <summary>Whether a slot for a completion is free.</summary>
    public bool HasRow => _rows.Count > 0;

    public int TakePrompt() => _prompts.Dequeue();

    public int TakeRow() => _rows.Dequeue();

    public void ReturnPrompt(int slot) => _prompts.Enqueue(slot, slot);

    public void ReturnRow(int slot) => _rows.Enqueue(slot, slot);

    /// <inheritdoc/>
    public void Dispose()
    {
        Choice.Dispose();
        Histories?.Dispose();
        Cache.Dispose();
    }
}

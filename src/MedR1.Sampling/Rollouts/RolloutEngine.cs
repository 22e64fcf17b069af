using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Draws the completions of a call. A completion that ends frees its slot for the next one waiting; each step draws one token for every
/// completion in a slot. Between steps, the engine leaves no dispose scope and no gradient mode open. P prompts, V vocabulary.
/// </summary>
internal sealed class RolloutEngine : IDisposable
{
    private readonly IVisionLanguagePolicy _policy;
    private readonly TokenChooser _chooser;
    private readonly SamplingOptions _options;
    private readonly PromptQueue _queue;
    private readonly CachePlanner _planner;
    private readonly HashSet<int> _endTokenIds;
    private readonly RowSpeech _speech;
    private readonly ImageFeatures _features;
    private readonly PrefillBudget _budget;
    private readonly bool _sharesPrefixes;
    private readonly bool _recordsChoices;
    private readonly bool _looksAhead;
    private readonly Queue<RolloutGroup> _given = new();
    private readonly List<RolloutGroup> _open = [];
    private readonly List<RolloutGroup> _starting = [];
    private readonly List<RolloutRow> _active = [];
    private SlotPool? _slots;

    public RolloutEngine(
        IVisionLanguagePolicy policy, TokenChooser chooser, SamplingOptions options, LocalSamplerOptions limits,
        PromptQueue queue, bool looksAhead)
    {
        _policy = policy;
        _chooser = chooser;
        _options = options;
        _queue = queue;
        _planner = new CachePlanner(policy, limits, options);
        _endTokenIds = [.. options.EndTokenIds ?? policy.EndTokenIds];
        _speech = new RowSpeech(policy, chooser.IsRandom);
        _features = new ImageFeatures(policy);
        _budget = new PrefillBudget(policy);
        _recordsChoices = chooser.IsRecordable && (limits.RecordsChoices ?? policy.Device.type != DeviceType.CPU);
        _looksAhead = looksAhead && _recordsChoices;

        // A GPU computes a few more rows in the same time, but loses time to copies, and to steps of ever-changing shapes. When decoding
        // ahead, it isn't known yet which rows will diverge.
        _sharesPrefixes = policy.Device.type == DeviceType.CPU && !_looksAhead;
    }

    /// <summary>The statistics so far.</summary>
    public RolloutCounts Counts { get; } = new();

    /// <summary>Completions that are being sampled.</summary>
    public int ActiveRowCount => _active.Count;

    /// <summary>Whether an incomplete group has tokens; all rows it has begun may have ended while others wait.</summary>
    public bool IsUnderWay => _open.Exists(group => group.HasSpoken);

    /// <summary>Whether nothing is left to draw.</summary>
    public bool IsDone => _queue.Count == 0 && _open.Count == 0;

    /// <summary>The completion of a call that draws a single one.</summary>
    public RolloutRow OnlyRow { get; private set; } = null!;

    /// <summary>
    /// Admits waiting completions to free slots, and draws one more token for every completion in a slot. When decoding ahead, the host
    /// receives the tokens in the next step, unless all rows have just begun.
    /// </summary>
    /// <exception cref="NonFiniteLogitsException">A token can't be sampled.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while a prompt is encoded.</exception>
    /// <remarks>
    /// When decoding ahead, a step feeds token t + 1, which the host has not received, receives it and chooses t + 2; otherwise, a step
    /// feeds token t, then chooses and receives t + 1.
    /// </remarks>
    public void Step(CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        if (_speech.IsUnheard)
        {
            _speech.DecodeAhead(_slots!);
            Hear();
            if (_active.Count == 0)
            {
                // The caller takes completed groups before other rows begin.
                return;
            }
        }

        List<RolloutRow> beginning = Admit(cancellationToken);
        List<Tensor> logits = [];
        if (_active.Count > 0)
        {
            logits.Add(_speech.Decode(_active, _slots!));
        }

        _active.AddRange(beginning);
        logits.AddRange(SharedPrefixes.Of(beginning).Heads.Select(row => GroupOf(row).Logits));
        _speech.Say(logits, _active, _slots!);
        foreach (RolloutGroup group in _open)
        {
            group.Trim();
        }

        // First tokens are received at once, since the step after them takes extra time to be recorded.
        if (!_looksAhead || _active.Count == beginning.Count)
        {
            Hear();
        }
    }

    /// <summary>Ends every completion of the prompts in progress at its current token.</summary>
    public void Cancel()
    {
        if (_speech.IsUnheard)
        {
            Hear();
        }

        foreach (RolloutRow row in _open.SelectMany(group => group.Rows).Where(row => row.Ended is null))
        {
            row.Cancel();
            Counts.AddEnd(row);
        }

        FreeEnded();
        CloseGroups();
    }

    /// <summary>The next group in order if it is complete, otherwise null.</summary>
    public CompletionGroup? TakeNext() => _given.TryPeek(out RolloutGroup? group) && group.IsDone
        ? _given.Dequeue().Complete(_policy.Processor.Tokenizer) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.ForEach(group => group.Dispose());
        _features.Dispose();
        _slots?.Dispose();
    }

    // Admits completions: first those of the prompts in progress, then those of the next prompts.
    private List<RolloutRow> Admit(CancellationToken cancellationToken)
    {
        List<RolloutRow> beginning = [];
        while (NextGroup(cancellationToken) is RolloutGroup group)
        {
            RolloutRow? first = null;
            while (group.HasWaitingRow && _slots!.HasRow)
            {
                RolloutRow row = group.BeginRow(_slots.TakeRow());
                first ??= row;
                if (_sharesPrefixes)
                {
                    row.Share(first.RowSlot);
                }

                _slots.Histories?.Begin(row.RowSlot, group.Ticket.Encoded.TokenIds);
                beginning.Add(row);
            }
        }

        RunStarting();
        return beginning;
    }

    private RolloutGroup? NextGroup(CancellationToken cancellationToken)
    {
        if (_slots is not null && !_slots.HasRow)
        {
            return null;
        }

        if (_open.Find(group => group.HasWaitingRow) is RolloutGroup waiting)
        {
            return waiting;
        }

        if (PeekNext(cancellationToken) is not PromptTicket next)
        {
            return null;
        }

        if (_slots is null || next.Encoded.TokenIds.Count > _slots.Cache.PromptCapacity)
        {
            if (_open.Count > 0)
            {
                // The next prompt waits until the prompts in progress are done, and gets a larger cache.
                return null;
            }

            _slots?.Dispose();
            _slots = null;
            _slots = new SlotPool(_policy, _planner.Plan(_queue, cancellationToken), _chooser, _recordsChoices);
        }

        return _slots.HasPrompt ? Open(_queue.Take()) : null;
    }

    // A cancellation must not lose the completions in progress: the caller ends them with the next step.
    private PromptTicket? PeekNext(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && IsUnderWay)
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return _queue.Peek(cancellationToken);
        }
        catch (OperationCanceledException) when (IsUnderWay)
        {
            return null;
        }
    }

    private RolloutGroup Open(PromptTicket ticket)
    {
        if (!_budget.HasRoom([.. _starting.Select(group => group.Ticket.Encoded)], ticket.Encoded))
        {
            RunStarting();
        }

        RolloutRow[] rows = [.. Enumerable.Range(0, _options.SamplesPerPrompt)
            .Select(sample => new RolloutRow(ticket, sample, _endTokenIds, Matcher()))];
        RolloutGroup group = new(ticket, _slots!.TakePrompt(), rows);
        _open.Add(group);
        _starting.Add(group);
        _given.Enqueue(group);
        OnlyRow = rows[0];
        return group;
    }

    // Prefills the prompts opened since the last call.
    private void RunStarting()
    {
        if (_starting.Count == 0)
        {
            return;
        }

        EncodedPrompt[] prompts = [.. _starting.Select(group => group.Ticket.Encoded)];
        Tensor logits_PV = _policy.Prefill(
            prompts, [.. _starting.Select(group => group.PromptSlot)], _slots!.Cache, _features.Take(prompts));
        for (int prompt = 0; prompt < prompts.Length; prompt++)
        {
            _starting[prompt].Begin(logits_PV.narrow(0, prompt, 1));
        }

        _starting.Clear();
    }

    private StopStringMatcher? Matcher() => _options.StopStrings.Count == 0
        ? null
        : new StopStringMatcher(_policy.Processor.Tokenizer.CreateStreamingDecoder(), _options.StopStrings);

    private RolloutGroup GroupOf(RolloutRow row) => _open.Find(group => group.PromptSlot == row.PromptSlot)!;

    private void Hear()
    {
        _speech.Hear(_slots!);
        Counts.AddStep(_active, _slots!.Cache.RowSlots);
        if (_sharesPrefixes)
        {
            SharedPrefixes.Part(_active, _slots.Cache);
        }

        FreeEnded();
        CloseGroups();
    }

    private void FreeEnded()
    {
        foreach (RolloutRow row in _active.Where(row => row.Ended is not null))
        {
            _slots!.ReturnRow(row.RowSlot);
        }

        _active.RemoveAll(row => row.Ended is not null);
    }

    private void CloseGroups()
    {
        foreach (RolloutGroup group in _open.Where(group => group.IsDone))
        {
            _slots!.ReturnPrompt(group.PromptSlot);
            _features.Release(group.Ticket.Encoded);
            group.Dispose();
        }

        _open.RemoveAll(group => group.IsDone);
    }
}

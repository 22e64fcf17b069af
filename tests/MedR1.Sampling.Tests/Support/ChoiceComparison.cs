using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling.Tests;

/// <summary>Compares two choices over the same steps: separate operator calls, and recorded ones.</summary>
internal sealed class ChoiceComparison : IDisposable
{
    private readonly int _rowSlots;
    private readonly int _vocabularySize;
    private readonly Device _device;
    private readonly TokenChooser _chooser;
    private readonly RowHistories?[] _histories;
    private readonly PlainChoice _plain;
    private readonly RecordedChoice _recorded;

    public ChoiceComparison(SamplingOptions options, int rowSlots, int vocabularySize, Device device)
    {
        _rowSlots = rowSlots;
        _vocabularySize = vocabularySize;
        _device = device;
        _chooser = new TokenChooser(options, [1, 7], [.. options.SuppressedTokenIds.Distinct()], []);
        _histories = [.. Enumerable.Range(0, 2).Select(_ => Histories())];
        _plain = new PlainChoice(_chooser, _histories[0]);
        _recorded = new RecordedChoice(_chooser, _histories[1], rowSlots, device);
    }

    /// <summary>Runs both choices over a step of some rows.</summary>
    /// <param name="rows">The number of rows, in random slots.</param>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="spoil">Changes the logits.</param>
    /// <param name="logitsRows">The number of rows of logits, shared in turn; one per row by default.</param>
    /// <returns>The tokens of each choice, and those that the recorded one left on the device.</returns>
    public (ChosenToken[] Plain, ChosenToken[] Recorded, long[] OnDevice) Step(
        int rows, Random random, Func<Tensor, Tensor>? spoil = null, int? logitsRows = null)
    {
        int own = logitsRows ?? rows;
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new((ulong)random.Next(), CPU);
        Tensor logits = randn([own, _vocabularySize], generator: generator).Times(3);
        logits = (spoil?.Invoke(logits) ?? logits).to(_device);
        int[] slots = [.. Enumerable.Range(0, _rowSlots)];
        random.Shuffle(slots);
        ChoiceRow[] of = [.. slots.Take(rows).Select((slot, row) =>
            new ChoiceRow(row % own, CounterRandom.Uniform(5, slot, random.Next()), random.Next(8), slot))];

        // Continuing and new rows come in separate chunks.
        Tensor[] pieces = own == 1 ? [logits] : [logits.narrow(0, 0, 1), logits.narrow(0, 1, own - 1)];
        _plain.Begin(pieces, of);
        _recorded.Begin(pieces, of);
        long[] onDevice = _recorded.NewestTokens()!.cpu().data<long>().ToArray();
        return (_plain.Finish(), _recorded.Finish(), onDevice);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _recorded.Dispose();
        Array.ForEach(_histories, history => history?.Dispose());
    }

    private RowHistories? Histories()
    {
        if (!_chooser.NeedsHistory)
        {
            return null;
        }

        RowHistories histories = new(_rowSlots, _vocabularySize, _device);
        for (int slot = 0; slot < _rowSlots; slot++)
        {
            histories.Begin(slot, [slot, 2 * slot, 30]);
        }

        return histories;
    }
}

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// A choice that is recorded as a device program, if the device supports it, for each rounded number of rows; each choice then costs the
/// host one copy to the device and one back. The most recently used programs are kept.
/// </summary>
internal sealed class RecordedChoice(TokenChooser chooser, RowHistories? histories, int mostRows, Device device)
    : IStepChoice
{
    // Each holds the logits of its rows and the intermediates up to the tokens.
    private const int MostKept = 3;

    private readonly List<ChoiceProgram> _kept = [];
    private int _newestRows;

    /// <inheritdoc/>
    public void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows)
    {
        int size = Math.Min(mostRows, RoundedSizes.AtLeast(rows.Count));
        _newestRows = rows.Count;
        Take(size, logits[0].shape[1]).Begin(Expanded(logits, rows), rows);
    }

    /// <inheritdoc/>
    public ChosenToken[] Finish() => _kept[^1].Finish(_newestRows);

    /// <inheritdoc/>
    public Tensor? NewestTokens() => _kept.Count == 0 ? null : _kept[^1].Tokens.narrow(0, 0, _newestRows);

    /// <inheritdoc/>
    public void Dispose()
    {
        _kept.ForEach(program => program.Dispose());
        _kept.Clear();
    }

    // A recorded program has one row of logits for each row.
    private static IReadOnlyList<Tensor> Expanded(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows) =>
        logits.Sum(part => part.shape[0]) == rows.Count
            ? logits
            : [cat([.. logits], 0).index_select(
                0, rows.Select(row => (long)row.Logits).ToArray().ToDevice(logits[0].device))];

    // The most recently used is last.
    private ChoiceProgram Take(int size, long vocabularySize)
    {
        ChoiceProgram? taken = _kept.Find(program => program.Size == size);
        if (taken is not null)
        {
            _kept.Remove(taken);
        }
        else if (_kept.Count == MostKept)
        {
            _kept[0].Dispose();
            _kept.RemoveAt(0);
        }

        taken ??= new ChoiceProgram(chooser, histories, size, vocabularySize, device);
        _kept.Add(taken);
        return taken;
    }
}

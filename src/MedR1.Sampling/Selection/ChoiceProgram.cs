using MedR1.Modeling;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// The choice for a fixed number of rows: tensors for its inputs and outputs, and the work between them. Unused rows choose from stale
/// logits; nothing reads their tokens, and their history is a spare one. N rows, V vocabulary.
/// </summary>
internal sealed class ChoiceProgram : IDisposable
{
    private readonly TokenChooser _chooser;
    private readonly RowHistories? _histories;
    private readonly TokenIndices _indices;
    private readonly ChoiceNumbers _numbers;
    private readonly Tensor _logits_NV;
    private readonly Tensor _stacked_3N;
    private readonly IDeviceWork? _work;
    private readonly HostCopy? _answer;

    public ChoiceProgram(
        TokenChooser chooser, RowHistories? histories, int size, long vocabularySize, Device device)
    {
        Size = size;
        _chooser = chooser;
        _histories = histories;
        _indices = new TokenIndices(device);
        _numbers = new ChoiceNumbers(size, histories?.SpareSlot ?? 0, device);
        _logits_NV = zeros([size, vocabularySize], ScalarType.Float32, device).DetachFromDisposeScope();
        _stacked_3N = zeros([3, size], ScalarType.Float64, device).DetachFromDisposeScope();
        Tokens = zeros(size, ScalarType.Int64, device).DetachFromDisposeScope();

        // Recording runs the work once, which adds to histories: record before the step's rows are written. If memory runs out here, what
        // has been allocated so far must not wait for the garbage collector.
        try
        {
            _work = DeviceWork.Create(device, Compute);
            _answer = new HostCopy(_stacked_3N);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The number of rows (N).</summary>
    public int Size { get; }

    /// <summary><c>[N]</c> int64: the tokens chosen last; for a row that failed, an arbitrary valid token.</summary>
    public Tensor Tokens { get; }

    /// <summary>Starts the device's choice for the rows of a step.</summary>
    public void Begin(IReadOnlyList<Tensor> logits, IReadOnlyList<ChoiceRow> rows)
    {
        long first = 0;
        foreach (Tensor piece in logits)
        {
            _logits_NV.narrow(0, first, piece.shape[0]).copy_(piece);
            first += piece.shape[0];
        }

        _numbers.Fill(rows);
        _work!.Run();
        _answer!.Begin();
    }

    /// <summary>Waits for the choice and returns that of the first rows.</summary>
    public ChosenToken[] Finish(int rows) => ChosenToken.Read(_answer!.Wait(), rows);

    /// <inheritdoc/>
    public void Dispose()
    {
        _work?.Dispose();
        _answer?.Dispose();
        _indices.Dispose();
        _numbers.Dispose();
        _logits_NV.Dispose();
        _stacked_3N.Dispose();
        Tokens.Dispose();
    }

    private void Compute()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slots_N = _numbers.RowSlots;
        using TokenHistory? history = _histories?.Of(slots_N);
        LogitsContext context = new([], history) { RecordedCounts = _numbers.NewTokenCounts, Indices = _indices };
        ChosenTokens chosen = _chooser.Choose(_logits_NV, context, _chooser.IsRandom ? _numbers.Uniforms : null);
        _histories?.Add(slots_N, chosen.Tokens);
        Tokens.copy_(chosen.Tokens.Limited(least: 0L));
        _stacked_3N.copy_(chosen.Stacked());
    }
}

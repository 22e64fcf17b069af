using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Which tokens a pass predicts, and from which of its outputs: a table with a row for each completion or sequence and a column for each
/// token, padded on the right. <see cref="TokenScores.Compute(Tensor, TokenTargets, TokenStatisticsOptions)"/> makes statistics of them.
/// </summary>
public sealed class TokenTargets
{
    private readonly long[] _sources;
    private readonly long[] _targets;
    private readonly bool[] _mask;

    internal TokenTargets(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        _sources = new long[rows * columns];
        _targets = new long[rows * columns];
        _mask = new bool[rows * columns];
    }

    /// <summary>The number of completions or sequences.</summary>
    public int Rows { get; }

    /// <summary>The largest number of predicted tokens in a row.</summary>
    public int Columns { get; }

    /// <summary>Returns the table as tensors, the arguments of functions that compute statistics.</summary>
    /// <param name="device">The device of the tensors.</param>
    /// <returns>
    /// <c>[rows, columns]</c> each: the index of the output that predicts each token, int64; the tokens, int64; and a mask that is true at
    /// tokens. Padding has index 0 and token 0.
    /// </returns>
    public (Tensor Sources, Tensor Targets, Tensor Mask) ToDevice(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using Tensor sources = _sources.ToDevice(device);
        using Tensor targets = _targets.ToDevice(device);
        using Tensor mask = tensor(_mask, [Rows, Columns], device: CPU);
        return (sources.view(Rows, Columns), targets.view(Rows, Columns), mask.to(device, copy: true));
    }

    /// <summary>Arranges what predicts the tokens in rows and columns, for <see cref="IHiddenStatePolicy.CompletionStates"/>.</summary>
    /// <param name="outputs"><c>[M, width]</c></param>
    /// <returns><c>[rows, columns, width]</c>, at padding the first output; a new tensor.</returns>
    /// <exception cref="ArgumentException">The outputs have not two dimensions.</exception>
    public Tensor Arrange(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        if (outputs.dim() != 2)
        {
            throw new ArgumentException(
                $"Expected outputs of shape [M, width], but got [{string.Join(", ", outputs.shape)}].", nameof(outputs));
        }

        using Tensor sources = _sources.ToDevice(outputs.device);
        using Tensor flat = outputs.index_select(0, sources);
        return flat.view(Rows, Columns, outputs.shape[1]);
    }

    internal void Set(int row, int column, int token, int source)
    {
        int cell = (row * Columns) + column;
        _sources[cell] = source;
        _targets[cell] = token;
        _mask[cell] = true;
    }
}

using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// The numbers of a step's rows, copied to a device in one piece and kept there in persistent tensors. N rows, including unused ones.
/// </summary>
internal sealed class ChoiceNumbers : IDisposable
{
    private readonly int _size;
    private readonly int _spareSlot;
    private readonly Tensor _all;

    /// <summary>Allocates the tensors; all rows are unused.</summary>
    /// <param name="size">The number of rows (N).</param>
    /// <param name="spareSlot">The slot of unused rows.</param>
    /// <param name="device">The device of the tensors.</param>
    public ChoiceNumbers(int size, int spareSlot, Device device)
    {
        _size = size;
        _spareSlot = spareSlot;
        _all = zeros(3 * size, ScalarType.Float64, device).DetachFromDisposeScope();
        Fill([]);
    }

    /// <summary><c>[N]</c> float64: the uniform numbers that tokens are sampled with.</summary>
    public Tensor Uniforms => List(0);

    /// <summary><c>[N]</c> float64: the number of tokens that each row has generated.</summary>
    public Tensor NewTokenCounts => List(1);

    /// <summary><c>[N]</c> int64: the slots of the rows.</summary>
    public Tensor RowSlots => List(2).to(ScalarType.Int64);

    /// <summary>Copies the numbers of a step to the device.</summary>
    public void Fill(IReadOnlyList<ChoiceRow> rows)
    {
        double[] numbers = new double[3 * _size];
        for (int row = 0; row < _size; row++)
        {
            ChoiceRow own = row < rows.Count ? rows[row] : new ChoiceRow(row, 0.5, 0, _spareSlot);
            numbers[row] = own.Uniform;
            numbers[_size + row] = own.NewTokenCount;
            numbers[2 * _size + row] = own.RowSlot;
        }

        using Tensor onHost = tensor(numbers);
        _all.TakeFromHost(onHost);
    }

    /// <inheritdoc/>
    public void Dispose() => _all.Dispose();

    private Tensor List(int list) => _all.narrow(0, list * _size, _size);
}

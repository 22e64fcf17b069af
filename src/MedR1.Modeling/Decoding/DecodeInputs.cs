using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The inputs of a step on the device, in tensors with fixed addresses: N places, A prompts.</summary>
internal sealed class DecodeInputs : IDisposable
{
    private readonly DecodeShape _shape;
    private readonly Tensor _numbers;

    public DecodeInputs(DecodeShape shape, Device device)
    {
        _shape = shape;
        _numbers = zeros(DecodeNumbers.CountOf(shape), ScalarType.Int64, device).DetachFromDisposeScope();
        Tokens = zeros(shape.Places, ScalarType.Int64, device).DetachFromDisposeScope();
    }

    /// <summary><c>[N]</c>: the token of each place.</summary>
    public Tensor Tokens { get; }

    /// <summary><c>[N]</c></summary>
    public Tensor RowSlots => OfPlaces(1);

    /// <summary><c>[N]</c></summary>
    public Tensor OwnLengths => OfPlaces(2);

    /// <summary><c>[N]</c></summary>
    public Tensor Positions => OfPlaces(3);

    /// <summary><c>[A]</c></summary>
    public Tensor PromptSlots => OfGroups(0);

    /// <summary><c>[A]</c></summary>
    public Tensor PromptLengths => OfGroups(1);

    /// <summary><c>[rows]</c>: the place of each row of the step.</summary>
    public Tensor PlacesOf(DecodeLayout layout) => OfPlaces(4).narrow(0, 0, layout.Rows);

    /// <summary>Copies the inputs of a step to the device.</summary>
    /// <param name="layout">The layout of the step's rows.</param>
    /// <param name="tokens"><c>[rows]</c> int64: the token of each row.</param>
    public void Fill(DecodeLayout layout, Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        _numbers.TakeFromHost(tensor(layout.Numbers, device: CPU));
        Tokens.copy_(layout.IsFull ? tokens : tokens.index_select(0, OfPlaces(0)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _numbers.Dispose();
        Tokens.Dispose();
    }

    private Tensor OfPlaces(int list) => _numbers.narrow(0, list * _shape.Places, _shape.Places);

    private Tensor OfGroups(int list) => _numbers.narrow(0, 5 * _shape.Places + list * _shape.Groups, _shape.Groups);
}

using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Training;

/// <summary>
/// A linear layer from a hidden state to one number, in float32. It starts at 0, so that the first values are 0 and the first
/// advantages come from the rewards alone.
/// </summary>
public sealed class ValueHead : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>Creates a head.</summary>
    /// <param name="hiddenSize">The size of a hidden state.</param>
    /// <param name="device">The device of the parameters.</param>
    public ValueHead(int hiddenSize, Device device)
        : base(nameof(ValueHead))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        _weight = ParameterFactory.Empty([1, hiddenSize], device, ScalarType.Float32);
        _bias = ParameterFactory.Empty([1], device, ScalarType.Float32);
        using IDisposable guard = no_grad();
        _weight.zero_();
        _bias.zero_();
        RegisterComponents();
    }

    /// <summary>Applies the head.</summary>
    /// <param name="states"><c>[…, hidden]</c> of any floating-point type.</param>
    /// <returns><c>[…]</c> float32.</returns>
    public override Tensor forward(Tensor states)
    {
        ArgumentNullException.ThrowIfNull(states);
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.linear(states.to(ScalarType.Float32), _weight, _bias).squeeze(-1)
            .MoveToOuterDisposeScope();
    }
}

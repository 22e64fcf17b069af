using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>
/// One decoder layer: norm, attention, norm, two-layer perceptron. B rows, T tokens, H width, h heads, d head size.
/// </summary>
internal sealed class TinyLayer : nn.Module
{
    private readonly int _heads;
    private readonly Parameter _query_key_value;
    private readonly Parameter _output;
    private readonly Parameter _up;
    private readonly Parameter _down;

    public TinyLayer(int hidden, int heads, Func<double, long[], Parameter> create)
        : base(nameof(TinyLayer))
    {
        _heads = heads;
        double scale = 1 / Math.Sqrt(hidden);
        _query_key_value = create(scale, [3 * hidden, hidden]);
        _output = create(scale, [hidden, hidden]);
        _up = create(scale, [4 * hidden, hidden]);
        _down = create(scale / 2, [hidden, 4 * hidden]);
        RegisterComponents();
    }

    /// <summary>Queries, keys and values <c>[B, h, T, d]</c> of hidden states <c>[B, T, H]</c>.</summary>
    public (Tensor Query, Tensor Key, Tensor Value) Project(Tensor hidden_BTH)
    {
        long[] shape = hidden_BTH.shape;
        Tensor[] parts = nn.functional.linear(TinyNetwork.Normalize(hidden_BTH), _query_key_value)
            .view(shape[0], shape[1], 3 * _heads, shape[2] / _heads)
            .transpose(1, 2)
            .chunk(3, 1);
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>Adds the output of attention, <c>[B, h, T, d]</c>, and the perceptron to the hidden states.</summary>
    public Tensor Finish(Tensor hidden_BTH, Tensor attended_BhTd)
    {
        Tensor attended_BTH = attended_BhTd.transpose(1, 2).reshape(hidden_BTH.shape);
        Tensor middle_BTH = hidden_BTH.Plus(nn.functional.linear(attended_BTH, _output));
        Tensor wide = nn.functional.silu(nn.functional.linear(TinyNetwork.Normalize(middle_BTH), _up));
        return middle_BTH.Plus(nn.functional.linear(wide, _down));
    }
}

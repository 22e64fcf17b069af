using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Grouped-query attention: projections with biases for queries, keys and values, none for the output.</summary>
internal sealed class DecoderAttention : nn.Module
{
    private readonly int _headSize;

    [ComponentName(Name = "q_proj")]
    private readonly Projection _query;

    [ComponentName(Name = "k_proj")]
    private readonly Projection _key;

    [ComponentName(Name = "v_proj")]
    private readonly Projection _value;

    [ComponentName(Name = "o_proj")]
    private readonly Projection _output;

    public DecoderAttention(Qwen2VLTextConfiguration text, Device device, ScalarType dataType)
        : base(nameof(DecoderAttention))
    {
        _headSize = text.HeadSize;
        int keyWidth = text.KeyValueHeadCount * text.HeadSize;
        _query = new Projection(text.HiddenSize, text.HiddenSize, true, device, dataType);
        _key = new Projection(text.HiddenSize, keyWidth, true, device, dataType);
        _value = new Projection(text.HiddenSize, keyWidth, true, device, dataType);
        _output = new Projection(text.HiddenSize, text.HiddenSize, false, device, dataType);
        RegisterComponents();
    }

    /// <summary><c>[N, hidden]</c> to <c>[N, hidden]</c>.</summary>
    public Tensor Forward(Tensor input, int layer, RotaryTable table, IAttentionPattern pattern)
    {
        using Tensor queries = Heads(_query.call(input));
        using Tensor keys = Heads(_key.call(input));
        using Tensor values = Heads(_value.call(input));
        using Tensor turnedQueries = table.Rotate(queries);
        using Tensor turnedKeys = table.Rotate(keys);
        using Tensor attended = pattern.Attend(layer, turnedQueries, turnedKeys, values);
        return _output.call(attended);
    }

    private Tensor Heads(Tensor projected)
    {
        using (projected)
        {
            return projected.view(projected.shape[0], -1, _headSize);
        }
    }
}

using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Attention within segments of the patch sequence, with one projection for queries, keys and values.</summary>
internal sealed class VisionAttention : nn.Module
{
    private readonly int _headCount;
    private readonly int _headSize;

    [ComponentName(Name = "qkv")]
    private readonly Projection _queryKeyValue;

    [ComponentName(Name = "proj")]
    private readonly Projection _output;

    public VisionAttention(Qwen2VLVisionConfiguration vision, WeightFormat format)
        : base(nameof(VisionAttention))
    {
        _headCount = vision.HeadCount;
        _headSize = vision.HeadSize;
        _queryKeyValue = format.Linear(vision.Width, 3 * vision.Width, true);
        _output = format.Linear(vision.Width, vision.Width, true);
        RegisterComponents();
    }

    /// <summary>Applies the layer, <c>[S, width]</c> to <c>[S, width]</c>.</summary>
    public Tensor Forward(Tensor input, RotaryTable table, AttentionSegments segments)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor all = _queryKeyValue.call(input).view(-1, 3, _headCount, _headSize);
        Tensor[] parts = all.unbind(1);

        // Rotated in float32 regardless of the tower's data type, as in the reference.
        Tensor queries = table.RotateAndRound(parts[0]);
        Tensor keys = table.RotateAndRound(parts[1]);
        Tensor attended = segments.Attend(queries, keys, parts[2]);
        return _output.call(attended).MoveToOuterDisposeScope();
    }
}

using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// A pre-norm block of the tower: attention and the feed-forward layer, each with a residual connection.
/// </summary>
internal sealed class VisionBlock : nn.Module
{
    [ComponentName(Name = "norm1")]
    private readonly nn.Module<Tensor, Tensor> _attentionNorm;

    [ComponentName(Name = "norm2")]
    private readonly nn.Module<Tensor, Tensor> _mlpNorm;

    [ComponentName(Name = "attn")]
    private readonly VisionAttention _attention;

    [ComponentName(Name = "mlp")]
    private readonly nn.Module<Tensor, Tensor> _mlp;

    public VisionBlock(
        VisionAttention attention, nn.Module<Tensor, Tensor> mlp, nn.Module<Tensor, Tensor> attentionNorm,
        nn.Module<Tensor, Tensor> mlpNorm)
        : base(nameof(VisionBlock))
    {
        _attention = attention;
        _mlp = mlp;
        _attentionNorm = attentionNorm;
        _mlpNorm = mlpNorm;
        RegisterComponents();
    }

    /// <summary>Applies the block, <c>[S, width]</c> to <c>[S, width]</c>.</summary>
    public Tensor Forward(Tensor input, RotaryTable table, AttentionSegments segments)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor attended = input.Plus(_attention.Forward(_attentionNorm.call(input), table, segments));
        return attended.Plus(_mlp.call(_mlpNorm.call(attended))).MoveToOuterDisposeScope();
    }
}

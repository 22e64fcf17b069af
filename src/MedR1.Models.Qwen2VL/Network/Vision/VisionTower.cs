using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The vision tower of both families, from patches of images to features of the decoder's width.</summary>
internal sealed class VisionTower : nn.Module
{
    private const double NormEpsilon = 1e-6;

    private readonly Qwen2VLVisionConfiguration _vision;
    private readonly bool[] _seesAll;
    private readonly VisionRotary _rotary;

    [ComponentName(Name = "patch_embed")]
    private readonly PatchEmbedding _embedding;

    [ComponentName(Name = "blocks")]
    private readonly ModuleList<VisionBlock> _blocks;

    [ComponentName(Name = "merger")]
    private readonly PatchMerger _merger;

    public VisionTower(Qwen2VLVisionConfiguration vision, Qwen2VLFamily family, WeightFormat format)
        : base(nameof(VisionTower))
    {
        _vision = vision;
        _seesAll = [.. Enumerable.Range(0, vision.Depth)
            .Select(block => vision.WindowSize == 0 || vision.FullAttentionBlocks.Contains(block))];
        _rotary = new VisionRotary(vision, format.Device);
        _embedding = new PatchEmbedding(vision, format.Device, format.DataType);
        _blocks = new ModuleList<VisionBlock>([.. Enumerable.Range(0, vision.Depth).Select(_ => Block())]);
        _merger = new PatchMerger(vision, Norm(), format);
        RegisterComponents();

        VisionBlock Block() => new(new VisionAttention(vision, format), Mlp(), Norm(), Norm());
        nn.Module<Tensor, Tensor> Norm() => family == Qwen2VLFamily.Qwen25VL
            ? new RmsNormalization(vision.Width, NormEpsilon, format.Device, format.DataType)
            : new LayerNormalization(vision.Width, NormEpsilon, format.Device, format.DataType);
        nn.Module<Tensor, Tensor> Mlp() => family == Qwen2VLFamily.Qwen25VL
            ? new SwiGluMlp(vision.Width, vision.MlpWidth, true, format)
            : new QuickGeluMlp(vision.Width, vision.MlpWidth, format);
    }

    /// <summary>
    /// Computes features, <c>[S, values per patch]</c> in the tower's data type to <c>[S / squares, hidden]</c>, both in the
    /// order of the images. With a checkpointed pass, blocks are recomputed in the backward pass.
    /// </summary>
    public Tensor Forward(
        Tensor patches, IReadOnlyList<ImageGrid> grids, ActivationObserver? observer = null, CheckpointedPass? pass = null)
    {
        using DisposeScope scope = NewDisposeScope();
        VisionLayout layout = VisionLayout.Create(_vision, grids, _rotary.Frequencies, patches.dtype, patches.device);
        using IDisposable? ended = pass is null ? layout : null;
        pass?.Keep(layout);
        Tensor embedded = _embedding.call(patches);
        observer?.Invoke("patch_embed", embedded);
        Tensor hidden = layout.ToBlockOrder(embedded);
        for (int index = 0; index < _blocks.Count; index++)
        {
            VisionBlock block = _blocks[index];
            AttentionSegments segments = _seesAll[index] ? layout.Frames : layout.Windows!;
            Tensor next = pass is null
                ? block.Forward(hidden, layout.Table, segments)
                : pass.Run(block, again => block.Forward(again, layout.Table, segments), hidden);
            hidden.Dispose();
            hidden = next;
            observer?.Invoke($"block_{index}", layout.ToPatchOrder(hidden));
        }

        Tensor features = layout.ToFeatureOrder(_merger.call(hidden));
        observer?.Invoke("merger", features);
        return features.MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary.Dispose();
        base.Dispose(disposing);
    }
}

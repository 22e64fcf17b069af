using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Merges each square of patches into one feature: norm of each patch, concatenation, then two linear layers with the exact
/// GELU in between.
/// </summary>
internal sealed class PatchMerger : nn.Module<Tensor, Tensor>
{
    private readonly int _innerWidth;

    [ComponentName(Name = "ln_q")]
    private readonly nn.Module<Tensor, Tensor> _norm;

    [ComponentName(Name = "mlp")]
    private readonly MergerMlp _mlp;

    public PatchMerger(
        Qwen2VLVisionConfiguration vision, nn.Module<Tensor, Tensor> norm, WeightFormat format)
        : base(nameof(PatchMerger))
    {
        _innerWidth = vision.Width * vision.MergeUnit;
        _norm = norm;
        _mlp = new MergerMlp(_innerWidth, vision.OutputSize, format);
        RegisterComponents();
    }

    /// <param name="input"><c>[S, width]</c>, the patches of a square in consecutive rows.</param>
    /// <returns><c>[S / squares, output]</c></returns>
    public override Tensor forward(Tensor input)
    {
        using Tensor normalised = _norm.call(input);
        using Tensor squares = normalised.view(-1, _innerWidth);
        return _mlp.call(squares);
    }

    // The published names are indices of a sequential module: 0 and 2 are the layers, 1 is the activation.
    private sealed class MergerMlp : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly Projection _first;

        [ComponentName(Name = "2")]
        private readonly Projection _second;

        public MergerMlp(int innerWidth, int outputSize, WeightFormat format)
            : base(nameof(MergerMlp))
        {
            _first = format.Linear(innerWidth, innerWidth, true);
            _second = format.Linear(innerWidth, outputSize, true);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor inner = _first.call(input);
            using Tensor active = GeluActivation.Exact(inner);
            return _second.call(active);
        }
    }
}

using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The patch embedding: a convolution whose kernel is as large as a patch, computed as one matrix product.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly PatchKernel _kernel;

    public PatchEmbedding(Qwen2VLVisionConfiguration vision, Device device, ScalarType dataType)
        : base(nameof(PatchEmbedding))
    {
        _kernel = new PatchKernel(vision, device, dataType);
        RegisterComponents();
    }

    /// <param name="input"><c>[S, channels · frames · side · side]</c></param>
    /// <returns><c>[S, width]</c></returns>
    public override Tensor forward(Tensor input) => _kernel.call(input);

    private sealed class PatchKernel : nn.Module<Tensor, Tensor>, IAdaptableLayer
    {
        [ComponentName(Name = "weight")]
        private readonly Parameter _weight;

        public PatchKernel(Qwen2VLVisionConfiguration vision, Device device, ScalarType dataType)
            : base(nameof(PatchKernel))
        {
            _weight = ParameterFactory.Empty(
                [vision.Width, vision.ChannelCount, vision.TemporalPatchSize, vision.PatchSize, vision.PatchSize],
                device, dataType);
            RegisterComponents();
        }

        public Parameter Weight => _weight;

        public Parameter? Bias => null;

        public AdaptableLayerKind Kind => AdaptableLayerKind.Convolution;

        public LayerAdapter? Adapter { get; set; }

        public override Tensor forward(Tensor input)
        {
            if (Adapter is not null)
                return Adapter.ApplyLinear(input, _weight, null);
            using Tensor matrix = _weight.view(_weight.shape[0], -1);
            return LinearOperator.Apply(input, matrix);
        }
    }
}

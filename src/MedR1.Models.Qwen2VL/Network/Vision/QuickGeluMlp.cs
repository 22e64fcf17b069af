using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>The feed-forward layer of Qwen2-VL's tower, with the quick GELU, <c>z · sigmoid(1.702 z)</c>.</summary>
internal sealed class QuickGeluMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")]
    private readonly Projection _first;

    [ComponentName(Name = "fc2")]
    private readonly Projection _second;

    public QuickGeluMlp(int width, int innerWidth, WeightFormat format)
        : base(nameof(QuickGeluMlp))
    {
        _first = format.Linear(width, innerWidth, true);
        _second = format.Linear(innerWidth, width, true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor inner = _first.call(input);
        using Tensor active = GeluActivation.Quick(inner);
        return _second.call(active);
    }
}

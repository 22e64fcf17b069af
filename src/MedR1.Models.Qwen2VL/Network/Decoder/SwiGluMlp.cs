using MedR1.Modeling;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>A gated feed-forward layer, <c>down(silu(gate(x)) · up(x))</c> (Shazeer, 2020).</summary>
internal sealed class SwiGluMlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "gate_proj")]
    private readonly Projection _gate;

    [ComponentName(Name = "up_proj")]
    private readonly Projection _up;

    [ComponentName(Name = "down_proj")]
    private readonly Projection _down;

    public SwiGluMlp(int width, int innerWidth, bool hasBias, WeightFormat format)
        : base(nameof(SwiGluMlp))
    {
        _gate = format.Linear(width, innerWidth, hasBias);
        _up = format.Linear(width, innerWidth, hasBias);
        _down = format.Linear(innerWidth, width, hasBias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor gate = _gate.call(input);
        using Tensor up = _up.call(input);
        using Tensor inner = GatedActivation.Apply(gate, up);
        return _down.call(inner);
    }

    /// <summary>Records the layer in a decode step and adds its output to the residual.</summary>
    public StepValues Record(StepRecorder step, StepValues input, StepValues residual)
    {
        using StepValues inner = step.ProjectGated(input, _gate, _up);
        return step.AddProjected(residual, inner, _down);
    }
}

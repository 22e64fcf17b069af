using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Computes the gradients of a layer normalisation's gain and bias in float32 on the CPU, independent of the number of threads; libtorch
/// sums them per thread first. The normalisation and the gradient of its input, which are independent for each row, use libtorch.
/// </summary>
internal sealed class GainFunction : autograd.SingleTensorFunction<GainFunction>
{
    private const string Forms = "forms";
    private const string Epsilon = "epsilon";

    public override string Name => nameof(GainFunction);

    /// <summary>Whether gain or bias takes a gradient and the device and data types are supported.</summary>
    public static bool Fits(Tensor input, Tensor gain, Tensor bias) =>
        is_grad_enabled() && (gain.requires_grad || bias.requires_grad) && input.numel() > 0
        && input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32 && gain.dtype == ScalarType.Float32;

    /// <summary>Computes the normalised values, with gradients of input, gain and bias.</summary>
    /// <param name="input"><c>[…, n]</c></param>
    /// <param name="gain"><c>[n]</c></param>
    /// <param name="bias"><c>[n]</c></param>
    /// <param name="epsilon">Added to the variance.</param>
    public static Tensor Apply(Tensor input, Tensor gain, Tensor bias, double epsilon)
    {
        using Tensor frozenGain = gain.detach();
        using Tensor frozenBias = bias.detach();
        using Tensor frozenInput = input.detach();
        using Tensor normalised = nn.functional.layer_norm(input, gain.shape, frozenGain, frozenBias, epsilon);
        return apply(
            normalised, frozenInput, epsilon,
            new[] { GradientForm.Of(normalised), null, null, null, GradientForm.IfTaken(gain), GradientForm.IfTaken(bias) },
            gain, bias);
    }

    /// <summary>
    /// Arguments: normalised values, input, ε, the forms of the gradients, gain and bias. Returns the normalised values.
    /// </summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        ctx.set_materialize_grads(false);
        ctx.save_data(Epsilon, vars[2]);
        ctx.save_data(Forms, vars[3]);
        ctx.save_for_backward([(Tensor)vars[1]]);
        Tensor normalised = (Tensor)vars[0];
        return normalised.view(normalised.shape);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [.. new Tensor[6]];
        }

        GradientForm?[] forms = (GradientForm?[])ctx.get_data(Forms);
        return ctx.GuardOf().GuardAndKeep(forms, () =>
        {
            Tensor input = ctx.get_saved_variables()[0];
            long width = input.shape[^1];
            Tensor rows = grad_output.reshape(-1, width);
            Tensor? ofGain = null;
            if (forms[4] is not null)
            {
                Tensor plain = nn.functional.layer_norm(input, [width], null, null, (double)ctx.get_data(Epsilon));
                ofGain = (rows * plain.view(-1, width)).sum(dim: 0);
            }

            return [grad_output.view(grad_output.shape), null, null, null, ofGain, forms[5] is null ? null : rows.sum(dim: 0)];
        });
    }
}

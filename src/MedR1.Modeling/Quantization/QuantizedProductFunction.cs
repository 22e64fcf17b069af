using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A differentiable product with a <see cref="QuantizedWeight"/>. No widened weights are saved for the backward pass, which
/// widens them again.
/// </summary>
internal sealed class QuantizedProductFunction : autograd.SingleTensorFunction<QuantizedProductFunction>
{
    private const string Weight = "weight";
    private const string Form = "form";

    public override string Name => nameof(QuantizedProductFunction);

    /// <summary>Arguments: the input and the weight.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor input = (Tensor)vars[0];
        QuantizedWeight weight = (QuantizedWeight)vars[1];
        ctx.set_materialize_grads(false);
        ctx.save_data(Weight, weight);
        ctx.save_data(Form, GradientForm.Of(input));
        return weight.Multiply(input);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
            return [null!, null!];
        QuantizedWeight weight = (QuantizedWeight)ctx.get_data(Weight);
        GradientForm form = (GradientForm)ctx.get_data(Form);
        List<Tensor> gradients = weight.Failure.GuardAndKeep(
            [form, null], () => [weight.MultiplyTransposed(grad_output, form.Type), null]);

        // Otherwise the dispose scope of a step would keep the gradients of every layer until its end.
        grad_output.Dispose();
        return gradients;
    }
}

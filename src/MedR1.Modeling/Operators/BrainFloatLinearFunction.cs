using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = x Wᵀ + b</c> in bfloat16 with gradients, for a CPU on which libtorch multiplies bfloat16 number by number: forward to the
/// last bit as without gradient, gradients as float32 sums that are rounded once. Nothing of the weights is kept but themselves.
/// </summary>
internal sealed class BrainFloatLinearFunction : autograd.SingleTensorFunction<BrainFloatLinearFunction>
{
    private const string Forms = "forms";

    public override string Name => nameof(BrainFloatLinearFunction);

    /// <summary>The product.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or null.</param>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        GradientForm?[] forms = [Form(input), Form(weight), null, bias is null ? null : Form(bias)];
        return forms.All(form => form is null) ? LinearOperator.MultiplyBrainFloats(input, weight, bias)
            : bias is null ? apply(input, weight, forms) : apply(input, weight, forms, bias);
    }

    /// <summary>Takes input, weight, the form of each wanted gradient, and the bias where there is one.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor input = (Tensor)vars[0], weight = (Tensor)vars[1];
        GradientForm?[] forms = (GradientForm?[])vars[2];
        ctx.set_materialize_grads(false);
        ctx.save_data(Forms, forms);

        // The input is needed for the gradient of the weights alone, and those of frozen layers would fill the memory.
        ctx.save_for_backward(forms[1] is null ? [weight] : [weight, input]);
        using IDisposable noGradient = no_grad();
        return LinearOperator.MultiplyBrainFloats(input, weight, vars.Length > 3 ? (Tensor)vars[3] : null);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!];
        }

        GradientForm?[] forms = (GradientForm?[])ctx.get_data(Forms);
        return ctx.GuardOf().GuardAndKeep(forms, () => Gradients(ctx.get_saved_variables(), grad_output, forms));
    }

    private static Tensor?[] Gradients(List<Tensor> saved, Tensor gradient, GradientForm?[] wanted)
    {
        Tensor weight = saved[0], rows = gradient.reshape(-1, weight.shape[0]);
        return
        [
            wanted[0] is null ? null : WidenedProduct.InputGradient(gradient, weight),
            wanted[1] is null ? null : WidenedProduct.WeightGradient(rows, saved[1].reshape(-1, weight.shape[1])),
            null,
            wanted[3] is null ? null : rows.to(ScalarType.Float32).sum([0]).to(ScalarType.BFloat16),
        ];
    }

    private static GradientForm? Form(Tensor input) => input.requires_grad ? GradientForm.Of(input) : null;
}

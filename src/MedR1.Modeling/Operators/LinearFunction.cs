using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = x Wᵀ + b</c> on the CPU with gradients; the forward result is bit for bit the same as without. float32 uses
/// <see cref="TileProduct"/>, which takes half the time of libtorch's products with AVX-512, and the same time with AVX2. bfloat16, on
/// processors for which libtorch's products are scalar, uses <see cref="WidenedProduct"/> for the gradients.
/// </summary>
internal sealed class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
{
    private const string Forms = "forms";

    // A smaller product takes less time than entering a custom autograd function.
    private const long FewestProducts = 1 << 18;

    public override string Name => nameof(LinearFunction);

    /// <summary>Whether a float32 product needs a gradient and is large enough to benefit.</summary>
    public static bool FitsFloats(Tensor input, Tensor weight, Tensor? bias) =>
        TileProduct.IsSupported
        && (input.requires_grad || weight.requires_grad || bias?.requires_grad == true)
        && input.numel() > 0 && input.numel() * weight.shape[0] >= FewestProducts;

    /// <summary>Computes the product; all arguments are either float32 or bfloat16.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or null.</param>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        GradientForm?[] forms = [
            GradientForm.IfTaken(input), GradientForm.IfTaken(weight), null, bias is null ? null : GradientForm.IfTaken(bias)];
        return forms.All(form => form is null) ? Product(input, weight, bias)
            : bias is null ? apply(input, weight, forms) : apply(input, weight, forms, bias);
    }

    /// <summary>Arguments: input, weight, the forms of the required gradients, and the bias if there is one.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor input = (Tensor)vars[0], weight = (Tensor)vars[1];
        GradientForm?[] forms = (GradientForm?[])vars[2];
        ctx.set_materialize_grads(false);
        ctx.save_data(Forms, forms);

        // The input is needed only for the gradient of the weights; saving the inputs of frozen layers would waste memory.
        ctx.save_for_backward(forms[1] is null ? [weight] : [weight, input]);
        using IDisposable noGradient = no_grad();
        return Product(input, weight, vars.Length > 3 ? (Tensor)vars[3] : null);
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

    private static Tensor Product(Tensor input, Tensor weight, Tensor? bias) => weight.dtype == ScalarType.Float32
        ? LinearOperator.MultiplyFloats(input, weight, bias) : LinearOperator.MultiplyBrainFloats(input, weight, bias);

    private static Tensor?[] Gradients(List<Tensor> saved, Tensor gradient, GradientForm?[] wanted)
    {
        Tensor weight = saved[0], rows = gradient.reshape(-1, weight.shape[0]);
        bool isFloat = weight.dtype == ScalarType.Float32;
        Tensor? ofInput = wanted[0] is null ? null
            : isFloat ? TileGradients.InputGradient(gradient, weight) : WidenedProduct.InputGradient(gradient, weight);
        Tensor? input = wanted[1] is null ? null : saved[1].reshape(-1, weight.shape[1]);
        Tensor? ofWeight = input is null ? null
            : isFloat ? TileGradients.WeightGradient(rows, input) : WidenedProduct.WeightGradient(rows, input);
        Tensor? ofBias = wanted[3] is null ? null : rows.to(ScalarType.Float32).sum([0]).to(weight.dtype);
        return [ofInput, ofWeight, null, ofBias];
    }
}

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = x Wᵀ + b</c> in float32 on the CPU with gradients by <see cref="TileProduct"/>, forward to the last bit as without
/// gradient. With 512-bit registers it takes half of the time of libtorch's products, with AVX2 alone as long.
/// </summary>
internal sealed unsafe class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
{
    private const string Forms = "forms";

    // A product smaller than this is done before a custom autograd function is entered.
    private const long FewestProducts = 1 << 18;

    public override string Name => nameof(LinearFunction);

    /// <summary>Whether a gradient is wanted, of a product that is worth it and of numbers that can be read as they lie.</summary>
    public static bool Fits(Tensor input, Tensor weight, Tensor? bias) =>
        TileProduct.IsSupported
        && (input.requires_grad || weight.requires_grad || bias?.requires_grad == true)
        && input.numel() > 0 && input.numel() * weight.shape[0] >= FewestProducts;

    /// <summary>The product.</summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or null.</param>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias)
    {
        GradientForm?[] forms = [Form(input), Form(weight), null, bias is null ? null : Form(bias)];
        return bias is null ? apply(input, weight, forms) : apply(input, weight, forms, bias);
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
        return LinearOperator.MultiplyFloats(input, weight, vars.Length > 3 ? (Tensor)vars[3] : null);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!];
        }

        GradientForm?[] forms = (GradientForm?[])ctx.get_data(Forms);
        return ctx.GuardOf().GuardAndKeep(
            forms, () => Gradients(ctx.get_saved_variables(), grad_output.contiguous(), forms));
    }

    private static Tensor?[] Gradients(List<Tensor> saved, Tensor gradient, GradientForm?[] wanted)
    {
        Tensor weight = saved[0];
        int outputs = (int)weight.shape[0], width = (int)weight.shape[1], rows = (int)(gradient.numel() / outputs);
        float* dy = (float*)TensorMemory.AddressOf(gradient);
        Tensor? ofInput = wanted[0] is { } form ? Floats(form.Shape) : null;
        if (ofInput is not null)
        {
            // dX = dY W
            TileProduct.Multiply(dy, false, Address(weight), false, Address(ofInput), rows, width, outputs);
        }

        Tensor? ofWeight = wanted[1] is not null ? Floats(weight.shape) : null;
        if (ofWeight is not null)
        {
            // dW = dYᵀ X
            Tensor input = saved[1].contiguous();
            TileProduct.Multiply(dy, true, Address(input), false, Address(ofWeight), outputs, width, rows);
        }

        Tensor? ofBias = wanted[3] is not null ? gradient.view(rows, outputs).sum([0]) : null;
        return [ofInput, ofWeight, null, ofBias];
    }

    private static GradientForm? Form(Tensor input) => input.requires_grad ? GradientForm.Of(input) : null;

    // Regardless of the application's default type and device: the kernel writes to the memory itself.
    private static Tensor Floats(long[] shape) => empty(shape, dtype: ScalarType.Float32, device: CPU);

    private static float* Address(Tensor tensor) => (float*)TensorMemory.AddressOf(tensor);
}

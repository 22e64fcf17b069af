using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = x Wᵀ + b</c> in float32 on the CPU with gradients by <see cref="TileProduct"/>, forward to the last bit as without
/// gradient. On a processor with 512-bit registers it takes half of the time of libtorch's products.
/// </summary>
internal sealed unsafe class LinearFunction : autograd.SingleTensorFunction<LinearFunction>
{
    private const string Wanted = "wanted";

    // Below this a product is over before a function of the library's own is entered.
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
        Needs needs = new(input.requires_grad, weight.requires_grad, bias?.requires_grad == true);
        return bias is null ? apply(input, weight, needs) : apply(input, weight, needs, bias);
    }

    /// <summary>Takes input, weight, which gradients are wanted, and the bias where there is one.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        BackwardFailure.ThrowIfAny();
        Tensor input = (Tensor)vars[0], weight = (Tensor)vars[1];
        ctx.set_materialize_grads(false);
        ctx.save_data(Wanted, vars[2]);
        ctx.save_for_backward([input, weight]);
        return LinearOperator.MultiplyFloats(input, weight, vars.Length > 3 ? (Tensor)vars[3] : null);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        Needs needs = (Needs)ctx.get_data(Wanted);
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!];
        }

        using DisposeScope scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        (Tensor input, Tensor weight) = (saved[0], saved[1]);
        return BackwardFailure.Guard(
            () => Gradients(input.contiguous(), weight, grad_output.contiguous(), needs),
            () =>
            [
                needs.Input ? input : null, needs.Weight ? weight : null, null, needs.Bias ? weight.select(1, 0) : null,
            ]);
    }

    private static Tensor?[] Gradients(Tensor input, Tensor weight, Tensor gradient, Needs needs)
    {
        int outputs = (int)weight.shape[0], width = (int)weight.shape[1], rows = (int)(input.numel() / width);
        float* dy = (float*)TensorMemory.AddressOf(gradient);
        Tensor? ofInput = needs.Input ? empty(input.shape) : null;
        if (ofInput is not null)
        {
            // dX = dY W
            TileProduct.Multiply(dy, false, Address(weight), false, Address(ofInput), rows, width, outputs);
        }

        Tensor? ofWeight = needs.Weight ? empty(weight.shape) : null;
        if (ofWeight is not null)
        {
            // dW = dYᵀ X
            TileProduct.Multiply(dy, true, Address(input), false, Address(ofWeight), outputs, width, rows);
        }

        Tensor? ofBias = needs.Bias ? gradient.view(rows, outputs).sum([0]) : null;
        Tensor?[] kept = GivenGradient.KeepAll(ofInput, ofWeight, ofBias);
        return [kept[0], kept[1], null, kept[2]];
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.AddressOf(tensor);

    private sealed record Needs(bool Input, bool Weight, bool Bias);
}

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A function of every number, or of every pair, in float32 on the CPU with gradients: forward to the last bit as without gradient, both
/// ways in one pass, and with the same results for any number of threads. libtorch takes another formula for the last
/// few numbers of a thread's share.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal sealed class ActivationFunction<TFunction> : autograd.SingleTensorFunction<ActivationFunction<TFunction>>
    where TFunction : IDifferentiableFunction
{
    private const string Forms = "forms";

    public override string Name => typeof(TFunction).Name;

    /// <summary>Whether a gradient is wanted of numbers that can be read as they lie.</summary>
    public static bool Fits(Tensor x, Tensor y) =>
        is_grad_enabled() && (x.requires_grad || y.requires_grad) && CanBeRead(x)
        && (ReferenceEquals(x, y) || (CanBeRead(y) && x.shape.AsSpan().SequenceEqual(y.shape)));

    /// <summary>The function of every number.</summary>
    public static Tensor Apply(Tensor x) => apply(x, new GradientForm?[] { GradientForm.Of(x) });

    /// <summary>The function of every pair.</summary>
    public static Tensor Apply(Tensor x, Tensor y) => apply(x, new[] { Form(x), null, Form(y) }, y);

    /// <summary>Takes the first numbers, the form of each wanted gradient, and the second numbers where the function has them.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor x = (Tensor)vars[0];
        Tensor y = vars.Length > 2 ? (Tensor)vars[2] : x;
        ctx.set_materialize_grads(false);
        ctx.save_data(Forms, vars[1]);
        ctx.save_for_backward(vars.Length > 2 ? [x, y] : [x]);
        return VectorMap<TFunction>.Apply(x, y);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        GradientForm?[] forms = (GradientForm?[])ctx.get_data(Forms);
        if (grad_output.IsInvalid)
        {
            return [.. new Tensor[forms.Length > 1 ? 3 : 2]];
        }

        return ctx.GuardOf().GuardAndKeep(forms.Length > 1 ? forms : [forms[0], null], () =>
        {
            List<Tensor> saved = ctx.get_saved_variables();
            (Tensor ofX, Tensor? ofY) = VectorGradient<TFunction>.Apply(saved[0], saved[^1], grad_output.contiguous());
            return forms.Length > 1 ? [forms[0] is null ? null : ofX, null, forms[2] is null ? null : ofY] : [ofX, null];
        });
    }

    private static GradientForm? Form(Tensor input) => input.requires_grad ? GradientForm.Of(input) : null;

    private static bool CanBeRead(Tensor numbers) =>
        numbers.device_type == DeviceType.CPU && numbers.dtype == ScalarType.Float32 && numbers.numel() > 0
        && numbers.is_contiguous();
}

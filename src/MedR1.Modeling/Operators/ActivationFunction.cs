using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// An elementwise function of one or two arguments in float32 on the CPU with gradients. The forward result is bit for bit the same as
/// without gradient; forward and backward take one pass each, and their results do not depend on the number of threads. In libtorch they
/// do, because the last elements of a thread's range are computed by a different formula.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal sealed class ActivationFunction<TFunction> : autograd.SingleTensorFunction<ActivationFunction<TFunction>>
    where TFunction : IDifferentiableFunction
{
    private const string Forms = "forms";

    public override string Name => typeof(TFunction).Name;

    /// <summary>Whether an argument needs a gradient and their layouts and data types are supported.</summary>
    public static bool Fits(Tensor x, Tensor y) =>
        is_grad_enabled() && (x.requires_grad || y.requires_grad) && CanBeRead(x)
        && (ReferenceEquals(x, y) || (CanBeRead(y) && x.shape.AsSpan().SequenceEqual(y.shape)));

    /// <summary>Applies a function of one argument.</summary>
    public static Tensor Apply(Tensor x) => apply(x, new GradientForm?[] { GradientForm.Of(x) });

    /// <summary>Applies a function of two arguments.</summary>
    public static Tensor Apply(Tensor x, Tensor y) => apply(x, new[] { GradientForm.IfTaken(x), null, GradientForm.IfTaken(y) }, y);

    /// <summary>Arguments: x, the forms of the required gradients, and y if the function has two arguments.</summary>
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

    private static bool CanBeRead(Tensor numbers) =>
        numbers.device_type == DeviceType.CPU && numbers.dtype == ScalarType.Float32 && numbers.numel() > 0
        && numbers.is_contiguous();
}

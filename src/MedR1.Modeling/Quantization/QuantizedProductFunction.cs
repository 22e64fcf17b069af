using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// A product with a <see cref="QuantizedWeight"/> that autograd knows. Nothing of the size of the weights is kept for the
/// backward pass, which widens them again.
/// </summary>
internal sealed class QuantizedProductFunction : autograd.SingleTensorFunction<QuantizedProductFunction>
{
    private const string Weight = "weight";
    private const string Type = "type";

    public override string Name => nameof(QuantizedProductFunction);

    /// <summary>Takes the input and the weight.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor input = (Tensor)vars[0];
        QuantizedWeight weight = (QuantizedWeight)vars[1];
        ctx.set_materialize_grads(false);
        ctx.save_data(Weight, weight);
        ctx.save_data(Type, input.dtype);
        return weight.Multiply(input);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
            return [null!, null!];
        QuantizedWeight weight = (QuantizedWeight)ctx.get_data(Weight);
        ScalarType type = (ScalarType)ctx.get_data(Type);
        Tensor gradient;
        try
        {
            gradient = weight.MultiplyTransposed(grad_output, type);
        }
        catch (Exception exception)
        {
            weight.Remember(exception);
            gradient = empty([.. grad_output.shape[..^1], weight.Width], dtype: type, device: grad_output.device)
                .FillInPlace(double.NaN);
        }

        // A step's scope would hold the gradients of every layer until its end.
        grad_output.Dispose();
        return [GivenGradient.Keep(gradient), null!];
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Takes rows to padded places. libtorch's own selection would add up gradients row by row; here each row stands at one place,
/// and its gradient is the one of that place. What stands in the padding has none.
/// </summary>
internal sealed class RowPaddingFunction : autograd.SingleTensorFunction<RowPaddingFunction>
{
    public override string Name => nameof(RowPaddingFunction);

    /// <summary>Takes the rows, the source of each padded row and the place of each row.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        BackwardFailure.ThrowIfAny();
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([(Tensor)vars[2]]);
        return ((Tensor)vars[0]).index_select(0, (Tensor)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!];
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor places = ctx.get_saved_variables()[0];
        return BackwardFailure.Guard(
            () => [GivenGradient.Keep(grad_output.index_select(0, places)), null, null],
            () => [grad_output.narrow(0, 0, 1).expand([places.shape[0], .. grad_output.shape[1..]]), null, null]);
    }
}

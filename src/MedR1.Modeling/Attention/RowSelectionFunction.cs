using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Takes rows back from padded places, none twice; the padding has no gradient.</summary>
internal sealed class RowSelectionFunction : autograd.SingleTensorFunction<RowSelectionFunction>
{
    private const string Count = "count";

    public override string Name => nameof(RowSelectionFunction);

    /// <summary>Takes the padded rows, the place of each row and the number of padded rows.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        BackwardFailure.ThrowIfAny();
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([(Tensor)vars[1]]);
        ctx.save_data(Count, vars[2]);
        return ((Tensor)vars[0]).index_select(0, (Tensor)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!];
        }

        using DisposeScope scope = NewDisposeScope();
        long[] shape = [(long)ctx.get_data(Count), .. grad_output.shape[1..]];
        return BackwardFailure.Guard(
            () =>
            {
                Tensor gradient = zeros(shape, grad_output.dtype, grad_output.device);
                gradient.index_copy_(0, ctx.get_saved_variables()[0], grad_output);
                return [GivenGradient.Keep(gradient), null, null];
            },
            () => [grad_output.narrow(0, 0, 1).expand(shape), null, null]);
    }
}

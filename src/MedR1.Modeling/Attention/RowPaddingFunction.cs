using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Copies rows to padded rows. The backward pass of libtorch's <c>index_select</c> would accumulate gradients row by row; here
/// each row has one padded row, whose gradient it takes. Gradients of the padding are ignored.
/// </summary>
internal sealed class RowPaddingFunction : autograd.SingleTensorFunction<RowPaddingFunction>
{
    private const string Form = "form";

    public override string Name => nameof(RowPaddingFunction);

    /// <summary>Arguments: the rows, the source row of each padded row, and the padded row of each row.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor rows = (Tensor)vars[0];
        ctx.set_materialize_grads(false);
        ctx.save_data(Form, GradientForm.Of(rows));
        ctx.save_for_backward([(Tensor)vars[2]]);
        return rows.index_select(0, (Tensor)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!];
        }

        return ctx.GuardOf().GuardAndKeep(
            [(GradientForm)ctx.get_data(Form), null, null],
            () => [grad_output.index_select(0, ctx.get_saved_variables()[0]), null, null]);
    }
}

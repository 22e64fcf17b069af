using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Repeats the first rows of a flat batch. The backward pass of libtorch's <c>index_select</c> would accumulate gradients row by
/// row, on a GPU in a nondeterministic order; here the gradients of a repeated row are added in one sum.
/// </summary>
internal sealed class RowRepetitionFunction : autograd.SingleTensorFunction<RowRepetitionFunction>
{
    private const string Form = "form";
    private const string Repeated = "repeated";

    public override string Name => nameof(RowRepetitionFunction);

    /// <summary>
    /// Arguments: the rows, the source row of each result row, the first result row of each source row, the result rows of all
    /// repetitions (one repetition after another), and the number of repeated rows.
    /// </summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor rows = (Tensor)vars[0];
        ctx.set_materialize_grads(false);
        ctx.save_data(Form, GradientForm.Of(rows));
        ctx.save_data(Repeated, vars[4]);
        ctx.save_for_backward([(Tensor)vars[2], (Tensor)vars[3]]);
        return rows.index_select(0, (Tensor)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!, null!];
        }

        return ctx.GuardOf().GuardAndKeep(
            [(GradientForm)ctx.get_data(Form), null, null, null, null],
            () => [Gradient(ctx.get_saved_variables(), grad_output, (int)ctx.get_data(Repeated)), null, null, null, null]);
    }

    private static Tensor Gradient(List<Tensor> places, Tensor given, int repeated)
    {
        Tensor gradient = given.index_select(0, places[0]);
        using Tensor all = given.index_select(0, places[1]);
        using Tensor byTime = all.view([-1, repeated, .. given.shape[1..]]);
        using Tensor sum = byTime.sum(dim: 0);
        using Tensor first = gradient.narrow(0, 0, repeated);
        first.copy_(sum);
        return gradient;
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Selects distinct rows from padded rows; the gradient of the padding is 0.</summary>
internal sealed class RowSelectionFunction : autograd.SingleTensorFunction<RowSelectionFunction>
{
    private const string Form = "form";

    public override string Name => nameof(RowSelectionFunction);

    /// <summary>Selects rows; recorded only if they take a gradient.</summary>
    /// <param name="rows"><c>[padded rows, …]</c></param>
    /// <param name="places"><c>[rows]</c> int64: the padded row of each row, without duplicates.</param>
    /// <returns><c>[rows, …]</c></returns>
    public static Tensor Select(Tensor rows, Tensor places) =>
        is_grad_enabled() && rows.requires_grad ? apply(rows, places) : rows.index_select(0, places);

    /// <summary>Arguments: the padded rows, and the padded row of each row.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();
        Tensor rows = (Tensor)vars[0];
        ctx.set_materialize_grads(false);
        ctx.save_for_backward([(Tensor)vars[1]]);
        ctx.save_data(Form, GradientForm.Of(rows));
        return rows.index_select(0, (Tensor)vars[1]);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!];
        }

        GradientForm form = (GradientForm)ctx.get_data(Form);
        return ctx.GuardOf().GuardAndKeep(
            [form, null],
            () =>
            {
                Tensor gradient = zeros(form.Shape, form.Type, form.Device);
                gradient.index_copy_(0, ctx.get_saved_variables()[0], grad_output);
                return [gradient, null];
            });
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Hooks the hand-written backward pass of <see cref="HeadProduct"/> into the autograd graph.</summary>
internal sealed class FusedHeadFunction : autograd.MultiTensorFunction<FusedHeadFunction>
{
    private const string Failure = "failure";
    private const string Forms = "forms";
    private const string State = "state";

    public override string Name => nameof(FusedHeadFunction);

    /// <summary>Takes the hidden states, weight, bias (or null), tokens, and <see cref="HeadGradients"/>, in this order.</summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor hidden, Tensor weight, Tensor? bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor?)vars[2]);
        Tensor tokens = (Tensor)vars[3];
        HeadGradients state = (HeadGradients)vars[4];
        HeadStatistics statistics = new HeadProduct(hidden, weight, bias, tokens, state.Options).Measure();
        state.Statistics = statistics;
        ctx.set_materialize_grads(false);
        ctx.save_data(Failure, BackwardFailure.OfOperators);
        ctx.save_data(State, state);
        ctx.save_data(Forms, new[] { Form(hidden), Form(weight), Form(bias), null, null });
        List<Tensor> saved = [statistics.LogSumExp, statistics.Entropies, hidden, weight, tokens];
        ctx.save_for_backward(bias is null ? saved : [.. saved, bias]);

        // Clones, because saving an output itself would create a reference cycle with the graph.
        return [statistics.LogProbabilities.clone(), statistics.Entropies.clone()];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        HeadGradients state = (HeadGradients)ctx.get_data(State);
        Tensor?[] gradients = ((BackwardFailure)ctx.get_data(Failure)).Guard(
            (GradientForm?[])ctx.get_data(Forms), () => Gradients(ctx.get_saved_variables(), grad_outputs, state.Options));
        return [.. gradients.Select(gradient => state.Keep(gradient)!)];
    }

    private static GradientForm? Form(Tensor? input) => input is { requires_grad: true } ? GradientForm.Of(input) : null;

    private static Tensor?[] Gradients(List<Tensor> saved, List<Tensor> given, FusedLogProbabilityOptions options)
    {
        HeadProduct product = new(saved[2], saved[3], saved.Count > 5 ? saved[5] : null, saved[4], options);
        (Tensor? hidden, Tensor? weight, Tensor? bias) = product.Gradients(saved[0], saved[1], Given(0), Given(1));
        return [hidden, weight, bias, null, null];

        Tensor? Given(int place) => given[place].IsInvalid ? null : given[place];
    }
}

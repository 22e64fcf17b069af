using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Runs a layer without keeping its autograd graph, and runs it again in the backward pass.</summary>
internal sealed class RecomputedFunction : autograd.SingleTensorFunction<RecomputedFunction>
{
    private const string Form = "form";
    private const string Layer = "layer";

    public override string Name => nameof(RecomputedFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        RecomputedLayer layer = (RecomputedLayer)vars[0];
        Tensor input = (Tensor)vars[1];
        ctx.save_data(Layer, layer);
        ctx.save_data(Form, GradientForm.Of(input));
        ctx.save_for_backward([input]);

        // The graph is recorded and dropped, because products without gradient use different kernels, and the recomputed layer
        // must be bit for bit equal. For the same reason the input takes a gradient if it does there: in a layer whose weights are
        // frozen, nothing else makes a product one with gradient.
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        return layer.Forward(layer.Own(input)).detach().MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        RecomputedLayer layer = (RecomputedLayer)ctx.get_data(Layer);
        GradientForm? form = layer.InputTakesGradient ? (GradientForm)ctx.get_data(Form) : null;
        List<Tensor> gradients = layer.Pass.Owner.Failure.GuardAndKeep(
            [null, form, null], () => [null, RecomputeOrSpoil(ctx, layer, grad_output), null]);
        layer.Pass.Finish();

        // On the autograd thread of a device, only the garbage collector would release it otherwise.
        grad_output.Dispose();
        return gradients;
    }

    private static Tensor? RecomputeOrSpoil(autograd.AutogradContext ctx, RecomputedLayer layer, Tensor gradient)
    {
        try
        {
            return Recompute(layer, layer.Own(ctx.get_saved_variables()[0]), gradient);
        }
        catch
        {
            layer.SpoilGradients();
            throw;
        }
    }

    // The inner backward pass also accumulates the gradients of the layer's parameters.
    private static Tensor? Recompute(RecomputedLayer layer, Tensor input, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        using AdapterHost.Switch on = layer.Pass.Owner.Adapters.Use(layer.Adapters);
        using BackwardFailure.Entry told = layer.Operators.Enter();
        autograd.backward([layer.Forward(input)], [gradient]);
        return input.grad?.MoveToOuterDisposeScope();
    }
}

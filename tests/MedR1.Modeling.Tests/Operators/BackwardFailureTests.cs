using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>A backward function that fails gives NaN, and the next pass reports the reason; the process continues.</summary>
public sealed class BackwardFailureTests
{
    [Fact]
    public void A_failure_in_libtorchs_backward_pass_is_reported_by_the_next_forward_pass()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ones(4, 2).requires_grad_();
        Tensor places = tensor(new long[] { 0, 3 });

        // A tensor saved for the backward pass has changed since: libtorch refuses to return it.
        Tensor selected = RowSelectionFunction.apply(rows, places);
        places.zero_();
        selected.sum().backward();
        places = tensor(new long[] { 0, 3 });

        Assert.All(rows.grad!.data<float>().ToArray(), value => Assert.True(float.IsNaN(value)));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => RowSelectionFunction.apply(rows, places));
        Assert.Contains("Free memory", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);

        rows.grad = null;
        RowSelectionFunction.apply(rows, places).sum().backward();
        Assert.Equal([1, 1, 0, 0, 0, 0, 1, 1], rows.grad!.data<float>().ToArray());
    }

    [KernelTheory(typeof(TileProduct))]
    [InlineData(false)]
    [InlineData(true)]
    public void A_weight_that_changes_between_the_passes_is_a_failure(bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(64, 64).requires_grad_(), weight = ones(64, 64).requires_grad_();
        Tensor? bias = hasBias ? ones(64).requires_grad_() : null;

        Tensor output = LinearFunction.Apply(input, weight, bias);
        using (no_grad())
        {
            weight.mul_(2);
        }

        output.sum().backward();

        Assert.All(
            new[] { input, weight, bias }.OfType<Tensor>(), one => Assert.True(one.grad!.isnan().all().item<bool>()));
        Assert.Throws<InvalidOperationException>(() => LinearFunction.Apply(input, weight, bias));
    }

    [KernelFact(typeof(TileProduct))]
    public void Queries_that_change_between_the_passes_are_a_failure()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries = ones(3, 2, 32), keys = ones(3, 2, 32), values = ones(3, 2, 32).requires_grad_();
        SequenceLayout layout = SequenceLayout.Whole(1, 3);

        Tensor output = SequenceAttentionFunction.apply(queries, keys, values, layout);
        queries.zero_();
        output.sum().backward();

        Assert.True(values.grad!.isnan().all().item<bool>());
        Assert.Throws<InvalidOperationException>(() => SequenceAttentionFunction.apply(queries, keys, values, layout));
    }

    [Fact]
    public void A_failure_is_reported_only_in_the_run_that_it_belongs_to()
    {
        SynchronizationContext one = new(), other = new();
        using DisposeScope scope = NewDisposeScope();
        Tensor places = tensor(new long[] { 0, 3 });
        Tensor sum = In(one, () => RowSelectionFunction.apply(ones(4, 2).requires_grad_(), places).sum());
        places.zero_();

        // As on the device's thread, which has no execution context.
        In(null, sum.backward);

        In(null, () => RowSelectionFunction.apply(ones(4, 2).requires_grad_(), places));
        In(other, () => RowSelectionFunction.apply(ones(4, 2).requires_grad_(), places));
        Assert.Throws<InvalidOperationException>(
            () => In(one, () => RowSelectionFunction.apply(ones(4, 2).requires_grad_(), places)));
    }

    [Fact]
    public void A_failure_in_a_recomputed_layer_is_reported_in_the_run_of_its_pass()
    {
        SynchronizationContext one = new();
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(4, 2).requires_grad_();
        using nn.Module module = nn.Identity();
        using CheckpointedPass pass = new GradientCheckpointing(new AdapterHost([])) { IsEnabled = true }.Begin()!;
        Tensor sum = In(one, () => pass.Run(module, Select, input).sum());

        In(null, sum.backward);

        Assert.True(input.grad!.isnan().all().item<bool>());
        In(null, () => Select(input));
        Assert.Throws<InvalidOperationException>(() => In(one, () => Select(input)));

        // The saved tensor changes after the forward function each time.
        Tensor Select(Tensor rows)
        {
            Tensor places = tensor(new long[] { 0, 3 });
            Tensor selected = RowSelectionFunction.apply(rows, places);
            places.zero_();
            return selected;
        }
    }

    [Fact]
    public void Gradients_of_NaN_have_the_shapes_of_their_inputs()
    {
        using DisposeScope scope = NewDisposeScope();
        BackwardFailure failure = new("A test failed", "Have more.");
        GradientForm form = GradientForm.Of(zeros(3, 5, float64));

        Tensor?[] gradients = failure.Guard([form, null], () => throw new OutOfMemoryException("none left"));

        Assert.Equal([3, 5], gradients[0]!.shape);
        Assert.Equal(ScalarType.Float64, gradients[0]!.dtype);
        Assert.True(gradients[0]!.isnan().all().item<bool>());
        Assert.Null(gradients[1]);
        Exception error = Assert.Throws<InvalidOperationException>(failure.ThrowIfAny);
        Assert.Equal("A test failed, so its gradients are NaN: none left Have more.", error.Message);
        failure.ThrowIfAny();
    }

    private static void In(SynchronizationContext? context, Action act) => In(context, () =>
    {
        act();
        return 0;
    });

    private static T In<T>(SynchronizationContext? context, Func<T> compute)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            return compute();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>A backward function that fails gives no numbers, and the next pass says why; the process goes on.</summary>
public sealed class BackwardFailureTests
{
    [Fact]
    public void A_failure_in_libtorchs_backward_pass_is_told_by_the_next_forward_pass()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ones(4, 2).requires_grad_();
        Tensor places = tensor(new long[] { 0, 3 });

        // What was saved for the backward pass has changed since: libtorch refuses to give it.
        Tensor selected = RowSelectionFunction.apply(rows, places, 4L);
        places.zero_();
        selected.sum().backward();
        places = tensor(new long[] { 0, 3 });

        Assert.All(rows.grad!.data<float>().ToArray(), value => Assert.True(float.IsNaN(value)));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => RowSelectionFunction.apply(rows, places, 4L));
        Assert.Contains("Free memory", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);

        rows.grad = null;
        RowSelectionFunction.apply(rows, places, 4L).sum().backward();
        Assert.Equal([1, 1, 0, 0, 0, 0, 1, 1], rows.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Gradients_that_are_not_numbers_have_the_shapes_of_their_inputs()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor like = zeros(3, 5, float64);

        List<Tensor> gradients = BackwardFailure.Guard(() => throw new OutOfMemoryException("none left"), () => [like, null]);

        Assert.Equal([3, 5], gradients[0].shape);
        Assert.Equal(ScalarType.Float64, gradients[0].dtype);
        Assert.True(gradients[0].isnan().all().item<bool>());
        Assert.Null(gradients[1]);
        Exception error = Assert.Throws<InvalidOperationException>(BackwardFailure.ThrowIfAny);
        Assert.Contains("none left", error.Message, StringComparison.Ordinal);
        BackwardFailure.ThrowIfAny();
    }
}

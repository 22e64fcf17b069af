using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary><see cref="SequenceAttention"/> with gradients; the attention weights are saved for the backward pass.</summary>
internal sealed unsafe class SequenceAttentionFunction : autograd.SingleTensorFunction<SequenceAttentionFunction>
{
    private const string Forms = "forms";
    private const string Layout = "layout";

    public override string Name => nameof(SequenceAttentionFunction);

    /// <summary>Computes attention.</summary>
    /// <param name="queries"><c>[queries, heads, d]</c></param>
    /// <param name="keys"><c>[keys, key-value heads, d]</c></param>
    /// <param name="values"><c>[keys, key-value heads, d]</c></param>
    /// <param name="layout">The sequences.</param>
    /// <param name="weights">Receives the attention weights, <c>[heads · scores]</c>; null to discard them.</param>
    /// <returns><c>[queries, heads · d]</c></returns>
    public static Tensor Forward(Tensor queries, Tensor keys, Tensor values, SequenceLayout layout, Tensor? weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor q = queries.contiguous(), k = keys.contiguous(), v = values.contiguous();
        Tensor result = Floats(q.shape[0], q.shape[1] * q.shape[2]);
        SequenceAttention.Job job = JobOf(q, k, v);
        job.Result = Address(result);
        job.Weights = weights is null ? null : Address(weights);
        SequenceAttention.Forward(job, layout);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Arguments: queries, keys, values and the layout.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.BeginGuarded();

        // Saved tensors must outlive this method: they belong to the caller's dispose scope.
        SequenceLayout layout = (SequenceLayout)vars[3];
        Tensor q = ((Tensor)vars[0]).contiguous(), k = ((Tensor)vars[1]).contiguous(), v = ((Tensor)vars[2]).contiguous();
        Tensor weights = Floats(layout.ScoreCount * q.shape[1]);
        Tensor result = Forward(q, k, v, layout, weights);
        ctx.set_materialize_grads(false);
        ctx.save_data(Layout, layout);
        ctx.save_data(Forms, new[] { GradientForm.Of(q), GradientForm.Of(k), GradientForm.Of(v), null });
        ctx.save_for_backward([q, k, v, weights]);
        return result;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        if (grad_output.IsInvalid)
        {
            return [null!, null!, null!, null!];
        }

        return ctx.GuardOf().GuardAndKeep(
            (GradientForm?[])ctx.get_data(Forms),
            () => Gradients(ctx.get_saved_variables(), grad_output, (SequenceLayout)ctx.get_data(Layout)));
    }

    private static Tensor?[] Gradients(List<Tensor> saved, Tensor given, SequenceLayout layout)
    {
        (Tensor q, Tensor k, Tensor v) = (saved[0], saved[1], saved[2]);
        Tensor ofQ = Floats(q.shape);
        using KeyGradient ofK = new(layout, k.shape), ofV = new(layout, v.shape);
        SequenceAttention.Job job = JobOf(q, k, v);
        job.Weights = Address(saved[3]);
        Tensor rows = given.contiguous();
        job.Given = Address(rows);
        job.OfQueries = Address(ofQ);
        job.OfKeys = Address(ofK.Rows);
        job.OfValues = Address(ofV.Rows);
        SequenceAttention.Backward(job, layout);
        return [ofQ, ofK.Sum(), ofV.Sum(), null];
    }

    private static SequenceAttention.Job JobOf(Tensor queries, Tensor keys, Tensor values) => new()
    {
        Queries = Address(queries),
        Keys = Address(keys),
        Values = Address(values),
        KeyValueHeads = (int)keys.shape[1],
        QueriesPerHead = (int)(queries.shape[1] / keys.shape[1]),
        Width = (int)queries.shape[2],
    };

    // The gradient of keys or values. For keys shared by all sequences, each sequence has its own rows until they are summed.
    private readonly struct KeyGradient(SequenceLayout layout, long[] shape) : IDisposable
    {
        public Tensor Rows { get; } = Floats([shape[0] + (layout.CommonKeys * layout.Sequences.Length), .. shape[1..]]);

        public Tensor Sum()
        {
            int common = layout.CommonKeys;
            if (common > 0)
            {
                using Tensor apart = Rows.narrow(0, shape[0], common * layout.Sequences.Length);
                using Tensor bySequence = apart.view([-1, common, .. shape[1..]]);
                using Tensor sum = bySequence.sum(dim: 0);
                using Tensor first = Rows.narrow(0, 0, common);
                first.copy_(sum);
            }

            return Rows.narrow(0, 0, shape[0]);
        }

        public void Dispose() => Rows.Dispose();
    }

    // Independent of the application's default type and device, because the kernel writes to the memory directly.
    private static Tensor Floats(params long[] shape) => empty(shape, dtype: ScalarType.Float32, device: CPU);

    private static float* Address(Tensor tensor) => (float*)TensorMemory.AddressOf(tensor);
}

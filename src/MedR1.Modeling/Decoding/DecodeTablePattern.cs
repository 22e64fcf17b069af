using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Attention of one new token per place of a table to its prompt and tokens in a cache, to which the token's keys and values
/// are appended. The queries of a prompt's rows are folded into one product with the prompt's keys, which are therefore read
/// once, and one softmax covers both parts. Nothing depends on values of the host, so that the work can be recorded.
/// </summary>
/// <remarks>
/// Shapes: A prompts, G rows per prompt, N = A · G places, P and T keys of prompts and rows, K key-value heads, R query heads
/// per key-value head, D head width.
/// </remarks>
internal sealed class DecodeTablePattern : IAttentionPattern, IDisposable
{
    private Tensor? _newest;
    private Tensor? _bias;

    public DecodeTablePattern(SlotKeyValueCache cache, DecodeShape shape, DecodeInputs inputs)
    {
        Cache = cache;
        Shape = shape;
        Inputs = inputs;
    }

    public SlotKeyValueCache Cache { get; }

    public DecodeShape Shape { get; }

    public DecodeInputs Inputs { get; }

    /// <inheritdoc/>
    public Tensor? Kept => null;

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        throw new InvalidOperationException("This pattern keeps all tokens; call Attend.");

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        Cache.RequireLayer(layer);
        Cache.RequireQueries(queries, Shape.Places);
        Cache.RequireVectors(keys, Shape.Places, nameof(keys));
        Cache.RequireVectors(values, Shape.Places, nameof(values));
        Cache.RequireType(queries, nameof(queries));
        Cache.RequireType(keys, nameof(keys));
        Cache.RequireType(values, nameof(values));
        if (CudaDecodeAttention.Fits(Cache, queries.shape[1]))
        {
            return CudaDecodeAttention.Attend(queries, keys, values, layer, this);
        }

        _newest ??= Newest();
        _bias ??= Bias();
        (long A, long G, long P, long T) = (Shape.Groups, Shape.Samples, Shape.PromptLength, Shape.OwnLength);
        (long N, long K, long D) = (Shape.Places, Cache.KeyValueHeads, Cache.HeadSize);
        long R = queries.shape[1] / K;
        using DisposeScope scope = NewDisposeScope();
        (Tensor promptKeys, Tensor promptValues) = Cache.Prompts(layer);
        (Tensor rowKeys, Tensor rowValues) = Cache.Rows(layer);
        rowKeys.view(-1, D).index_copy_(0, _newest, keys.reshape(N * K, D));
        rowValues.view(-1, D).index_copy_(0, _newest, values.reshape(N * K, D));

        Tensor folded = queries.view(A, G, K, R, D).transpose(1, 2).reshape(A * K, G * R, D);
        Tensor toPrompt = bmm(folded, Prompts(promptKeys).transpose(1, 2)).view(A, K, G, R, P).transpose(1, 2);
        Tensor toOwn = bmm(queries.view(N * K, R, D), Rows(rowKeys).transpose(1, 2)).view(A, G, K, R, T);
        Tensor scores_AGKRS = _bias.Plus(cat([toPrompt, toOwn], -1), 1 / Math.Sqrt(D));
        Tensor weights_AGKRS = scores_AGKRS.dtype is ScalarType.Float32 or ScalarType.Float64
            ? scores_AGKRS.softmax(-1)
            : scores_AGKRS.softmax(-1, ScalarType.Float32).to(scores_AGKRS.dtype);

        Tensor ofPrompt = weights_AGKRS.narrow(-1, 0, P).transpose(1, 2).reshape(A * K, G * R, P);
        Tensor fromPrompt = bmm(ofPrompt, Prompts(promptValues)).view(A, K, G, R, D).transpose(1, 2);
        Tensor ofOwn = weights_AGKRS.narrow(-1, P, T).flatten(0, 2);
        Tensor fromOwn = bmm(ofOwn, Rows(rowValues)).view(A, G, K, R, D);
        return fromOwn.PlusInPlace(fromPrompt).view(N, K * R * D).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _newest?.Dispose();
        _bias?.Dispose();
    }

    // [A·K, P, D]; a view if the prompts are in order.
    private Tensor Prompts(Tensor all)
    {
        Tensor read = all.narrow(2, 0, Shape.PromptLength);
        return (Shape.ArePromptsInOrder ? read.narrow(0, 0, Shape.Groups) : read.index_select(0, Inputs.PromptSlots))
            .flatten(0, 1);
    }

    // [N·K, T, D]; a view if the rows are in order.
    private Tensor Rows(Tensor all)
    {
        Tensor read = all.narrow(2, 0, Shape.OwnLength);
        return (Shape.AreRowsInOrder ? read.narrow(0, 0, Shape.Places) : read.index_select(0, Inputs.RowSlots))
            .flatten(0, 1);
    }

    // [N · K]: the indices of the new keys and values among all vectors of the rows.
    private Tensor Newest()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor heads_K = TensorArithmetic.CountTo(Cache.KeyValueHeads, Cache.Device);
        return Inputs.RowSlots.unsqueeze(1).Times((long)Cache.KeyValueHeads).Plus(heads_K)
            .Times((long)Cache.CompletionCapacity).Plus(Inputs.OwnLengths.unsqueeze(1)).view(-1)
            .DetachFromDisposeScope();
    }

    // [A, G, 1, 1, P + T]: −∞ after the last token of the prompt and after that of the row.
    private Tensor Bias()
    {
        using DisposeScope scope = NewDisposeScope();
        (int A, int G) = (Shape.Groups, Shape.Samples);
        Tensor beyondPrompt_AGP = TensorArithmetic.CountTo(Shape.PromptLength, Cache.Device)
            .ge(Inputs.PromptLengths.unsqueeze(1)).unsqueeze(1).expand(A, G, -1);
        Tensor beyondOwn_AGT = TensorArithmetic.CountTo(Shape.OwnLength, Cache.Device)
            .gt(Inputs.OwnLengths.unsqueeze(1)).view(A, G, -1);
        Tensor beyond = cat([beyondPrompt_AGP, beyondOwn_AGT], -1).view(A, G, 1, 1, -1);
        return zeros(beyond.shape, Cache.DataType, Cache.Device).FilledWhere(beyond, double.NegativeInfinity)
            .DetachFromDisposeScope();
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>One token of each completion, behind what a cache holds; its keys and values go there too.</summary>
/// <param name="cache">The cache, with room for a token.</param>
public sealed class DecodePattern(GroupKeyValueCache cache) : IAttentionPattern
{
    /// <inheritdoc/>
    public Tensor? Kept => null;

    /// <inheritdoc/>
    public Tensor AttendKept(int layer, Tensor queries, Tensor keys, Tensor values) =>
        throw new InvalidOperationException("This pattern keeps all tokens; call Attend.");

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        using DisposeScope scope = NewDisposeScope();
        cache.WriteCompletionTokens(layer, keys, values);
        (Tensor prefixKeys, Tensor prefixValues) = cache.Prompts(layer);
        (Tensor ownKeys, Tensor ownValues) = cache.Completions(layer, cache.CompletionLength + 1);
        return PrefixAttention
            .Attend(queries.unsqueeze(1), prefixKeys, prefixValues, ownKeys, ownValues, cache.PromptBias)
            .squeeze(1).MoveToOuterDisposeScope();
    }
}

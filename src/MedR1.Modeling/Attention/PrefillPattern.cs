using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>Prompts in a flat batch, padded on the right, whose keys and values go to a cache.</summary>
/// <param name="cache">The cache.</param>
/// <param name="promptLength">Tokens of each prompt, padding included.</param>
public sealed class PrefillPattern(GroupKeyValueCache cache, int promptLength) : IAttentionPattern
{
    private readonly CausalPattern _prompts = new(cache.Groups, promptLength);

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        cache.WritePrompts(layer, keys, values, promptLength);
        return _prompts.Attend(layer, queries, keys, values);
    }
}

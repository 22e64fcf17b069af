using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Prompts, each with completions behind it, in one flat batch: first the prompts, <c>A · P</c> tokens padded on the right, then the
/// completions, <c>A · G · C</c> tokens padded on the right. A prompt is causal in itself; a completion's token sees its prompt and
/// its own earlier tokens, and no other completion.
/// </summary>
/// <param name="groups">Prompts, A.</param>
/// <param name="promptLength">Tokens of each prompt, padding included, P.</param>
/// <param name="samplesPerGroup">Completions behind each prompt, G.</param>
/// <param name="completionLength">Tokens of each completion, padding included, C.</param>
/// <param name="bias"><c>[A or 1, 1, C, P + C]</c>, see <see cref="Bias"/>.</param>
public sealed class PackedGroupsPattern(
    long groups, long promptLength, long samplesPerGroup, long completionLength, Tensor bias) : IAttentionPattern
{
    private readonly CausalPattern _prompts = new(groups, promptLength);

    /// <summary>Makes the bias: 0 for prompt tokens that exist and own tokens up to the query's, else −∞.</summary>
    /// <param name="promptLengths">Tokens of each prompt.</param>
    /// <param name="promptLength">The longest prompt, P.</param>
    /// <param name="completionLength">Tokens of a completion, C.</param>
    /// <param name="dataType">Type of the scores.</param>
    /// <param name="device">Where they are.</param>
    public static Tensor Bias(
        IReadOnlyList<int> promptLengths, int promptLength, int completionLength, ScalarType dataType, Device device)
    {
        bool padded = promptLengths.Any(length => length != promptLength);
        int biased = padded ? promptLengths.Count : 1;
        int width = promptLength + completionLength;
        float[] values = new float[biased * completionLength * width];
        for (int group = 0; group < biased; group++)
        {
            int visible = padded ? promptLengths[group] : promptLength;
            for (int query = 0; query < completionLength; query++)
            {
                Span<float> row = values.AsSpan((group * completionLength + query) * width, width);
                row[visible..promptLength].Fill(float.NegativeInfinity);
                row[(promptLength + query + 1)..].Fill(float.NegativeInfinity);
            }
        }

        using Tensor host = tensor(values, [biased, 1, completionLength, width]);
        return host.to(dataType, device, copy: true);
    }

    /// <inheritdoc/>
    public Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values)
    {
        (long heads, long keyHeads, long size) = (queries.shape[1], keys.shape[1], queries.shape[2]);
        long prompts = groups * promptLength;
        long completions = groups * samplesPerGroup * completionLength;
        using DisposeScope scope = NewDisposeScope();
        Tensor[] q = queries.split([prompts, completions], 0);
        Tensor[] k = keys.split([prompts, completions], 0);
        Tensor[] v = values.split([prompts, completions], 0);
        Tensor ofPrompts = _prompts.Attend(layer, q[0], k[0], v[0]);
        Tensor ofCompletions = PrefixAttention.Attend(
            q[1].view(groups * samplesPerGroup, completionLength, heads, size),
            Prefix(k[0], keyHeads, size),
            Prefix(v[0], keyHeads, size),
            Own(k[1], keyHeads, size),
            Own(v[1], keyHeads, size),
            bias);
        return cat([ofPrompts, ofCompletions.view(completions, heads * size)], 0).MoveToOuterDisposeScope();
    }

    private Tensor Prefix(Tensor vectors, long heads, long size) =>
        vectors.view(groups, promptLength, heads, size).transpose(1, 2);

    private Tensor Own(Tensor vectors, long heads, long size) =>
        vectors.view(groups, samplesPerGroup, completionLength, heads, size).permute(0, 3, 1, 2, 4);
}

using MedR1.Models.Qwen2VL;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Initializes attention with what a small model did not find by itself in 3,000 steps of look-ups (docs/quick-start-experiments.md): heads
/// of the first layer that look one, two and three tokens back, and heads of the other layers that attend to tokens similar to the query
/// and copy them (Trockman and Kolter 2023, "Mimetic Initialization of Self-Attention Layers"). All weights remain trainable.
/// </summary>
internal static class MimeticStart
{
    // The fastest rotations distinguish neighbours; the slow ones are left to the content.
    private const int RotaryPairs = 4;
    private const double DistanceStrength = 5;
    private const double MatchStrength = 1.6;
    private const double CopyStrength = 0.5;

    /// <summary>Changes the random attention weights of a model.</summary>
    /// <param name="policy">The model with its random initial weights.</param>
    public static void Set(Qwen2VLPolicy policy)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Parameter> parameters = policy.Parameters.ToDictionary();
        Qwen2VLTextConfiguration text = policy.Configuration.Text;
        for (int layer = 0; layer < text.LayerCount; layer++)
        {
            string prefix = $"model.layers.{layer}.self_attn.";
            if (layer == 0)
            {
                LookBack(parameters[prefix + "q_proj.bias"], parameters[prefix + "k_proj.bias"], text, [1, 2, 3]);
            }
            else
            {
                MatchAlike(parameters[prefix + "q_proj.weight"], parameters[prefix + "k_proj.weight"], text);
            }

            Copy(parameters[prefix + "v_proj.weight"], parameters[prefix + "o_proj.weight"], text);
        }
    }

    /// <summary>
    /// Sets constant queries and keys, which rotary positions turn into a preference for a distance; one head per distance.
    /// </summary>
    private static void LookBack(Parameter queryBias, Parameter keyBias, Qwen2VLTextConfiguration text, int[] distances)
    {
        int size = text.HeadSize;
        for (int pair = 0; pair < RotaryPairs; pair++)
        {
            double frequency = Math.Pow(text.RotaryBase, -2.0 * pair / size);
            for (int head = 0; head < text.KeyValueHeadCount; head++)
            {
                keyBias[head * size + pair] = DistanceStrength;
            }

            for (int head = 0; head < distances.Length; head++)
            {
                queryBias[head * size + pair] = DistanceStrength * Math.Cos(distances[head] * frequency);
                queryBias[head * size + pair + size / 2] = -DistanceStrength * Math.Sin(distances[head] * frequency);
            }
        }
    }

    /// <summary>Derives queries and keys from one projection: a token prefers those that are similar to itself.</summary>
    private static void MatchAlike(Parameter query, Parameter key, Qwen2VLTextConfiguration text)
    {
        key.mul_(MatchStrength);
        for (int head = 0; head < text.HeadCount; head++)
        {
            query[Rows(head, text)] = key[Rows(head / QueriesPerKey(text), text)];
        }
    }

    /// <summary>Sets an output that inverts the projection of the values: what attention finds is added unchanged.</summary>
    private static void Copy(Parameter value, Parameter output, Qwen2VLTextConfiguration text)
    {
        for (int head = 0; head < text.HeadCount; head++)
        {
            output[TensorIndex.Colon, Rows(head, text)] = value[Rows(head / QueriesPerKey(text), text)].t() * CopyStrength;
        }
    }

    private static int QueriesPerKey(Qwen2VLTextConfiguration text) => text.HeadCount / text.KeyValueHeadCount;

    private static TensorIndex Rows(int head, Qwen2VLTextConfiguration text) =>
        TensorIndex.Slice(head * text.HeadSize, (head + 1) * text.HeadSize);
}

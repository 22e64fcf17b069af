using MedR1.Modeling;

using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Divides the features of a batch's images among its prompts.</summary>
internal static class TinyFeatures
{
    /// <summary>The features of each prompt's images, <c>[images, H]</c>; null for a prompt without images.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="given">The features of all images, <c>[images, H]</c>, if the caller has them.</param>
    /// <param name="network">Computes them otherwise.</param>
    /// <exception cref="ArgumentException">There are not as many features as images.</exception>
    public static Tensor?[] Of(IReadOnlyList<EncodedPrompt> prompts, Tensor? given, TinyNetwork network)
    {
        if (given is null)
        {
            return [.. prompts.Select(prompt => network.EncodeImages(prompt.Images))];
        }

        int images = prompts.Sum(prompt => prompt.Images.Count);
        if (!given.shape.SequenceEqual([images, network.HiddenSize]))
        {
            throw new ArgumentException(
                $"The features have shape [{string.Join(", ", given.shape)}], but the prompts' images need [{images}, "
                + $"{network.HiddenSize}]; pass the result of EncodeImages for these prompts.", nameof(given));
        }

        long first = 0;
        return [.. prompts.Select(prompt => Next(prompt.Images.Count))];

        Tensor? Next(int count)
        {
            first += count;
            return count == 0 ? null : given.narrow(0, first - count, count);
        }
    }
}

using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The images of prompts for a vision tower: each distinct image once (<see cref="EncodedImage.ByContent"/>), sorted by the size of a frame,
/// so that attention can process frames of equal size as one batch; and the way back to the order of the prompts.
/// </summary>
public sealed class DistinctImages
{
    private readonly EncodedImage[] _inPromptOrder;

    private DistinctImages(EncodedImage[] inPromptOrder)
    {
        _inPromptOrder = inPromptOrder;
        Images = [.. inPromptOrder.Distinct(EncodedImage.ByContent).OrderBy(image => image.Grid.Rows * image.Grid.Columns)];
        PatchCount = Images.Sum(image => (long)image.Grid.PatchCount);
    }

    /// <summary>Each distinct image once.</summary>
    public IReadOnlyList<EncodedImage> Images { get; }

    /// <summary>The number of patches of all distinct images.</summary>
    public long PatchCount { get; }

    /// <summary>Collects the images of prompts.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>The images; <see langword="null"/> if no prompt has one.</returns>
    public static DistinctImages? Of(IReadOnlyList<EncodedPrompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        EncodedImage[] images = [.. prompts.SelectMany(prompt => prompt.Images)];
        return images.Length == 0 ? null : new DistinctImages(images);
    }

    /// <summary>Creates a tensor of the patches of all distinct images.</summary>
    /// <param name="valuesPerPatch">The number of values of a patch that the tower takes.</param>
    /// <param name="device">The device of the tensor.</param>
    /// <param name="dataType">The data type of the tensor.</param>
    /// <returns><c>[patches, values per patch]</c>, in the order of <see cref="Images"/>.</returns>
    /// <exception cref="InvalidPromptException">The patches of an image have a different number of values.</exception>
    public Tensor Patches(int valuesPerPatch, Device device, ScalarType dataType)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(valuesPerPatch, 1);
        using Tensor host = empty(PatchCount, valuesPerPatch, dtype: ScalarType.Float32, device: CPU);
        long start = 0;
        foreach (EncodedImage image in Images)
        {
            Check(image, valuesPerPatch);
            using Tensor rows = host.narrow(0, start, image.Grid.PatchCount);
            MemoryMarshal.AsBytes(image.Patches.Span).CopyTo(rows.bytes);
            start += image.Grid.PatchCount;
        }

        return host.to(dataType, device, copy: true);
    }

    /// <summary>
    /// Arranges the features of the distinct images in the order of the prompts and their images, repeated for an image that occurs twice, as
    /// <see cref="IVisionLanguagePolicy.EncodeImages"/> returns them. Gradients of repeated features are added up.
    /// </summary>
    /// <param name="features">
    /// <c>[rows, width]</c> in the order of <see cref="Images"/>; each image has rows in proportion to its patches.
    /// </param>
    /// <returns>
    /// <c>[image tokens, width]</c>: a new tensor, or <paramref name="features"/> if they are in that order already.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// There are not two dimensions, or the rows can't be divided among the images in proportion to their patches.
    /// </exception>
    public Tensor ToPromptOrder(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2)
        {
            throw new ArgumentException(
                $"Expected features of shape [rows, width], but got [{string.Join(", ", features.shape)}].", nameof(features));
        }

        long rows = features.shape[0];
        var starts = new Dictionary<EncodedImage, long>(EncodedImage.ByContent);
        long next = 0;
        foreach (EncodedImage image in Images)
        {
            starts.Add(image, next);
            next += RowsOf(image, rows);
        }

        if (Images.SequenceEqual(_inPromptOrder, ReferenceEqualityComparer.Instance))
            return features;
        long[] places = [.. _inPromptOrder.SelectMany(
            image => Enumerable.Range(0, RowsOf(image, rows)).Select(offset => starts[image] + offset))];
        using Tensor index = places.ToDevice(features.device);
        return features.index_select(0, index);
    }

    private int RowsOf(EncodedImage image, long rows) => PatchCount > 0 && rows * image.Grid.PatchCount % PatchCount == 0
        ? (int)(rows * image.Grid.PatchCount / PatchCount)
        : throw new ArgumentException(
            $"The {rows} features can't be those of {Images.Count} images of {PatchCount} patches: an image of {image.Grid.PatchCount} patches "
            + "would have no whole number of them.",
            "features");

    private static void Check(EncodedImage image, int valuesPerPatch)
    {
        long expected = (long)image.Grid.PatchCount * valuesPerPatch;
        if (image.Patches.Length != expected)
        {
            throw new InvalidPromptException(
                $"An image of {image.Grid.PatchCount} patches has {image.Patches.Length} values, but the model takes " +
                $"{valuesPerPatch} per patch, {expected} in total; prepare images with the model's processor.");
        }
    }
}

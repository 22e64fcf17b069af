using System.Runtime.InteropServices;
using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The distinct images of a batch of prompts, sorted by size so that the tower's attention processes images of equal size as
/// one batch, and the feature for each placeholder.
/// </summary>
internal sealed class ImageBatch
{
    private readonly IReadOnlyList<EncodedImage> _images;

    private ImageBatch(IReadOnlyList<EncodedImage> images, long[]? featureRows)
    {
        _images = images;
        FeatureRows = featureRows;
    }

    /// <summary>
    /// The row of the tower's output for each placeholder; <see langword="null"/> if the rows are used in order, each once.
    /// </summary>
    public long[]? FeatureRows { get; }

    public IReadOnlyList<ImageGrid> Grids => [.. _images.Select(image => image.Grid)];

    /// <returns>The batch; <see langword="null"/> if no prompt has an image.</returns>
    public static ImageBatch? Create(Qwen2VLVisionConfiguration vision, IReadOnlyList<EncodedPrompt> prompts)
    {
        var distinct = new HashSet<EncodedImage>(EncodedImage.ByContent);
        List<EncodedImage> inOrder = [.. prompts.SelectMany(prompt => prompt.Images)];
        if (inOrder.Count == 0)
            return null;
        List<EncodedImage> once = [.. inOrder.Where(distinct.Add)];
        foreach (EncodedImage image in once)
        {
            Check(vision, image);
        }

        List<EncodedImage> sorted = [.. once.OrderBy(image => image.Grid.Rows * image.Grid.Columns)];
        if (sorted.SequenceEqual(inOrder, ReferenceEqualityComparer.Instance))
            return new ImageBatch(sorted, null);

        var starts = new Dictionary<EncodedImage, long>(EncodedImage.ByContent);
        long next = 0;
        foreach (EncodedImage image in sorted)
        {
            starts.Add(image, next);
            next += image.Grid.PatchCount / vision.MergeUnit;
        }

        long[] rows = [.. inOrder.SelectMany(image =>
        {
            long start = starts[image];
            return Enumerable.Range(0, image.Grid.PatchCount / vision.MergeUnit).Select(offset => start + offset);
        })];
        return new ImageBatch(sorted, rows);
    }

    /// <summary>Creates a tensor of the patches of all images, <c>[S, values per patch]</c>.</summary>
    public Tensor Patches(int vectorSize, Device device, ScalarType dataType)
    {
        long total = _images.Sum(image => (long)image.Grid.PatchCount);
        using Tensor host = empty(total, vectorSize, dtype: ScalarType.Float32, device: CPU);
        long start = 0;
        foreach (EncodedImage image in _images)
        {
            using Tensor rows = host.narrow(0, start, image.Grid.PatchCount);
            MemoryMarshal.AsBytes(image.Patches.Span).CopyTo(rows.bytes);
            start += image.Grid.PatchCount;
        }

        return host.to(dataType, device, copy: true);
    }

    private static void Check(Qwen2VLVisionConfiguration vision, EncodedImage image)
    {
        int merge = vision.SpatialMergeSize;
        ImageGrid grid = image.Grid;
        if (grid.Frames < 1 || grid.Rows < merge || grid.Columns < merge || grid.Rows % merge != 0
            || grid.Columns % merge != 0)
        {
            throw new InvalidPromptException(
                $"An image's grid is {grid.Frames} x {grid.Rows} x {grid.Columns} patches, but rows and columns " +
                $"must be multiples of {merge}; prepare images with the model's processor.");
        }

        long expected = (long)grid.PatchCount * vision.PatchVectorSize;
        if (image.Patches.Length != expected)
        {
            throw new InvalidPromptException(
                $"An image of {grid.PatchCount} patches has {image.Patches.Length} values, but the model takes " +
                $"{vision.PatchVectorSize} per patch, {expected} in total; " +
                "prepare images with the model's processor.");
        }
    }
}

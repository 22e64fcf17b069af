using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>Computes image features with the vision tower, or takes them from a cache.</summary>
internal sealed class ImageEncoder(
    Qwen2VLVisionConfiguration configuration, VisionTower tower, Device device, ScalarType dataType, AdapterHost adapters)
{
    /// <summary>The cache of image features; <see langword="null"/> if features are not cached.</summary>
    public ImageFeatureCache? Cache { get; set; }

    /// <summary>
    /// Computes image features, <c>[image tokens, hidden]</c>, in the order of the prompts and their images;
    /// <see langword="null"/> if there are no images.
    /// </summary>
    public Tensor? Encode(
        IReadOnlyList<EncodedPrompt> prompts, ActivationObserver? observer = null, CheckpointedPass? pass = null)
    {
        if (observer is null && Cache is { } cache && !HasAdapter && cache.AreValid())
        {
            EncodedImage[] images = [.. prompts.SelectMany(prompt => prompt.Images)];
            return images.Length == 0 ? null : cache.Of(images, image => RunTower([new EncodedPrompt([], [image])])!);
        }

        return RunTower(prompts, observer, pass);
    }

    private bool HasAdapter => adapters.Adapted.Any(module => ParameterParts.IsVision(module.PublishedName));

    private bool IsFrozen => !HasAdapter && tower.parameters().All(parameter => !parameter.requires_grad);

    private Tensor? RunTower(
        IReadOnlyList<EncodedPrompt> prompts, ActivationObserver? observer = null, CheckpointedPass? pass = null)
    {
        if (DistinctImages.Of(prompts) is not { } images)
            return null;
        ImageGrid[] grids = [.. images.Images.Select(image => Checked(image.Grid))];
        using DisposeScope scope = NewDisposeScope();

        // A frozen tower runs without gradient, as when features are cached: caching must not change a bit of the features, and
        // kernels with gradient sum in a different order.
        using IDisposable? frozen = is_grad_enabled() && IsFrozen ? no_grad() : null;
        Tensor patches = images.Patches(configuration.PatchVectorSize, device, dataType);
        Tensor features = tower.Forward(patches, grids, observer, frozen is null ? pass : null);
        return images.ToPromptOrder(features).MoveToOuterDisposeScope();
    }

    private ImageGrid Checked(ImageGrid grid)
    {
        int merge = configuration.SpatialMergeSize;
        return grid.Frames >= 1 && grid.Rows >= merge && grid.Columns >= merge && grid.Rows % merge == 0 && grid.Columns % merge == 0
            ? grid
            : throw new InvalidPromptException(
                $"An image's grid is {grid.Frames} x {grid.Rows} x {grid.Columns} patches, but rows and columns " +
                $"must be multiples of {merge}; prepare images with the model's processor.");
    }
}

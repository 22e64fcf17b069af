using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Images;

public sealed class DistinctImagesTests
{
    private static readonly EncodedImage _small = Image(2, 2, 1), _wide = Image(2, 4, 2), _copy = Image(2, 4, 2);

    [Fact]
    public void An_image_that_was_opened_twice_occurs_once_and_small_ones_come_first()
    {
        DistinctImages images = Of([_wide], [_small, _copy]);
        Assert.Equal([_small, _wide], images.Images, ReferenceEqualityComparer.Instance);
        Assert.Equal(4 + 8, images.PatchCount);
    }

    // Two features for four patches: the small image has rows 0 and 1, the wide one 2 to 5.
    [Fact]
    public void Features_return_to_the_order_of_the_prompts_and_gradients_to_the_features()
    {
        using DisposeScope scope = NewDisposeScope();
        DistinctImages images = Of([_wide], [_small, _copy]);
        Tensor features = arange(12, ScalarType.Float32).view(6, 2).requires_grad_();
        Tensor all = images.ToPromptOrder(features);
        Assert.Equal([4f, 6, 8, 10, 0, 2, 4, 6, 8, 10], all[.., 0].detach().clone().data<float>());
        all.sum().backward();
        Assert.Equal([1f, 1, 2, 2, 2, 2], features.grad![.., 0].clone().data<float>());
    }

    [Fact]
    public void Features_in_order_are_returned_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = zeros(3, 2);
        Assert.Same(features, Of([_small, _wide]).ToPromptOrder(features));
    }

    [Fact]
    public void Features_that_are_not_in_proportion_to_patches_are_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        ArgumentException error = Assert.Throws<ArgumentException>(() => Of([_small, _wide]).ToPromptOrder(zeros(5, 2)));
        Assert.Contains("The 5 features can't be those of 2 images of 12 patches", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => Of([_small, _wide]).ToPromptOrder(zeros(3, 2, 1)));
        Assert.Contains("Expected features of shape [rows, width], but got [3, 2, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Patches_are_in_the_order_of_the_images()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = Of([_wide, _small]).Patches(3, CPU, ScalarType.Float64);
        Assert.Equal([12L, 3], patches.shape);
        Assert.Equal(
            [.. _small.Patches.ToArray(), .. _wide.Patches.ToArray()], patches.to(ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void Patches_of_a_different_size_are_refused()
    {
        InvalidPromptException error = Assert.Throws<InvalidPromptException>(() => Of([_small]).Patches(4, CPU, ScalarType.Float32));
        Assert.Contains("4 patches has 12 values, but the model takes 4 per patch, 16", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_without_images_have_none() => Assert.Null(DistinctImages.Of([new EncodedPrompt([1], [])]));

    private static DistinctImages Of(params EncodedImage[][] prompts) =>
        DistinctImages.Of([.. prompts.Select(images => new EncodedPrompt([], images))])!;

    private static EncodedImage Image(int rows, int columns, int seed) =>
        new(new ImageGrid(1, rows, columns), Enumerable.Range(0, rows * columns * 3).Select(value => (float)(value + seed)).ToArray());
}

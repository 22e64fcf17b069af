using MedR1.Modeling;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Testing;

/// <summary>Checks the features of images.</summary>
internal static class ImageContract
{
    public static IReadOnlyList<(string Subject, Action<ContractCase> Check)> Checks { get; } =
    [
        ("EncodeImages", RowsOfImages), ("EncodeImages", ImagesWithoutTokens), ("imageFeatures", GivenFeatures),
    ];

    private static void RowsOfImages(ContractCase given)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        EncodedPrompt[] without = [.. given.Prompts.Select(prompt => prompt with { Images = [] })];
        ContractCase.Require(given.Policy.EncodeImages(without) is null, "returns features of prompts without images.");
        EncodedImage[] images = ImagesOf(given);
        if (images.Length == 0)
        {
            return;
        }

        Tensor all = given.Policy.EncodeImages(given.Prompts)!;
        ContractCase.Require(all.dim() == 2, $"has {all.dim()} dimensions, expected 2: a row for each image token.");
        Tensor[] each = [.. images.Select(image => given.Policy.EncodeImages([new EncodedPrompt([], [image])])!)];
        given.RequireNear("images together and each alone", ContractCase.Values(cat(each, 0)), ContractCase.Values(all));
        long patches = images.Sum(image => (long)image.Grid.PatchCount);
        for (int image = 0; image < images.Length; image++)
        {
            long rows = each[image].shape[0];
            ContractCase.Require(
                rows * patches == all.shape[0] * images[image].Grid.PatchCount,
                $"image {image} of {images[image].Grid.PatchCount} patches has {rows} rows, all {images.Length} images of {patches} "
                + $"patches have {all.shape[0]}: the sampler divides the rows in proportion to the patches.");
        }
    }

    private static void ImagesWithoutTokens(ContractCase given)
    {
        if (ImagesOf(given) is not { Length: > 0 } images)
        {
            return;
        }

        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        given.RequireNear(
            "the images of all prompts in a prompt without tokens",
            ContractCase.Values(given.Policy.EncodeImages(given.Prompts)!),
            ContractCase.Values(given.Policy.EncodeImages([new EncodedPrompt([], images)])!));
    }

    private static void GivenFeatures(ContractCase given)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor? features = given.Policy.EncodeImages(given.Prompts);
        TokenStatistics statistics = given.Policy.TokenLogProbabilities(given.Groups, given.Plain, features);
        given.RequireNear(
            "log-probabilities with features and without",
            given.LogProbabilities(given.Policy, given.Groups), ContractCase.Values(statistics.LogProbabilities));
        if (features is null)
        {
            return;
        }

        ContractCase.Require(!features.IsInvalid, "are disposed by the policy, but belong to the caller.");
        TokenStatistics others = given.Policy.TokenLogProbabilities(given.Groups, given.Plain, zeros_like(features));
        ContractCase.Require(
            !ContractCase.Values(others.LogProbabilities).SequenceEqual(ContractCase.Values(statistics.LogProbabilities)),
            "are ignored: zeros in their place change no log-probability.");
    }

    private static EncodedImage[] ImagesOf(ContractCase given) => [.. given.Prompts.SelectMany(prompt => prompt.Images)];
}

namespace MedR1.Models.Qwen2VL;

/// <summary>Checks that images can be prepared by a configuration.</summary>
internal static class ImageProcessorRules
{
    /// <summary>The number of color channels of an image.</summary>
    public const int Channels = 3;

    /// <exception cref="ModelConfigurationException">A setting is out of range.</exception>
    public static void Check(ImageProcessorConfiguration configuration, string source)
    {
        Range("patch_size", configuration.PatchSize, 1, 1024);
        Range("temporal_patch_size", configuration.TemporalPatchSize, 1, 64);
        Range("merge_size", configuration.MergeSize, 1, 64);

        // Every image is enlarged to this size, and the values of its patches are one array.
        Range("min_pixels", configuration.MinPixels, 1, MostPixels(configuration));
        Range("max_pixels", configuration.MaxPixels, 1, long.MaxValue);
        if ((long)configuration.Factor * configuration.Factor > MostPixels(configuration))
        {
            throw new ModelConfigurationException(
                source, "merge_size", $"{configuration.MergeSize}",
                $"an image would have at least {configuration.Factor} x {configuration.Factor} pixels (patch_size x merge_size); at most "
                + $"{MostPixels(configuration)} fit into memory.");
        }

        Colors("image_mean", configuration.Mean, _ => true, "three finite numbers");
        Colors("image_std", configuration.StandardDeviation, value => value > 0, "three positive numbers");
        if (!(configuration.RescaleFactor > 0 && double.IsFinite(configuration.RescaleFactor)))
        {
            throw new ModelConfigurationException(
                source, "rescale_factor", configuration.RescaleFactor.ToText(), "write a positive number, normally 1/255.");
        }

        void Range(string field, long value, long lowest, long highest)
        {
            if (value < lowest || value > highest)
                throw new ModelConfigurationException(source, field, $"{value}",
                    $"write a number from {lowest} to {highest}.");
        }

        void Colors(string field, IReadOnlyList<double> values, Func<double, bool> isGood, string wanted)
        {
            if (values.Count != Channels || !values.All(value => double.IsFinite(value) && isGood(value)))
                throw new ModelConfigurationException(source, field, $"[{string.Join(", ", values.Select(value => value.ToText()))}]",
                    $"write {wanted}.");
        }
    }

    /// <summary>The most pixels of an image after the resize, so that the values of its patches fit an array.</summary>
    public static int MostPixels(ImageProcessorConfiguration configuration) =>
        Array.MaxLength / (Channels * configuration.TemporalPatchSize);
}

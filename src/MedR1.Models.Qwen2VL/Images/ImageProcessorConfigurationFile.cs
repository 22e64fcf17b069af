using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Reads <c>preprocessor_config.json</c>, or the same fields under <c>image_processor</c> in <c>processor_config.json</c>, where
/// transformers 5 writes them; writes the former.
/// </summary>
internal static class ImageProcessorConfigurationFile
{
    public static ImageProcessorConfiguration Read(ReadOnlyMemory<byte> json, string source)
    {
        using JsonDocument document = ConfigurationReader.Parse(json, source);
        var file = new ConfigurationSection(source, "", document.RootElement);
        ConfigurationSection top = file.Section("image_processor")
            ?? (Path.GetFileName(source) == ModelFiles.Processor
                ? throw file.Missing(
                    "image_processor", $"this file says nothing about images: use {ModelFiles.Preprocessor} of the published model.")
                : file);
        var defaults = new ImageProcessorConfiguration();
        bool rescales = top.Flag("do_rescale", true);
        bool normalises = top.Flag("do_normalize", true);
        var configuration = new ImageProcessorConfiguration
        {
            MinPixels = Limit(top, "min_pixels", "shortest_edge", defaults.MinPixels),
            MaxPixels = Limit(top, "max_pixels", "longest_edge", defaults.MaxPixels),
            PatchSize = top.Integer("patch_size", defaults.PatchSize),
            TemporalPatchSize = top.Integer("temporal_patch_size", defaults.TemporalPatchSize),
            MergeSize = top.Integer("merge_size", defaults.MergeSize),
            Mean = normalises ? top.Numbers("image_mean") ?? defaults.Mean : [0, 0, 0],
            StandardDeviation = normalises ? top.Numbers("image_std") ?? defaults.StandardDeviation : [1, 1, 1],
            RescaleFactor = rescales ? top.Number("rescale_factor", defaults.RescaleFactor) : 1,
            Resizes = top.Flag("do_resize", true),
            Filter = Filter(top),
        };
        ImageProcessorRules.Check(configuration, source);
        return configuration;
    }

    public static byte[] Write(ImageProcessorConfiguration configuration)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("do_convert_rgb", true);
            json.WriteBoolean("do_normalize", true);
            json.WriteBoolean("do_rescale", true);
            json.WriteBoolean("do_resize", configuration.Resizes);
            Numbers(json, "image_mean", configuration.Mean);
            json.WriteString("image_processor_type", "Qwen2VLImageProcessor");
            Numbers(json, "image_std", configuration.StandardDeviation);
            json.WriteNumber("max_pixels", configuration.MaxPixels);
            json.WriteNumber("merge_size", configuration.MergeSize);
            json.WriteNumber("min_pixels", configuration.MinPixels);
            json.WriteNumber("patch_size", configuration.PatchSize);
            json.WriteString("processor_class", "Qwen2VLProcessor");
            json.WriteNumber("resample", PillowNumber(configuration.Filter));
            json.WriteNumber("rescale_factor", configuration.RescaleFactor);
            json.WriteStartObject("size");
            json.WriteNumber("longest_edge", configuration.MaxPixels);
            json.WriteNumber("shortest_edge", configuration.MinPixels);
            json.WriteEndObject();
            json.WriteNumber("temporal_patch_size", configuration.TemporalPatchSize);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    // In this family, the edges of "size" are pixel counts; an explicit limit overrides them.
    private static long Limit(ConfigurationSection top, string field, string edge, long otherwise) =>
        top.Find(field) is null && top.Section("size") is { } size
            ? size.Long(edge, size.Long(field, otherwise))
            : top.Long(field, otherwise);

    private static ResampleFilter Filter(ConfigurationSection top) => top.Integer("resample", 3) switch
    {
        1 => ResampleFilter.Lanczos,
        2 => ResampleFilter.Bilinear,
        3 => ResampleFilter.Bicubic,
        _ => throw top.Wrong(
            "resample", top.Find("resample")!.Value,
            "write Pillow's number for a filter: 1 Lanczos, 2 bilinear, 3 bicubic."),
    };

    private static int PillowNumber(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Lanczos => 1,
        ResampleFilter.Bilinear => 2,
        _ => 3,
    };

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using MedR1.Imaging;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class ImageProcessorTests
{
    [Fact]
    public void The_table_equals_that_of_the_reference_bit_for_bit()
    {
        var processor = new ImageProcessor(
            new ImageProcessorConfiguration { PatchSize = 1, MergeSize = 1, TemporalPatchSize = 1, Resizes = false });
        ReadOnlySpan<float> values =
            processor.Process(new RgbImage(2, 1, new byte[] { 0, 0, 0, 255, 255, 255 })).Patches.Span;
        uint[] bits = [.. values.ToArray().Select(BitConverter.SingleToUInt32Bits)];
        Assert.Equal([0xBFE568DC, 0xBFE044B8, 0xBFBD77D8, 0x3FF71541, 0x4004CAE5, 0x40095660], bits);
    }

    [Fact]
    public void Patches_go_square_by_square_and_channel_by_channel()
    {
        // 8 x 8 pixels, patches of 2 x 2, squares of 2 x 2 patches: the red value encodes the position, y · 8 + x.
        byte[] pixels =
            [.. Enumerable.Range(0, 64).SelectMany(place => new[] { (byte)place, (byte)(100 + place), (byte)0 })];
        var processor = new ImageProcessor(new ImageProcessorConfiguration
        {
            PatchSize = 2, Resizes = false, Mean = [0, 0, 0], StandardDeviation = [1, 1, 1], RescaleFactor = 1,
        });
        EncodedImage image = processor.Process(new RgbImage(8, 8, pixels));
        Assert.Equal(new ImageGrid(1, 4, 4), image.Grid);
        float[] values = image.Patches.ToArray();
        const int Vector = 3 * 2 * 4;
        Assert.Equal([0, 2, 16, 18, 4, 6, 20, 22, 32, 34, 48, 50, 36, 38, 52, 54],
            values.Where((_, at) => at % Vector == 0));
        Assert.Equal([0, 1, 8, 9, 0, 1, 8, 9, 100, 101, 108, 109], values[..12]);
    }

    [Fact]
    public void Explicit_sizes_and_limits_take_precedence_over_those_of_the_file()
    {
        ImageProcessorConfiguration both = Parse(
            """{"min_pixels": 3136, "max_pixels": 12845056, "size": {"shortest_edge": 1, "longest_edge": 2}}""");
        Assert.Equal((3136, 12_845_056), (both.MinPixels, both.MaxPixels));
        ImageProcessorConfiguration edges =
            Parse("""{"size": {"shortest_edge": 784, "longest_edge": 9408}, "merge_size": 1}""");
        Assert.Equal((784, 9408, 1), (edges.MinPixels, edges.MaxPixels, edges.MergeSize));
        ImageProcessorConfiguration none = Parse("{}");
        Assert.Equal((3136, 1_003_520), (none.MinPixels, none.MaxPixels));
        Assert.Equal(both.ToJson(), Parse(Encoding.UTF8.GetString(both.ToJson())).ToJson());
    }

    [Theory]
    [InlineData(ResampleFilter.Lanczos)]
    [InlineData(ResampleFilter.Bilinear)]
    public void A_written_configuration_reads_back_equal(ResampleFilter filter)
    {
        ImageProcessorConfiguration written = new()
        {
            MinPixels = 64,
            MaxPixels = 1024,
            PatchSize = 4,
            TemporalPatchSize = 1,
            MergeSize = 3,
            Mean = [0.1, 0.2, 0.3],
            StandardDeviation = [0.4, 0.5, 0.6],
            RescaleFactor = 0.5,
            Resizes = false,
            Filter = filter,
        };
        ImageProcessorConfiguration read = ImageProcessorConfiguration.Parse(written.ToJson());
        Assert.Equal(written with { Mean = read.Mean, StandardDeviation = read.StandardDeviation }, read);
        Assert.Equal(written.Mean, read.Mean);
        Assert.Equal(written.StandardDeviation, read.StandardDeviation);
    }

    // The published file of Qwen2-VL-2B-Instruct, and the sizes that transformers reads since 4.50.
    [Fact]
    public void The_published_file_is_written_with_all_its_fields()
    {
        const string Published = """
            {"min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2,
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
             "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2VLProcessor",
             "size": {"shortest_edge": 3136, "longest_edge": 12845056}}
            """;
        JsonNode written = JsonNode.Parse(Parse(Published).ToJson())!;
        Assert.All(
            JsonNode.Parse(Published)!.AsObject(), field => Assert.True(JsonNode.DeepEquals(field.Value, written[field.Key]), field.Key));
    }

    [Fact]
    public void Disabled_steps_change_nothing()
    {
        ImageProcessorConfiguration off = Parse(
            """
            {"do_normalize": false, "do_rescale": false, "rescale_factor": 0.5, "image_mean": [1, 2, 3], "image_std": [4, 5, 6],
             "resample": 1}
            """);
        Assert.Equal([0, 0, 0], off.Mean);
        Assert.Equal([1, 1, 1], off.StandardDeviation);
        Assert.Equal((1.0, ResampleFilter.Lanczos), (off.RescaleFactor, off.Filter));
        Assert.Equal(ResampleFilter.Bilinear, Parse("""{"resample": 2}""").Filter);
        Assert.Equal(ResampleFilter.Bicubic, Parse("{}").Filter);
    }

    [Theory]
    [InlineData("""{"patch_size": 0}""", "patch_size")]
    [InlineData("""{"temporal_patch_size": 0}""", "temporal_patch_size")]
    [InlineData("""{"merge_size": 0}""", "merge_size")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "image_std")]
    [InlineData("""{"image_mean": [1, 1]}""", "image_mean")]
    [InlineData("""{"max_pixels": -5}""", "max_pixels")]
    [InlineData("""{"min_pixels": 9223372036854775807}""", "min_pixels")]
    [InlineData("""{"resample": 17}""", "resample")]
    [InlineData("""{"rescale_factor": 0}""", "rescale_factor")]
    [InlineData("""{"rescale_factor": 1e999}""", "rescale_factor")]
    [InlineData("""{"temporal_patch_size": 64, "min_pixels": 12000000}""", "min_pixels")] // 3 · 64 · 12 · 10⁶ > 2³¹ values.
    [InlineData("""{"patch_size": 1024, "merge_size": 64}""", "merge_size")] // Images of at least 2³² pixels.
    public void A_wrong_field_is_named(string json, string field) =>
        Assert.Equal(field, Assert.Throws<ModelConfigurationException>(() => Parse(json)).Field);

    [Fact]
    public void Settings_that_are_not_from_a_file_are_checked_too()
    {
        Refuses(new ImageProcessorConfiguration { Mean = [0.5, 0.5] }, "image_mean");
        Refuses(new ImageProcessorConfiguration { StandardDeviation = [1, 0, 1] }, "image_std");
        Refuses(new ImageProcessorConfiguration { RescaleFactor = double.NaN }, "rescale_factor");
        Refuses(new ImageProcessorConfiguration { PatchSize = 0 }, "patch_size");

        static void Refuses(ImageProcessorConfiguration settings, string field) =>
            Assert.Equal(field, Assert.Throws<ModelConfigurationException>(() => new ImageProcessor(settings)).Field);
    }

    // 3400 · 3400 pixels · 3 colors · 64 frames are more than 2³¹ values.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_image_whose_values_fit_no_array_is_refused(bool resizes)
    {
        var processor = new ImageProcessor(new ImageProcessorConfiguration
        {
            PatchSize = 17, TemporalPatchSize = 64, MaxPixels = long.MaxValue, Resizes = resizes,
        });
        Assert.Throws<ImageTooLargeException>(() => processor.Process(new RgbImage(3400, 3400, new byte[3400 * 3400 * 3])));
    }

    [Fact]
    public void Options_replace_the_limits()
    {
        var processor = new ImageProcessor(
            Parse("""{"max_pixels": 12845056}"""), new ImageProcessorOptions { MaxPixels = 3200 });
        Assert.Equal(new ImageGrid(1, 4, 4), processor.Process(new RgbImage(300, 300, new byte[300 * 300 * 3])).Grid);

        // 28 · 28 = 784 pixels are enough; by default, 3136 are required.
        RgbImage small = new(28, 28, new byte[28 * 28 * 3]);
        processor = new ImageProcessor(new ImageProcessorConfiguration(), new ImageProcessorOptions { MinPixels = 784 });
        Assert.Equal(new ImageGrid(1, 2, 2), processor.Process(small).Grid);
        Assert.Equal(new ImageGrid(1, 4, 4), new ImageProcessor(new ImageProcessorConfiguration()).Process(small).Grid);
    }

    [Fact]
    public void Limits_below_one_pixel_are_refused()
    {
        Refuses(new ImageProcessorOptions { MinPixels = 0 });
        Refuses(new ImageProcessorOptions { MaxPixels = 0 });

        static void Refuses(ImageProcessorOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => new ImageProcessor(new ImageProcessorConfiguration(), options));
    }

    [Fact]
    public void Without_resizing_sides_must_be_multiples()
    {
        var processor = new ImageProcessor(new ImageProcessorConfiguration { Resizes = false });
        Assert.Throws<ArgumentException>(() => processor.Process(new RgbImage(28, 29, new byte[28 * 29 * 3])));
    }

    [Fact]
    public void A_line_of_pixels_is_refused_and_a_single_pixel_is_not()
    {
        var processor = new ImageProcessor(new ImageProcessorConfiguration());
        Assert.Throws<AspectRatioException>(() => processor.Process(new RgbImage(100_000, 1, new byte[300_000])));
        Assert.Equal(new ImageGrid(1, 4, 4), processor.Process(new RgbImage(1, 1, new byte[3])).Grid);
    }

    private static ImageProcessorConfiguration Parse(string json) =>
        ImageProcessorConfiguration.Parse(Encoding.UTF8.GetBytes(json));
}

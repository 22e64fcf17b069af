using System.Runtime.InteropServices;
using System.Text.Json;

using MedR1.Imaging;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>Images to patches, for both orders of the resize passes.</summary>
internal sealed class PixelValuesKind : IConformanceKind
{
    public string Kind => "pixel-values";

    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        if (conformanceCase.Inputs.TryGetProperty("levels", out JsonElement levels))
        {
            CheckLevels(conformanceCase, checker, levels.GetInt32());
            return;
        }

        JsonElement expected = conformanceCase.Expected;
        CheckOrder(conformanceCase, checker, ResizePassOrder.Pillow13, "", expected, expected);
        bool differs = expected.TryGetProperty("horizontal_first", out JsonElement older);
        CheckOrder(
            conformanceCase, checker, ResizePassOrder.HorizontalFirst, "horizontal_first.", differs ? older : expected,
            expected);
    }

    private static void CheckOrder(
        ConformanceCase conformanceCase, Checker checker, ResizePassOrder order, string prefix, JsonElement values,
        JsonElement common)
    {
        JsonElement inputs = conformanceCase.Inputs;
        ImageProcessorConfiguration configuration = new()
        {
            MinPixels = inputs.GetProperty("min_pixels").GetInt64(),
            MaxPixels = inputs.GetProperty("max_pixels").GetInt64(),
            PatchSize = inputs.GetProperty("patch_size").GetInt32(),
            TemporalPatchSize = inputs.GetProperty("temporal_patch_size").GetInt32(),
            MergeSize = inputs.GetProperty("merge_size").GetInt32(),
        };
        ImageProcessor processor = new(configuration, new ImageProcessorOptions { PassOrder = order });
        RgbImage[] sources =
            [.. inputs.GetProperty("images").EnumerateArray().Select(item => CaseImages.Load(conformanceCase, item))];
        for (int index = 0; index < sources.Length; index++)
        {
            Fingerprint.Check(
                checker, $"{prefix}resized_rgb[{index}]", processor.Resize(sources[index]),
                values.GetProperty("resized_rgb")[index]);
        }

        EncodedImage[] images = [.. sources.Select(processor.Process)];
        float[] patches = [.. images.SelectMany(image => image.Patches.ToArray())];
        checker.SequenceEqual(
            $"{prefix}image_grid_thw",
            [.. common.GetProperty("image_grid_thw").EnumerateArray().SelectMany(grid => CaseModel.Integers(grid))],
            [.. images.SelectMany(image => new[] { image.Grid.Frames, image.Grid.Rows, image.Grid.Columns })]);
        int columns = common.GetProperty("shape")[1].GetInt32();
        checker.Equal($"{prefix}rows", common.GetProperty("shape")[0].GetInt32(), patches.Length / columns);
        checker.Equal(
            $"{prefix}float32_crc32", values.GetProperty("float32_crc32").GetString(),
            Fingerprint.CheckSum(MemoryMarshal.AsBytes(patches.AsSpan())));

        // The tolerance of sums is that of values times their number.
        checker.Number(
            $"{prefix}sum", values.GetProperty("sum").GetDouble(), patches.Sum(value => (double)value),
            new Tolerance(false, 5e-6 * patches.Length, 0, null, null));
        checker.Number(
            $"{prefix}sum_of_squares", values.GetProperty("sum_of_squares").GetDouble(),
            patches.Sum(value => (double)value * value),
            new Tolerance(false, 2e-5 * patches.Length, 0, null, null));
        foreach (JsonElement sample in values.GetProperty("samples").EnumerateArray())
        {
            (int row, int column) = (sample[0].GetInt32(), sample[1].GetInt32());
            checker.Number($"{prefix}samples ({row}, {column})", sample[2].GetDouble(),
                patches[row * columns + column]);
        }

        if (values.TryGetProperty("pixel_values", out JsonElement all))
        {
            checker.Numbers($"{prefix}pixel_values", conformanceCase.Tensor(all), patches);
        }
    }

    // One row of gray pixels, one patch each, through the same table as images.
    private static void CheckLevels(ConformanceCase conformanceCase, Checker checker, int levels)
    {
        JsonElement inputs = conformanceCase.Inputs;
        ImageProcessor processor = new(new ImageProcessorConfiguration
        {
            PatchSize = 1,
            TemporalPatchSize = 1,
            MergeSize = 1,
            Resizes = false,
            Mean = [.. inputs.GetProperty("image_mean").EnumerateArray().Select(value => value.GetDouble())],
            StandardDeviation =
                [.. inputs.GetProperty("image_std").EnumerateArray().Select(value => value.GetDouble())],
        });
        byte[] gray = [.. Enumerable.Range(0, levels).SelectMany(level => Enumerable.Repeat((byte)level, 3))];
        float[] values = processor.Process(new RgbImage(levels, 1, gray)).Patches.ToArray();
        checker.Numbers("values", conformanceCase.Tensor(conformanceCase.Expected.GetProperty("values")), values);
        if (conformanceCase.Expected.TryGetProperty("bits", out JsonElement bits))
        {
            string[] expected =
                [.. bits.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.ToString())];
            bool isText = bits[0][0].ValueKind == JsonValueKind.String;
            checker.SequenceEqual("bits", expected, [.. values.Select(BitConverter.SingleToUInt32Bits)
                .Select(value => isText ? value.ToString("x8") : value.ToString())]);
        }
    }
}

using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>Pixels to pixels, in both orders of the passes, each compared with its expected numbers.</summary>
public sealed class ImageResizeKind : IConformanceKind
{
    /// <inheritdoc/>
    public string Kind => "image-resize";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Inputs.GetProperty("items");
        JsonElement expected = conformanceCase.Expected.GetProperty("items");
        for (int i = 0; i < items.GetArrayLength(); i++)
        {
            JsonElement item = items[i];
            RgbImage source = CaseImages.Load(conformanceCase, item);
            int width = item.GetProperty("to_width").GetInt32();
            int height = item.GetProperty("to_height").GetInt32();
            string filterName = item.GetProperty("filter").GetString()!;
            ResampleFilter filter = Enum.Parse<ResampleFilter>(filterName, ignoreCase: true);
            string name = $"item {i} {source.Width} x {source.Height} to {width} x {height} {filter}";
            RgbImage pillow13 = PillowResampler.Resize(source, width, height, filter, ResizePassOrder.Pillow13);
            Fingerprint.Check(checker, name + " Pillow 13", pillow13, expected[i]);
            if (expected[i].TryGetProperty("rgb", out JsonElement rgb))
            {
                RgbImage whole = CaseImages.Load(conformanceCase, rgb);
                checker.Equal(name + " bytes", Fingerprint.CheckSum(whole), Fingerprint.CheckSum(pillow13));
            }

            bool hasOwn = expected[i].TryGetProperty("horizontal_first", out JsonElement own);
            JsonElement horizontal = hasOwn ? own : expected[i];
            Fingerprint.Check(
                checker, name + " horizontal first", PillowResampler.Resize(source, width, height, filter), horizontal);
        }
    }
}

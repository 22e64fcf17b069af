using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>Image files to RGB, and broken files to an exception.</summary>
public sealed class ImageDecodeKind : IConformanceKind
{
    // Like Pillow's convert("RGB").
    private static readonly ImageDecodeOptions LikePillow = new() { Transparency = Transparency.Drop };

    // Pillow clips 16-bit gray at 255, but uses the high byte if there is alpha.
    private static readonly ImageDecodeOptions LikePillowWithGray16 =
        LikePillow with { Gray16Window = Gray16Window.CutAt255 };

    /// <inheritdoc/>
    public string Kind => "image-decode";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Inputs.GetProperty("items");
        JsonElement expected = conformanceCase.Expected.GetProperty("items");
        for (int i = 0; i < items.GetArrayLength(); i++)
        {
            bool isBinding = !items[i].TryGetProperty("binding", out JsonElement binding) || binding.GetBoolean();
            if (isBinding || IsOffered(conformanceCase, items[i], expected[i]))
            {
                CheckItem(conformanceCase, checker, items[i], expected[i]);
            }
        }
    }

    // Rows that are not binding are compared nevertheless if the library promises Pillow's bytes (16-bit PNG, CMYK),
    // except for formats that it does not read and broken files of which Pillow decodes a part.
    private static bool IsOffered(ConformanceCase conformanceCase, JsonElement item, JsonElement expected)
    {
        try
        {
            ImageHeader.Read(File.ReadAllBytes(conformanceCase.FilePath(item.GetProperty("image"))));
            return !expected.TryGetProperty("result", out _);
        }
        catch (ImageFormatException)
        {
            return false;
        }
    }

    private static ImageDecodeOptions OptionsFor(ConformanceCase conformanceCase, JsonElement item)
    {
        ImageHeader header = ImageHeader.Read(File.ReadAllBytes(conformanceCase.FilePath(item.GetProperty("image"))));
        return header is { BitsPerSample: 16, Channels: 1 } ? LikePillowWithGray16 : LikePillow;
    }

    private static void CheckItem(
        ConformanceCase conformanceCase, Checker checker, JsonElement item, JsonElement expected)
    {
        string name = Path.GetFileName(conformanceCase.FilePath(item.GetProperty("image")));
        RgbImage dropped;
        try
        {
            dropped = CaseImages.Load(conformanceCase, item, OptionsFor(conformanceCase, item));
        }
        catch (Exception exception) when (exception is ImageFormatException or ImageTooLargeException)
        {
            checker.Equal(name, Text(expected, "result") ?? "a picture", "error");
            return;
        }

        if (Text(expected, "result") == "error")
        {
            checker.Fail($"{name}: got a picture, expected an error ({Text(expected, "pillow")})");
            return;
        }

        Compare(conformanceCase, checker, name, dropped, item, expected);
        if (expected.TryGetProperty("over_white_transformers", out JsonElement overWhite))
        {
            RgbImage composited = CaseImages.Load(
                conformanceCase, item,
                OptionsFor(conformanceCase, item) with { Transparency = Transparency.CompositeOverWhite });
            Compare(conformanceCase, checker, name + " over white", composited, item, overWhite);
        }
    }

    private static void Compare(
        ConformanceCase conformanceCase,
        Checker checker,
        string name,
        RgbImage got,
        JsonElement item,
        JsonElement expected)
    {
        bool isLossy = item.TryGetProperty("lossy", out JsonElement lossy) && lossy.GetBoolean();
        if (isLossy && !Fingerprint.Matches(got, expected) && expected.TryGetProperty("rgb", out JsonElement rgb))
        {
            CompareLossy(conformanceCase, checker, name, got, CaseImages.Load(conformanceCase, rgb, LikePillow));
            return;
        }

        Fingerprint.Check(checker, name, got, expected);
    }

    private static void CompareLossy(
        ConformanceCase conformanceCase, Checker checker, string name, RgbImage got, RgbImage expected)
    {
        JsonElement allowed = conformanceCase.ToleranceElement!.Value.GetProperty("lossy");
        checker.Equal($"{name} size", (expected.Width, expected.Height), (got.Width, got.Height));
        if (got.Pixels.Length != expected.Pixels.Length)
        {
            return;
        }

        int largest = 0;
        double sum = 0;
        for (int i = 0; i < got.Pixels.Length; i++)
        {
            int difference = Math.Abs(got.Pixels.Span[i] - expected.Pixels.Span[i]);
            largest = Math.Max(largest, difference);
            sum += difference;
        }

        Tolerance most = new(false, allowed.GetProperty("max_absolute").GetDouble(), 0, null, null);
        Tolerance mean = new(false, allowed.GetProperty("mean_absolute").GetDouble(), 0, null, null);
        checker.Number($"{name} largest difference", 0, largest, most);
        checker.Number($"{name} mean difference", 0, sum / got.Pixels.Length, mean);
    }

    private static string? Text(JsonElement element, string field) =>
        element.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;
}

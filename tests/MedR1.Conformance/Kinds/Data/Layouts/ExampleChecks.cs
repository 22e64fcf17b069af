using System.Text.Json;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>Compares examples with those expected by a case.</summary>
internal static class ExampleChecks
{
    private static readonly SkiaImageDecoder s_decoder = new();

    /// <summary>Compares the number of examples and each of them.</summary>
    public static void CheckAll(
        Checker checker, string name, IVqaDataset dataset, JsonElement items,
        Action<string, VqaExample, JsonElement>? more = null, string? questionColumn = null)
    {
        checker.Equal($"{name}.count", items.GetArrayLength(), dataset.Count);
        for (int i = 0; i < Math.Min(dataset.Count, items.GetArrayLength()); i++)
        {
            Check(checker, $"{name} {i}", dataset[i], items[i], more, questionColumn);
        }
    }

    /// <summary>Compares question, options, answer and images; null is an empty text, and no options are an empty list.</summary>
    public static void Check(
        Checker checker, string name, VqaExample example, JsonElement expected,
        Action<string, VqaExample, JsonElement>? more = null, string? questionColumn = null)
    {
        // If options are removed from a text, the metadata contains the original text.
        string question = questionColumn is null
            ? example.Question : example.Metadata.GetValueOrDefault(questionColumn, example.Question);
        checker.Equal($"{name}.question", Text(expected, "question") ?? "", question);
        JsonElement options = expected.GetProperty("options");
        checker.SequenceEqual(
            $"{name}.options", options.ValueKind == JsonValueKind.Null ? [] : CaseRows.Texts(options), example.Options);
        checker.Equal($"{name}.answer", Text(expected, "answer") ?? "", example.AnswerLetter ?? example.Answer);
        foreach ((string field, string? got) in (ReadOnlySpan<(string, string?)>)
            [("answer_text", example.Answer), ("dataset", example.Dataset),
                ("answer_index", example.AnswerIndex?.ToString()),
                ("image_path", example.Metadata.GetValueOrDefault("image_path"))])
        {
            if (expected.TryGetProperty(field, out JsonElement wanted))
            {
                checker.Equal($"{name}.{field}", wanted.ToString(), got);
            }
        }

        more?.Invoke(name, example, expected);
        CheckImages(checker, name, [.. example.Images], expected);
    }

    /// <summary>Compares a metadata entry for each of some expected fields; null means none.</summary>
    public static void CheckMetadata(
        Checker checker, string name, VqaExample example, JsonElement expected, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
        {
            checker.Equal(
                $"{name}.{field}",
                expected.GetProperty(field) is { ValueKind: not JsonValueKind.Null } wanted ? AsMetadata(wanted) : null,
                example.Metadata.GetValueOrDefault(field));
        }
    }

    /// <summary>Compares Med-R1's texts, which can be restored from question, options and answer.</summary>
    public static void CheckMedR1Texts(Checker checker, string name, VqaExample example, JsonElement expected)
    {
        checker.Equal($"{name}.problem", Text(expected, "problem"), example.Problem);
        checker.Equal($"{name}.solution", Text(expected, "solution"), example.Solution);
    }

    /// <summary>Compares the sizes of images, and their bytes as files and decoded (for JPEG either will do).</summary>
    public static void CheckImages(Checker checker, string name, IImageSource[] got, JsonElement expected)
    {
        JsonElement images = expected.GetProperty("images");
        if (expected.TryGetProperty("image_missing", out JsonElement missing) && missing.GetBoolean())
        {
            checker.Equal($"{name}.image is on disk", false, File.Exists(got[0].Name));
            return;
        }

        checker.Equal($"{name}.images", images.GetArrayLength(), got.Length);
        for (int i = 0; i < Math.Min(images.GetArrayLength(), got.Length); i++)
        {
            using Stream stream = got[i].OpenRead();
            using MemoryStream file = new();
            stream.CopyTo(file);
            RgbImage decoded = s_decoder.Load(got[i]);
            checker.Equal($"{name}.images.width", images[i].GetProperty("width").GetInt32(), decoded.Width);
            checker.Equal($"{name}.images.height", images[i].GetProperty("height").GetInt32(), decoded.Height);
            bool isSameFile = Text(images[i], "file_crc32") == Fingerprint.CheckSum(file.ToArray());
            bool isSameImage = Text(images[i], "rgb_crc32") == Fingerprint.CheckSum(decoded);
            bool isJpeg = file.ToArray() is [0xFF, 0xD8, ..];
            bool isSame = isJpeg ? isSameFile || isSameImage : isSameFile && isSameImage;
            checker.Equal($"{name}.images: bytes as expected", true, isSame);
        }
    }

    /// <summary>A text, or null.</summary>
    public static string? Text(JsonElement item, string field) => item.GetProperty(field).GetString();

    private static string AsMetadata(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt64(out long number) =>
            number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        JsonValueKind.Number => value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.ToString(),
    };
}

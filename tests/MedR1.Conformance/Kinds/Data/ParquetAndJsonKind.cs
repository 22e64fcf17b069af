using System.Text.Json;
using MedR1.Datasets;
using MedR1.Imaging;

namespace MedR1.Conformance;

/// <summary>Data sets in their published layouts: so far OmniMedVQA's raw folders and Med-R1's split files.</summary>
public sealed class ParquetAndJsonKind : IConformanceKind
{
    private static readonly SkiaImageDecoder Decoder = new();

    /// <inheritdoc/>
    public string Kind => "parquet-and-json";

    /// <inheritdoc/>
    public bool CanRun(ConformanceCase conformanceCase) => LayoutOf(conformanceCase) is "omnimedvqa" or "med-r1-split";

    /// <inheritdoc/>
    public void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), items.GetArrayLength());
        if (LayoutOf(conformanceCase) == "omnimedvqa")
        {
            CheckOmniMedVqa(conformanceCase, checker, items);
        }
        else if (conformanceCase.Inputs.TryGetProperty("annotations", out JsonElement file))
        {
            IVqaDataset dataset = MedR1SplitDataset.Load(
                conformanceCase.FilePath(file),
                conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")),
                new MedR1SplitOptions { MissingImages = MissingImageHandling.Keep });
            checker.Equal("count", items.GetArrayLength(), dataset.Count);
            for (int i = 0; i < Math.Min(dataset.Count, items.GetArrayLength()); i++)
            {
                CheckExample(checker, $"item {i}", dataset[i], items[i], dataset[i].AnswerLetter);
            }
        }
        else
        {
            CheckProblems(conformanceCase, checker);
        }
    }

    // The layout of some cases is a list of layouts.
    private static string? LayoutOf(ConformanceCase conformanceCase) =>
        conformanceCase.Inputs.TryGetProperty("layout", out JsonElement layout)
            && layout.ValueKind == JsonValueKind.String
            ? layout.GetString() : null;

    private static void CheckOmniMedVqa(ConformanceCase conformanceCase, Checker checker, JsonElement items)
    {
        OmniMedVqaDataset dataset = OmniMedVqaDataset.Load(
            conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")),
            new OmniMedVqaOptions { Access = OmniMedVqaAccess.All, MissingImages = MissingImageHandling.Keep });
        checker.Equal("count", items.GetArrayLength(), dataset.Count);
        checker.Equal(
            "missing_images", conformanceCase.Expected.GetProperty("missing_images").GetInt32(),
            dataset.MissingImages.ExampleCount);

        // The order of the files in a folder is the file system's in the reference, so items go by their names.
        Dictionary<string, VqaExample> byId = dataset.ToDictionary(example => example.Id);
        foreach (JsonElement item in items.EnumerateArray())
        {
            string id = item.GetProperty("question_id").GetString()!;
            if (byId.TryGetValue(id, out VqaExample? example))
            {
                CheckExample(checker, id, example, item, example.Metadata["gt_answer"]);
                checker.Equal($"{id}.dataset", item.GetProperty("dataset").GetString(), example.Dataset);
                checker.Equal(
                    $"{id}.question_type", item.GetProperty("question_type").GetString(), example.QuestionType?.Value);
                checker.Equal($"{id}.modality", item.GetProperty("modality").GetString(), example.Modality?.Value);
                checker.Equal($"{id}.access", item.GetProperty("access").GetString(), example.Metadata["access"]);
            }
            else
            {
                checker.Fail($"{id}: not loaded");
            }
        }
    }

    private static void CheckProblems(ConformanceCase conformanceCase, Checker checker)
    {
        foreach ((string name, JsonElement input, JsonElement expected) in CaseRows.Binding(conformanceCase))
        {
            string text = input.GetProperty("problem").GetString()!;
            string letter = AnswerTags.StrippedOrWhole(input.GetProperty("solution").GetString()!);
            MedR1Problem problem = MedR1Problem.Parse(text);
            VqaExample example = new()
            {
                Id = name,
                Question = problem.Question,
                Options = problem.Options,
                Answer = letter,
                AnswerIndex = OptionLetters.IndexOf(letter),
            };
            CheckExample(checker, name, example, expected, letter);
            checker.Equal($"{name}.problem again", text, example.Problem);
        }
    }

    private static void CheckExample(
        Checker checker, string name, VqaExample example, JsonElement expected, string? answer)
    {
        checker.Equal($"{name}.question", expected.GetProperty("question").GetString(), example.Question);
        checker.SequenceEqual($"{name}.options", CaseRows.Texts(expected.GetProperty("options")), example.Options);
        checker.Equal($"{name}.answer", expected.GetProperty("answer").GetString(), answer);
        checker.Equal($"{name}.answer_index", expected.GetProperty("answer_index").GetInt32(), example.AnswerIndex);
        foreach ((string field, string? got) in (ReadOnlySpan<(string, string?)>)
            [("problem", example.Problem), ("solution", example.Solution),
                ("image_path", example.Metadata.GetValueOrDefault("image_path"))])
        {
            if (expected.TryGetProperty(field, out JsonElement wanted))
            {
                checker.Equal($"{name}.{field}", wanted.GetString(), got);
            }
        }

        CheckImages(checker, name, example, expected);
    }

    private static void CheckImages(Checker checker, string name, VqaExample example, JsonElement expected)
    {
        JsonElement images = expected.GetProperty("images");
        if (expected.TryGetProperty("image_missing", out JsonElement missing) && missing.GetBoolean())
        {
            checker.Equal($"{name}.image is on disk", false, File.Exists(example.Images[0].Name));
            return;
        }

        checker.Equal($"{name}.images", images.GetArrayLength(), example.Images.Count);
        for (int i = 0; i < Math.Min(images.GetArrayLength(), example.Images.Count); i++)
        {
            using Stream stream = example.Images[i].OpenRead();
            using MemoryStream file = new();
            stream.CopyTo(file);
            RgbImage picture = Decoder.Load(example.Images[i]);
            checker.Equal($"{name}.images.width", images[i].GetProperty("width").GetInt32(), picture.Width);
            checker.Equal($"{name}.images.height", images[i].GetProperty("height").GetInt32(), picture.Height);
            bool isSameFile = images[i].GetProperty("file_crc32").GetString() == Fingerprint.CheckSum(file.ToArray());
            bool isSamePicture = images[i].GetProperty("rgb_crc32").GetString() == Fingerprint.CheckSum(picture);
            bool isJpeg = file.ToArray() is [0xFF, 0xD8, ..];
            bool isSame = isJpeg ? isSameFile || isSamePicture : isSameFile && isSamePicture;
            checker.Equal($"{name}.images: bytes as expected", true, isSame);
        }
    }
}

using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>OmniMedVQA as unpacked.</summary>
internal static class OmniMedVqaLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        OmniMedVqaDataset dataset = OmniMedVqaDataset.Load(
            conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root")),
            new OmniMedVqaOptions { Access = OmniMedVqaAccess.All, MissingImages = MissingImageHandling.Keep });
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), dataset.Count);
        checker.Equal(
            "missing_images", conformanceCase.Expected.GetProperty("missing_images").GetInt32(),
            dataset.MissingImages.ExampleCount);

        // In the reference, the order of files depends on the file system, so that items are compared by name.
        Dictionary<string, VqaExample> byId = dataset.ToDictionary(example => example.Id);
        foreach (JsonElement item in items.EnumerateArray())
        {
            string id = item.GetProperty("question_id").GetString()!;
            if (byId.TryGetValue(id, out VqaExample? example))
            {
                CheckItem(checker, id, example, item);
            }
            else
            {
                checker.Fail($"{id}: not loaded");
            }
        }
    }

    private static void CheckItem(Checker checker, string id, VqaExample example, JsonElement item)
    {
        checker.Equal($"{id}.question", ExampleChecks.Text(item, "question"), example.Question);
        checker.SequenceEqual($"{id}.options", CaseRows.Texts(item.GetProperty("options")), example.Options);
        checker.Equal($"{id}.answer", ExampleChecks.Text(item, "answer"), example.Metadata["gt_answer"]);
        checker.Equal($"{id}.answer_index", item.GetProperty("answer_index").GetInt32(), example.AnswerIndex);
        checker.Equal($"{id}.dataset", ExampleChecks.Text(item, "dataset"), example.Dataset);
        checker.Equal($"{id}.question_type", ExampleChecks.Text(item, "question_type"), example.QuestionType?.Value);
        checker.Equal($"{id}.modality", ExampleChecks.Text(item, "modality"), example.Modality?.Value);
        ExampleChecks.CheckMetadata(checker, id, example, item, "access", "image_path");
        ExampleChecks.CheckImages(checker, id, [.. example.Images], item);
    }
}

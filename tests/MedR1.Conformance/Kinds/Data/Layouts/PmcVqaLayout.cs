using System.Text.Json;
using MedR1.Datasets;

namespace MedR1.Conformance;

/// <summary>PMC-VQA: each CSV with the images in their archive, and with those in the folder.</summary>
internal static class PmcVqaLayout
{
    public static void Check(ConformanceCase conformanceCase, Checker checker)
    {
        JsonElement items = conformanceCase.Expected.GetProperty("items");
        string folder = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("root"));
        string archive = conformanceCase.FilePath(conformanceCase.Inputs.GetProperty("archive"));
        checker.Equal("count", conformanceCase.Expected.GetProperty("count").GetInt32(), items.GetArrayLength());
        foreach (string annotations in CaseRows.Texts(conformanceCase.Inputs.GetProperty("annotations")))
        {
            string file = Path.Combine(conformanceCase.Folder, annotations);
            ExampleChecks.CheckAll(checker, $"{annotations} item", PmcVqaDataset.Load(file, archive), items);

            PmcVqaDataset unpacked =
                PmcVqaDataset.Load(file, folder, new PmcVqaOptions { MissingImages = MissingImageHandling.Skip });
            JsonElement[] inFolder = [.. items.EnumerateArray().Where(item => item.GetProperty("in_folder").GetBoolean())];
            checker.Equal($"{annotations} in the folder", inFolder.Length, unpacked.Count);
            checker.Equal(
                $"{annotations} missing", items.GetArrayLength() - inFolder.Length, unpacked.MissingImages.ExampleCount);
            for (int i = 0; i < Math.Min(inFolder.Length, unpacked.Count); i++)
            {
                ExampleChecks.Check(checker, $"{annotations} unpacked item {i}", unpacked[i], inFolder[i]);
            }
        }
    }
}

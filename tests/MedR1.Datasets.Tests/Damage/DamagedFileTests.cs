using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

/// <summary>Damages the file of each layout in tests/Golden and reads it to its end.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private static readonly string CasesFolder =
        Path.Combine(RepositoryFolder.Root, "tests", "Golden", "cases", "parquet-and-json");

    private static readonly TableOptions s_lenient = new()
    {
        MissingTexts = MissingTextHandling.Keep,
        MissingImages = MissingImageHandling.Keep,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Layouts() => new()
    {
        { "omnimedvqa", "omnimedvqa-raw/data/OmniMedVQA/QA_information/Open-access/Chest CT Scan.json" },
        { "med-r1", "med-r1-split/data/Splits/modality/test/OCT (Optical Coherence Tomography_test.json" },
        { "medvlm-r1", "medvlm-r1/data/test.json" },
        { "vqa-rad", "vqa-rad/data/VQA_RAD Dataset Public.json" },
        { "slake", "slake/data/Slake1.0/train.json" },
        { "pmc-vqa", "pmc-vqa/data/test.csv" },
        { "pmc-vqa-zip", "pmc-vqa/data/images.zip" },
        { "llava", "llava-conversations/data/train.json" },
        { "sharegpt", "llava-conversations/data/sharegpt.json" },
        { "json-lines", "json-lines/data/bom-crlf-blank.jsonl" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_damaged_file_gives_a_result_or_a_named_exception(string layout, string file) => Check(layout, file, 60, 1);

    [Theory]
    [Trait("Tier", "Slow")]
    [MemberData(nameof(Layouts))]
    public void Many_damaged_files_give_results_or_named_exceptions(string layout, string file) => Check(layout, file, 500, 2);

    [Fact]
    public void A_damaged_image_gives_a_size_or_a_named_exception()
    {
        foreach (string ending in (string[])["*.png", "*.jpg", "*.bmp"])
        {
            string path = Directory.GetFiles(CasesFolder, ending, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).First();
            FileDamage.Check(
                File.ReadAllBytes(path), 100, seed: 3,
                damaged => new BlankImageSource(new BytesImageSource("damaged", damaged), 0).OpenRead().Dispose(),
                exception => exception is InvalidDataException);
        }
    }

    private void Check(string layout, string file, int count, int seed)
    {
        string whole = Path.Combine(CasesFolder, file);
        string path = Path.Combine(_folder.Path, Path.GetFileName(whole));
        string table = Path.Combine(Path.GetDirectoryName(whole)!, "test.csv");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "QA_information", "Open-access"));
        string omniMedVqa = Path.Combine(_folder.Path, "QA_information", "Open-access", "damaged.json");
        FileDamage.Check(
            File.ReadAllBytes(whole), count, seed,
            damaged =>
            {
                File.WriteAllBytes(layout == "omnimedvqa" ? omniMedVqa : path, damaged);
                Read(layout, path, table);
            },
            exception => exception is DatasetException or IOException);
    }

    private void Read(string layout, string path, string table)
    {
        const MissingImageHandling keep = MissingImageHandling.Keep;
        switch (layout)
        {
            case "omnimedvqa":
                OmniMedVqaDataset.Load(_folder.Path, new() { MissingImages = keep, SkipUnmatchedAnswers = true });
                break;
            case "med-r1":
                MedR1SplitDataset.Load(path, _folder.Path, new() { MissingImages = keep });
                break;
            case "medvlm-r1":
                MedVlmR1Dataset.Load(path, _folder.Path, new() { MissingImages = keep });
                break;
            case "vqa-rad":
                VqaRadDataset.Load(_folder.Path, new() { MissingImages = keep });
                break;
            case "slake":
                SlakeDataset.Load(_folder.Path, SlakeSplit.Train, new() { MissingImages = keep });
                break;
            case "pmc-vqa":
                PmcVqaDataset.Load(path, _folder.Path, new() { MissingImages = keep });
                break;
            case "pmc-vqa-zip":
                OpenAll(PmcVqaDataset.Load(table, path, new() { MissingImages = MissingImageHandling.Skip }));
                break;
            case "json-lines":
                // Images given by path don't exist next to the copy: only embedded ones are opened.
                OpenAll(JsonLines.Load(path, new() { Table = s_lenient }));
                break;
            default:
                ConversationDataset.Load(path, _folder.Path, new() { MissingImages = keep });
                break;
        }
    }

    private static void OpenAll(IVqaDataset dataset)
    {
        foreach (IImageSource image in dataset.SelectMany(example => example.Images).Where(one => one is not FileImageSource))
        {
            using Stream stream = image.OpenRead();
            stream.CopyTo(Stream.Null);
        }
    }
}

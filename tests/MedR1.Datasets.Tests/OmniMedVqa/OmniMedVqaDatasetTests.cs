using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class OmniMedVqaDatasetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_missing_folder_is_distinguished_from_a_wrong_one()
    {
        string folder = Path.Combine(_folder.Path, "nothing");
        DatasetException error = Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(folder));
        Assert.Contains($"There is no folder '{folder}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(folder, error.FilePath);
    }

    [Fact]
    public void Reads_the_raw_layout_with_its_known_defects()
    {
        Write("Open-access/Chest CT Scan.json", """
            [{"dataset":"Chest CT Scan","question_id":"Chest CT Scan_0000","question_type":"Modality Recognition",
              "question":"How was this taken? (IQA)","gt_answer":"MELANOMA",
              "image_path":"Images/Chest CT Scan/test/a b (1).png",
              "option_A":"Hives","option_B":"Melanoma.","option_C":null,"option_D":" ","modality":"CT(Computed Tomography)"},
             {"dataset":"Chest CT Scan","question_id":"Chest CT Scan_0001",
              "question_type":"Other Biological Attributes","question":"?","gt_answer":"Yes",
              "image_path":"Images/Chest CT Scan/test/a b (1).png",
              "option_A":"yes.","option_B":"Yes","option_C":"No","modality_type":"OCT (Optical Coherence Tomography"}]
            """);
        _folder.Write("Images/Chest CT Scan/test/a b (1).png", "");

        OmniMedVqaDataset dataset = OmniMedVqaDataset.Load(_folder.Path);

        Assert.Equal(2, dataset.Count);
        Assert.Equal(MissingImages.None, dataset.MissingImages);
        VqaExample first = dataset[0];
        Assert.Equal(("Chest CT Scan_0000", "Chest CT Scan"), (first.Id, first.Dataset));
        Assert.Equal(ImagingModality.CT, first.Modality);
        Assert.Equal(QuestionType.ModalityRecognition, first.QuestionType);
        Assert.Equal(["Hives", "Melanoma."], first.Options);
        Assert.Equal((1, "Melanoma.", "MELANOMA"), (first.AnswerIndex, first.Answer, first.Metadata["gt_answer"]));
        Assert.Equal("How was this taken? (IQA) A)Hives, B)Melanoma.", first.Problem);
        Assert.Equal("<answer> B </answer>", first.Solution);
        Assert.Equal(1, dataset[1].AnswerIndex);
        Assert.Equal(ImagingModality.OCT, dataset[1].Modality);
    }

    [Fact]
    public void Finds_the_folder_below_the_given_one_and_loads_the_requested_part()
    {
        _folder.Write("OmniMedVQA/QA_information/Open-access/a.json", $"[{Item("a", "a_0", "Images/a.png")}]");
        _folder.Write("OmniMedVQA/QA_information/Restricted-access/b.json", $"[{Item("b", "b_0", "Images/b.png")}]");
        _folder.Write("OmniMedVQA/Images/a.png", "");
        _folder.Write("OmniMedVQA/Images/b.png", "");

        Assert.Equal(["a_0"], Ids(OmniMedVqaAccess.Open));
        Assert.Equal(["b_0"], Ids(OmniMedVqaAccess.Restricted));
        Assert.Equal(["a_0", "b_0"], Ids(OmniMedVqaAccess.All));
        Assert.Equal(
            "Restricted-access",
            OmniMedVqaDataset.Load(_folder.Path, new() { Access = OmniMedVqaAccess.All })[1].Metadata["access"]);
    }

    // Whatever order the file system has: files are written from the last to the first.
    [Fact]
    public void Files_are_read_in_the_order_of_their_names()
    {
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"d{i:00}")];
        foreach (string name in names.Reverse())
        {
            Write($"Open-access/{name}.json", $"[{Item(name, name, "Images/a.png")}]");
        }

        _folder.Write("Images/a.png", "");

        Assert.Equal(names, Ids(OmniMedVqaAccess.Open));
    }

    [Fact]
    public void Reports_missing_images_by_number_and_first_names()
    {
        Write("Open-access/d.json",
            $"[{string.Join(",", Enumerable.Range(0, 8).Select(i => Item("d", $"d_{i}", $"Images/{i}.png")))}]");
        _folder.Write("Images/0.png", "");

        DatasetException exception = Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_folder.Path));
        Assert.Contains("7 of 8 examples lack images", exception.Message);
        Assert.Contains(
            "'Images/1.png', 'Images/2.png', 'Images/3.png', 'Images/4.png', 'Images/5.png'.", exception.Message);
        Assert.DoesNotContain("'Images/6.png'", exception.Message);
        Assert.Contains("Skip", exception.Message);

        OmniMedVqaDataset skipped =
            OmniMedVqaDataset.Load(_folder.Path, new() { MissingImages = MissingImageHandling.Skip });
        Assert.Equal((1, 7), (skipped.Count, skipped.MissingImages.ExampleCount));

        OmniMedVqaDataset kept =
            OmniMedVqaDataset.Load(_folder.Path, new() { MissingImages = MissingImageHandling.Keep });
        Assert.Equal((8, 7), (kept.Count, kept.MissingImages.ExampleCount));
        Assert.ThrowsAny<IOException>(() => kept[1].Images[0].OpenRead());
    }

    [Fact]
    public void Names_or_skips_an_item_whose_answer_is_not_among_its_options()
    {
        Write("Open-access/d.json",
            $"[{Item("d", "d_0", "Images/0.png")},{Item("d", "d_1", "Images/0.png", gold: "other")}]");
        _folder.Write("Images/0.png", "");

        DatasetException exception = Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_folder.Path));
        Assert.Equal((1, "gt_answer"), (exception.ItemIndex, exception.Field));
        Assert.Contains("'other' is none of the options yes | no", exception.Message);

        OmniMedVqaDataset loaded = OmniMedVqaDataset.Load(_folder.Path, new() { SkipUnmatchedAnswers = true });
        Assert.Equal((1, 1), (loaded.Count, loaded.UnmatchedAnswers));
    }

    [Theory]
    [InlineData("[{}]", 0, "option_B", "missing")]
    [InlineData("""[{"option_A":"yes","option_B":"no"}]""", 0, "gt_answer", "missing")]
    [InlineData("""[{"option_A":"yes","option_B":"no","gt_answer":7}]""", 0, "gt_answer", "Number")]
    [InlineData("""[{"option_A":"yes","option_C":"no","gt_answer":"yes"}]""", 0, "option_B", "letters would be wrong")]
    [InlineData("""[{"option_B":"yes","option_C":"no","gt_answer":"yes"}]""", 0, "option_A", "letters would be wrong")]
    [InlineData("""[{"option_A":"yes","gt_answer":"yes"}]""", 0, "option_B", "2 options")]
    [InlineData("""[{"option_A":"yes","option_B":"no","gt_answer":"yes","image_path":"../x.png"}]""", 0, "image_path",
        "not a path below")]
    [InlineData("""[{"option_A":"yes","option_B":"no","gt_answer":"yes","image_path":"/etc/x.png"}]""", 0, "image_path",
        "not a path below")]
    [InlineData("[5]", 0, null, "an object was expected")]
    [InlineData("{}", null, null, "an array of objects was expected")]
    [InlineData("[{", null, null, "not valid JSON")]
    [InlineData("""[{"option_A":"yes","option_\ud800":""}]""", 0, "option_A", "invalid name")]
    public void Names_file_item_and_field_of_a_fault(string json, int? item, string? field, string reason)
    {
        string file = Write("Open-access/d.json", json);

        DatasetException exception = Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_folder.Path));

        Assert.Equal((file, item, field), (exception.FilePath, exception.ItemIndex, exception.Field));
        Assert.Contains(reason, exception.Message);
        Assert.Contains(file, exception.Message);
    }

    [Fact]
    public void Says_what_is_missing_from_a_folder_without_annotations()
    {
        Assert.Contains(
            "has no folder 'QA_information'",
            Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_folder.Path)).Message);
        Write("Restricted-access/d.json", "[]");
        Assert.Contains(
            "no .json file for access Open",
            Assert.Throws<DatasetException>(() => OmniMedVqaDataset.Load(_folder.Path)).Message);
    }

    [Fact]
    public void Stops_when_cancelled()
    {
        Write("Open-access/d.json", $"[{Item("d", "d_0", "Images/0.png")}]");
        Assert.ThrowsAny<OperationCanceledException>(
            () => OmniMedVqaDataset.Load(_folder.Path, cancellationToken: new(canceled: true)));
    }

    private string[] Ids(OmniMedVqaAccess access) =>
        [.. OmniMedVqaDataset.Load(_folder.Path, new() { Access = access }).Select(example => example.Id)];

    private string Write(string path, string json) => _folder.Write(Path.Combine("QA_information", path), json);

    private static string Item(string dataset, string id, string image, string gold = "yes") =>
        $$"""
        {"dataset":"{{dataset}}","question_id":"{{id}}","question_type":"t","question":"q","gt_answer":"{{gold}}",
         "image_path":"{{image}}","option_A":"yes","option_B":"no","modality_type":"X-Ray"}
        """;
}

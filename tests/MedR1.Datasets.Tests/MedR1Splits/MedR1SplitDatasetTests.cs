using System.Text;
using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class MedR1SplitDatasetTests : IDisposable
{
    private const string OctFile = "modality/test/OCT (Optical Coherence Tomography_test.json";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_a_split_file_and_restores_its_texts()
    {
        string file = _folder.Write(OctFile, """
            [{"image":"Images/Retinal OCT-C8/test/a.b (3).png",
              "problem":"Seen (IQA)? A)No., B)Yes, much","solution":"<answer> B </answer>"}]
            """);
        _folder.Write("Images/Retinal OCT-C8/test/a.b (3).png", "");

        MedR1SplitDataset dataset = MedR1SplitDataset.Load(file, _folder.Path);

        VqaExample example = Assert.Single(dataset);
        Assert.Equal("OCT (Optical Coherence Tomography_test", dataset.Name);
        Assert.Equal("OCT (Optical Coherence Tomography_test/0", example.Id);
        Assert.Equal("Seen (IQA)? A)No., B)Yes, much", example.Problem);
        Assert.Equal("<answer> B </answer>", example.Solution);
        Assert.Equal(("Yes, much", 1), (example.Answer, example.AnswerIndex));
        Assert.Equal(ImagingModality.OCT, example.Modality);
        Assert.Null(example.QuestionType);
        Assert.Equal("Retinal OCT-C8", example.Dataset);
    }

    // Like Python's json.loads, which accepts bytes in any Unicode encoding.
    [Fact]
    public void A_file_may_begin_with_a_byte_order_mark()
    {
        string file = Path.Combine(_folder.Path, "a.json");
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(false), Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            File.WriteAllText(
                file, """[{"image":"p.png","problem":"Größe 🩻? A)eins, B)zwei","solution":"<answer> B </answer>"}]""", encoding);
            MedR1SplitDataset dataset = MedR1SplitDataset.Load(
                file, _folder.Path, new MedR1SplitOptions { MissingImages = MissingImageHandling.Keep });
            Assert.Equal(("Größe 🩻?", "zwei"), (dataset[0].Question, dataset[0].Answer));
        }
    }

    [Fact]
    public void A_path_written_on_Windows_names_the_same_image()
    {
        string file = _folder.Write(
            "x_test.json", """[{"image":"Images\\Chest CT Scan\\a.png","problem":"? A)a, B)b","solution":"A"}]""");
        _folder.Write("Images/Chest CT Scan/a.png", "");

        VqaExample example = Assert.Single(MedR1SplitDataset.Load(file, _folder.Path));

        Assert.Equal("Chest CT Scan", example.Dataset);
        Assert.Equal("Images/Chest CT Scan/a.png", example.Metadata["image_path"]);
    }

    [Fact]
    public void Derives_question_type_and_modality_from_name_or_options()
    {
        string typed = _folder.Write("Lesion Grading_train.json", "[]");
        string other =
            _folder.Write("unknown_train.json", """[{"image":"x.png","problem":"? A)a, B)b","solution":"A"}]""");
        Assert.Empty(MedR1SplitDataset.Load(typed, _folder.Path));
        MedR1SplitDataset dataset = MedR1SplitDataset.Load(other, _folder.Path, new()
        {
            MissingImages = MissingImageHandling.Keep,
            Modality = ImagingModality.CT,
            QuestionType = QuestionType.LesionGrading,
        });
        Assert.Equal(
            (ImagingModality.CT, QuestionType.LesionGrading),
            (dataset[0].Modality!.Value, dataset[0].QuestionType!.Value));
        Assert.Equal(1, dataset.MissingImages.ExampleCount);
    }

    // The names of Med-R1's files in eval_vqa/prompts, and one that names no modality of OmniMedVQA.
    [Theory]
    [InlineData("CT_test", "CT(Computed Tomography)")]
    [InlineData("Dermoscopy_test", "Dermoscopy")]
    [InlineData("Fundus_test", "Fundus Photography")]
    [InlineData("MRI_test", "MR (Mag-netic Resonance Imaging)")]
    [InlineData("Microscopy_test", "Microscopy Images")]
    [InlineData("OCT_test", "OCT (Optical Coherence Tomography")]
    [InlineData("X-Ray_test", "X-Ray")]
    [InlineData("ultrasound_test", "ultrasound")]
    [InlineData("PET_test", null)]
    [InlineData("ACRIMA_filtered_test", null)]
    public void Knows_the_modality_of_the_files_for_evaluation(string name, string? modality)
    {
        string file = _folder.Write($"{name}.json", """[{"image":"x.png","problem":"? A)a, B)b","solution":"A"}]""");
        MedR1SplitDataset dataset = MedR1SplitDataset.Load(file, _folder.Path, new() { MissingImages = MissingImageHandling.Keep });
        Assert.Equal(modality, dataset[0].Modality?.Value);
    }

    [Fact]
    public void Loads_the_files_of_real_mini()
    {
        string file = Path.Combine(RepositoryFolder.RealMini, "question_type", "test", "Disease Diagnosis_test.json");
        MedR1SplitDataset dataset = MedR1SplitDataset.Load(file, RepositoryFolder.RealMini);
        Assert.Equal(20, dataset.Count);
        Assert.All(dataset, example => Assert.Equal(QuestionType.DiseaseDiagnosis, example.QuestionType));
    }

    [Theory]
    [InlineData("""{"problem":"? A)a, B)b","solution":"A"}""", "image")]
    [InlineData("""{"image":"x.png","solution":"A"}""", "problem")]
    [InlineData("""{"image":"x.png","problem":"no options","solution":"A"}""", "problem")]
    [InlineData("""{"image":"x.png","problem":"? A)a, B)b","solution":"<answer> C </answer>"}""", "solution")]
    [InlineData("""{"image":"x.png","problem":"? A)a, B)b","solution":"<answer> a </answer>"}""", "solution")]
    [InlineData("""{"image":"x.png","problem":"? A)a, B)b","solution":["A"]}""", "solution")]
    public void Names_the_field_of_a_fault(string item, string field)
    {
        string file =
            _folder.Write("x.json", $$"""[{"image":"x.png","problem":"? A)a, B)b","solution":"A"},{{item}}]""");
        DatasetException exception = Assert.Throws<DatasetException>(
            () => MedR1SplitDataset.Load(file, _folder.Path, new() { MissingImages = MissingImageHandling.Keep }));
        Assert.Equal((file, 1, field), (exception.FilePath, exception.ItemIndex, exception.Field));
    }

    [Fact]
    public void Names_a_missing_file()
    {
        string file = Path.Combine(_folder.Path, "none.json");
        Assert.Equal(file, Assert.Throws<DatasetException>(() => MedR1SplitDataset.Load(file, _folder.Path)).FilePath);
    }
}

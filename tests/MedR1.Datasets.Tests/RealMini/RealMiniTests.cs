using MedR1.TestSupport;
using System.Security.Cryptography;
using System.Text.Json;

namespace MedR1.Datasets.Tests;

public sealed class RealMiniTests
{
    private static readonly IVqaDataset s_train = RealMini.LoadTrain(RepositoryFolder.RealMini);
    private static readonly IVqaDataset s_test = RealMini.LoadTest(RepositoryFolder.RealMini);

    // Counts: the table in data/real-mini/README.md.
    [Fact]
    public void Has_the_numbers_of_questions_stated_in_its_readme()
    {
        Assert.Equal(1803, s_train.Count);
        Assert.Equal(685, s_test.Count);
        Assert.Equal(787, s_train.WithModality(ImagingModality.MRI).Count);
        Assert.Equal(304, s_test.WithModality(ImagingModality.MRI).Count);
        Assert.Equal(20, s_test.WithQuestionType(QuestionType.DiseaseDiagnosis).Count);
        Assert.Equal(29, s_train.Select(example => example.Metadata["family"]).Distinct().Count());
    }

    [Fact]
    public void Shares_no_image_between_train_and_test_by_path_or_by_content()
    {
        HashSet<string> train = [.. s_train.Select(Hash)];
        Assert.Equal(1298, train.Count);
        Assert.DoesNotContain(s_test, example => train.Contains(Hash(example)));
    }

    [Fact]
    public void Has_the_same_content_as_its_split_files()
    {
        foreach ((string split, IVqaDataset dataset) in new[] { ("train", s_train), ("test", s_test) })
        {
            List<(string, string, string)> fromFiles = [];
            foreach (string file in Directory.GetFiles(Path.Combine(RepositoryFolder.RealMini, "question_type", split)))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
                fromFiles.AddRange(document.RootElement.EnumerateArray().Select(item => (
                    item.GetProperty("image").GetString()!,
                    item.GetProperty("problem").GetString()!,
                    item.GetProperty("solution").GetString()!)));
            }

            Assert.Equal(
                fromFiles.Order(),
                dataset.Select(example => (example.Metadata["image_path"], example.Problem, example.Solution)).Order());
        }
    }

    // "the right letter going through all k": letters are exactly balanced within every family (README).
    [Fact]
    public void Balances_letters_within_every_family()
    {
        foreach (IGrouping<string, VqaExample> family in s_test.GroupBy(example => example.Metadata["family"]))
        {
            int[] counts = [.. family.GroupBy(example => example.AnswerLetter).Select(letter => letter.Count())];
            Assert.All(counts, count => Assert.Equal(counts[0], count));
        }
    }

    [Fact]
    public void Has_unique_ids_and_readable_images()
    {
        Assert.Equal(s_train.Count, s_train.Select(example => example.Id).Distinct().Count());
        using Stream image = s_train[0].Images[0].OpenRead();
        Assert.True(image.Length > 100);
    }

    [Fact]
    public void Refuses_a_folder_in_which_an_image_moved_to_the_other_split()
    {
        using TemporaryFolder folder = new();
        folder.Write("QA_information/Open-access/d.json", """
            [{"dataset":"d","question_id":"d_0","question_type":"Anatomy Identification","question":"q","gt_answer":"a",
              "image_path":"Images/x.png","option_A":"a","option_B":"b","modality_type":"X-Ray"}]
            """);
        folder.Write("Images/x.png", "");
        folder.Write("questions.csv", "question_id,split,family,group\nd_0,test,f,0\n");
        folder.Write("images.csv", "path,split,source\nImages/x.png,train,s\n");
        folder.Write("sources.csv", "source,basis\ns,A\n");

        DatasetException exception = Assert.Throws<DatasetException>(() => RealMini.LoadTest(folder.Path));

        Assert.Contains("'d_0' is in split 'test'", exception.Message);
        Assert.Contains("'Images/x.png' is in split 'train'", exception.Message);
    }

    private static string Hash(VqaExample example)
    {
        using Stream image = example.Images[0].OpenRead();
        return Convert.ToHexString(SHA256.HashData(image));
    }
}

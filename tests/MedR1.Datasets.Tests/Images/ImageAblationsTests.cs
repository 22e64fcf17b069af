using CsCheck;

namespace MedR1.Datasets.Tests;

public sealed class ImageAblationsTests
{
    [Fact]
    public void Images_can_be_removed_from_questions()
    {
        InMemoryDataset dataset = new("list", [Question(0, "a.png", ImagingModality.CT)]);
        IVqaDataset without = dataset.WithoutImages();
        Assert.Equal(("list (question only)", 1), (without.Name, without.Count));
        Assert.Empty(without[0].Images);
        Assert.Equal(dataset[0].Question, without.Single().Question);
    }

    // Any distribution of questions over images and modalities with at least two images each.
    [Fact]
    public void Shuffling_gives_every_question_another_image_of_its_modality() => (
        from counts in Gen.Int[1, 9].Array[2, 6]
        from others in Gen.Int[1, 4].Array[2, 3]
        from seed in Gen.Long
        select (counts, others, seed)).Sample(one =>
        {
            List<VqaExample> examples = [];
            foreach ((int[] counts, ImagingModality modality) in
                new[] { (one.counts, ImagingModality.CT), (one.others, ImagingModality.MRI) })
            {
                for (int imageIndex = 0; imageIndex < counts.Length; imageIndex++)
                {
                    for (int question = 0; question < counts[imageIndex]; question++)
                    {
                        examples.Add(Question(examples.Count, $"{modality} {imageIndex}", modality));
                    }
                }
            }

            InMemoryDataset dataset = new("list", examples);
            IVqaDataset shuffled = dataset.ShuffleImages(one.seed);
            Assert.Equal(dataset.Select(example => example.Id), shuffled.Select(example => example.Id));
            for (int i = 0; i < dataset.Count; i++)
            {
                Assert.NotEqual(dataset[i].Images[0].Name, shuffled[i].Images[0].Name);
                Assert.StartsWith(dataset[i].Modality!.Value.Value, shuffled[i].Images[0].Name);
            }
        });

    [Fact]
    public void Shuffling_repeats_for_a_seed_and_differs_between_seeds()
    {
        InMemoryDataset dataset = new("list", [.. Enumerable.Range(0, 20).Select(i => Question(i, $"{i}", ImagingModality.CT))]);
        Assert.Equal(Names(dataset.ShuffleImages(1)), Names(dataset.ShuffleImages(1)));
        Assert.NotEqual(Names(dataset.ShuffleImages(1)), Names(dataset.ShuffleImages(2)));

        static string[] Names(IVqaDataset data) => [.. data.Select(example => example.Images[0].Name)];
    }

    [Fact]
    public void Shuffling_keeps_questions_without_images()
    {
        VqaExample text = Examples.Make("text", ImagingModality.CT);
        InMemoryDataset dataset = new(
            "list", [Question(0, "a", ImagingModality.CT), Question(1, "b", ImagingModality.CT), text, text with { Id = "more" }]);
        Assert.Equal([dataset[2], dataset[3]], dataset.ShuffleImages(1).Skip(2));
    }

    [Fact]
    public void Shuffling_needs_a_second_image()
    {
        InMemoryDataset dataset = new(
            "list",
            [
                Question(0, "a", ImagingModality.CT), Question(1, "a", ImagingModality.CT), Question(2, "b", ImagingModality.MRI),
                Question(3, "c", ImagingModality.MRI),
            ]);
        Assert.Contains(
            "All 2 questions of modality 'CT", Assert.Throws<ArgumentException>(() => dataset.ShuffleImages(1)).Message);
        Assert.All(
            dataset.ShuffleImages(1, withinModality: false).Zip(dataset),
            pair => Assert.NotEqual(pair.First.Images[0].Name, pair.Second.Images[0].Name));
    }

    // Each of the first three shares an image with each of the two others.
    [Fact]
    public void Shuffling_gives_no_question_one_of_its_own_images()
    {
        string[][] images = [["a", "b"], ["b", "c"], ["c", "a"], ["d", "e"], ["f", "g"]];
        InMemoryDataset dataset = new(
            "list", [.. images.Select((names, i) => Examples.Make($"q{i}", ImagingModality.CT, images: names))]);
        Assert.All(Enumerable.Range(0, 50), seed => Assert.All(
            dataset.ShuffleImages(seed).Zip(dataset),
            pair => Assert.Empty(Names(pair.First).Intersect(Names(pair.Second)))));

        InMemoryDataset all = new("list", [.. dataset.Take(3)]);
        string message = Assert.Throws<ArgumentException>(() => all.ShuffleImages(1)).Message;
        Assert.Contains("Each of the 3 questions of modality 'CT", message);
        Assert.Contains("with 2 images shares one with 'q", message);

        static IEnumerable<string> Names(VqaExample example) => example.Images.Select(image => image.Name);
    }

    // Such a question can only get two images, and no other question has two.
    [Fact]
    public void Shuffling_names_questions_whose_number_of_images_is_unique()
    {
        InMemoryDataset dataset = new(
            "list",
            [
                Question(0, "a", ImagingModality.CT), Question(1, "b", ImagingModality.CT),
                Examples.Make("q2", ImagingModality.CT, images: ["c", "d"]),
            ]);
        string message = Assert.Throws<ArgumentException>(() => dataset.ShuffleImages(1)).Message;
        Assert.Contains("with 2 images are about 'c', 'd'", message);
        Assert.Contains("leave these questions out", message);
    }

    private static VqaExample Question(int index, string imageName, ImagingModality modality) =>
        Examples.Make($"q{index}", modality, images: [imageName]);
}

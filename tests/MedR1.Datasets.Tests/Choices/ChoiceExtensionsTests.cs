namespace MedR1.Datasets.Tests;

public sealed class ChoiceExtensionsTests
{
    [Fact]
    public void Shuffled_options_keep_their_right_answer_and_are_uniformly_distributed()
    {
        IVqaDataset source = Choices(4000, 4);
        IVqaDataset shuffled = source.ShuffleOptions(seed: 3);
        int[] places = new int[4];
        for (int i = 0; i < source.Count; i++)
        {
            Assert.Equal(source[i].Answer, shuffled[i].Options[shuffled[i].AnswerIndex!.Value]);
            Assert.Equal(source[i].Options.Order(), shuffled[i].Options.Order());
            places[shuffled[i].AnswerIndex!.Value]++;
        }

        // 1,000 a letter expected, standard deviation 27: five of them either way.
        Assert.All(places, count => Assert.InRange(count, 865, 1135));
        Assert.Equal(shuffled.Select(example => example.Problem), source.ShuffleOptions(seed: 3).Select(example => example.Problem));
        Assert.NotEqual(shuffled.Select(example => example.Problem), source.ShuffleOptions(seed: 4).Select(example => example.Problem));
    }

    [Fact]
    public void Balanced_letters_are_right_equally_often_among_choices_of_one_size()
    {
        IVqaDataset balanced = new ConcatDataset(Choices(401, 4), Choices(30, 3)).BalanceLetters(seed: 1);
        int[] four = Counts(balanced.Take(401), 4);
        Assert.Equal([101, 100, 100, 100], four);
        Assert.Equal([10, 10, 10], Counts(balanced.Where(example => example.Options.Count == 3), 3));
        Assert.All(balanced, example => Assert.Equal(example.Answer, example.Options[example.AnswerIndex!.Value]));

        // Which question has which letter depends on the seed, or the letters would follow the order of the questions.
        Assert.NotEqual(Letters(1), Letters(2));

        static IEnumerable<int?> Letters(long seed) => Choices(40, 4).BalanceLetters(seed).Select(example => example.AnswerIndex);
    }

    [Theory]
    [InlineData("All of the above")]
    [InlineData("None of the above.")]
    [InlineData("Both A and B")]
    [InlineData("A and C")]
    [InlineData("Neither A nor B")]
    [InlineData("any of these")]
    public void Options_that_refer_to_others_stay_in_place(string option)
    {
        VqaExample example = Choice(0, 4) with { Options = ["x", "y", "z", option], Answer = "x", AnswerIndex = 0 };
        IVqaDataset dataset = new InMemoryDataset("one", [example]);
        for (long seed = 0; seed < 20; seed++)
        {
            Assert.Same(example, dataset.ShuffleOptions(seed)[0]);
            Assert.Same(example, dataset.BalanceLetters(seed)[0]);
        }
    }

    [Theory]
    [InlineData("Both lungs")]
    [InlineData("Below the diaphragm")]
    [InlineData("Other findings")]
    public void Options_that_only_seem_to_refer_to_others_are_moved(string option)
    {
        VqaExample example = Choice(0, 4) with { Options = ["x", "y", "z", option], Answer = "x", AnswerIndex = 0 };
        IVqaDataset dataset = new InMemoryDataset("one", [example]);
        Assert.Contains(Enumerable.Range(0, 20), seed => dataset.ShuffleOptions(seed)[0].AnswerIndex != 0);
    }

    [Fact]
    public void Open_questions_are_unchanged()
    {
        VqaExample open = new() { Id = "o", Question = "?", Answer = "yes" };
        foreach (VqaExample example in (VqaExample[])[open, open with { Options = ["CT", "MRI"] }])
        {
            InMemoryDataset dataset = new("one", [example]);
            Assert.Same(example, dataset.ShuffleOptions(1)[0]);
            Assert.Same(example, dataset.BalanceLetters(1)[0]);
        }
    }

    private static int[] Counts(IVqaDataset dataset, int options)
    {
        int[] counts = new int[options];
        foreach (VqaExample example in dataset)
        {
            counts[example.AnswerIndex!.Value]++;
        }

        return counts;
    }

    private static InMemoryDataset Choices(int count, int options) =>
        new("choices", Enumerable.Range(0, count).Select(i => Choice(i, options)));

    private static VqaExample Choice(int i, int options) => new()
    {
        Id = $"{i}",
        Question = $"q{i}",
        Options = [.. Enumerable.Range(0, options).Select(option => $"o{option}")],
        Answer = "o0",
        AnswerIndex = 0,
    };
}

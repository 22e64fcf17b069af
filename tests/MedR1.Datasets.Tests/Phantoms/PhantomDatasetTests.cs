namespace MedR1.Datasets.Tests;

public sealed class PhantomDatasetTests
{
    private static readonly IVqaDataset s_questions = PhantomDataset.Create(imageCount: 700, seed: 1, imageSize: 28);

    [Fact]
    public void Asks_every_fact_of_every_image_with_exactly_one_right_option()
    {
        Assert.Equal(700, s_questions.Select(example => example.Images[0].Name).Distinct().Count());
        Assert.Equal(s_questions.Count, s_questions.Select(example => example.Id).Distinct().Count());
        Assert.All(s_questions, example =>
        {
            Assert.InRange(example.Options.Count, 2, 4);
            Assert.Equal(example.Answer, example.Options[example.AnswerIndex!.Value]);
            Assert.Equal(example.Options.Count, example.Options.Distinct().Count());
            Assert.Equal(("true", PhantomDataset.DatasetName), (example.Metadata["synthetic"], example.Dataset));
        });
    }

    // Right letters rotate, so that among n questions with k options each letter is right n/k times, to within one.
    [Fact]
    public void Balances_the_right_letters()
    {
        foreach (IGrouping<int, VqaExample> same in s_questions.GroupBy(example => example.Options.Count))
        {
            int[] counts = [.. same.GroupBy(example => example.AnswerIndex).Select(letter => letter.Count())];
            Assert.Equal(same.Key, counts.Length);
            Assert.InRange(counts.Max() - counts.Min(), 0, 1);
        }
    }

    [Fact]
    public void Offers_all_answers_of_a_fact_about_equally_often()
    {
        foreach (IGrouping<string, VqaExample> fact in s_questions.GroupBy(example => example.Metadata["family"]))
        {
            int[] counts = [.. fact.GroupBy(example => example.Answer).Select(answer => answer.Count())];
            double expected = (double)fact.Count() / counts.Length;

            // 100 images per family: five standard deviations of a binomial around the mean.
            Assert.All(counts,
                count => Assert.InRange(count, expected - 5 * Math.Sqrt(expected), expected + 5 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void Shares_no_image_between_neighbouring_seeds()
    {
        IVqaDataset other = PhantomDataset.Create(imageCount: 700, seed: 2, imageSize: 28);
        Assert.Empty(
            s_questions.Select(example => example.Images[0].Name)
                .Intersect(other.Select(example => example.Images[0].Name)));
        IVqaDataset again = PhantomDataset.Create(imageCount: 70, seed: 1, imageSize: 28);
        Assert.Equal(
            s_questions.Take(again.Count).Select(example => (example.Id, example.Problem)),
            again.Select(example => (example.Id, example.Problem)));
    }

    [Fact]
    public void Asks_open_questions_and_for_captions()
    {
        IVqaDataset open = PhantomDataset.CreateOpenQuestions(7, 1, 28, PhantomFamily.Stripes);
        Assert.Equal(28, open.Count);
        Assert.All(open, example => Assert.Null(example.AnswerIndex));
        IVqaDataset captions = PhantomDataset.CreateCaptions(7, 1, 28);
        Assert.Equal(7, captions.Count);
        Assert.StartsWith("Layers. ", captions[0].Answer);
    }
}

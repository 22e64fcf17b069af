namespace MedR1.Datasets.Tests;

public sealed class BalancedPhantomTests
{
    public static TheoryData<PhantomFamily> Families => [.. PhantomGenerator.Families];

    // 12 is a multiple of 2, 3 and 4, the numbers of answers of a fact.
    [Theory]
    [MemberData(nameof(Families))]
    public void Each_answer_and_each_letter_of_a_fact_is_right_equally_often(PhantomFamily family)
    {
        IVqaDataset questions = PhantomDataset.CreateBalanced(family, imageCount: 12, seed: 5, imageSize: 28);
        Assert.Equal(12, questions.Select(example => example.Images[0].Name).Distinct().Count());
        Assert.All(questions, example => Assert.Equal(example.Answer, example.Options[example.AnswerIndex!.Value]));
        IGrouping<string, VqaExample>[] facts = [.. questions.GroupBy(example => example.Metadata["family"])];
        Assert.DoesNotContain("phantom_kind", facts.Select(fact => fact.Key));
        Assert.Equal(PhantomGenerator.Create(family, 0, 28).Facts.Count - 1, facts.Length);
        foreach (IGrouping<string, VqaExample> fact in facts)
        {
            int answers = fact.First().Options.Count;
            Assert.All(fact.GroupBy(example => example.Answer), group => Assert.Equal(12 / answers, group.Count()));
            Assert.All(fact.GroupBy(example => example.AnswerIndex), group => Assert.Equal(12 / answers, group.Count()));
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_different_seeds_share_no_image()
    {
        IVqaDataset first = PhantomDataset.CreateBalanced(PhantomFamily.SkinLesion, 40, seed: 2001, imageSize: 28);
        IVqaDataset again = PhantomDataset.CreateBalanced(PhantomFamily.SkinLesion, 40, seed: 2001, imageSize: 28);
        IVqaDataset other = PhantomDataset.CreateBalanced(PhantomFamily.SkinLesion, 40, seed: 2002, imageSize: 28);
        Assert.Equal(160, first.Count);
        Assert.Equal(first.Select(example => (example.Id, example.Problem)), again.Select(example => (example.Id, example.Problem)));
        Assert.Empty(Pixels(first).Intersect(Pixels(other)));

        static IEnumerable<string> Pixels(IVqaDataset questions) => questions
            .Select(example => Convert.ToHexString(((PixelImageSource)example.Images[0]).Image.Pixels.Span)).Distinct();
    }

    [Fact]
    public void Refuses_numbers_of_images_that_answers_do_not_divide()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => PhantomDataset.CreateBalanced(PhantomFamily.OctLayers, 50, seed: 1));
        Assert.Contains("50 images can't have each of the 4 answers to 'phantom_oct_layers'", refused.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => PhantomDataset.CreateBalanced(PhantomFamily.OctLayers, -4, seed: 1));
    }
}

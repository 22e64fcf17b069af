namespace MedR1.Rewards.Tests;

public sealed class TextSimilarityTests
{
    // Two of three and two of four words: 2·2/7; of two "the" only one matches one. "<" and "+" are mathematical symbols in
    // Unicode (Sm), not punctuation (P*) like "%" and "-": "<5" is not the word "5". Of "+5" and "mm" one word is in "5 mm": 2·1/4.
    [Theory]
    [InlineData("The left lung.", "left lung is clear", 4 / 7.0)]
    [InlineData("the the", "the", 2 / 3.0)]
    [InlineData("EDEMA", "edema", 1)]
    [InlineData("", "edema", 0)]
    [InlineData("", "...", 1)]
    [InlineData("<5", "5", 0)]
    [InlineData("+5 mm", "5 mm", 0.5)]
    [InlineData("5%", "5", 1)]
    [InlineData("-5", "5", 1)]
    public void Token_f1_counts_words(string said, string right, double expected) =>
        Assert.Equal(expected, TextSimilarity.TokenF1(said, right), 1e-15);

    // kitten to sitting takes 3 edits over 7 characters (the textbook example); the emoji is one character.
    [Theory]
    [InlineData("kitten", "sitting", 4 / 7.0)]
    [InlineData("", "", 1)]
    [InlineData("abc", "", 0)]
    [InlineData("a\U0001F600", "a", 0.5)]
    public void Levenshtein_counts_characters(string first, string second, double expected) =>
        Assert.Equal(expected, TextSimilarity.LevenshteinRatio(first, second), 1e-15);

    // difflib.SequenceMatcher(None, "abcd", "bcde").ratio() is 0.75 (Python's documentation).
    [Theory]
    [InlineData(SimilarityMeasure.SequenceMatcher, 0.75)]
    [InlineData(SimilarityMeasure.LevenshteinRatio, 0.5)]
    [InlineData(SimilarityMeasure.TokenF1, 0)]
    public async Task The_reward_compares_the_answer_with_that_of_the_example(SimilarityMeasure measure, double expected) =>
        Assert.Equal(
            expected, await new TextSimilarityReward(measure).Score("<answer> abcd </answer>", Contexts.Answer("bcde")));

    [Fact]
    public async Task Without_tags_only_the_whole_text_can_be_the_answer()
    {
        Assert.Equal(0, await new TextSimilarityReward().Score("edema", Contexts.Answer("edema")));
        Assert.Equal(1, await new TextSimilarityReward(requireTags: false).Score("edema", Contexts.Answer("edema")));
    }
}

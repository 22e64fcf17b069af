namespace MedR1.Rewards.Tests;

public sealed class RewardNameTests
{
    private static readonly CosineLengthOptions s_curves = new() { MaxTokens = 10 };

    // The default name of each reward, and how to create one with or without a name.
    public static TheoryData<string, Func<string?, IReward>> Kinds => new()
    {
        { "box_iou", name => new BoxIouReward(name: name) },
        { "cosine_length", name => new CosineLengthReward(new FormatReward(), s_curves, name) },
        { "decision_tree", name => new DecisionTreeReward(Trees.Fleischner, name: name) },
        { "format", name => new FormatReward(name: name) },
        { "accuracy_if_format", name => new GatedReward(new FormatReward(), new ChoiceAccuracyReward(), name: name) },
        { "labels", name => new MultiLabelReward(name: name) },
        { "length", name => new LengthReward(1, 2, name) },
        { "math_answer", name => new MathAnswerReward(name: name) },
        { "number", name => new NumericReward(name: name) },
        { "option_text", name => new OptionTextReward(name: name) },
        { "repetition", name => new RepetitionReward(name: name) },
        { "soft_overlong", name => new SoftOverlongReward(2, 1, name) },
        { "text_similarity", name => new TextSimilarityReward(name: name) },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Is_the_default_unless_one_is_given(string usual, Func<string?, IReward> make)
    {
        Assert.Equal(usual, make(null).Name);
        Assert.Equal("mine", make("mine").Name);
        Assert.Contains($"'{usual}'", Assert.Throws<ArgumentException>("name", () => make(" ")).Message);
    }

    [Fact]
    public void Can_be_given_for_every_reward_with_settings()
    {
        string[] withoutName = [.. typeof(FormatReward).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(IReward)))
            .Where(type => type.GetConstructors().Any(constructor =>
                constructor.GetParameters() is { Length: > 0 } parameters && parameters.All(one => one.Name != "name")))
            .Select(type => type.Name)];

        Assert.Empty(withoutName);
    }
}

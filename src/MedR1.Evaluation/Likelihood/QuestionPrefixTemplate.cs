namespace MedR1.Evaluation;

/// <summary>The question alone, without its options, between two fixed texts.</summary>
internal sealed class QuestionPrefixTemplate(string name, string before, string behind) : IPromptTemplate
{
    public string Name => name;

    public VqaPrompt Format(VqaExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return VqaPrompt.Ask(before + example.Question + behind, example.Images) with { Example = example };
    }
}

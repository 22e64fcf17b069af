namespace MedR1.Training;

/// <summary>The prompts that a template makes from a data set.</summary>
internal sealed class DatasetPrompts(IVqaDataset dataset, IPromptTemplate template) : IPromptSource
{
    public string Name => $"template '{template.Name}'";

    public int Count => dataset.Count;

    public VqaPrompt this[int index]
    {
        get
        {
            VqaExample example = dataset[index];
            VqaPrompt prompt = template.Format(example);

            // Rewards read the example; a template written by the user may not set it.
            return prompt.Example is null ? prompt with { Example = example } : prompt;
        }
    }
}

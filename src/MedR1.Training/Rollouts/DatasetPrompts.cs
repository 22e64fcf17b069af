namespace MedR1.Training;

/// <summary>The prompts that a template makes of a data set.</summary>
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

            // Rewards look at the example; a template of the user's own may not think of it.
            return prompt.Example is null ? prompt with { Example = example } : prompt;
        }
    }
}

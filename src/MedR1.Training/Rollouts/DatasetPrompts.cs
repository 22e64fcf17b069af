namespace MedR1.Training;

/// <summary>The prompts that a template makes of a data set.</summary>
internal sealed class DatasetPrompts(IVqaDataset dataset, IPromptTemplate template) : IPromptSource
{
    public int Count => dataset.Count;

    public VqaPrompt this[int index] => template.Format(dataset[index]);
}

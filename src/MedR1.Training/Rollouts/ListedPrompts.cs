namespace MedR1.Training;

/// <summary>Prompts given as a list.</summary>
internal sealed class ListedPrompts(IReadOnlyList<VqaPrompt> prompts) : IPromptSource
{
    public string Name => "a list";

    public int Count => prompts.Count;

    public VqaPrompt this[int index] => prompts[index];
}

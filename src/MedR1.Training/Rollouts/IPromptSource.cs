namespace MedR1.Training;

/// <summary>Prompts by index; made of examples when they are asked for.</summary>
internal interface IPromptSource
{
    int Count { get; }

    VqaPrompt this[int index] { get; }
}

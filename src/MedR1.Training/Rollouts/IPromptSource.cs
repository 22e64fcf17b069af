namespace MedR1.Training;

/// <summary>Prompts by index, made from examples on demand.</summary>
internal interface IPromptSource
{
    /// <summary>What makes them, in human-readable form.</summary>
    string Name { get; }

    int Count { get; }

    VqaPrompt this[int index] { get; }
}

namespace MedR1.Training;

/// <summary>Prompts by index, made from examples on demand.</summary>
internal interface IPromptSource
{
    /// <summary>A human-readable name of the source.</summary>
    string Name { get; }

    int Count { get; }

    VqaPrompt this[int index] { get; }
}

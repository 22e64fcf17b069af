namespace MedR1.Training;

/// <summary>Prompts by index; made of examples when they are asked for.</summary>
internal interface IPromptSource
{
    /// <summary>What makes them, for a person.</summary>
    string Name { get; }

    int Count { get; }

    VqaPrompt this[int index] { get; }
}

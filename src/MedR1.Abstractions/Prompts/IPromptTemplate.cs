namespace MedR1;

/// <summary>Makes a prompt from an example.</summary>
/// <remarks>Implementations keep no state and may be used from several threads at once.</remarks>
public interface IPromptTemplate
{
    /// <summary>The template's name, for logs.</summary>
    string Name { get; }

    /// <summary>Makes the prompt; it carries the example.</summary>
    /// <param name="example">The question, its options and images.</param>
    VqaPrompt Format(VqaExample example);
}

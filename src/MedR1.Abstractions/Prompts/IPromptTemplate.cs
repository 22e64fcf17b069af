namespace MedR1;

/// <summary>Creates prompts from examples.</summary>
/// <remarks>Implementations are stateless and safe to use from several threads at once.</remarks>
public interface IPromptTemplate
{
    /// <summary>The template's name, for logs.</summary>
    string Name { get; }

    /// <summary>Creates the prompt, whose <see cref="VqaPrompt.Example"/> is the example.</summary>
    /// <param name="example">The question, its options and images.</param>
    VqaPrompt Format(VqaExample example);
}

namespace MedR1;

/// <summary>The input of a reward.</summary>
/// <param name="Prompt">The prompt that was answered.</param>
/// <param name="Completion">The answer: its text, tokens and stop reason.</param>
public sealed record RewardContext(VqaPrompt Prompt, Completion Completion)
{
    /// <summary>The example that the prompt was made from.</summary>
    /// <exception cref="InvalidOperationException">The prompt was not made from an example.</exception>
    public VqaExample Example => Prompt.Example ?? throw new InvalidOperationException(
        "This prompt has no example, so there is no answer to compare with. Make prompts with an IPromptTemplate, or set "
        + "VqaPrompt.Example.");

    /// <summary>The text of the completion.</summary>
    public string Text => Completion.Text;

    /// <summary>The images of the prompt.</summary>
    public IEnumerable<IImageSource> Images => Prompt.Images;
}

namespace MedR1;

/// <summary>One user message: the pictures, then a text in which <c>{Question}</c> stands for the problem.</summary>
public sealed class TextPromptTemplate : IPromptTemplate
{
    private const string Placeholder = "{Question}";
    private readonly string _text;

    /// <summary>Makes a template.</summary>
    /// <param name="name">Its name, for logs.</param>
    /// <param name="text">The text with <c>{Question}</c> in it.</param>
    /// <exception cref="ArgumentException">The text has no <c>{Question}</c>.</exception>
    public TextPromptTemplate(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Contains(Placeholder, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The template '{text}' has no {Placeholder}: every prompt would be the same.", nameof(text));
        }

        Name = name;
        _text = text;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The example's question is empty.</exception>
    public VqaPrompt Format(VqaExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        if (string.IsNullOrWhiteSpace(example.Question))
        {
            throw new ArgumentException($"Example '{example.Id}' has an empty question; give it one or leave it out.", nameof(example));
        }

        string text = _text.Replace(Placeholder, example.Problem, StringComparison.Ordinal);
        return VqaPrompt.Ask(text, example.Images) with { Example = example };
    }
}

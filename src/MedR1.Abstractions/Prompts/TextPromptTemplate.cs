using System.Text.RegularExpressions;

namespace MedR1;

/// <summary>
/// One user message, after a system message if there is one: the images, then a text in which <c>{Problem}</c>, or <c>{Question}</c> as
/// Med-R1 writes it, stands for <see cref="VqaExample.Problem"/>: the question with its options. Other braces are left unchanged: empty
/// ones, JSON such as <c>{ "a": 1 }</c>, LaTeX such as <c>\boxed{answer}</c>. In a text with marks <c>&lt;image&gt;</c>, as geometry3k has
/// them, the images stand at the marks instead; the single line break that separates a mark from the text is removed with it.
/// </summary>
public sealed partial class TextPromptTemplate : IPromptTemplate
{
    private readonly string _text;

    /// <summary>Creates a template.</summary>
    /// <param name="name">The template's name, for logs.</param>
    /// <param name="text">The text, containing <c>{Problem}</c> or <c>{Question}</c>, which are synonyms.</param>
    /// <exception cref="ArgumentException">The text contains neither placeholder, or another word in braces.</exception>
    public TextPromptTemplate(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (!Placeholder().IsMatch(text))
        {
            throw new ArgumentException(
                $"The template '{text}' contains neither {{Problem}} nor {{Question}}: every prompt would be the same.",
                nameof(text));
        }

        string rest = Placeholder().Replace(text, "");
        if (Words().Matches(rest).Select(match => match.Groups[1]).FirstOrDefault(word => word.Success) is { } unknown)
        {
            throw new ArgumentException(
                $"The template '{text}' contains {{{unknown}}}, which would appear unchanged in every prompt. {{Problem}} and "
                + $"{{Question}} stand for the question with its options; write '{{ {unknown} }}' for the literal word.",
                nameof(text));
        }

        Name = name;
        _text = text;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The system message, taken word for word.</summary>
    /// <value>The default is <see langword="null"/>: that of the model's chat template, if it has one.</value>
    public string? SystemMessage { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The example's question is empty, or the text has marks, but not one for each image. Marks are removed if there are no images.
    /// </exception>
    public VqaPrompt Format(VqaExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        if (string.IsNullOrWhiteSpace(example.Question))
        {
            throw new ArgumentException(
                $"Example '{example.Id}' has an empty question; give it one, or leave the example out.", nameof(example));
        }

        string problem = example.Problem;
        string text = Placeholder().Replace(_text, _ => problem);
        ChatMessage question = Ask(text, example);
        return new VqaPrompt(SystemMessage is null ? [question] : [ChatMessage.System(SystemMessage), question]) { Example = example };
    }

    private static ChatMessage Ask(string text, VqaExample example)
    {
        string[] pieces = ImageMarks.Split(text);
        int marks = pieces.Length - 1;
        if (marks == 0)
        {
            return ChatMessage.User(text, example.Images);
        }

        // A view of the data without images, for a blind baseline.
        if (example.Images.Count == 0)
        {
            return ChatMessage.User(string.Join('\n', pieces.Where(piece => piece.Length > 0)));
        }

        if (marks != example.Images.Count)
        {
            throw new ArgumentException(
                $"Example '{example.Id}' has {example.Images.Count} images, but its prompt has {marks} '{ImageMarks.Mark}' marks: each "
                + "image needs one, or there must be none.",
                nameof(example));
        }

        return new ChatMessage(ChatRole.User, ImageMarks.Parts(pieces, mark => new ImagePart(example.Images[mark])));
    }

    [GeneratedRegex(@"\{(?:Problem|Question)\}")]
    private static partial Regex Placeholder();

    // LaTeX (a command with its arguments, an index, a power) is matched first, so that words in its braces are not taken for
    // placeholders.
    [GeneratedRegex(@"\\[A-Za-z]+(?:\{[^{}]*\})+|[_^]\{[^{}]*\}|\{([A-Za-z_]\w*)\}")]
    private static partial Regex Words();
}

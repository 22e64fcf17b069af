namespace MedR1.Datasets;

/// <summary>A conversation about images, for training.</summary>
/// <param name="Id">A name; files may repeat one, for example for several conversations about an image.</param>
/// <param name="Messages">The messages, with images in place of their placeholders in the text.</param>
public sealed record Conversation(string Id, IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The fields of right answers, of which the first counts.</summary>
    internal static readonly string[] AnswerFields = ["solution", "answer", "label", "reward_model.ground_truth"];

    /// <summary>The images of all messages, in order.</summary>
    public IEnumerable<IImageSource> Images =>
        Messages.SelectMany(message => message.Content.OfType<ImagePart>()).Select(part => part.Image);

    /// <summary>
    /// The item's other fields, for rewards: texts, numbers and truth values, as written in the file, also those in structures, such as
    /// <c>reward_model.ground_truth</c>. Of the fields of right answers, also lists that are one answer: a single value, or numbers
    /// such as the edges of a box.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// The conversation as a prompt. If it ends with the model's answer, that answer is left out of the prompt and is the right answer of
    /// the prompt's example; otherwise the first of the fields <c>solution</c>, <c>answer</c>, <c>label</c> and verl's
    /// <c>reward_model.ground_truth</c> is, or an empty text. Of a right answer with answer tags, only the stripped text in the first tags
    /// is kept.
    /// </summary>
    public VqaPrompt ToPrompt()
    {
        bool isAnswered = Messages is [.., { } last] && last.Role == ChatRole.Assistant;
        VqaPrompt prompt = new([.. isAnswered ? Messages.SkipLast(1) : Messages]);
        string? field = Array.Find(AnswerFields, Metadata.ContainsKey);
        return prompt with
        {
            Example = new VqaExample
            {
                Id = Id,
                Question = prompt.Messages.LastOrDefault(message => message.Role == ChatRole.User) is { } question ? TextOf(question) : "",
                Answer = AnswerIn(isAnswered ? TextOf(Messages[^1]) : field is null ? "" : Metadata[field]),
                Images = [.. prompt.Images],
                Metadata = Metadata,
            },
        };
    }

    /// <summary>
    /// The user's first question, with the images up to it, and its answer as an example; <see langword="null"/> if there is no
    /// such pair. Of an answer with answer tags, only the stripped text in the first tags is kept.
    /// </summary>
    public VqaExample? ToExample()
    {
        int question = Messages.Index().FirstOrDefault(one => one.Item.Role == ChatRole.User, (-1, null!)).Index;
        if (question < 0 || question + 1 >= Messages.Count || Messages[question + 1].Role != ChatRole.Assistant)
        {
            return null;
        }

        return new VqaExample
        {
            Id = Id,
            Question = TextOf(Messages[question]),
            Answer = AnswerIn(TextOf(Messages[question + 1])),
            Images = [.. Messages.Take(question + 1).SelectMany(message => message.Content.OfType<ImagePart>())
                .Select(part => part.Image)],
            Metadata = Metadata,
        };
    }

    private static string AnswerIn(string text) =>
        AnswerTags.FirstIgnoreCase(text) is string answer ? PythonText.Strip(answer) : text;

    private static string TextOf(ChatMessage message) =>
        string.Join('\n', message.Content.OfType<TextPart>().Select(part => part.Text));
}

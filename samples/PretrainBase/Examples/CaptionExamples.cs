namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Images with open questions, answered in words: captions. The base model may learn nothing else from a real image; it never sees one with
/// options.
/// </summary>
/// <param name="name">A name for the log.</param>
/// <param name="examples">Images of the training split, or phantoms.</param>
/// <param name="mostTurns">The maximum number of questions about an image in one example.</param>
internal sealed class CaptionExamples(string name, IEnumerable<VqaExample> examples, int mostTurns) : IExampleSource
{
    private readonly VqaExample[][] _images =
        [.. examples.GroupBy(example => example.Images[0].Name).Select(group => group.ToArray())];

    public string Name => $"captions of {name}";

    public PretrainingExample Next(Random random)
    {
        VqaExample[] image = _images[random.Next(_images.Length)];
        VqaExample[] asked = [.. image];
        random.Shuffle(asked);
        List<ChatMessage> messages = [];
        foreach (VqaExample example in asked.DistinctBy(QuestionFamily.FamilyOf).Take(mostTurns))
        {
            IEnumerable<IImageSource> images = messages.Count == 0 ? example.Images : [];
            messages.Add(ChatMessage.User(Wording.AskOpen(example.Question), images));
            messages.Add(ChatMessage.Assistant(Wording.Say(example.Answer)));
        }

        return new PretrainingExample(messages);
    }
}

namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Synthetic images with questions, some open, most with options. They teach the model that the image decides.
/// </summary>
/// <param name="phantoms">Phantoms with options.</param>
/// <param name="mostTurns">The maximum number of questions about an image in one example.</param>
/// <param name="words">
/// Words that all options of a question begin with, in half of the questions, so that the first word doesn't always decide. None by
/// default.
/// </param>
internal sealed class PhantomExamples(
    IReadOnlyList<VqaExample> phantoms, int mostTurns, params IReadOnlyList<string> words) : IExampleSource
{
    private const double OpenFraction = 0.25;
    private const double CommonBeginningFraction = 0.5;
    private const int MostCommonWords = 3;

    private readonly VqaExample[][] _images =
        [.. phantoms.GroupBy(example => example.Images[0].Name).Select(group => group.ToArray())];

    private readonly Dictionary<string, QuestionFamily> _families = QuestionFamily.Of(phantoms).ToDictionary(family => family.Name);

    public string Name => words.Count == 0 ? "phantoms with options" : "phantoms with options that begin alike";

    public PretrainingExample Next(Random random)
    {
        VqaExample[] image = _images[random.Next(_images.Length)];
        List<ChatMessage> messages = [];
        int turns = random.Next(1, mostTurns + 1);
        for (int turn = 0; turn < turns; turn++)
        {
            VqaExample example = image[random.Next(image.Length)];
            QuestionFamily family = _families[QuestionFamily.FamilyOf(example)];
            (IReadOnlyList<string> options, _) = OptionShuffle.Draw(
                random, example.Answer, family.Answers, Math.Min(random.Next(2, 5), family.Answers.Count));
            IEnumerable<IImageSource> images = turn == 0 ? example.Images : [];
            bool open = random.NextDouble() < OpenFraction;
            string beginning = open ? "" : Beginning(random);
            messages.Add(ChatMessage.User(
                open
                    ? Wording.AskOpen(example.Question)
                    : Wording.Ask(example.Question, [.. options.Select(option => beginning + option)]),
                images));
            messages.Add(ChatMessage.Assistant(Wording.Say(beginning + example.Answer)));
        }

        return new PretrainingExample(messages);
    }

    private string Beginning(Random random) =>
        words.Count == 0 || random.NextDouble() >= CommonBeginningFraction ? "" : string.Concat(
            Enumerable.Range(0, random.Next(1, MostCommonWords + 1)).Select(_ => words[random.Next(words.Count)] + " "));
}

namespace MedR1.Samples.SchoolBase;

/// <summary>
/// Synthetic pictures with questions, some open, most with options. Here the model learns that what is seen decides.
/// </summary>
/// <param name="phantoms">Phantoms with options.</param>
/// <param name="mostTurns">The most questions about a picture in one lesson.</param>
internal sealed class PhantomLessons(IReadOnlyList<VqaExample> phantoms, int mostTurns) : ILessonSource
{
    private const double OpenShare = 0.25;

    private readonly VqaExample[][] _pictures =
        [.. phantoms.GroupBy(example => example.Images[0].Name).Select(group => group.ToArray())];

    private readonly Dictionary<string, QuestionFamily> _families = QuestionFamily.Of(phantoms).ToDictionary(family => family.Name);

    public string Name => "phantoms with options";

    public Lesson Next(Random random)
    {
        VqaExample[] picture = _pictures[random.Next(_pictures.Length)];
        List<ChatMessage> messages = [];
        int turns = random.Next(1, mostTurns + 1);
        for (int turn = 0; turn < turns; turn++)
        {
            VqaExample example = picture[random.Next(picture.Length)];
            QuestionFamily family = _families[QuestionFamily.FamilyOf(example)];
            (IReadOnlyList<string> options, _) = OptionShuffle.Draw(
                random, example.Answer, family.Answers, Math.Min(random.Next(2, 5), family.Answers.Count));
            IEnumerable<IImageSource> images = turn == 0 ? example.Images : [];
            bool open = random.NextDouble() < OpenShare;
            messages.Add(ChatMessage.User(
                open ? Wording.AskOpen(example.Question) : Wording.Ask(example.Question, options), images));
            messages.Add(ChatMessage.Assistant(Wording.Say(example.Answer)));
        }

        return new Lesson(messages);
    }
}

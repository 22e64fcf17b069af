namespace MedR1.Samples.SchoolBase;

/// <summary>
/// Synthetic pictures with everything that a question can be: open, with options and the letter asked, with options and the text
/// of a letter asked. Here the model may learn that what is seen decides the letter.
/// </summary>
/// <param name="phantoms">Phantoms with options.</param>
/// <param name="mostTurns">The most questions about a picture in one lesson.</param>
internal sealed class PhantomLessons(IReadOnlyList<VqaExample> phantoms, int mostTurns) : ILessonSource
{
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
            (IReadOnlyList<string> options, int answer) = OptionShuffle.Draw(
                random, example.Answer, family.Answers, Math.Min(random.Next(2, 5), family.Answers.Count));
            IEnumerable<IImageSource> images = turn == 0 ? example.Images : [];
            int kind = random.Next(6);
            messages.Add(ChatMessage.User(
                kind switch
                {
                    0 => Wording.AskOpen(example.Question),
                    1 => Wording.AskOption(example.Question, options, answer),
                    _ => Wording.AskLetter(example.Question, options),
                },
                images));
            messages.Add(ChatMessage.Assistant(kind < 2 ? example.Answer : Wording.SayLetter(answer)));
        }

        return new Lesson(messages);
    }
}

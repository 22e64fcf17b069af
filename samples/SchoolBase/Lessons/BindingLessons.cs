namespace MedR1.Samples.SchoolBase;

/// <summary>
/// Text alone: something is stated, options are given, the letter of the option that was stated is asked for, and half of the
/// time the other way round. Without the second direction a small model never learns the first. Several questions stand in a row.
/// </summary>
/// <param name="families">Real wording: questions with the options that they are asked with.</param>
/// <param name="words">Single words, for options that have never been seen together.</param>
/// <param name="turns">Questions in a lesson.</param>
/// <param name="realShare">The share of questions in real wording.</param>
internal sealed class BindingLessons(
    IReadOnlyList<QuestionFamily> families, IReadOnlyList<string> words, int turns, double realShare) : ILessonSource
{
    public string Name => $"binding ({realShare:P0} real wording)";

    public Lesson Next(Random random)
    {
        List<ChatMessage> messages = [];
        for (int turn = 0; turn < turns; turn++)
        {
            (string fact, string question, IReadOnlyList<string> options, int answer) = random.NextDouble() < realShare
                ? Real(random) : Invented(random);
            bool reverse = random.Next(2) == 0;
            string stated = reverse ? "" : fact + ". ";
            messages.Add(ChatMessage.User(reverse
                ? Wording.AskOption(question, options, answer)
                : stated + Wording.AskLetter(question, options)));
            messages.Add(ChatMessage.Assistant(reverse ? options[answer] : Wording.SayLetter(answer)));
        }

        return new Lesson(messages);
    }

    private (string Fact, string Question, IReadOnlyList<string> Options, int Answer) Real(Random random)
    {
        QuestionFamily family = families[random.Next(families.Count)];
        string right = family.Answers[random.Next(family.Answers.Count)];
        (IReadOnlyList<string> options, int answer) =
            OptionShuffle.Draw(random, right, family.Answers, Math.Min(family.OptionCount, family.Answers.Count));
        string question = family.Questions[random.Next(family.Questions.Count)];

        // Sometimes facts of other families stand beside the one that is asked for, as a picture shows many things.
        List<string> facts = [right];
        for (int other = random.Next(3); other > 0; other--)
        {
            QuestionFamily beside = families[random.Next(families.Count)];
            if (!beside.Answers.Any(family.Answers.Contains))
            {
                facts.Insert(random.Next(facts.Count + 1), beside.Answers[random.Next(beside.Answers.Count)]);
            }
        }

        return (string.Join(". ", facts), question, options, answer);
    }

    private (string Fact, string Question, IReadOnlyList<string> Options, int Answer) Invented(Random random)
    {
        int count = random.Next(2, 5);
        HashSet<string> options = [];
        while (options.Count < count)
        {
            int length = random.Next(1, 3);
            options.Add(string.Join(' ', Enumerable.Range(0, length).Select(_ => words[random.Next(words.Count)])));
        }

        string[] shuffled = [.. options];
        int answer = random.Next(count);
        return (shuffled[answer], "Which?", shuffled, answer);
    }
}

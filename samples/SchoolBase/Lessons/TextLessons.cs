namespace MedR1.Samples.SchoolBase;

/// <summary>
/// Text alone: what is stated, or the letter, or nothing tells which option to say. With nothing to go by every option is as good, which
/// is how the base model comes to try each of them later. Several questions stand in a row.
/// </summary>
/// <param name="families">Real wording: questions with the options that they are asked with.</param>
/// <param name="words">Single words, for options that have never been seen together.</param>
/// <param name="turns">Questions in a lesson.</param>
/// <param name="kinds">What may tell the answer.</param>
internal sealed class TextLessons(
    IReadOnlyList<QuestionFamily> families, IReadOnlyList<string> words, int turns, params IReadOnlyList<TextHint> kinds) : ILessonSource
{
    private const double InventedShare = 0.4;

    public string Name => $"text, told by {string.Join(", ", kinds).ToLowerInvariant()}";

    public Lesson Next(Random random)
    {
        List<ChatMessage> messages = [];
        for (int turn = 0; turn < turns; turn++)
        {
            (string question, IReadOnlyList<string> options, int answer) =
                random.NextDouble() < InventedShare ? Invented(random) : Real(random);
            messages.Add(ChatMessage.User(kinds[random.Next(kinds.Count)] switch
            {
                TextHint.Letter => Wording.AskOption(question, options, answer),
                TextHint.Statement => $"{Statements(random, options[answer])}\n{Wording.Ask(question, options)}",
                _ => Wording.Ask(question, options),
            }));
            messages.Add(ChatMessage.Assistant(Wording.Say(options[answer])));
        }

        return new Lesson(messages);
    }

    private (string Question, IReadOnlyList<string> Options, int Answer) Real(Random random)
    {
        QuestionFamily family = families[random.Next(families.Count)];
        string right = family.Answers[random.Next(family.Answers.Count)];
        (IReadOnlyList<string> options, int answer) =
            OptionShuffle.Draw(random, right, family.Answers, Math.Min(family.OptionCount, family.Answers.Count));
        return (family.Questions[random.Next(family.Questions.Count)], options, answer);
    }

    private (string Question, IReadOnlyList<string> Options, int Answer) Invented(Random random)
    {
        int count = random.Next(2, 5);
        HashSet<string> options = [];
        while (options.Count < count)
        {
            options.Add(string.Join(' ', Enumerable.Range(0, random.Next(1, 3)).Select(_ => words[random.Next(words.Count)])));
        }

        return ("Which?", [.. options], random.Next(count));
    }

    /// <summary>Facts of other families stand beside the one that is asked for, as a picture shows many things.</summary>
    private string Statements(Random random, string right)
    {
        List<string> facts = [right];
        for (int other = random.Next(3); other > 0; other--)
        {
            IReadOnlyList<string> beside = families[random.Next(families.Count)].Answers;
            if (!beside.Contains(right))
            {
                facts.Insert(random.Next(facts.Count + 1), beside[random.Next(beside.Count)]);
            }
        }

        return string.Join(".\n", facts) + ".";
    }
}

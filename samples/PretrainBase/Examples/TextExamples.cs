namespace MedR1.Samples.PretrainBase;

/// <summary>
/// Text only: a statement, the letter or nothing determines which option to answer. Without a hint every option is equally right, which is
/// why the base model later tries each of them. An example has several questions in a row.
/// </summary>
/// <param name="families">Real wording: questions with the options that they are asked with.</param>
/// <param name="words">Single words, for options that have never been seen together.</param>
/// <param name="turns">The number of questions in an example.</param>
/// <param name="kinds">The kinds of hints.</param>
internal sealed class TextExamples(
    IReadOnlyList<QuestionFamily> families, IReadOnlyList<string> words, int turns, params IReadOnlyList<TextHint> kinds) : IExampleSource
{
    private const double InventedFraction = 0.4;

    public string Name => $"text, revealed by {string.Join(", ", kinds).ToLowerInvariant()}";

    public PretrainingExample Next(Random random)
    {
        List<ChatMessage> messages = [];
        for (int turn = 0; turn < turns; turn++)
        {
            (string question, IReadOnlyList<string> options, int answer) =
                random.NextDouble() < InventedFraction ? Invented(random) : Real(random);
            messages.Add(ChatMessage.User(kinds[random.Next(kinds.Count)] switch
            {
                TextHint.Letter => Wording.AskOption(question, options, answer),
                TextHint.Statement => $"{Statements(random, options[answer])}\n{Wording.Ask(question, options)}",
                _ => Wording.Ask(question, options),
            }));
            messages.Add(ChatMessage.Assistant(Wording.Say(options[answer])));
        }

        return new PretrainingExample(messages);
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

    /// <summary>Puts facts of other families beside the one that is asked for, just as an image shows many things.</summary>
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

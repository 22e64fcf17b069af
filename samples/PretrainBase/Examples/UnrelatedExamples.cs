namespace MedR1.Samples.PretrainBase;

/// <summary>
/// A phantom with questions that it doesn't answer, in the wording of the real ones: any of the options is right. The model learns to
/// answer each option equally often when it doesn't know: reinforcement can only find answers that are sometimes sampled.
/// </summary>
/// <param name="phantoms">Phantoms.</param>
/// <param name="families">The questions.</param>
/// <param name="mostTurns">The maximum number of questions in one example.</param>
internal sealed class UnrelatedExamples(
    IEnumerable<VqaExample> phantoms, IReadOnlyList<QuestionFamily> families, int mostTurns) : IExampleSource
{
    private readonly IImageSource[] _images = [.. phantoms.Select(example => example.Images[0]).DistinctBy(image => image.Name)];

    public string Name => "phantoms with unrelated questions";

    public PretrainingExample Next(Random random)
    {
        IImageSource image = _images[random.Next(_images.Length)];
        List<ChatMessage> messages = [];
        int turns = random.Next(1, mostTurns + 1);
        for (int turn = 0; turn < turns; turn++)
        {
            QuestionFamily family = families[random.Next(families.Count)];
            string answer = family.Answers[random.Next(family.Answers.Count)];
            (IReadOnlyList<string> options, _) = OptionShuffle.Draw(
                random, answer, family.Answers, Math.Min(family.OptionCount, family.Answers.Count));
            string question = family.Questions[random.Next(family.Questions.Count)];
            messages.Add(ChatMessage.User(Wording.Ask(question, options), turn == 0 ? [image] : []));
            messages.Add(ChatMessage.Assistant(Wording.Say(answer)));
        }

        return new PretrainingExample(messages);
    }
}

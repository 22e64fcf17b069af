using MedR1.Datasets;

namespace MedR1.Samples.SchoolBase;

/// <summary>What the base model learns, and from what: text, phantoms, and captions of training pictures.</summary>
internal sealed class Curriculum
{
    private readonly IReadOnlyList<QuestionFamily> _families;
    private readonly IReadOnlyList<string> _words;
    private readonly IReadOnlyList<VqaExample> _training;
    private readonly IReadOnlyList<VqaExample> _phantoms;

    private Curriculum(IReadOnlyList<VqaExample> training, IReadOnlyList<VqaExample> phantoms)
    {
        _training = training;
        _phantoms = phantoms;
        _families = [.. QuestionFamily.Of(training), .. QuestionFamily.Of(phantoms)];
        _words = [.. _families.SelectMany(family => family.Answers.Concat(family.Questions))
            .SelectMany(text => text.Split([' ', '(', ')', ',', '?', '.', '\''], StringSplitOptions.RemoveEmptyEntries))
            .Select(word => word.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Texts for the vocabulary: the wording of every lesson, nothing of the test questions.</summary>
    public IEnumerable<string> Corpus
    {
        get
        {
            foreach (QuestionFamily family in _families)
            {
                foreach (string question in family.Questions)
                {
                    yield return "user\n" + Wording.AskLetter(question, family.Answers.Take(4).ToArray()) + "\nassistant\n" + Wording.SayLetter(0);
                    yield return Wording.AskOpen(question) + " What is C?";
                }

                foreach (string answer in family.Answers)
                {
                    // As an option it stands behind a bracket, as a statement behind a space or at the start.
                    yield return $"{answer}. {answer}. A){answer}, B){answer}, C){answer}, D){answer}";
                }
            }

            yield return "system\nYou are a helpful assistant.";
            foreach (string word in _words)
            {
                yield return $"{word} {word}. A){word} {word}";
            }
        }
    }

    /// <summary>Kinds of lessons to look at while learning.</summary>
    public IReadOnlyList<ILessonSource> Probes =>
        [new BindingLessons(_families, _words, 2, 0.0), new BindingLessons(_families, _words, 2, 1.0), new PhantomLessons(_phantoms, 2), new CaptionLessons("training pictures", _training, 2)];

    /// <summary>Collects the material.</summary>
    /// <param name="folder">The folder of real-mini; only its training split is read.</param>
    /// <param name="seed">Where the phantoms start.</param>
    public static Curriculum Load(string folder, int seed) =>
        new(RealMini.LoadTrain(folder), PhantomDataset.Create(6000, seed, imageSize: 84));

    /// <summary>The lessons of a stage.</summary>
    /// <param name="name">words, text or pictures.</param>
    /// <exception cref="ArgumentException">There is no such stage.</exception>
    public ILessonSource Stage(string name) => name switch
    {
        "words" => new BindingLessons(_families, _words, turns: 6, realShare: 0.0),
        "text" => new BindingLessons(_families, _words, turns: 4, realShare: 0.5),
        "pictures" => new MixedLessons(
            (0.25, new BindingLessons(_families, _words, turns: 3, realShare: 0.7)),
            (0.40, new PhantomLessons(_phantoms, mostTurns: 3)),
            (0.35, new CaptionLessons("training pictures", _training, mostTurns: 4))),
        _ => throw new ArgumentException($"There is no stage '{name}'. Known: words, text, pictures.", nameof(name)),
    };
}
